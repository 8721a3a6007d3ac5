"""`releases`, `releases list`, `releases rollback`."""

from __future__ import annotations

import click

from linernotes.cli.context import Invocation, command, common_options
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.release_files.making import keep_files, make_files
from store.overrides import override_counts
from store.releases import ReleaseInfo, list_releases, rollback_release

COLUMNS = (
    "release_id",
    "published",
    "created",
    "state",
    "engine",
    "documents",
    "artists",
    "terms",
    "overrides",
)


@click.group(invoke_without_command=True)
@common_options
@format_options
@click.pass_context
def releases(ctx: click.Context, form: Form | None) -> None:
    """What mining made so far, and going back to it.

    Without a further word, lists the releases.
    """
    if ctx.invoked_subcommand is None:
        _print_releases(ctx.find_object(Invocation) or Invocation(), form)


@command("list")
@format_options
def list_(invocation: Invocation, form: Form | None) -> None:
    """List the releases, newest first."""
    _print_releases(invocation, form)


@command()
@click.option(
    "--to", type=int, metavar="RELEASE", help="Which one; the one before the published when not given."
)
def rollback(invocation: Invocation, to: int | None) -> None:
    """Publish an earlier release again.

    The views change in one moment; nothing is deleted, so that `--to` can lead forward again.
    """
    engine = invocation.open_engine()
    with engine.begin() as connection:
        number = rollback_release(connection, to)
    remark(f"Release {number} is published again.")
    if trouble := make_files(engine, invocation.settings().cache):
        remark(f"Look-ups will read the database: its files could not be written: {trouble}.")


@command()
def files(invocation: Invocation) -> None:
    """Make the files that look-ups on this machine map into memory.

    Mining makes them where it runs. Needed where look-ups run elsewhere, on the same PostgreSQL, and where
    the files were lost. Takes away those of releases that are gone.
    """
    folder = keep_files(invocation.open_engine(read_only=True), invocation.settings().cache)
    remark(f"The files of the published release are in {folder}." if folder else "There is no release yet.")


def _print_releases(invocation: Invocation, form: Form | None) -> None:
    with invocation.open_engine(read_only=True).connect() as connection:
        known = list_releases(connection)
        overrides = override_counts(connection)
    if not print_rows(
        COLUMNS, [_row(release, overrides.get(release.release_id, 0)) for release in known], form
    ):
        remark("There is no release yet; `linernotes mine` makes one.")


def _row(release: ReleaseInfo, overrides: int) -> dict[str, object]:
    return {name: getattr(release, name) for name in COLUMNS[:-1]} | {"overrides": overrides}


for _command in (list_, rollback, files):
    releases.add_command(_command)
