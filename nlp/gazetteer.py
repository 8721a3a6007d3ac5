"""Finding the names of a registry of up to a million artists in text (Aho–Corasick)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ahocorasick_rs import AhoCorasick, MatchKind

from nlp.records import NameHit, RegisteredName
from nlp.spelling import fold, is_common, is_function_word, spellings, within_sentence

# How sure a match is that it means the artist, by what is known of the name alone.
SURE, LIKELY, DOUBTFUL = 0.95, 0.85, 0.5
# A text with fewer capitals per letter has no letter case to go by (speech-to-text, chat).
CASELESS_SHARE = 0.002


_Owners = dict[str, tuple[int, ...]]
"""The artists of each spelling, in order; a tuple, because a million sets would take a gigabyte."""


class Gazetteer:
    """The names of the registry, ready to be found.

    See docs/measurements.md for time and memory with a million names.
    """

    def __init__(self, names: Iterable[RegisteredName]) -> None:
        owners: _Owners = {}
        plain: _Owners = {}
        folded: _Owners = {}
        self._whole: _Owners = {}
        for name in names:
            for spelling in spellings(name.name):
                _add(owners, spelling, name.artist_id)
                _add(self._whole, spelling.lower(), name.artist_id)
                if (inside := within_sentence(spelling)) != spelling:
                    _add(folded, inside, name.artist_id)
            if not is_common(name.name):
                _add(plain, fold(name.name).lower(), name.artist_id)
        # What folding took from "In Flames" within a sentence was a capital; "in flames" means no band.
        capital = folded.keys() - owners.keys()
        for spelling, artists in folded.items():
            for artist in artists:
                _add(owners, spelling, artist)
        self._cased = _Automaton(owners, capital)
        self._caseless = _Automaton(plain)

    def named(self, text: str) -> tuple[int, ...]:
        """The artists of whom `text` is a whole name, however it is capitalised."""
        return self._whole.get(fold(text).lower(), ())

    def find(self, text: str) -> list[NameHit]:
        """The names in `text`, left to right, the longest where several overlap."""
        folded = fold(text)
        if is_caseless(folded):
            return self._caseless.find(folded.lower(), text, caseless=True)
        return self._cased.find(folded, text, caseless=False)


def is_caseless(text: str) -> bool:
    """Whether the text is written without capitals, so that case cannot tell a name from a word."""
    letters = sum(map(str.isalpha, text[:5000]))
    return letters > 200 and sum(map(str.isupper, text[:5000])) < CASELESS_SHARE * letters


def _add(owners: _Owners, spelling: str, artist: int) -> None:
    held = owners.get(spelling, ())
    if artist not in held:
        owners[spelling] = tuple(sorted((*held, artist)))


class _Automaton:
    def __init__(self, owners: _Owners, capital: Collection[str] = ()) -> None:
        self._spellings = list(owners)
        self._capital = frozenset(number for number, name in enumerate(self._spellings) if name in capital)
        self._owners = list(owners.values())
        self._search = AhoCorasick(self._spellings, matchkind=MatchKind.Standard, store_patterns=False)

    def find(self, text: str, written: str, *, caseless: bool) -> list[NameHit]:
        """The names in folded `text`; `written` is the same before folding."""
        found = [
            (end - start, start, end, number)
            for number, start, end in self._search.find_matches_as_indexes(text, overlapping=True)
            if _stands_alone(text, start, end) and (written[start].isupper() or number not in self._capital)
        ]
        hits: list[NameHit] = []
        taken: set[int] = set()
        for _, start, end, number in sorted(found, key=lambda hit: (-hit[0], hit[1])):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                if confidence := self._confidence(text, start, end, number, caseless=caseless):
                    hits.append(NameHit(start, end, self._owners[number], confidence))
        return sorted(hits, key=lambda hit: hit.start)

    def _confidence(self, text: str, start: int, end: int, number: int, *, caseless: bool) -> float:
        words = text[start:end].split()
        if caseless:
            return SURE if len(words) > 1 else DOUBTFUL
        common = is_common(self._spellings[number])
        if len(words) > 1 and not common:
            return SURE
        if _beside_a_capital(text, start, end):
            return 0.0
        if not common or words[0] in {"The", "the"}:
            return LIKELY  # the capital of "the Cure" stands inside the sentence
        return 0.0 if _starts_a_sentence(text, start) else DOUBTFUL


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() and text[start].isalnum()) and not (
        after.isalnum() and text[end - 1].isalnum()
    )


def _beside_a_capital(text: str, start: int, end: int) -> bool:
    """Whether the name is part of a longer one: "Boston Globe", "Captain Future"."""
    after = text[end : end + 2]
    if len(after) == 2 and after[0] in " -" and after[1].isupper():
        return True
    left = text[max(0, start - 40) : start]
    before = left.split()[-1:]
    if not left.endswith((" ", "-")) or not before or not before[0][-1].isalnum():
        return False
    word = before[0].lstrip("\"'([*_")
    if not word[:1].isupper():
        return False
    # "When Prince" is no longer name, "Skeleton Tree" is one, though both may open a sentence.
    return not (_starts_a_sentence(text, start - 1 - len(word)) and is_function_word(word))


def _starts_a_sentence(text: str, start: int) -> bool:
    left = text[max(0, start - 4) : start].rstrip(" \t\"'([*_")
    return not left or left[-1] in ".!?\n:;-" or "\n" in text[max(0, start - 2) : start]
