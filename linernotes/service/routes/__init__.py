"""The paths of the service, a module for each group of them."""

from __future__ import annotations

from linernotes.service.routes import artists, bulk, finding, similarity, state, terms

# In the order in which paths are compared with a request's: what is asked most comes first.
ROUTERS = (
    similarity.quick,
    artists.router,
    similarity.router,
    finding.router,
    terms.router,
    bulk.router,
    state.router,
)
