"""`serve`: look-ups over HTTP."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.output import remark
from linernotes.config_errors import ConfigError
from linernotes.listening import parse_address
from store.errors import LinernotesError

if TYPE_CHECKING:
    from linernotes.config import Settings

_NAME = re.compile(r"[\w.@-]{1,100}")


class NotInstalled(LinernotesError):
    """What the service needs is an extra."""

    exit_code = 2


def _checked(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        try:
            parse_address(value)
        except ValueError as error:
            raise click.BadParameter(f"{value!r} is not {error}") from error
    return value


@command()
@click.option(
    "--listen",
    metavar="HOST:PORT",
    callback=_checked,
    help="Answer there; service.listen when not given.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Processes that answer; service.workers when not given."
)
@click.option(
    "--new-token",
    metavar="NAME",
    help="Add a token to service.tokens_file, print it, and end; it cannot be shown again.",
)
@click.option(
    "--scope",
    type=click.Choice(["read", "metrics"]),
    default="read",
    show_default=True,
    help="What the new token opens: everything, or /metrics alone.",
)
def serve(
    invocation: Invocation, *, listen: str | None, workers: int | None, new_token: str | None, scope: str
) -> None:
    """Look-ups over HTTP.

    Reads the database only. Where others than this machine can reach the address, service.tokens_file has to
    name tokens. Ends at SIGTERM or Ctrl-C, after the requests under way. docs/http.md tells the rest.
    """
    if listen is not None:
        invocation.assign("service.listen", listen)
    if workers is not None:
        invocation.assign("service.workers", workers)
    settings = invocation.settings()
    if new_token is not None:
        _add_token(settings, new_token, scope)
        return
    try:
        from linernotes.service.serving import run_service  # noqa: PLC0415 - needs an extra
    except ModuleNotFoundError as error:
        raise NotInstalled(
            f"`serve` needs the Python package {error.name!r}; install linernotes[service]."
        ) from error
    remark(f"Answering on http://{settings.service.listen}; Ctrl-C ends it.")
    run_service(settings.database, settings.service, settings.cache)


def _add_token(settings: Settings, name: str, scope: str) -> None:
    from linernotes.service.tokens import new_token  # noqa: PLC0415 - only here

    if settings.service.tokens_file is None:
        raise ConfigError("service.tokens_file names no file to add a token to.")
    if not _NAME.fullmatch(name):
        raise click.BadParameter("a name is letters, digits, and . _ - @", param_hint="--new-token")
    click.echo(new_token(Path(settings.service.tokens_file), name, scope))
