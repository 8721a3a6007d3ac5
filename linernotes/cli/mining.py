"""`mine`: descriptors, vectors and neighbours."""

from __future__ import annotations

from pathlib import Path

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.later import engine_option
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.cli.summary import COLUMNS, mine_rows
from linernotes.jobs.mining import MineReport
from linernotes.jobs.run import mining_job
from linernotes.reporting import open_progress
from nlp.teaching import Teaching

# More names than this are a list for `documents`, not a remark.
LABELS_SHOWN = 5


@command()
@click.option(
    "--teach",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Truth to learn from if it helps (mine.teach): a TSV file with columns artist and similar, or "
    "listener, artist and plays.",
)
@engine_option
@format_options
def mine(invocation: Invocation, teach: Path | None, form: Form | None) -> None:
    """Mine the documents into descriptors, vectors and neighbours.

    Publishes them as a release. Reads only documents that are new or changed. The views show the release
    before until the new one is whole; `linernotes releases rollback` goes back to it.
    """
    if teach is not None:
        invocation.assign("mine.teach", str(teach))
    engine = invocation.open_engine()
    progress = open_progress(verbose=invocation.verbose)
    settings = invocation.settings()
    report = mining_job(engine, settings.mine, progress, settings.cache)
    print_rows(COLUMNS, mine_rows(report), form)
    tell_mining(report)


def tell_mining(report: MineReport) -> None:
    """Say in a sentence or two what mining did."""
    remark(
        f"Read {report.read:,} of {report.documents:,} documents ({report.unchanged:,} had been read before) "
        f"in {report.seconds:.1f} s."
    )
    if report.published:
        remark(
            f"Release {report.release_id} is published: {report.artists:,} artists, {report.terms:,} terms."
        )
    else:
        remark(f"Nothing changed: release {report.release_id} stays published.")
    if report.trouble:
        remark(f"Look-ups will read the database: its files could not be written: {report.trouble}.")
    _tell_teaching(report.teaching)
    labels = report.unlinked_labels
    if labels:
        more = f" and {len(labels) - LABELS_SHOWN:,} more" if len(labels) > LABELS_SHOWN else ""
        remark(
            f"No artist of the registry is called {', '.join(labels[:LABELS_SHOWN])}{more}; "
            "`linernotes import --register-labels` adds those named by labels."
        )


def _tell_teaching(teaching: Teaching | None) -> None:
    """Say what a truth of the user's own brought."""
    if teaching is None:
        return
    gain = teaching.gain
    between = "" if gain.low is None else f" (95 % interval {gain.low:+.3f} to {gain.high:+.3f})"
    remark(
        f"Taught by {teaching.pairs:,} pairs: nDCG@10 of {teaching.held_out:,} artists kept from the lesson "
        f"{teaching.before:.3f} before, {teaching.after:.3f} after{between}; "
        f"{'used' if teaching.used else 'not used, because it does not surely help'}."
    )
