"""Running the application in one or several processes."""

from __future__ import annotations

import os

import orjson
import uvicorn
from fastapi import FastAPI

from linernotes.catalog import open_catalog
from linernotes.listening import parse_address
from linernotes.service.app import create_app
from linernotes.service.settings import ServiceSection

_VARIABLE = "LINERNOTES_SERVE"


def run_service(database: str, settings: ServiceSection) -> None:
    """Answer until SIGTERM or Ctrl-C."""
    open_catalog(database).close()  # what is wrong with the database is told now, and once
    host, port = parse_address(settings.listen)
    os.environ[_VARIABLE] = orjson.dumps([database, settings.model_dump(mode="json")]).decode()
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
        log_level="warning",
    )


def app_of_process() -> FastAPI:
    """Return the application of a process of the service."""
    database, settings = orjson.loads(os.environ[_VARIABLE])
    return create_app(open_catalog(database), ServiceSection(**settings))
