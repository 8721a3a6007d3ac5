"""`overrides check`, `overrides list`."""

from __future__ import annotations

from pathlib import Path

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.errors import NoRelease
from store.overrides import applied_overrides
from store.releases import published_release

CHECKED = ("number", "kind", "subject", "object", "note")
LISTED = ("number", "kind", "subject", "object", "applied", "note")


@click.group()
def overrides() -> None:
    """Editors' overrides: aliases, wrong links, terms and neighbours."""


@command()
@click.argument("file", type=click.Path(path_type=Path))
@format_options
def check(invocation: Invocation, file: Path, form: Form | None) -> None:
    """Read FILE and find the artists that it names, without mining.

    Fails with one sentence when the file is wrong or names artists that the registry does not have.
    """
    from linernotes.jobs.editing import open_editing, subject_and_object  # noqa: PLC0415 - slow: the miner
    from linernotes.overrides import read_overrides  # noqa: PLC0415 - only this command needs it

    read = read_overrides(file)
    with invocation.open_engine(read_only=True).connect() as connection:
        open_editing(connection, read)
    rows = [
        dict(zip(CHECKED, (each.number, each.kind, *subject_and_object(each), each.note), strict=True))
        for each in read.entries
    ]
    print_rows(CHECKED, rows, form)
    remark(f"{len(rows):,} {'override' if len(rows) == 1 else 'overrides'}; nothing is wrong with them.")


@command("list")
@format_options
def list_(invocation: Invocation, form: Form | None) -> None:
    """List the overrides of the published release, and how much each of them changed."""
    with invocation.open_engine(read_only=True).connect() as connection:
        if published_release(connection) is None:
            raise NoRelease
        applied = applied_overrides(connection)
    if not print_rows(LISTED, [dict(row) for row in applied], form):
        remark("The release has no overrides; `mine.overrides` names their file (docs/editing.md).")


for _command in (check, list_):
    overrides.add_command(_command)
