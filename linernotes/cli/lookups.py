"""`similar`, `terms`, `search` and `evidence`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from linernotes.answers import Explanation, FoundArtist, MatchedTerm
from linernotes.catalog import Catalog, open_catalog
from linernotes.cli.context import Invocation, command
from linernotes.cli.failures import NOTHING_FOUND
from linernotes.cli.output import Form, format_options, print_rows, remark
from store.lookup_records import FACETS, KINDS

SIMILAR = ("rank", "artist", "similarity", "shared", "artist_id", "mbid")
EXPLAINED = (
    "seed", "rank", "artist", "similarity", "term", "kind", "facet", "contribution",
    "weight_seed", "weight_artist", "quote_seed", "quote_artist",
)  # fmt: skip
TERMS = (
    "term", "kind", "facet", "weight", "inferred", "frequency", "documents", "sources",
    "first_seen", "last_seen",
)  # fmt: skip
FOUND = ("rank", "artist", "score", "matched", "artist_id", "mbid")
EVIDENCE = ("quote", "url", "title", "source", "published")
# Reasons told for each similar artist by --explain: the strongest ones say it.
REASONS = 5

_limit = click.IntRange(min=1)


@command()
@click.argument("seeds", nargs=-1, required=True, metavar="ARTIST...")
@click.option("--limit", type=_limit, default=10, show_default=True, help="At most so many.")
@click.option(
    "--explain", is_flag=True, help="Tell the shared terms, their weights, and sentences that say so."
)
@format_options
@click.pass_context
def similar(
    ctx: click.Context,
    invocation: Invocation,
    *,
    seeds: tuple[str, ...],
    limit: int,
    explain: bool,
    form: Form | None,
) -> None:
    """Artists similar to one or several.

    ARTIST is a name, an alias, an MBID, #NUMBER, or "Name (disambiguation)". Several are taken together.
    """
    with _open(invocation) as catalog:
        found = catalog.similar(list(seeds), limit=limit)
        if explain:
            rows = [
                row for near in found for seed in seeds for row in _reasons(catalog, seed, near.artist_id)
            ]
            print_rows(EXPLAINED, rows, form, shown=EXPLAINED[:8])
        else:
            rows = [asdict(near) for near in found]
            print_rows(SIMILAR, rows, form, shown=SIMILAR[:4])
    if not found:
        remark(f"There is too little text about {' and '.join(seeds)} to say who is similar.")
        ctx.exit(NOTHING_FOUND)


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
    with _open(invocation) as catalog:
        found = catalog.terms(artist, facet=facet, kind=kind, limit=limit)
    if not print_rows(TERMS, [asdict(term) for term in found], form):
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

    Such as: linernotes search "dreamy shoegaze -metal live^0.5". A minus excludes, ^ changes the weight. Put
    a description with a minus in quotes, or after --.
    """
    description = " ".join(words)
    with _open(invocation) as catalog:
        found = catalog.search(description, limit=limit)
        unknown = catalog.interpret(description).unknown
    if unknown:
        remark(f"Nobody is described with {', '.join(unknown)}; passed over.")
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
    with _open(invocation) as catalog:
        found = catalog.evidence(artist, term, limit)
    if not print_rows(EVIDENCE, [asdict(quote) for quote in found], form):
        remark(f"No sentence was kept in which {artist} is described with {term!r}.")
        ctx.exit(NOTHING_FOUND)


def _open(invocation: Invocation) -> Catalog:
    return open_catalog(invocation.settings().database)


def _reasons(catalog: Catalog, seed: str, artist_id: int) -> Iterator[dict[str, object]]:
    """One row for each of the strongest terms that a seed and a similar artist share."""
    explanation = catalog.explain(seed, artist_id)
    for shared in explanation.shared[:REASONS]:
        yield _pair(explanation) | {
            "term": shared.term,
            "kind": shared.kind,
            "facet": shared.facet,
            "contribution": shared.contribution,
            "weight_seed": shared.weight_a,
            "weight_artist": shared.weight_b,
            "quote_seed": shared.quote_a.quote if shared.quote_a else None,
            "quote_artist": shared.quote_b.quote if shared.quote_b else None,
        }


def _pair(explanation: Explanation) -> dict[str, object]:
    return {
        "seed": explanation.a.artist,
        "artist": explanation.b.artist,
        "similarity": explanation.similarity,
        "rank": explanation.rank,
    }


def _found_row(artist: FoundArtist) -> dict[str, object]:
    return asdict(artist) | {"matched": _matched(artist.matched)}


def _matched(matched: Sequence[MatchedTerm]) -> list[str]:
    """The terms that made it; "dreamlike → dreamy" where a word stood for another."""
    return [match.term if match.term == match.asked else f"{match.asked} → {match.term}" for match in matched]
