"""`similar` and `explain`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Unpack

import click

from linernotes.answers import Explanation
from linernotes.catalog import Catalog
from linernotes.cli.catalog import open_for
from linernotes.cli.context import Invocation, command
from linernotes.cli.failures import NOTHING_FOUND
from linernotes.cli.output import Form, format_options, is_wide, print_rows, remark
from linernotes.filters import FilterArguments, SimilarFilters
from linernotes.naming import Wanted
from store.lookup_records import Evidence

SIMILAR = ("rank", "artist", "similarity", "shared", "artist_id", "mbid", "product")
PARTS = (
    "part", "term", "facet", "contribution", "weight_a", "weight_b", "quote_a", "quote_b", "url_a", "url_b",
)  # fmt: skip
EXPLAINED = ("seed", "rank", "artist", "similarity", *PARTS)
# Reasons told for each similar artist by --explain: the strongest ones say it.
REASONS = 5

_WEIGHTED = re.compile(r"(?P<artist>.+)\^(?P<weight>[-+]?(?:\d+\.?\d*|\.\d+))\s*", re.DOTALL)
_limit = click.IntRange(min=1)
_share = click.FloatRange(0, 1)
_count = click.IntRange(min=0)


@command()
@click.argument("seeds", nargs=-1, required=True, metavar="ARTIST[^WEIGHT]...")
@click.option("--limit", type=_limit, default=10, show_default=True, help="At most so many.")
@click.option(
    "--explain",
    is_flag=True,
    help="Tell what makes each of them (b) similar to each seed (a), and sentences that say so.",
)
@click.option("--dissimilar", is_flag=True, help="The least similar artists instead.")
@click.option("--exclude", multiple=True, metavar="ARTIST", help="Leave this artist out; may be repeated.")
@click.option("--min-familiarity", type=_share, help="Only artists at least so widely written about.")
@click.option("--max-familiarity", type=_share, help="Only artists at most so widely written about.")
@click.option("--min-buzz", type=_share, help="Only artists with at least so much more than usual lately.")
@click.option("--era", help="Only artists of these years, such as 1990s, early 80s or 1994.")
@click.option("--place", help="Only artists of this country, region or town.")
@click.option("--min-documents", type=_count, help="Only artists with so many documents about them.")
@click.option("--min-sources", type=_count, help="Only artists with so many independent sources.")
@click.option("--min-words", type=_count, help="Only artists with so many words about them.")
@format_options
@click.pass_context
def similar(
    ctx: click.Context,
    invocation: Invocation,
    *,
    seeds: tuple[str, ...],
    limit: int,
    explain: bool,
    dissimilar: bool,
    exclude: tuple[str, ...],
    form: Form | None,
    **filters: Unpack[FilterArguments],
) -> None:
    """Artists similar to one or several.

    ARTIST is a name, an alias, an MBID, #NUMBER, or "Name (disambiguation)". Several are taken together, each
    by its weight: Slowdive^2 Burial counts Slowdive twice, Burial^-1 moves away from Burial.
    """
    weighted = [_seed(text) for text in seeds]
    with open_for(invocation) as catalog:
        look_up = catalog.dissimilar if dissimilar else catalog.similar
        found = look_up(weighted, limit=limit, exclude=exclude, **filters)
        if explain:
            rows = [
                row
                for near in found
                for seed, _ in weighted
                for row in _reasons(catalog.explain(seed, near.artist_id))
            ]
            print_rows(EXPLAINED, rows, form, shown=EXPLAINED[: 10 if is_wide() else 8])
        else:
            shown = ("rank", "artist", "product", "shared") if dissimilar else SIMILAR[:4]
            print_rows(SIMILAR, [asdict(near) for near in found], form, shown=shown)
        if not found:
            remark(_why_nobody(catalog, [seed for seed, _ in weighted], SimilarFilters(**filters)))
            ctx.exit(NOTHING_FOUND)


@command()
@click.argument("artist_a", metavar="ARTIST")
@click.argument("artist_b", metavar="ARTIST")
@click.option("--limit", type=_limit, default=10, show_default=True, help="At most so many terms of a part.")
@format_options
@click.pass_context
def explain(
    ctx: click.Context,
    invocation: Invocation,
    *,
    artist_a: str,
    artist_b: str,
    limit: int,
    form: Form | None,
) -> None:
    """Why two artists are similar, part by part.

    The contributions add up to the similarity: of terms that describe both (shared) or one (only_a, only_b),
    of such terms beyond the limit (other_shared, other_only), of other words and names (rest), and what was
    cut or set by an editor (adjustment). A comparison is a sentence in which a writer compares the two.
    """
    with open_for(invocation) as catalog:
        explanation = catalog.explain(artist_a, artist_b)
        print_rows(PARTS, _parts(explanation, limit, limit), form, shown=PARTS[: 8 if is_wide() else 6])
        remark(_summary(explanation))
        if explanation.similarity is None:
            remark(_why_nobody(catalog, [artist_a, artist_b], SimilarFilters()))
            ctx.exit(NOTHING_FOUND)


def _seed(text: str) -> tuple[str, float]:
    """The artist of an argument and its weight, 1 when none is written behind it."""
    match = _WEIGHTED.fullmatch(text)
    return (text, 1.0) if match is None else (match["artist"], float(match["weight"]))


def _why_nobody(catalog: Catalog, seeds: Sequence[Wanted], filters: SimilarFilters) -> str:
    reasons = [reason for seed in seeds if (reason := catalog.why_empty(seed)) is not None]
    if reasons:
        return " ".join(str(reason) for reason in reasons)
    return "Nobody similar passes the filters." if filters else "Nobody is similar."


def _summary(explanation: Explanation) -> str:
    both = f"{explanation.a.artist} (a) and {explanation.b.artist} (b)"
    if explanation.similarity is None:
        return f"{both} cannot be compared."
    rank = f", rank {explanation.rank} among those similar to a" if explanation.rank else ""
    how = "" if explanation.exact else " This release was mined before contributions were kept: estimated."
    return f"{both}: similarity {explanation.similarity:.3f}{rank}.{how}"


def _reasons(explanation: Explanation) -> Iterator[dict[str, object]]:
    """The rows of one seed and one similar artist."""
    pair = {
        "seed": explanation.a.artist,
        "artist": explanation.b.artist,
        "similarity": explanation.similarity,
        "rank": explanation.rank,
    }
    for row in _parts(explanation, REASONS, 0):
        yield pair | row


def _parts(explanation: Explanation, shared: int, related: int) -> Iterator[dict[str, object]]:
    """The parts of a similarity, so many of each kind, with the remainder; and comparisons."""
    for both in explanation.shared[:shared]:
        yield {
            "part": "shared",
            "term": both.term,
            "facet": both.facet,
            "contribution": both.contribution,
            "weight_a": both.weight_a,
            "weight_b": both.weight_b,
            **_quoted("a", both.quote_a),
            **_quoted("b", both.quote_b),
        }
    for one in explanation.related[:related]:
        side = "a" if one.artist_id == explanation.a.artist_id else "b"
        yield {
            "part": f"only_{side}",
            "term": one.term,
            "facet": one.facet,
            "contribution": one.contribution,
            f"weight_{side}": one.weight,
            **_quoted(side, one.quote),
        }
    yield from _remainder(explanation, shared, related)
    for said in explanation.comparisons:
        side = "a" if said.artist_id == explanation.a.artist_id else "b"
        yield {"part": "comparison", f"quote_{side}": said.quote, f"url_{side}": said.url}


def _remainder(explanation: Explanation, shared: int, related: int) -> Iterator[dict[str, object]]:
    if explanation.similarity is not None:
        if both := explanation.shared[shared:]:
            yield {"part": "other_shared", "contribution": sum(each.contribution for each in both)}
        if one := explanation.related[related:]:
            yield {"part": "other_only", "contribution": sum(each.contribution for each in one)}
        yield {"part": "rest", "contribution": explanation.rest}
        if abs(explanation.adjustment) > 0:
            yield {"part": "adjustment", "contribution": explanation.adjustment}


def _quoted(side: str, quote: Evidence | None) -> dict[str, object]:
    return {} if quote is None else {f"quote_{side}": quote.quote, f"url_{side}": quote.url}
