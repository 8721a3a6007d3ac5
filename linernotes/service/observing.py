"""Metrics of the service, and the outermost layer, which counts, logs and protects every answer."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector

from linernotes.service.problems import of_error

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from store.lookup_records import ReleaseKey

_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_NO_ROUTE = "none"

SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
]
"""Nothing is loaded from a foreign host, and nobody puts our pages into theirs."""


class Observed:
    """What is counted of one application, or with several processes of all of them together."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "linernotes_http_requests",
            "Requests by route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "linernotes_http_request_duration_seconds",
            "How long answers took, by route.",
            ["route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.under_way = self._gauge(
            "linernotes_http_requests_under_way", "Requests being answered.", "livesum"
        )
        self.release = self._gauge("linernotes_http_release", "The release last answered from.", "max")
        self.release_created = self._gauge(
            "linernotes_http_release_created_timestamp_seconds", "When that release was made.", "max"
        )
        self.cache = Counter(
            "linernotes_http_cache_lookups",
            "Answers that were in memory (hit) or not (miss).",
            ["outcome"],
            registry=self.registry,
        )
        self._of_cache = self.cache.labels("hit"), self.cache.labels("miss")
        self._seen: ReleaseKey | None = None
        if not _several():
            ProcessCollector(registry=self.registry)

    def _gauge(self, name: str, meaning: str, mode: Any) -> Gauge:  # noqa: ANN401 - a long Literal of the library
        return Gauge(name, meaning, registry=self.registry, multiprocess_mode=mode)

    def saw_release(self, release: ReleaseKey) -> None:
        """Remember the release that an answer is from."""
        if release is not self._seen and release != self._seen:
            self._seen = release
            self.release.set(release.release_id)
            self.release_created.set(release.created.timestamp())

    def saw_cache(self, *, hit: bool) -> None:
        """Count an answer that was in memory, or was not."""
        self._of_cache[0 if hit else 1].inc()

    def exposition(self) -> bytes:
        """Return the metrics in the text format of Prometheus."""
        if not _several():
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # prometheus_client annotates it not
        return generate_latest(together)


class Observing:
    """The outermost layer: counts and times each request, adds security headers, lets no exception out."""

    def __init__(self, app: ASGIApp, observed: Observed, *, access_log: bool = False) -> None:
        self._app = app
        self._observed = observed
        self._log = structlog.get_logger("linernotes.service")
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0
        bodiless = scope["method"] == "HEAD"  # what GET would say, without saying it
        asked = {**scope, "method": "GET"} if bodiless else scope

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *SECURITY]
            elif bodiless:
                message = {**message, "body": b""}
            await send(message)

        self._observed.under_way.inc()
        try:
            await self._app(asked, receive, sent)
        except Exception as error:
            self._log.exception("request failed", path=scope["path"])
            if status == 0:
                await of_error(error).response()(scope, receive, sent)
        finally:
            self._observed.under_way.dec()
            self._count(asked, status, time.perf_counter() - began)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        self._observed.requests.labels(scope["method"], route, status).inc()
        self._observed.seconds.labels(route).observe(seconds)
        if self._access_log:
            client = scope.get("client") or ("",)
            self._log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                milliseconds=round(seconds * 1000, 1),
                client=client[0],
            )


def route_of(scope: Scope) -> str:
    """Return the path of the route as it is declared, so that a label has few values."""
    return getattr(scope.get("route"), "path", None) or _NO_ROUTE


def _several() -> bool:
    """Whether several processes count together, in files of this directory."""
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ
