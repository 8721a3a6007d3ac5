"""Finding the names of a registry of up to a million artists in text (Aho–Corasick)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from enum import Enum

from ahocorasick_rs import AhoCorasick, MatchKind

from nlp.records import NameHit, RegisteredName
from nlp.spelling import fold, is_common, is_function_word, spellings

# How sure a match is that it means the artist, by what is known of the name alone.
SURE, LIKELY, DOUBTFUL = 0.95, 0.85, 0.5
# A text with fewer capitals per letter has no letter case to go by (speech-to-text, chat).
CASELESS_SHARE = 0.002
# A text with fewer marks per letter has capitals that a machine guessed. Speech-to-text has .000 to .002,
# what people write .01 to .04.
SPOKEN_SHARE = 0.004
# log2 of 1 + names of 10,000: two of them begin with the word.
GIVEN_NAME_RATE = 1.5
_LOOKED_AT = 5000
_INTRODUCTION = 300
_FEWEST_LETTERS = 200
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = re.compile(r"[.,;:!?](?=\s|$)")


class Casing(Enum):
    """What the capitals of a text tell: names, or nothing."""

    WRITTEN = "written"
    SPOKEN = "spoken"
    CASELESS = "caseless"


_Owners = dict[str, tuple[int, ...]]
"""The artists of each spelling, in order; a tuple, because a million sets would take a gigabyte."""


class Gazetteer:
    """The names of the registry, ready to be found.

    See docs/measurements.md for time and memory with a million names.
    """

    def __init__(self, names: Iterable[RegisteredName]) -> None:
        owners: _Owners = {}
        total = 0
        self._whole: _Owners = {}
        # How a pattern is written in the registry, where it is not simply capitalised.
        self._written: dict[str, str] = {}
        begins, ends = Counter[str](), Counter[str]()
        for name in names:
            total += 1
            first, *others = _lower(fold(name.name)).split() or [""]
            if others:
                begins[first] += 1
                ends[others[-1]] += 1
            for spelling in spellings(name.name):
                lowered = _lower(spelling)
                _add(owners, lowered, name.artist_id)
                _add(self._whole, lowered, name.artist_id)
                if spelling != name.name.upper() or name.name.isupper():
                    self._keep_written(lowered, spelling)
        self._begins, self._ends = (_rates(each, total) for each in (begins, ends))
        self._patterns = list(owners)
        self._owners = list(owners.values())
        self._common = [is_common(pattern) for pattern in self._patterns]
        self._search = AhoCorasick(self._patterns, matchkind=MatchKind.Standard, store_patterns=False)

    def _keep_written(self, lowered: str, spelling: str) -> None:
        """Of several ways to write a name, the one with the fewest capitals asks the least of a text."""
        held = self._written.get(lowered)
        if held is None or (sum(map(str.isupper, spelling)), spelling) < (sum(map(str.isupper, held)), held):
            self._written[lowered] = spelling

    def named(self, text: str) -> tuple[int, ...]:
        """The artists of whom `text` is a whole name, however it is capitalised."""
        return self._whole.get(_lower(fold(text)), ())

    def begins_names(self, word: str) -> bool:
        """Whether so many names of the registry begin with a word that it may be a given name."""
        return self._begins.get(_lower(fold(word)), 0.0) >= GIVEN_NAME_RATE

    def find(self, text: str) -> list[NameHit]:
        """The names in `text` by their writing alone, left to right, the longest where several overlap."""
        folded = fold(text)
        if is_caseless(folded):
            return [_in_caseless(hit, folded) for hit in self.candidates(text) if not hit.common]
        found = ((hit, _by_writing(folded, hit)) for hit in self.candidates(text))
        return [replace(hit, confidence=sure) for hit, sure in found if sure]

    def candidates(self, text: str) -> list[NameHit]:
        """All that may be names in `text`, left to right, the longest where several overlap.

        The confidence of a name that is also a common word is DOUBTFUL: only its context can tell.
        """
        folded = fold(text)
        written = casing(folded) is Casing.WRITTEN
        found = [
            (end - start, start, end, number)
            for number, start, end in self._search.find_matches_as_indexes(_lower(folded), overlapping=True)
            if _stands_alone(folded, start, end)
            and (not written or self._is_written_so(folded, text, start, end, number))
        ]
        found += self._in_bare_opening(folded)
        hits: list[NameHit] = []
        taken = bytearray(len(folded))
        for _, start, end, number in sorted(found, key=lambda hit: (-hit[0], hit[1])):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                hits.append(self._hit(folded, start, end, number))
        return sorted(hits, key=lambda hit: hit.start)

    def _in_bare_opening(self, folded: str) -> list[tuple[int, int, int, int]]:
        """Names that quotes or markup interrupt where a text introduces somebody: 'Leilani "Lani" Hall'."""
        opening = folded[:_INTRODUCTION]
        if '"' not in opening and "''" not in opening and "*" not in opening:
            return []
        places = [place for place, character in enumerate(opening) if not _is_markup(opening, place)]
        bare = _lower("".join(opening[place] for place in places))
        return [
            (end - start, places[start], places[end - 1] + 1, number)
            for number, start, end in self._search.find_matches_as_indexes(bare, overlapping=True)
            if " " in self._patterns[number]
            and not self._common[number]
            and places[end - 1] + 1 - places[start] > end - start
            and opening[places[start]].isupper()
            and _stands_alone(bare, start, end)
        ]

    def _hit(self, folded: str, start: int, end: int, number: int) -> NameHit:
        several = " " in self._patterns[number]
        common = self._common[number] or (not several and beside_a_capital(folded, start, end))
        sure = DOUBTFUL if common else SURE if several else LIKELY
        name = self._patterns[number]
        rates = (self._begins.get(name, 0.0), self._ends.get(name, 0.0))
        return NameHit(start, end, self._owners[number], sure, common, *rates)

    def _is_written_so(self, folded: str, text: str, start: int, end: int, number: int) -> bool:
        """Whether a text with letter case writes a match like a name."""
        registered, found = self._written.get(self._patterns[number]), folded[start:end]
        if registered is None or found == registered:
            return not self._common[number] or any(map(str.isupper, text[start:end]))
        if self._common[number] and found.isupper():
            return False  # "a LOW hum"
        if text[start].islower() and registered[0].isupper() and not found.startswith("the "):
            return False  # "in flames", also with the capital that folding took from "In Flames"
        return _has_capitals(found, text[start:end], registered)


def _is_markup(text: str, place: int) -> bool:
    """Whether the character only marks a word: quotes, emphasis and brackets, but no apostrophe in a word."""
    character = text[place]
    if character == "'":
        return text[place - 1 : place] == "'" or text[place + 1 : place + 2] == "'"
    return character in '"*_[]'


def _has_capitals(found: str, written: str, registered: str) -> bool:
    """Whether the telling words of a name have the capitals that the registry gives them."""
    places = [0, *(match.end() for match in re.finditer(r"[ -]", registered))]
    if len(registered) != len(found):
        return written[:1].isupper()
    return all(
        not registered[place : place + 1].isupper()
        or written[place].isupper()
        or is_function_word(re.split(r"[ -]", registered[place:], maxsplit=1)[0])
        for place in places
        if place or not found.startswith("the ")
    ) and any(map(str.isupper, written)) >= any(map(str.isupper, registered))


def casing(text: str) -> Casing:
    """What the capitals of a text tell; a text of a few words is taken for written."""
    letters = sum(map(str.isalpha, text[:_LOOKED_AT]))
    if letters <= _FEWEST_LETTERS:
        return Casing.WRITTEN
    if sum(map(str.isupper, text[:_LOOKED_AT])) < CASELESS_SHARE * letters:
        return Casing.CASELESS
    marks = len(_MARKS.findall(text[:_LOOKED_AT])) + text[:_LOOKED_AT].count("\n")
    return Casing.SPOKEN if marks < SPOKEN_SHARE * letters else Casing.WRITTEN


def is_caseless(text: str) -> bool:
    """Whether the text is written without capitals, so that case cannot tell a name from a word."""
    return casing(text) is Casing.CASELESS


def _lower(text: str) -> str:
    """The text in lower case, position by position ("İ" would become two characters).

    Lone surrogates, which no UTF-8 has, become U+FFFD.
    """
    lowered = _SURROGATE.sub("\ufffd", text).lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower()[:1] for c in text)


def _add(owners: _Owners, spelling: str, artist: int) -> None:
    held = owners.get(spelling, ())
    if artist not in held:
        owners[spelling] = tuple(sorted((*held, artist)))


def _rates(words: Counter[str], total: int) -> dict[str, float]:
    """Of each word: log2 of 1 + how many of 10,000 names have it there."""
    return {word: math.log2(1 + 10_000 * count / total) for word, count in words.items()}


def _in_caseless(hit: NameHit, text: str) -> NameHit:
    sure = SURE if " " in text[hit.start : hit.end] else DOUBTFUL
    return replace(hit, confidence=sure)


def _by_writing(text: str, hit: NameHit) -> float:
    """How sure a match is by its writing and the words beside it; 0 if it should not be believed."""
    words = text[hit.start : hit.end].split()
    if len(words) > 1 and not hit.common:
        return SURE
    if beside_a_capital(text, hit.start, hit.end):
        return 0.0
    if not hit.common or words[0] in {"The", "the"}:
        return LIKELY  # the capital of "the Cure" stands inside the sentence
    return 0.0 if starts_a_sentence(text, hit.start) else DOUBTFUL


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() and text[start].isalnum()) and not (
        after.isalnum() and text[end - 1].isalnum()
    )


def beside_a_capital(text: str, start: int, end: int) -> bool:
    """Whether the name is part of a longer one: "Boston Globe", "Captain Future"."""
    return before_a_capital(text, end) or behind_a_capital(text, start)


def before_a_capital(text: str, end: int) -> bool:
    """Whether the next word continues a name: "Boston Globe"."""
    after = text[end : end + 2]
    return len(after) == 2 and after[0] in " -" and after[1].isupper()


def behind_a_capital(text: str, start: int) -> bool:
    """Whether the word before begins a name: "Captain Future"."""
    left = text[max(0, start - 40) : start]
    before = left.split()[-1:]
    if not left.endswith((" ", "-")) or not before or not before[0][-1].isalnum():
        return False
    word = before[0].lstrip("\"'([*_")
    if not word[:1].isupper():
        return False
    # "When Prince" is no longer name, "Skeleton Tree" is one, though both may open a sentence.
    return not (starts_a_sentence(text, start - 1 - len(word)) and is_function_word(word))


def starts_a_sentence(text: str, start: int) -> bool:
    """Whether a word at this place has a capital for its place already."""
    left = text[max(0, start - 4) : start].rstrip(" \t\"'([*_")
    return not left or left[-1] in ".!?\n:;-" or "\n" in text[max(0, start - 2) : start]
