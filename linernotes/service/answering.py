"""How a request becomes an answer: one look-up in one release, in a thread, as bytes.

Everything in an answer, its header and its ETag are of one release, the one that is published when the
look-up begins. Answers are kept as bytes until the next release, but for those that quote texts: what
somebody forgets (`linernotes forget`) must be gone at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response

from linernotes.catalog import Catalog
from linernotes.errors import BadQuestion
from linernotes.service.answer_cache import AnswerCache
from linernotes.service.at_once import AtOnce
from linernotes.service.observing import Observed
from linernotes.service.problems import Problem
from linernotes.service.settings import ServiceSection
from store.lookup_records import ReleaseKey

T = TypeVar("T")
LookUp = Callable[[Catalog], T]

RELEASE_HEADER = "linernotes-release"
JSON = "application/json"
FORMAT = 1
"""Raised when answers change their form: what clients keep then no longer holds."""
_BUSY_SECONDS = "1"


@dataclass(frozen=True, slots=True)
class Body:
    """The content of an answer. `keep` says that it stays true as long as its release is published."""

    content: bytes
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    keep: bool = True


class Answering:
    """What all routes answer through: the catalog, the threads in which it is asked, and the settings."""

    def __init__(
        self, catalog: Catalog, settings: ServiceSection, observed: Observed, *, private: bool = False
    ) -> None:
        self.catalog = catalog
        self.settings = settings
        self.observed = observed
        self._threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="look-up")
        self._at_once = AtOnce(catalog, self._threads)
        self._under_way = 0
        self._cache = AnswerCache(settings.cache_megabytes * 1024 * 1024)
        # When the state was counted, and the counts; see routes.state.
        self.kept_state: tuple[float, Sequence[Mapping[str, object]]] | None = None
        self._caching = "private, no-cache" if private else "no-cache"

    async def read(self, look_up: LookUp[T]) -> tuple[ReleaseKey, T]:
        """Return what a look-up finds, and the release it read; everything it asks is of that release."""
        return await self.read_with(lambda _, catalog: look_up(catalog))

    async def read_with(self, look_up: Callable[[ReleaseKey, Catalog], T]) -> tuple[ReleaseKey, T]:
        """The same for a look-up that wants to know its release."""

        def work() -> tuple[ReleaseKey, T]:
            with self.catalog.one_release() as (release, catalog):
                return release, look_up(release, catalog)

        return await self.run(work)

    async def run(self, work: Callable[[], T]) -> T:
        """Do something in a thread. Raises Problem when too much is under way, and when it takes too long."""
        if self._under_way >= self.settings.threads + self.settings.max_waiting:
            raise Problem(
                503, "busy", "Too many requests are under way.", headers={"Retry-After": _BUSY_SECONDS}
            )
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        self._under_way += 1
        future.add_done_callback(self._ended)
        await asyncio.wait((future,), timeout=self.settings.timeout_seconds)
        if not future.done():
            seconds = f"{self.settings.timeout_seconds:g}"
            raise Problem(
                503, "timeout", f"The answer took longer than {seconds} s.", headers={"Retry-After": seconds}
            )
        return future.result()

    async def answer(
        self,
        request: Request,
        look_up: LookUp[Mapping[str, object]],
        *,
        quotes: bool = False,
        quick: bool = False,
    ) -> Response:
        """Answer with the members that a look-up gives, and with the number of its release.

        `quotes` says that texts are quoted, so that the answer is not kept; `quick` that the look-up takes
        a millisecond, see `AtOnce`.
        """

        def body(release: ReleaseKey, catalog: Catalog) -> Body:
            return Body(dumped({"release": release.release_id, **look_up(catalog)}), keep=not quotes)

        return await self.respond(request, body, quick=quick)

    async def page(
        self,
        request: Request,
        look_up: Callable[[Catalog, int], Sequence[object]],
        *,
        limit: int,
        offset: int,
        of_release: int | None = None,
        quotes: bool = False,
    ) -> Response:
        """Answer with a page of what `look_up(catalog, count)` finds from `offset` on, and where to go on.

        With `of_release`, only from that release: 409 when another one is published.
        """
        self.check_limit(limit)

        def body(release: ReleaseKey, catalog: Catalog) -> Body:
            check_release(release, of_release)
            found = look_up(catalog, limit + 1)  # one more tells whether there is another page
            more = _next(request, release, limit, offset) if len(found) > limit else None
            members = {"items": found[:limit], "limit": limit, "offset": offset, "next": more}
            headers = {} if more is None else {"link": f'<{more}>; rel="next"'}
            return Body(dumped({"release": release.release_id, **members}), headers=headers, keep=not quotes)

        return await self.respond(request, body)

    async def respond(
        self, request: Request, make: Callable[[ReleaseKey, Catalog], Body], *, quick: bool = False
    ) -> Response:
        """Answer with what is made of a release; from memory if it is there, 304 if the client has it."""
        asked = request.scope["path"] + "?" + request.scope["query_string"].decode("latin-1")
        accepted = request.headers.get("if-none-match")

        def work(release: ReleaseKey, catalog: Catalog) -> tuple[ReleaseKey, Body | None, str]:
            known = self._cache.get(release, asked)
            self.observed.saw_cache(hit=known is not None)
            tag = _tag(release, asked.encode())
            if known is None and not _has(accepted, tag):
                known = make(release, catalog)
                if known.keep:
                    self._cache.put(release, asked, known, len(known.content))
                else:
                    tag = _tag(release, known.content)
            return release, None if _has(accepted, tag) else known, tag

        found = self._at_once.do(work) if quick else None
        if found is None:
            found = (await self.read_with(work))[1]
        return self._response(*found)

    def uncached(self, release: ReleaseKey, members: Mapping[str, object]) -> Response:
        """Answer a POST, which nobody keeps."""
        self.observed.saw_release(release)
        headers = {RELEASE_HEADER: str(release.release_id), "cache-control": "no-store"}
        return Response(dumped({"release": release.release_id, **members}), media_type=JSON, headers=headers)

    def check_limit(self, limit: int, most: int | None = None) -> None:
        """Raise BadQuestion for a limit above what the settings allow."""
        highest = self.settings.max_limit if most is None else most
        if limit > highest:
            raise BadQuestion(f"The limit is {limit}; it must be at most {highest}.")

    def close(self) -> None:
        """Wait for the look-ups under way and let go of the database."""
        self._threads.shutdown(cancel_futures=True)
        self.catalog.close()

    def _ended(self, future: asyncio.Future[Any]) -> None:
        self._under_way -= 1
        if not future.cancelled():
            future.exception()  # one that came after the time was up is nobody's any more

    def _response(self, release: ReleaseKey, body: Body | None, tag: str) -> Response:
        headers = {
            RELEASE_HEADER: str(release.release_id),
            "etag": tag,
            "cache-control": self._caching,
        }
        self.observed.saw_release(release)
        if body is None:
            return Response(status_code=304, headers=headers)
        headers |= body.headers
        return Response(body.content, media_type=body.media_type, headers=headers)


def answering(request: Request) -> Answering:
    """Return what the application of a request answers through."""
    found: Answering = request.app.state.answering
    return found


def check_release(release: ReleaseKey, wanted: int | None) -> None:
    """Raise a Problem unless the release is the one that is wanted, if any is."""
    if wanted is not None and wanted != release.release_id:
        raise Problem(
            409,
            "release-changed",
            f"Release {wanted} is no longer published; begin again with the first page of release "
            f"{release.release_id}.",
            release=release.release_id,
        )


def _has(accepted: str | None, tag: str) -> bool:
    """Whether the If-None-Match of a client names what it would get."""
    return accepted is not None and (tag in accepted or accepted.strip() == "*")


def dumped(members: Mapping[str, object]) -> bytes:
    """Return an answer as JSON; records and arrays in it as objects and lists."""
    return orjson.dumps(members, option=orjson.OPT_SERIALIZE_NUMPY)


def _tag(release: ReleaseKey, about: bytes) -> str:
    """A weak ETag (gzip gives other bytes for the same answer), of a release and what is asked of it."""
    of_release = f"{release.release_id}.{release.created.timestamp()}.{release.artists}.{FORMAT}"
    digest = blake2b(about, digest_size=9, key=of_release.encode()).hexdigest()
    return f'W/"{release.release_id}-{digest}"'


def _next(request: Request, release: ReleaseKey, limit: int, offset: int) -> str:
    kept = [
        pair for pair in request.query_params.multi_items() if pair[0] not in {"offset", "release", "limit"}
    ]
    place = [("limit", limit), ("offset", offset + limit), ("release", release.release_id)]
    return f"{request.url.path}?{urlencode([*kept, *place])}"
