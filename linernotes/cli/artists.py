"""`artists import`, `artists list`, `artists show`, `artists add`, `artists candidates`."""

from __future__ import annotations

from pathlib import Path

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.errors import ArtistNotFound
from store.artist_list import list_artists
from store.artists import add_artists, find_artists, nearest_names
from store.lookup_records import Candidate
from store.mining import artists_by_key
from store.names import registry_key
from store.records import Artist

CANDIDATES = (
    "name", "score", "mentions", "documents", "sources", "first_seen", "last_seen", "quote", "url",
)  # fmt: skip
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


@command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@format_options
def add(invocation: Invocation, names: tuple[str, ...], form: Form | None) -> None:
    """Add artists to the registry by name, such as those that `artists candidates` proposes.

    Safe to repeat: a name that the registry has is left as it is. The next `mine` reads all texts for them.
    """
    wanted = [" ".join(name.split()) for name in names]
    if not all(map(registry_key, wanted)):
        raise click.BadParameter("a name must not be empty", param_hint="NAME")
    with invocation.open_engine().begin() as connection:
        known = artists_by_key(connection, {registry_key(name) for name in wanted})
        new = [name for name in dict.fromkeys(wanted) if registry_key(name) not in known]
        change = add_artists(connection, [Artist(name) for name in new])
        found = [artist for name in wanted for artist in find_artists(connection, name)[:1]]
    print_rows(LISTED, [_row(artist) for artist in found], form)
    remark(f"Added {change.added:,} of {len(wanted):,}; `linernotes mine` reads the texts for them.")


@command()
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@click.option(
    "--min-sources",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Only those that so many independent sources name.",
)
@format_options
def candidates(invocation: Invocation, limit: int, min_sources: int, form: Form | None) -> None:
    """List names that writers treat as artists and the registry lacks, the surest first.

    Each with a sentence that names it. `artists add NAME` accepts one; to accept many, save the list with
    --csv, take out the lines that are wrong, and give it to `artists import`.
    """
    from linernotes.catalog import Catalog  # noqa: PLC0415 - NumPy, which the other commands do not need

    with Catalog(invocation.open_engine(read_only=True)) as catalog:
        found = catalog.candidates(min_sources=min_sources, limit=limit)
    rows = [_candidate_row(candidate) for candidate in found]
    if not print_rows(CANDIDATES, rows, form, shown=("name", "score", "documents", "sources", "quote")):
        remark("No name is proposed: writers name no artist that the registry lacks, as far as one can tell.")


def _candidate_row(candidate: Candidate) -> dict[str, object]:
    first = candidate.evidence[0] if candidate.evidence else None
    row: dict[str, object] = {name: getattr(candidate, name) for name in CANDIDATES[:-2]}
    return row | {"quote": first.quote if first else None, "url": first.url if first else None}


def tell_skipped(skipped: list[str], total: int) -> None:
    """Tell the first of the rows that were passed over, and how many there were."""
    for text in skipped[:SKIPPED_SHOWN]:
        remark(f"skipped {text}")
    if total > SKIPPED_SHOWN:
        remark(f"… and {total - SKIPPED_SHOWN:,} more rows were skipped.")


def _row(artist: Artist) -> dict[str, object]:
    return {name: getattr(artist, name) for name in LISTED}


for _command in (import_, list_, show, add, candidates):
    artists.add_command(_command)
