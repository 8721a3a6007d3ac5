"""What stands around a name: the features by which a name is told from a word, a title or a place."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from nlp.gazetteer import before_a_capital, behind_a_capital, starts_a_sentence

# A word, or one character of punctuation.
_PIECE = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]|_|\n")
_REACH = 90
"""Characters on either side that are looked at: about fifteen words."""
_NEAR = 6
"""Words on either side in which a cue counts wherever it stands."""
_LONG_LINE = 130
_LONGEST_PARAGRAPH = 4_000
_YEAR_FIRST = re.compile(r"\W*(?:19|20)\d\d\b")
_SMALL = frozenset(
    (
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "to",
        "for",
        "from",
        "with",
        "and",
        "at",
        "by",
        "my",
        "your",
        "is",
        "no",
        "&",
        "de",
        "la",
    )
)
_DATED = re.compile(r"\W{0,4}\s*\((?:[^()\n]{0,40}\W)?(?:19|20)\d\d\)")
_ROLE = re.compile(
    r" \((?:band|group|musician|singer|rapper|duo|artist|dj|producer|ex-|formerly|also )", re.I
)
_DASH = re.compile(r" [-–—] ")
_ENCLOSING = (
    "behind capital",
    "before capital",
    "in short quote",
    "slanted",
    "in a title",
    "contracted",
    "dated",
)
# "Jarvis of Pulp" and "with Low" join names; "Fixing a Hole", "Ace in the Hole" are titles.
_JOINING = frozenset(
    {
        ("of",),
        ("and",),
        ("&",),
        ("with",),
        ("by",),
        ("from",),
        ("for",),
        ("at",),
        ("in",),
        ("is",),
        ("on",),
        ("to",),
        ("and", "the"),
        ("the", "and"),
    }
)
# "Hole in the Wall", "The Fall of Night" are titles.
_GOING_ON = frozenset({"of", "of the", "of a", "in the", "in a", "on the", "on a"})
_SHORT_QUOTE = 70
"""A quotation of up to so many characters is a title rather than somebody's words."""
_CLOSE = re.compile('["”»]')
_FORMAT = re.compile(r" (?:[ELM]P|CD|DVD|LPs|EPs)\b")
_STAR = re.compile(r"(?<!\*)\*(?!\*)(?=\S)|(?<=\S)\*(?!\*)")
_UNDERSCORE = re.compile(r"(?<!\w)_(?=\w)|(?<=[\w.!?])_(?!\w)")
_CONTRACTED = re.compile(r"['’](?!s\b)[^\W\d_]")
_OF_WORK = re.compile(r" (?:song|album|EP|single|film|band|drummer|singer|\w+ist)\)")


def context(text: str, folded: str, start: int, end: int, words: Container[str]) -> Iterator[str]:
    """The features of the characters `start` to `end`; of words only those in `words` are told.

    `p1=`, `p2=`, `n1=`, `n2=` are the pieces before and after, `l=` and `r=` words near on the left and the
    right; the others say how the name is written and what encloses it.
    """
    left = _PIECE.findall(text[max(0, start - _REACH) : start])
    right = _PIECE.findall(text[end : end + _REACH])
    for number in (1, 2):
        yield f"p{number}={_shape(left[-number] if len(left) >= number else '', words)}"
        yield f"n{number}={_shape(right[number - 1] if len(right) >= number else '', words)}"
    yield from sorted({f"l={word.lower()}" for word in left[-_NEAR:] if word.lower() in words})
    yield from sorted({f"r={word.lower()}" for word in right[:_NEAR] if word.lower() in words})
    yield from _title_run(left, right)
    yield from _enclosure(text, start, end)
    yield from _in_list(text, start, end)
    if starts_a_sentence(folded, start):
        yield "starts"
    if behind_a_capital(folded, start):
        yield "behind capital"
    if before_a_capital(folded, end) and not _FORMAT.match(text, end):
        yield "before capital"
    if _OF_WORK.match(text, end):
        yield "of a work"
    if _CONTRACTED.match(text, end):
        yield "contracted"


