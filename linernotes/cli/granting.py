"""`grant`: who may read the database."""

from __future__ import annotations

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.output import remark
from store.access import PURPOSES, Purpose, grant_reading


@command()
@click.argument("role")
@click.option(
    "--for",
    "purpose",
    type=click.Choice(PURPOSES),
    default="views",
    show_default=True,
    help="The views alone, for analysts; or also the tables that Python and HTTP look-ups read.",
)
def grant(invocation: Invocation, role: str, purpose: Purpose) -> None:
    """Let a role of PostgreSQL read, and only that.

    The role has to exist. Prints the SQL that was executed. Later migrations keep these rights.
    """
    with invocation.open_engine().begin() as connection:
        statements = grant_reading(connection, role, purpose)
    for statement in statements:
        click.echo(f"{statement};")
    remark(f"{role} may read what {purpose} need.")
