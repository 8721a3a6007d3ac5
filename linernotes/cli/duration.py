"""Durations on the command line."""

from __future__ import annotations

from typing import Any

import click

from linernotes.durations import parse_duration


class Duration(click.ParamType[int]):
    """A duration such as 6h, in seconds."""

    name = "DURATION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401 - what click hands over
        """Return the seconds; a usage error, saying what is allowed, for anything else."""
        if isinstance(value, int):
            return value
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(f"{value!r} is not {error}.", param, ctx)
