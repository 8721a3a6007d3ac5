"""Finding the names of a registry of up to a million artists in text (Aho–Corasick)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from ahocorasick_rs import AhoCorasick, MatchKind

from nlp.records import NameHit, RegisteredName
from nlp.spelling import fold, is_common, is_function_word, spellings, within_sentence

# How sure a match is that it means the artist, by what is known of the name alone.
SURE, LIKELY, DOUBTFUL = 0.95, 0.85, 0.5
# A text with fewer capitals per letter has no letter case to go by (speech-to-text, chat).
CASELESS_SHARE = 0.002


class Gazetteer:
    """The names of the registry, ready to be found.

    See docs/measurements.md for time and memory with a million names.
    """

    def __init__(self, names: Iterable[RegisteredName]) -> None:
        owners: defaultdict[str, set[int]] = defaultdict(set)
        plain: defaultdict[str, set[int]] = defaultdict(set)
        whole: defaultdict[str, set[int]] = defaultdict(set)
        folded: defaultdict[str, set[int]] = defaultdict(set)
        for name in names:
            for spelling in spellings(name.name):
                owners[spelling].add(name.artist_id)
                folded[within_sentence(spelling)].add(name.artist_id)
                whole[spelling.lower()].add(name.artist_id)
            if not is_common(name.name):
                plain[fold(name.name).lower()].add(name.artist_id)
        self._whole = {spelling: tuple(sorted(ids)) for spelling, ids in whole.items()}
        # What folding took from "In Flames" within a sentence was a capital; "in flames" means no band.
        capital = folded.keys() - owners.keys()
        for spelling in capital:
            owners[spelling] = folded[spelling]
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


class _Automaton:
    def __init__(self, owners: dict[str, set[int]], capital: Collection[str] = ()) -> None:
        self._spellings = list(owners)
        self._capital = [spelling in capital for spelling in self._spellings]
        self._owners = [tuple(sorted(ids)) for ids in owners.values()]
        self._common = [is_common(spelling) for spelling in self._spellings]
        self._search = AhoCorasick(self._spellings, matchkind=MatchKind.Standard, store_patterns=False)

    def find(self, text: str, written: str, *, caseless: bool) -> list[NameHit]:
        """The names in folded `text`; `written` is the same before folding."""
        found = [
            (end - start, start, end, number)
            for number, start, end in self._search.find_matches_as_indexes(text, overlapping=True)
            if _stands_alone(text, start, end) and (written[start].isupper() or not self._capital[number])
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
        if len(words) > 1 and not self._common[number]:
            return SURE
        if _beside_a_capital(text, start, end):
            return 0.0
        if not self._common[number] or words[0] in {"The", "the"}:
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
