"""`init`, `status` and `doctor`."""

from __future__ import annotations

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.failures import FAILED
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.doctor import COLUMNS as DOCTOR_COLUMNS
from linernotes.doctor import examine
from linernotes.status import COLUMNS as STATUS_COLUMNS
from linernotes.status import status_rows
from store.migrate import upgrade


@command()
def init(invocation: Invocation) -> None:
    """Create the database, or bring it up to this version.

    Safe to repeat: a database of this version is left as it is.
    """
    upgrade(invocation.new_engine())
    remark(f"The database is ready: {invocation.shown_database()}")


@command()
@click.option("--hosts", is_flag=True, help="Also why pages were refused, failed or are gone, host by host.")
@format_options
def status(invocation: Invocation, hosts: bool, form: Form | None) -> None:
    """Where things stand.

    Sources, pages by state and reason, domains under way, jobs and their last runs, documents, artists, the
    current release, and the disk space taken.
    """
    engine = invocation.open_engine(read_only=True)
    print_rows(STATUS_COLUMNS, status_rows(engine, by_host=hosts), form)


@command()
@format_options
@click.pass_context
def doctor(ctx: click.Context, invocation: Invocation, form: Form | None) -> None:
    """Check what stands in the way of a run.

    Uses no network. Exits with 1 when there is a problem.
    """
    findings = list(examine(invocation.settings()))
    print_rows(DOCTOR_COLUMNS, [finding.row() for finding in findings], form)
    if any(finding.state == "problem" for finding in findings):
        ctx.exit(FAILED)
