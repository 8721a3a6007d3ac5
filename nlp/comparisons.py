"""Where a writer compares the subject with somebody else: "sounds like Neu! on a bad day".

What such a clause says is not said about the subject, nor about the other; that it was said is evidence that
the two are near. The cues are in comparing.txt; a few stand behind the name ("Neu!-esque").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Characters between a cue and the first name: "reminiscent of the early records of Neu!".
_FARTHEST = 50
# A clause goes on for at most so many characters behind its last name.
_LONGEST_REST = 80
_BREAK = re.compile(
    r"[.;:!?()\[\]…\n]|—|--| [–-] |,"
    r"|\b(?:but|while|whilst|which|who|whose|that|although|though|because|yet|whereas)\b",
    re.IGNORECASE,
)
_BARRIER = re.compile(
    r"[.;!?…\n](?=\s|$)|\b(?:but|while|whilst|which|although|though|because)\b", re.IGNORECASE
)
# Only these may stand between two names of one list.
_LISTING = re.compile(
    r"(?:'s|’s)?\W*(?:,|and|or|&|/|to|meets|with|via|through|even|maybe|perhaps|as well as|the|\s|\W)*",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?:['’]s)?[- ](?:esque|ish|like|inspired|influenced|indebted|styled?|worship|lite|aping)\b"
    r"|esque\b|ish\b|\s+meets\b|['’]s influence\b|\s+influences?\b|(?:\s+\w+){0,4} (?:to|in) mind\b"
    r"|\s+comparisons?\b|\s+(?:pastiche|rip-?offs?|wannabes?|imitat\w+|fans? will)\b"
    r"|(?:\s+\w+){0,3} as (?:an |a |one of |major |key |her |his |their |its |primary )*"
    r"(?:\w+ )?(?:influence|inspiration)s?",
    re.IGNORECASE,
)
_MEETS = re.compile(r"\bmeets\s+(?:the\s+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """Characters of a text in which its subject is compared with somebody named there."""

    start: int
    end: int


def comparing_clause(
    text: str, sentence: tuple[int, int], name: tuple[int, int], names: Sequence[tuple[int, int]]
) -> Clause | None:
    """The clause around `name` that compares, or None if the name is only mentioned.

    `sentence` and `name` are characters of `text`; `names` are all names in the sentence, in order: a list of
    them ("somewhere between Neu!, Can and Faust") is compared as a whole.
    """
    first, last = _list_around(text, name, names)
    rest = _rest(text, last[1], sentence[1])
    cue = _cue_before(text, max(sentence[0], first[0] - _FARTHEST - 40), first[0])
    behind = _BEHIND.match(text, last[1], sentence[1]) or _BEHIND.match(text, name[1], sentence[1])
    if cue is not None:
        start, with_names_only = cue
        return Clause(start, max(behind.end() if behind else 0, last[1] if with_names_only else rest))
    if behind:
        return Clause(first[0], max(behind.end(), last[1]))
    if _MEETS.search(text, sentence[0], name[0]):
        return Clause(first[0], rest)
    return None


def _list_around(
    text: str, name: tuple[int, int], names: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and the last name of the list in which `name` stands."""
    place = names.index(name)
    first = last = place
    while first > 0 and _LISTING.fullmatch(text, names[first - 1][1], names[first][0]):
        first -= 1
    while last + 1 < len(names) and _LISTING.fullmatch(text, names[last][1], names[last + 1][0]):
        last += 1
    return names[first], names[last]


def _cue_before(text: str, left: int, right: int) -> tuple[int, bool] | None:
    """Where the cue before a name begins, and whether its clause ends with the names."""
    window = text[left:right]
    for found in reversed(list(_cues().finditer(window))):
        between = window[found.end() :]
        near = len(between) <= (_FARTHEST if found.lastgroup != "near" else 5)
        if near and not _BARRIER.search(between) and between.count(",") < 2:
            return left + found.start(), found.lastgroup == "names"
    return None


def _rest(text: str, start: int, end: int) -> int:
    """Where the clause ends whose last name ends at `start`."""
    limit = min(end, start + _LONGEST_REST)
    if found := _BREAK.search(text, start, limit):
        return start + len(text[start : found.start()].rstrip())
    if limit < end and (space := text.rfind(" ", start, limit)) > 0:
        return space
    return limit


@cache
def _cues() -> re.Pattern[str]:
    lines = files("nlp").joinpath("comparing.txt").read_text(encoding="utf-8").splitlines()
    cues = [line for line in lines if line and not line.startswith("#")]
    words = r"(?:[\w'’]+ ){0,2}[\w'’]+"
    spelt = [cue.removesuffix(" +").replace("~", words) for cue in cues]
    near = [s for s in spelt if s in _NEAR]
    names = [s for s, cue in zip(spelt, cues, strict=True) if cue.endswith(" +")]
    clause = [s for s in spelt if s not in near and s not in names]
    groups = (("names", names), ("clause", clause), ("near", near))
    return re.compile(
        r"\b(?:" + "|".join(f"(?P<{name}>(?:{'|'.join(each)}))" for name, each in groups) + r")(?=\s|$)",
        re.IGNORECASE,
    )


# Words of everyday compare only where the name follows at once.
_NEAR = frozenset({"like", "than", "think(?: of)?", "imagine", "inspired", "rivals?", "ap(?:e|es|ed|ing)"})
