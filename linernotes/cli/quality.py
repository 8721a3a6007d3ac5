"""`evaluate`: the published release against ground truth."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.cli.quality_tables import print_tables
from linernotes.evaluation.records import EvaluationOptions, Given
from linernotes.evaluation.report import report_file, write_report
from linernotes.evaluation.run import evaluate as evaluate_release
from linernotes.jobs.run import mining_settings
from linernotes.reporting import open_progress

COLUMNS = (
    *(
        "release_id",
        "task",
        "truth",
        "method",
        "against",
        "group",
        "measure",
        "value",
        "low",
        "high",
        "count",
    ),
)
_FILE = click.Path(path_type=Path)


@command()
@click.option("--similar", type=_FILE, metavar="FILE", help="TSV with columns artist and similar.")
@click.option("--tags", type=_FILE, metavar="FILE", help="TSV with columns artist and tag.")
@click.option(
    "--linking",
    type=_FILE,
    metavar="FILE",
    multiple=True,
    help="Table with columns text and artist, and title if any, as `import` reads it; may be repeated.",
)
@click.option(
    "--mentions",
    type=_FILE,
    metavar="FILE",
    help="TSV with columns file, line, start, end and meant (yes or no); the tables go to --linking.",
)
@click.option(
    "--extraction",
    type=_FILE,
    metavar="FILE",
    help="JSONL with url or path, and text; title, published and artist if known.",
)
@click.option(
    "--artists",
    type=_FILE,
    metavar="FILE",
    help="Ask --similar and --tags for these artists alone: one a line, or TSV with a column artist.",
)
@click.option(
    "--baselines/--no-baselines", default=True, show_default=True, help="Measure plain methods beside ours."
)
@click.option(
    "--bootstrap",
    type=click.IntRange(min=0),
    default=1_000,
    show_default=True,
    metavar="N",
    help="Resamples behind each interval; 0 for none.",
)
@click.option(
    "--report", type=_FILE, metavar="PATH", help="Write a page with plots: an .html file, or a directory."
)
@format_options
def evaluate(
    invocation: Invocation,
    *,
    similar: Path | None,
    tags: Path | None,
    linking: tuple[Path, ...],
    mentions: Path | None,
    extraction: Path | None,
    artists: Path | None,
    baselines: bool,
    bootstrap: int,
    report: Path | None,
    form: Form | None,
) -> None:
    """Measure the published release against ground truth.

    Similar artists, descriptors, linking and extraction, each against files of yours, with 95 % intervals, by
    amount of text and familiarity, beside plain methods on the same texts. A terminal shows the summary; the
    groups are in --json, --csv and --report. docs/evaluation.md explains files, measures and intervals.
    """
    given = Given(similar, tags, linking, mentions, extraction, artists)
    _refuse_incomplete(given)
    page = None if report is None else report_file(report)
    measured = evaluate_release(
        invocation.open_engine(read_only=True),
        given,
        EvaluationOptions(baselines, bootstrap),
        settings=mining_settings(invocation.settings().mine),
        progress=open_progress(verbose=invocation.verbose),
    )
    if page is not None:
        write_report(measured, page)
        remark(f"The report is {page}.")
    if form is None and sys.stdout.isatty():
        print_tables(measured)
    else:
        print_rows(COLUMNS, measured.rows(), form)


def _refuse_incomplete(given: Given) -> None:
    if not (given.similar or given.tags or given.linking or given.mentions or given.extraction):
        raise click.UsageError(
            "Give --similar FILE, --tags FILE, --linking FILE, --extraction FILE, or several of them."
        )
    if given.mentions and not given.linking:
        raise click.UsageError("--mentions judges places in tables of texts: give these with --linking FILE.")
    if given.artists and not (given.similar or given.tags):
        raise click.UsageError("--artists restricts --similar and --tags: give one of them as well.")
