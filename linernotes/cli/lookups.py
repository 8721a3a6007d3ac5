"""`terms`, `search` and `evidence`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from linernotes.answers import FoundArtist, Interpretation, MatchedTerm
from linernotes.cli.catalog import open_for
from linernotes.cli.context import Invocation, command
from linernotes.cli.failures import NOTHING_FOUND
from linernotes.cli.output import Form, format_options, print_rows, remark
from store.lookup_records import FACETS, KINDS

TERMS = (
    "term", "kind", "facet", "weight", "inferred", "frequency", "documents", "sources",
    "first_seen", "last_seen",
)  # fmt: skip
# On a terminal of 80 columns, ten columns would break every word.
TERMS_SHOWN = ("term", "facet", "weight", "inferred", "documents", "sources", "last_seen")
FOUND = ("rank", "artist", "score", "matched", "artist_id", "mbid")
EVIDENCE = ("quote", "url", "title", "source", "published")

_limit = click.IntRange(min=1)


@command()
@click.argument("artist")
@click.option("--facet", type=click.Choice(FACETS), help="Only terms of this facet.")
@click.option("--kind", type=click.Choice(KINDS), help="Only terms of this kind.")
@click.option("--limit", type=_limit, default=20, show_default=True, help="At most so many.")
@format_options
@click.pass_context
def terms(
    ctx: click.Context,
    invocation: Invocation,
    *,
    artist: str,
    facet: str | None,
    kind: str | None,
    limit: int,
    form: Form | None,
) -> None:
    """What an artist is described with.

    The strongest terms come first; their weight, 0 to 1, is comparable between artists.
    """
    with open_for(invocation) as catalog:
        found = catalog.terms(artist, facet=facet, kind=kind, limit=limit)
    if not print_rows(TERMS, [asdict(term) for term in found], form, shown=TERMS_SHOWN):
        of = " of that facet and kind" if facet and kind else " of that facet" if facet else " of that kind"
        remark(f"There are no terms{of if facet or kind else ''} for {artist}: too little was written.")
        ctx.exit(NOTHING_FOUND)


@command()
@click.argument("words", nargs=-1, required=True, metavar="DESCRIPTION...")
@click.option("--limit", type=_limit, default=10, show_default=True, help="At most so many.")
@format_options
@click.pass_context
def search(
    ctx: click.Context, invocation: Invocation, *, words: tuple[str, ...], limit: int, form: Form | None
) -> None:
    """Artists that a description fits.

    Such as: linernotes search "dreamy shoegaze -metal live^0.5". A minus excludes, ^ changes the weight;
    place:iceland, era:1990s and the like ask for one facet. Put a description with a minus in quotes, or
    after --.
    """
    description = " ".join(words)
    with open_for(invocation) as catalog:
        found = catalog.search(description, limit=limit)
        understood = catalog.interpret(description)
    for word in understood.unknown:
        remark(_passed_over(word, understood))
    if not print_rows(FOUND, [_found_row(artist) for artist in found], form, shown=FOUND[:4]):
        remark("Nobody fits that description.")
        ctx.exit(NOTHING_FOUND)


@command()
@click.argument("artist")
@click.argument("term")
@click.option("--limit", type=_limit, default=5, show_default=True, help="At most so many.")
@format_options
@click.pass_context
def evidence(
    ctx: click.Context, invocation: Invocation, *, artist: str, term: str, limit: int, form: Form | None
) -> None:
    """Sentences in which an artist is described with a term.

    With the page, the source and the day of publication of each.
    """
    with open_for(invocation) as catalog:
        found = catalog.evidence(artist, term, limit)
    if not print_rows(EVIDENCE, [asdict(quote) for quote in found], form):
        remark(f"No sentence was kept in which {artist} is described with {term!r}.")
        ctx.exit(NOTHING_FOUND)


def _passed_over(word: str, understood: Interpretation) -> str:
    alike = understood.suggestions.get(word)
    advice = f"; did you mean {' or '.join(alike)}?" if alike else "."
    return f"Nobody is described with {word}, which is passed over{advice}"


def _found_row(artist: FoundArtist) -> dict[str, object]:
    return asdict(artist) | {"matched": _matched(artist.matched)}


def _matched(matched: Sequence[MatchedTerm]) -> list[str]:
    """The terms that made it; "dreamlike → dreamy" where a word stood for another."""
    return [match.term if match.term == match.asked else f"{match.asked} → {match.term}" for match in matched]
