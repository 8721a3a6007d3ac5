"""`artists import`, `artists list`, `artists show`."""

from __future__ import annotations

from pathlib import Path

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.errors import ArtistNotFound
from store.artist_list import list_artists
from store.artists import find_artists, nearest_names
from store.records import Artist

LISTED = ("id", "name", "mbid", "aliases", "disambiguation", "country", "begin", "end")
# Skipped rows told one by one; the report counts them all.
SKIPPED_SHOWN = 10


@click.group()
def artists() -> None:
    """The registry of artists."""


@command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@format_options
def import_(invocation: Invocation, files: tuple[Path, ...], form: Form | None) -> None:
    """Add the artists of FILE to the registry.

    CSV with a column `name`, and if need be `mbid`, `aliases` (separated by | or ;), `disambiguation`,
    `country`, `begin`, `end`; or a MusicBrainz JSON dump (artist.tar.xz, or the file in it). Safe to repeat.
    """
    # Imported here because the other commands of this group need none of what reads files.
    from linernotes.cli.summary import COLUMNS, registry_rows  # noqa: PLC0415
    from linernotes.jobs.registry import registry_job  # noqa: PLC0415
    from linernotes.reporting import open_progress  # noqa: PLC0415

    engine = invocation.open_engine()
    progress = open_progress(verbose=invocation.verbose)
    reports = [registry_job(engine, file, progress) for file in files]
    print_rows(COLUMNS, [row for report in reports for row in registry_rows(report)], form)
    for report in reports:
        tell_skipped([str(skipped) for skipped in report.skipped], report.skipped_total)


@command()
@click.argument("name")
@format_options
def show(invocation: Invocation, name: str, form: Form | None) -> None:
    """Show the artists that NAME can mean: a name, an alias, an MBID, or #NUMBER."""
    with invocation.open_engine(read_only=True).connect() as connection:
        found = find_artists(connection, name)
        near = [] if found else nearest_names(connection, name)
    if not found:
        raise ArtistNotFound(name, near)
    print_rows(LISTED, [_row(artist) for artist in found], form)


@command("list")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many at the beginning.")
@format_options
def list_(invocation: Invocation, limit: int, offset: int, form: Form | None) -> None:
    """List the registry by name."""
    with invocation.open_engine(read_only=True).connect() as connection:
        found = list_artists(connection, limit=limit, offset=offset)
    if not print_rows(LISTED, [_row(artist) for artist in found], form) and not offset:
        remark("The registry is empty; fill it with `linernotes artists import FILE`.")


def tell_skipped(skipped: list[str], total: int) -> None:
    """Tell the first of the rows that were passed over, and how many there were."""
    for text in skipped[:SKIPPED_SHOWN]:
        remark(f"skipped {text}")
    if total > SKIPPED_SHOWN:
        remark(f"… and {total - SKIPPED_SHOWN:,} more rows were skipped.")


def _row(artist: Artist) -> dict[str, object]:
    return {name: getattr(artist, name) for name in LISTED}


for _command in (import_, list_, show):
    artists.add_command(_command)
