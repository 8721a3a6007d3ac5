"""`run`: the main job."""

from __future__ import annotations

from linernotes.cli.context import Invocation, command
from linernotes.cli.crawling import conclude, crawl_options
from linernotes.cli.later import engine_option
from linernotes.cli.mining import tell_mining
from linernotes.cli.output import Form, format_options, print_rows
from linernotes.cli.summary import COLUMNS, crawl_rows, mine_rows, registry_rows
from linernotes.jobs.run import RunReport, run_job
from linernotes.reporting import open_progress


@command()
@crawl_options[0]
@crawl_options[1]
@crawl_options[2]
@engine_option
@format_options
def run(
    invocation: Invocation,
    due_only: bool,
    max_pages: int | None,
    max_time: int | None,
    form: Form | None,
) -> None:
    """The main job: crawl, then mine.

    Creates the database where there is none, imports the registry files and adds the sources that the
    configuration lists, crawls, extracts, mines and publishes a release. Call it from any scheduler: what did
    not change is not done again, and an interrupted run is continued; with --due, a run that begins while
    another is at work says so and does nothing. `linernotes config --help` lists all settings.
    """
    settings = invocation.settings()
    progress = open_progress(verbose=invocation.verbose)
    report = run_job(
        invocation.new_engine(),
        settings,
        progress,
        due_only=due_only,
        max_pages=max_pages,
        max_seconds=max_time,
    )
    print_rows(COLUMNS, _rows(report), form)
    if report.mine is not None:
        tell_mining(report.mine)
    conclude(report.crawl)


def _rows(report: RunReport) -> list[dict[str, object]]:
    rows = [row for registry in report.registries for row in registry_rows(registry)]
    rows += crawl_rows(report.crawl)
    return rows + (list(mine_rows(report.mine)) if report.mine is not None else [])
