"""`metrics`: where things stand, for Prometheus."""

from __future__ import annotations

import click

from linernotes.cli.context import Invocation, command
from linernotes.metrics import exposition


@command()
def metrics(invocation: Invocation) -> None:
    """Where things stand, in the format of Prometheus.

    For node_exporter's textfile collector, called from any scheduler. `linernotes schedule --metrics` serves
    the same over HTTP.
    """
    click.echo(exposition(invocation.open_engine(read_only=True)), nl=False)
