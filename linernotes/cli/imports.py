"""`import`: documents from files."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.imports.errors import ImportFailed
from crawler.imports.report import ImportReport
from linernotes.cli.artists import tell_skipped
from linernotes.cli.context import Invocation, command
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.cli.summary import COLUMNS, import_rows
from linernotes.jobs.documents import import_job, register_labels
from linernotes.reporting import open_progress


def _mapping(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    mapping = {}
    for text in values:
        field, separator, column = text.partition("=")
        if not separator or not field.strip() or not column.strip():
            raise click.BadParameter(f"{text!r} is not FIELD=COLUMN, such as text=review_body.")
        mapping[field.strip()] = column.strip()
    return mapping


@command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=COLUMN",
    callback=_mapping,
    help="Which column holds text, html, url, title, published, author, source or artist; may be repeated.",
)
@click.option("--source", metavar="NAME", help="Name of the collection, for rows that name none.")
@click.option(
    "--register-labels",
    is_flag=True,
    help="Add the artists that the column `artist` names and the registry lacks.",
)
@format_options
def import_(
    invocation: Invocation,
    *,
    files: tuple[Path, ...],
    mapping: dict[str, str],
    source: str | None,
    register_labels: bool,
    form: Form | None,
) -> None:
    """Add documents from CSV, JSONL, Parquet or WARC files.

    Columns are `text` or `html`, and `url`, `title`, `published`, `author`, `source`, `artist`; others by
    --map. JSONL and CSV may be gzipped. Rows that cannot be read are skipped, counted and told. Safe to
    repeat: a text is known by its URL.
    """
    engine = invocation.open_engine()
    progress = open_progress(verbose=invocation.verbose)
    try:
        report = import_job(engine, files, progress, mapping=mapping, source=source)
    except ImportFailed as error:
        if error.report is not None:
            _tell(error.report, form)
        raise
    _tell(report, form)
    if register_labels:
        _register(invocation)


def _register(invocation: Invocation) -> None:
    added = register_labels(invocation.open_engine())
    remark(f"Added {added:,} artists that the documents name to the registry.")


def _tell(report: ImportReport, form: Form | None) -> None:
    print_rows(COLUMNS, import_rows(report), form)
    tell_skipped([str(skipped) for skipped in report.skipped], report.skipped_total)
