"""`serve`: look-ups over HTTP."""

from __future__ import annotations

import click

from linernotes.cli.context import Invocation, command


@command()
@click.option("--listen", metavar="HOST:PORT", help="Where to answer; service.listen when not given.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer; service.workers.")
def serve(invocation: Invocation, *, listen: str | None, workers: int | None) -> None:
    """Look-ups over HTTP."""
    for key, value in (("listen", listen), ("workers", workers)):
        if value is not None:
            invocation.assign(f"service.{key}", value)
    settings = invocation.settings()
    from linernotes.service.serving import run_service  # noqa: PLC0415 - an extra that need not be installed

    run_service(settings.database, settings.service)
