"""/metrics and /health over HTTP, for Prometheus and for who watches over the process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from linernotes.listening import parse_address
from store.errors import LinernotesError

# How long a client may take to send its request: nobody can keep a thread of ours for longer.
_CLIENT_SECONDS = 10.0


class CannotListen(LinernotesError):
    """The address is taken, or not one of this host."""


@contextmanager
def metrics_server(
    address: str, registry: CollectorRegistry, is_healthy: Callable[[], bool]
) -> Iterator[int]:
    """Serve while the context lasts, in threads of its own; yields the port (of HOST:0, the one given)."""
    host, port = parse_address(address)
    try:
        server = _server_class(host)((host, port), _handler(registry, is_healthy))
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotListen(
            f"The metrics cannot be served on {address}: {reason}; name another address in schedule.metrics."
        ) from error
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


def _server_class(host: str) -> type[ThreadingHTTPServer]:
    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = AF_INET6 if ":" in host else ThreadingHTTPServer.address_family

    return Server


def _handler(registry: CollectorRegistry, is_healthy: Callable[[], bool]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _CLIENT_SECONDS
        server_version = "linernotes"
        sys_version = ""

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
            elif path == "/health":
                healthy = is_healthy()
                self._answer(200 if healthy else 503, "text/plain", b"alive\n" if healthy else b"hangs\n")
            else:
                self._answer(404, "text/plain", b"There are /metrics and /health.\n")

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing of each scrape."""

    return Handler
