"""Options that are named already but come with a later version."""

from __future__ import annotations

import click

from store.errors import LinernotesError


class NotYet(LinernotesError):
    """Something that comes with a later version."""

    exit_code = 2


def engine_option(function: click.decorators.FC) -> click.decorators.FC:
    """Add --engine, of which only `local` works so far."""
    return click.option(
        "--engine",
        "mining_engine",
        type=click.Choice(["local", "spark"]),
        default="local",
        show_default=True,
        callback=_refuse_spark,
        expose_value=False,
        help="What mines; spark comes with a later version.",
    )(function)


def _refuse_spark(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if value == "spark":
        raise NotYet("`--engine spark` comes with a later version; mine with `--engine local`.")
    return value
