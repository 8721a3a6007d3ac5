"""How a request becomes an answer: one look-up in one release, in a thread, as bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import orjson
from fastapi import Request, Response

from linernotes.catalog import Catalog
from linernotes.service.settings import ServiceSection
from store.lookup_records import ReleaseKey

T = TypeVar("T")
LookUp = Callable[[Catalog], T]

RELEASE_HEADER = "Linernotes-Release"
JSON = "application/json"


class Answering:
    """What all routes answer through: the catalog, the threads in which it is asked, and the settings."""

    def __init__(self, catalog: Catalog, settings: ServiceSection) -> None:
        self.catalog = catalog
        self.settings = settings
        self._threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="look-up")

    async def read(self, look_up: LookUp[T]) -> tuple[ReleaseKey, T]:
        """Return what a look-up finds, and the release it read; everything it asks is of that release."""

        def work() -> tuple[ReleaseKey, T]:
            with self.catalog.one_release() as (release, catalog):
                return release, look_up(catalog)

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def answer(self, request: Request, look_up: LookUp[Mapping[str, object]]) -> Response:
        """Answer with the members that a look-up gives, and with the number of its release."""
        release, members = await self.read(look_up)
        content = orjson.dumps({"release": release.release_id, **members})
        return Response(content, media_type=JSON, headers={RELEASE_HEADER: str(release.release_id)})

    def close(self) -> None:
        """Wait for the look-ups under way and let go of the database."""
        self._threads.shutdown(cancel_futures=True)
        self.catalog.close()


def answering(request: Request) -> Answering:
    """Return what the application of a request answers through."""
    found = request.app.state.answering
    assert isinstance(found, Answering)
    return found
