"""The application: routes, errors, and the pages where they are installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from linernotes.catalog import Catalog
from linernotes.service.answering import Answering
from linernotes.service.problems import handlers
from linernotes.service.routes import ROUTERS
from linernotes.service.settings import ServiceSection

_PAGES = "linernotes.service.pages"


def create_app(catalog: Catalog, settings: ServiceSection | None = None) -> FastAPI:
    """Return the application that answers from `catalog`, which it closes when it ends."""
    answering = Answering(catalog, settings or ServiceSection())

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
        exception_handlers=handlers(getattr(pages, "render_problem", None)),
    )
    app.state.answering = answering
    for router in ROUTERS:
        app.include_router(router)
    if pages is not None:
        _mount(app, pages)
    return app


def _pages() -> ModuleType | None:
    """The package of pages: `router`, `STATIC` (a folder), and perhaps `render_problem(request, problem)`."""
    return import_module(_PAGES) if find_spec(_PAGES) is not None else None


def _mount(app: FastAPI, pages: ModuleType) -> None:
    app.include_router(pages.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
