"""`trends`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from linernotes.answers import RisingArtist, RisingTerm
from linernotes.cli.catalog import open_for
from linernotes.cli.context import Invocation, command
from linernotes.cli.failures import NOTHING_FOUND
from linernotes.cli.output import Form, format_options, print_rows, remark
from store.lookup_records import WeekCount

# The weeks come last: a terminal has no room for them.
TERMS = ("term", "facet", "rising", "documents", "weeks")
ARTISTS = ("artist", "rising", "documents", "artist_id", "mbid", "weeks")


@command()
@click.argument("artist", required=False)
@click.option("--term", help="Artists that are described with this term more than usual, instead.")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="At most so many.")
@format_options
@click.pass_context
def trends(
    ctx: click.Context,
    invocation: Invocation,
    *,
    artist: str | None,
    term: str | None,
    limit: int,
    form: Form | None,
) -> None:
    """What rises: terms of an artist, or artists of a term.

    That is what is written more than usual in the eight weeks up to the newest text; rising is 0 to 1, and
    weeks are the documents of each.
    """
    if (artist is None) == (term is None):
        raise click.UsageError("Give an artist, or --term TERM")
    with open_for(invocation) as catalog:
        if term is not None:
            rows = [_artist_row(each) for each in catalog.rising_artists(term, limit=limit)]
        else:
            rows = [_term_row(each) for each in catalog.rising_terms(artist or "", limit=limit)]
    columns: Sequence[str] = TERMS if term is None else ARTISTS
    if not print_rows(columns, rows, form, shown=columns[:4] if term is None else columns[:3]):
        what = f"No artist of {term}" if term is not None else f"No term of {artist}"
        remark(f"{what} is written about more than usual lately.")
        ctx.exit(NOTHING_FOUND)


def _term_row(each: RisingTerm) -> dict[str, object]:
    return {
        "term": each.term,
        "facet": each.facet,
        "rising": each.rising,
        "documents": each.documents,
        "weeks": _weeks(each.weeks),
    }


def _artist_row(each: RisingArtist) -> dict[str, object]:
    return {
        "artist": each.artist,
        "rising": each.rising,
        "documents": each.documents,
        "weeks": _weeks(each.weeks),
        "artist_id": each.artist_id,
        "mbid": each.mbid,
    }


def _weeks(weeks: Sequence[WeekCount]) -> list[dict[str, object]]:
    return [{"week": each.week, "documents": each.documents, "sources": each.sources} for each in weeks]
