"""Pages for people: search, artists, comparisons, terms, the map, the state of the crawl.

Made on the server from Jinja2 templates, with plain modules of JavaScript that add suggestions, quotes on
demand and the map; all else works without. `router` has the addresses, `data` what others may read as well,
`static_files` serves what they load.
"""

from __future__ import annotations

from linernotes.service.pages.problem_page import render_problem
from linernotes.service.pages.rendering import static_files
from linernotes.service.pages.routes import data, router

__all__ = ["data", "render_problem", "router", "static_files"]
