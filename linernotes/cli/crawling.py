"""`crawl`: fetch and extract, or tell what would be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import click

from crawler.archive.warc_writer import WarcArchive
from crawler.fetching.settings import CrawlSettings
from linernotes.cli.context import Invocation, command
from linernotes.cli.duration import Duration
from linernotes.cli.failures import FAILED, Interrupted
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.cli.summary import COLUMNS, crawl_rows
from linernotes.jobs.crawl import CrawlJobReport, crawl_job
from linernotes.jobs.locks import due_lock
from linernotes.planning import Plan, plan_crawl
from linernotes.reporting import open_progress
from store.errors import LinernotesError

crawl_options = (
    click.option("--due", "due_only", is_flag=True, help="Only the sources that are due by their interval."),
    click.option("--max-pages", type=click.IntRange(min=1), metavar="N", help="Stop after so many pages."),
    click.option("--max-time", type=Duration(), help="Stop after so long, such as 6h."),
)
PLAN_COLUMNS = ("url", "source", "domain", "role", "priority", "due", "verdict")


@command()
@crawl_options[0]
@crawl_options[1]
@crawl_options[2]
@click.option(
    "--join",
    is_flag=True,
    help="Only help with what other crawls have queued: one process at a time works on a domain.",
)
@click.option(
    "--warc",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Also archive what is fetched in this folder, as WARC files that `import` reads.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be fetched; nothing is asked or stored.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    metavar="N",
    help="Pages that --dry-run lists.",
)
@format_options
def crawl(
    invocation: Invocation,
    *,
    due_only: bool,
    join: bool,
    max_pages: int | None,
    max_time: int | None,
    warc: Path | None,
    dry_run: bool,
    limit: int,
    form: Form | None,
) -> None:
    """Fetch the sources and turn their pages into documents.

    Continues where an interrupted crawl stopped. Pages seen before are asked for conditionally, so that what
    did not change is not downloaded again. Exits with 1 when there are sources and none could be read.

    With --dry-run, lists what would be fetched in the order in which it would come, each page with what
    stands in its way: robots.txt as last fetched, a pause its host asked for, a missing contact.
    """
    if join and due_only:
        raise click.UsageError("--join and --due exclude each other: who joins begins no round")
    settings = invocation.settings().crawl.to_crawler()
    if dry_run:
        _tell_plan(invocation, settings, due_only=due_only, limit=limit, form=form)
        return
    engine = invocation.open_engine()
    progress = open_progress(verbose=invocation.verbose)
    with (
        due_lock(engine, due_only=due_only),
        WarcArchive(warc, settings) if warc is not None else nullcontext() as archive,
    ):
        report = crawl_job(
            engine,
            settings,
            progress,
            due_only=due_only,
            join=join,
            max_pages=max_pages,
            max_seconds=max_time,
            archive=archive,
        )
    print_rows(COLUMNS, crawl_rows(report), form)
    if not report.crawl.sources:
        remark(
            "No source is due."
            if due_only
            else "There are no sources yet; add some with `linernotes sources add URL`."
        )
    conclude(report)


def _tell_plan(
    invocation: Invocation, settings: CrawlSettings, *, due_only: bool, limit: int, form: Form | None
) -> None:
    with invocation.open_engine(read_only=True).connect() as connection:
        plan = plan_crawl(connection, settings, datetime.now(UTC), due_only=due_only, limit=limit)
    rows = (
        {
            "url": page.url,
            "source": page.source,
            "domain": page.domain,
            "role": page.role,
            "priority": page.priority,
            "due": page.due_at,
            "verdict": verdict,
        }
        for page, verdict in plan.pages
    )
    print_rows(PLAN_COLUMNS, rows, form, shown=("url", "role", "due", "verdict"))
    for line in _totals(plan):
        remark(line)


def _totals(plan: Plan) -> list[str]:
    total = sum(source.pages for source in plan.sources)
    if not total:
        return ["Nothing would be fetched: no source is due and no page is queued."]
    return [
        f"A crawl would ask for {total:,} pages it knows of, and for what they lead to:",
        *(f"{source.pages:>10,}  {source.source}" for source in plan.sources),
    ]


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
