"""`schedule`: keep running what is due."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from linernotes.cli.address import checked_address
from linernotes.cli.context import Invocation, command
from linernotes.config import Settings
from linernotes.jobs.schedule import Scheduler, Timetable
from linernotes.metrics import MetricsCache
from linernotes.metrics_server import metrics_server
from linernotes.reporting import open_progress
from store.engine import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric


@command()
@click.option(
    "--metrics",
    "address",
    metavar="HOST:PORT",
    callback=checked_address,
    help="Serve /metrics and /health there; schedule.metrics when not given.",
)
def schedule(invocation: Invocation, address: str | None) -> None:
    """Keep running what is due.

    Crawls when a source is due and mines once a day (schedule.mine_every) when there is something new, each
    in a process of its own. A failed job is tried again after growing pauses; a database that goes away is
    waited for. Ends within 10 s of SIGTERM or Ctrl-C, with exit code 0; nothing is lost by that.
    """
    settings = invocation.settings()
    connect(settings.database).dispose()  # a URL that cannot be right is told now, not in each job's log
    progress = open_progress(verbose=invocation.verbose)
    section = settings.schedule
    timetable = Timetable(section.poll_seconds, section.crawl_for, section.mine_every)
    scheduler = Scheduler(settings.database, timetable, _command(invocation, settings), progress)
    with ExitStack() as stack:
        wanted = address or section.metrics
        if wanted is not None:
            port = stack.enter_context(
                metrics_server(wanted, _registry(settings, scheduler), scheduler.state.is_alive)
            )
            progress.note("metrics are served", {"address": wanted, "port": port})
        scheduler.run()


def _command(invocation: Invocation, settings: Settings) -> list[str]:
    """What begins the command line of every job: this program with the options that we were given."""
    if invocation.database is not None:
        # Not on the command line, where everybody on the host could read its password.
        os.environ["LINERNOTES_DATABASE"] = settings.database
    words = [sys.executable, "-m", "linernotes"]
    if invocation.config is not None:
        words += ["--config", str(invocation.config)]
    for assignment in invocation.assigned:
        words += ["--set", assignment]
    return words + (["--verbose"] if invocation.verbose else [])


def _registry(settings: Settings, scheduler: Scheduler) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(MetricsCache(settings.database))
    registry.register(_OfScheduler(scheduler))
    ProcessCollector(registry=registry)
    return registry


class _OfScheduler(Collector):
    """What only the scheduler knows: the jobs it started since it began."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def collect(self) -> Iterator[Metric]:
        state = self._scheduler.state
        ended = CounterMetricFamily(
            "linernotes_schedule_jobs", "Jobs that ended, by exit code.", labels=["job", "exit_code"]
        )
        for (job, code), number in sorted(dict(state.ended).items()):
            ended.add_metric([job, str(code)], number)
        running = GaugeMetricFamily(
            "linernotes_schedule_job_running", "1 for the job under way.", labels=["job"]
        )
        for job in ("run", "crawl", "mine"):
            running.add_metric([job], float(state.job == job))
        yield ended
        yield running
