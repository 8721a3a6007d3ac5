"""The paths of the service, a module for each group of them."""

from __future__ import annotations

from linernotes.service.routes import artists, finding

ROUTERS = (artists.router, finding.router)
