"""`crawl`: fetch and extract."""

from __future__ import annotations

from collections.abc import Sequence

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.failures import FAILED, Interrupted
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.cli.summary import COLUMNS, crawl_rows
from linernotes.jobs.crawl import CrawlJobReport, crawl_job
from linernotes.reporting import open_progress
from store.errors import LinernotesError

crawl_options = (
    click.option("--due", "due_only", is_flag=True, help="Only the sources that are due by their interval."),
    click.option("--max-pages", type=click.IntRange(min=1), metavar="N", help="Stop after so many pages."),
)


@command()
@crawl_options[0]
@crawl_options[1]
@format_options
def crawl(invocation: Invocation, due_only: bool, max_pages: int | None, form: Form | None) -> None:
    """Fetch the sources and turn their pages into documents.

    Continues where an interrupted crawl stopped. Pages seen before are asked for conditionally, so that what
    did not change is not downloaded again. Exits with 1 when there are sources and none could be read.
    """
    engine = invocation.open_engine()
    progress = open_progress(verbose=invocation.verbose)
    report = crawl_job(
        engine, invocation.settings().crawl.to_crawler(), progress, due_only=due_only, max_pages=max_pages
    )
    print_rows(COLUMNS, crawl_rows(report), form)
    if not report.crawl.sources:
        remark(
            "No source is due."
            if due_only
            else "There are no sources yet; add some with `linernotes sources add URL`."
        )
    conclude(report)


def conclude(report: CrawlJobReport) -> None:
    """Raise what the exit code has to say of a crawl: interrupted, or nothing could be read."""
    if report.interrupted:
        raise Interrupted
    if report.nothing_readable:
        raise NothingReadable(_why([source.error for source in report.crawl.sources]))


def _why(errors: Sequence[str | None]) -> str:
    if len(errors) == 1:
        return f"The source could not be read: {errors[0]}."
    return f"None of the {len(errors)} sources could be read; `linernotes sources list` tells why."


class NothingReadable(LinernotesError):
    """There were sources, and none of them could be read."""

    exit_code = FAILED
