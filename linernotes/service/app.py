"""The application: its layers, routes and errors, and the pages where they are installed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from linernotes.catalog import Catalog
from linernotes.service.answering import Answering
from linernotes.service.guarding import Guarding
from linernotes.service.observing import Observed, Observing
from linernotes.service.openapi import describe, operation_id
from linernotes.service.problems import handlers
from linernotes.service.routes import ROUTERS
from linernotes.service.settings import ServiceSection
from linernotes.service.tokens import Token

_PAGES = "linernotes.service.pages"
_SMALLEST_COMPRESSED = 1_000
_SEEN_BY_PAGES = ("Linernotes-Release", "ETag", "Link", "Retry-After", "RateLimit", "RateLimit-Policy")


def create_app(
    catalog: Catalog, settings: ServiceSection | None = None, tokens: Sequence[Token] = ()
) -> FastAPI:
    """Return the application that answers from `catalog`, which it closes when it ends.

    With `tokens`, everything but /health needs one of them.
    """
    settings = settings or ServiceSection()
    observed = Observed()
    answering = Answering(catalog, settings, observed, private=bool(tokens))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        answering.close()

    pages = _pages()
    app = FastAPI(
        title="linernotes",
        docs_url=None,  # they would load scripts from a foreign host
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
        exception_handlers=handlers(getattr(pages, "render_problem", None)),
        redirect_slashes=False,
    )
    app.state.answering = answering
    for router in ROUTERS:
        app.include_router(router)
    if pages is not None:
        _mount(app, pages)
    described = cache(lambda: describe(app, max_limit=settings.max_limit, secured=bool(tokens)))
    app.openapi = described  # type: ignore[method-assign]  # FastAPI documents this as the way to extend it
    _add_layers(app, settings, tokens, observed)
    return app


def _add_layers(app: FastAPI, settings: ServiceSection, tokens: Sequence[Token], observed: Observed) -> None:
    """The layers around the routes; the one that is added last is the outermost.

    All are plain ASGI: Starlette's BaseHTTPMiddleware takes as long as a look-up.
    """
    app.add_middleware(Guarding, settings=settings, tokens=tokens)
    if settings.gzip_level:
        app.add_middleware(
            GZipMiddleware, minimum_size=_SMALLEST_COMPRESSED, compresslevel=settings.gzip_level
        )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "If-None-Match"],
            expose_headers=_SEEN_BY_PAGES,
        )
    app.add_middleware(Observing, observed=observed, access_log=settings.access_log)


def _pages() -> Any:  # noqa: ANN401 - a module, which need not be there
    """The package of pages: `router`, `static_files()` and perhaps `render_problem(request, problem)`."""
    return import_module(_PAGES) if find_spec(_PAGES) is not None else None


def _mount(app: FastAPI, pages: ModuleType) -> None:
    app.include_router(pages.data)
    app.include_router(pages.router, include_in_schema=False)
    app.mount("/static", pages.static_files(), name="static")
