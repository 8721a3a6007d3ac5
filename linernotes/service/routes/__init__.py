"""The paths of the service, a module for each group of them."""

from __future__ import annotations

from linernotes.service.routes import artists, bulk, finding, similarity, state, terms

ROUTERS = (artists.router, similarity.router, finding.router, terms.router, bulk.router, state.router)
