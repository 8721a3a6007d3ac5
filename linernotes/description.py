"""Descriptions such as `dreamy "dream pop"^2 -metal live^0.5`, read into what is asked for. Pure.

Words stand side by side. A minus before a word or a quoted phrase keeps out whom it strongly describes; `^`
and a positive number behind one make it count more or less. Words in a row may be one term ("dream pop"); a
quoted phrase, and a word with hyphens behind a minus, is one term in any case. A facet before a word or a
phrase asks for descriptors of that facet alone: `place:iceland`, `era:1990s`, `-genre:"heavy metal"`. What
stands in for a word or phrase that is no term says `linernotes.meaning`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from linernotes.errors import BadQuestion
from nlp.tokens import tokenize
from store.lookup_records import FACETS

# Terms have up to three words (kinds n1 to n3, np).
LONGEST_TERM = 3
# A larger factor drowns everything else anyway.
LARGEST_BOOST = 1000.0

_PIECE = re.compile(
    rf"\s*(?P<minus>-)?(?:(?P<facet>{'|'.join(FACETS)}):(?=[^\s^]))?"
    r"(?:\"(?P<phrase>[^\"]*)\"|(?P<word>[^\s\"^]+))(?P<boosted>\^(?P<boost>[^\s\"]*))?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_KEYBOARD = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\u2212": "-", "\u2011": "-"})
# What people write around the words that describe; kept within a term ("drum and bass"), and where nothing
# else is said.
FILLING = frozenset(
    """
    a an and are artist artists band bands be but by for from i in is it like me more music of on or
    please similar some something song songs sound sounding sounds than that the them these they this those
    to very with
    """.split()  # noqa: SIM905 - a table is easier to read than a list of literals
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a description: words in a row.

    `whole` says that they are one term; else they may be several, and `boost` belongs to the last of them.
    A clause with a `facet` is whole.
    """

    words: tuple[str, ...]
    boost: float = 1.0
    negated: bool = False
    whole: bool = False
    facet: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing asked for: `term` is a known term, or words nobody is described with when not `known`.

    With a `facet`, only descriptors of that facet are meant.
    """

    term: str
    boost: float
    negated: bool
    known: bool
    facet: str | None = None


def parse_description(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a description; BadQuestion when it has no word to look for or is malformed."""
    clauses = tuple(_joined(_pieces(text.translate(_KEYBOARD))))
    if not any(not clause.negated for clause in clauses):
        raise BadQuestion("A description needs a word to look for, such as: dreamy shoegaze -metal live^0.5")
    return clauses


def _pieces(text: str) -> Iterator[tuple[Clause, bool]]:
    """Each word or phrase, and whether the run of words goes on behind it."""
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _PIECE.match(text, position)
        if match is None:
            raise _malformed(text, position)
        position = match.end()
        quoted, raw = match["phrase"] is not None, match["phrase"] or match["word"] or ""
        words = tuple(word for word in tokenize(raw).words if word)
        negated = match["minus"] is not None
        boost = _boost(match["boost"]) if match["boosted"] else 1.0
        goes_on = not (quoted or negated or match["boosted"] or raw.endswith((",", ";", ".", ":")))
        if words:
            facet = match["facet"].lower() if match["facet"] else None
            yield Clause(words, boost, negated, quoted or negated or facet is not None, facet), goes_on


def _joined(pieces: Iterator[tuple[Clause, bool]]) -> Iterator[Clause]:
    """Words in a row become one clause, which a boost ends."""
    run: tuple[str, ...] = ()
    for clause, goes_on in pieces:
        if clause.whole:
            if run:
                yield Clause(run)
            yield clause
            run = ()
            continue
        run += clause.words
        if not goes_on:
            yield replace(clause, words=run)
            run = ()
    if run:
        yield Clause(run)


def _malformed(text: str, position: int) -> BadQuestion:
    rest = text[position:].lstrip()
    place = len(text) - len(rest) + 1
    if rest.startswith("^"):
        return BadQuestion(f"The ^ at character {place} of the description follows no word.")
    return BadQuestion(f"The quotation mark at character {place} of the description is not closed.")


def _boost(number: str) -> float:
    plain = number.rstrip(",;")
    if not _NUMBER.fullmatch(plain) or not 0 < float(plain) <= LARGEST_BOOST:
        raise BadQuestion(
            f'"^{number}" is not a boost; write a number above 0 and up to {LARGEST_BOOST:g}, such as ^0.5.'
        )
    return float(plain)


def possible_terms(clauses: Sequence[Clause]) -> set[str]:
    """Every term that the clauses could name, to be looked up at once."""
    terms: set[str] = set()
    for clause in clauses:
        if clause.whole:
            terms.add(" ".join(clause.words))
            continue
        for start in range(len(clause.words)):
            for length in range(1, LONGEST_TERM + 1):
                terms.add(" ".join(clause.words[start : start + length]))
    return terms


def read_wishes(clauses: Sequence[Clause], known: Collection[str], rare: Collection[str] = ()) -> list[Wish]:
    """Cut the clauses into known terms, the longest first from the left, and unknown words.

    `known` has the terms, and "facet:term" for each facet that a term has. Words in a row that are a `rare`
    term are read as their parts where all of these are known: few are described with it as it stands.
    """
    return [wish for clause in clauses for wish in _wishes(clause, known, rare)]


def _wishes(clause: Clause, known: Collection[str], rare: Collection[str]) -> list[Wish]:
    if clause.whole:
        term = " ".join(clause.words)
        asked = term if clause.facet is None else f"{clause.facet}:{term}"
        return [Wish(term, clause.boost, clause.negated, asked in known, clause.facet)]
    found = list(_segments(clause.words, known, rare))
    terms = [term for term in found if term not in FILLING] or [term for term in found if term in known]
    wishes = [Wish(term, 1.0, False, term in known) for term in terms]
    return [*wishes[:-1], replace(wishes[-1], boost=clause.boost)] if wishes else []


def _segments(words: Sequence[str], known: Collection[str], rare: Collection[str]) -> Iterator[str]:
    start = 0
    while start < len(words):
        longest = min(LONGEST_TERM, len(words) - start)
        runs = (" ".join(words[start : start + length]) for length in range(longest, 0, -1))
        term = next((run for run in runs if _is_one(run, known, rare)), words[start])
        yield term
        start += term.count(" ") + 1


def _is_one(run: str, known: Collection[str], rare: Collection[str]) -> bool:
    return run in known and not (run in rare and all(word in known for word in run.split()))
