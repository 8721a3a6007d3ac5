"""`export`: the views as Parquet."""

from __future__ import annotations

from pathlib import Path

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.output import Form, format_options, print_rows
from linernotes.export import export_release

COLUMNS = ("release_id", "file", "rows")


@command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@format_options
def export(invocation: Invocation, directory: Path, form: Form | None) -> None:
    """Write the views as Parquet files.

    With a manifest, into DIR. All files are of one release. An earlier export in DIR is replaced when the new
    one is complete.
    """
    report = export_release(invocation.open_engine(read_only=True), directory)
    rows = [
        {"release_id": report.release_id, "file": str(directory / name), "rows": count}
        for name, count in report.rows.items()
    ]
    print_rows(COLUMNS, rows, form)