def is_part_of_longer(found: Container[str]) -> bool:
    """Whether the name is, by its features, a part of a title or of a longer name."""
    if "of a work" in found:
        return False
    return any(name in found for name in _ENCLOSING)


def is_enclosed(text: str, start: int, end: int) -> bool:
    """Whether the characters stand in italics or in a quotation as short as a title."""
    return any(name in {"slanted", "in short quote"} for name in _enclosure(text, start, end))


def _shape(piece: str, words: Container[str]) -> str:
    if not piece:
        return "(edge)"
    if not piece[0].isalnum():
        return "(line)" if piece == "\n" else piece
    if piece[0].isdigit():
        return "(digit)"
    if piece.lower() in words:
        return piece.lower()
    return "(Word)" if piece[0].isupper() else "(word)"


def _title_run(left: Sequence[str], right: Sequence[str]) -> Iterator[str]:
    """The small words that join the name to another capital: "Bird on a Wire", "The Fall of America"."""
    before = _small_words(left[::-1])
    if before:
        yield "run " + " ".join(before[::-1])
        if tuple(before[::-1]) not in _JOINING and before != ["the"]:
            yield "in a title"
    after = _small_words(right)
    if after:
        yield "run on " + " ".join(after)
        if " ".join(after) in _GOING_ON:
            yield "in a title"


def _small_words(pieces: Sequence[str]) -> list[str]:
    """The small words that separate the name from a capital, nearest first; none where no capital follows."""
    for length in (1, 2):
        small, then = pieces[:length], pieces[length : length + 1]
        if not small or small[-1] not in _SMALL:
            return []
        if then and then[0][0].isupper() and then[0].lower() not in _SMALL:
            return list(small)
    return []


def _in_list(text: str, start: int, end: int) -> Iterator[str]:
    """How a list of records or roles is set: a year or a role in brackets behind, a short line, a dash."""
    after = text[end : end + 60]
    if _DATED.match(after):
        yield "dated"
    elif _ROLE.match(after):
        yield "with a role"
    line = max(text.rfind("\n", 0, start) + 1, start - _LONG_LINE)
    close = text.find("\n", end, end + _LONG_LINE)
    if text[line - 1 : line] in ("", "\n") and close >= 0 and close - line < _LONG_LINE:
        yield "short line"
        if _DASH.search(text[line:start]):
            yield "behind the dash of a line"
        if _DASH.search(text[end:close]):
            yield "before the dash of a line"
        if _YEAR_FIRST.match(text, line, start) and not _DASH.match(text, end, close):
            yield "in a title"
        if line == start and close == end:
            yield "whole line"
        if line == start and _DATED.match(after):
            yield "dated line"


def _enclosure(text: str, start: int, end: int) -> Iterator[str]:
    line = max(text.rfind("\n", 0, start) + 1, start - _LONGEST_PARAGRAPH)
    before = text[line:start]
    if (quoted := _quoted_before(before)) is not None:
        close = _CLOSE.search(text, end, end + _SHORT_QUOTE)
        yield "in short quote" if close and close.end() - end + quoted < _SHORT_QUOTE else "quoted"
    if _is_slanted(text[line : start + 1]):
        yield "slanted"
    if before.rfind("(") > before.rfind(")"):
        yield "bracketed"
    if before.endswith("[["):
        yield "linked"


def _quoted_before(before: str) -> int | None:
    """How many characters of an open quotation stand before the name; None outside of quotations."""
    if (place := before.rfind("“")) > before.rfind("”") or (place := before.rfind("«")) > before.rfind("»"):
        return len(before) - place
    return len(before) - before.rfind('"') if before.count('"') % 2 else None


def _is_slanted(before: str) -> bool:
    """Whether an italic stretch of Markdown or wiki text is open."""
    if "*" in before and len(_STAR.findall(before)) % 2:
        return True
    if "''" in before and before.replace("'''", "").count("''") % 2:
        return True
    return "_" in before and len(_UNDERSCORE.findall(before)) % 2 == 1
