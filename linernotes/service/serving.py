"""Running the application in one or several processes."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import uvicorn
from fastapi import FastAPI

from linernotes.catalog import open_catalog
from linernotes.config_errors import ConfigError
from linernotes.listening import parse_address
from linernotes.metrics_server import CannotListen
from linernotes.reporting import open_log
from linernotes.service.app import create_app
from linernotes.service.settings import ServiceSection
from linernotes.service.tokens import Token, read_tokens
from store.engine import limit_statements

_VARIABLE = "LINERNOTES_SERVE"
_COUNTED_TOGETHER = "PROMETHEUS_MULTIPROC_DIR"


def run_service(database: str, settings: ServiceSection, cache: str | None = None) -> None:
    """Answer until SIGTERM or Ctrl-C; `cache` is where the files of releases lie, see `open_catalog`.

    Raises ConfigError for an address that others can reach without tokens, CannotListen for one that is
    taken, and what `open_catalog` raises for a database that cannot be read.
    """
    host, port = parse_address(settings.listen)
    if not _tokens(settings) and not is_loopback(host):
        raise ConfigError(
            f"{settings.listen} can be reached by others, and service.tokens_file names no tokens; make one "
            "with `linernotes serve --new-token NAME`, or listen on 127.0.0.1."
        )
    open_catalog(database, cache=cache).close()  # what is wrong with the database is told now, and once
    _check_free(settings.listen, host, port)
    os.environ[_VARIABLE] = orjson.dumps([database, cache, settings.model_dump(mode="json")]).decode()
    with _metrics_of(settings.workers):
        uvicorn.run(
            "linernotes.service.serving:app_of_process",
            factory=True,
            host=host,
            port=port,
            workers=settings.workers,
            access_log=False,
            proxy_headers=bool(settings.trust_proxy),
            forwarded_allow_ips=list(settings.trust_proxy),
            server_header=False,
            timeout_graceful_shutdown=settings.shutdown_seconds,
            log_config=None,
        )


def app_of_process() -> FastAPI:
    """Return the application of a process of the service."""
    database, cache, given = orjson.loads(os.environ[_VARIABLE])
    settings = ServiceSection(**given)
    open_log()
    catalog = open_catalog(database, cache=cache)
    catalog.engine.dispose()  # the connection with which it was opened has no limit yet
    limit_statements(catalog.engine, settings.timeout_seconds)
    return create_app(catalog, settings, _tokens(settings))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address: a loopback address, or `localhost`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tokens(settings: ServiceSection) -> tuple[Token, ...]:
    return read_tokens(Path(settings.tokens_file)) if settings.tokens_file else ()


def _check_free(address: str, host: str, port: int) -> None:
    """Raise CannotListen where uvicorn would only write to its log."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotListen(
            f"The service cannot listen on {address}: {reason}; name another address in service.listen."
        ) from error


@contextmanager
def _metrics_of(workers: int) -> Iterator[None]:
    """A folder in which several processes count together: whoever is asked for /metrics tells of all."""
    if workers == 1:
        yield
        return
    with TemporaryDirectory(prefix="linernotes-metrics-") as folder:
        os.environ[_COUNTED_TOGETHER] = folder
        yield
