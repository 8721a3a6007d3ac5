"""Addresses to listen on, on the command line."""

from __future__ import annotations

import click

from linernotes.listening import parse_address


def checked_address(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Return HOST:PORT as it was given; a usage error, saying what is allowed, for anything else."""
    if value is not None:
        try:
            parse_address(value)
        except ValueError as error:
            raise click.BadParameter(f"{value!r} is not {error}") from error
    return value
