"""`export`: the views as Parquet, or the vectors."""

from __future__ import annotations

from pathlib import Path

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.output import Form, format_options, print_rows
from linernotes.export import FORMATS, Format, export_release

COLUMNS = ("release_id", "file", "rows")


@command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    default="parquet",
    show_default=True,
    help="All views as Parquet; or the vectors of artists for word2vec or NumPy.",
)
@click.option(
    "--since",
    metavar="EARLIER",
    type=click.Path(path_type=Path),
    help="Directory of an earlier export as Parquet: write only what changed since, and what was removed.",
)
@format_options
def export(
    invocation: Invocation, directory: Path, kind: Format, since: Path | None, form: Form | None
) -> None:
    """Write the release as files: Parquet, word2vec or NumPy.

    With a manifest, into DIR. All files are of one release. An earlier export in DIR is replaced when the new
    one is complete.
    """
    engine = invocation.open_engine(read_only=True)
    report = export_release(engine, directory, form=kind, since=since)
    rows = [
        {"release_id": report.release_id, "file": str(directory / name), "rows": count}
        for name, count in report.rows.items()
    ]
    print_rows(COLUMNS, rows, form)
