"""Pages for people: search, artists, comparisons, terms, the map, the state of the crawl.

Made on the server from Jinja2 templates, with plain modules of JavaScript that add suggestions, quotes on
demand and the map; all else works without. `router` has the addresses, `STATIC` is the folder of what they load.
"""

from __future__ import annotations

from linernotes.service.pages.problem_page import render_problem
from linernotes.service.pages.rendering import STATIC
from linernotes.service.pages.routes import router

__all__ = ["STATIC", "render_problem", "router"]
