"""A small web of music writing to try linernotes on: a blog, a magazine and a board on loopback."""

from linernotes.sample_site.content import SampleSiteError, site_root
from linernotes.sample_site.server import SampleSite, sample_sources, serve_sample_site

__all__ = ["SampleSite", "SampleSiteError", "sample_sources", "serve_sample_site", "site_root"]
