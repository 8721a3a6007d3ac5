"""How a text names each artist that it may be about: the features by which its subject is found."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz

from nlp.gazetteer import Casing
from nlp.records import NameHit
from nlp.spelling import fold, is_common, is_rare, rarest_zipf

FIRST_WORDS_END = 6
"""A text that starts with a name, after an article or markup of so many characters, is about its bearer."""
_OPENING = 300
_INTRODUCTION = 900
_SPOKEN_INTRODUCTION = 1500
_WORDS_LOOKED_AT = 30_000
_TITLE_SEPARATOR = re.compile(r"\s+[-–—|/:•·]+\s+|\s*//\s*|:\s+|\s+by\s+|[“”\"]|\s+live at\s+", re.IGNORECASE)
_KNOWN_AS = re.compile(
    r"(?:known (?:\w+ ){0,3}(?:as|by)|stage names?|aka|a\.k\.a\.|moniker|pseudonym|performs? as|recording as"
    r"|credited as|alias)\b[^.]{0,45}$",
    re.IGNORECASE,
)
_IS = re.compile(
    r"['’]?\W{0,4}\s*(?:\([^)]{0,160}\)\s*)?,?\s*(?:is|are|was|were)\s(?:an?|the|one|from|back)\b"
)
_RELEASE = r"(?:albums?|records?|lp|ep|mixtape|project|release|tape|full[ -]length|single|debut)"
_NEW = re.compile(
    r"\b(?:new|latest|brand[ -]new|upcoming|self[ -]titled|debut|review|by|from)\W+(?:the\W+)?$", re.I
)
_A_RELEASE = re.compile(rf"(?:['’]s)?\s+(?:\w+\s+){{0,2}}{_RELEASE}\b", re.IGNORECASE)
_REVIEW = re.compile(
    r"\b(?:review|reviewing|talk(?:ing)? about|listen(?:ing)? to|check(?:ing)? out)\b", re.IGNORECASE
)
_BEHIND_REVIEW = 70
_FILLER = re.compile(rf"\b(?:of|for|the|this|new|brand|latest|a|an|debut|{_RELEASE})\b")


@dataclass(slots=True)
class Naming:
    """Where and how surely a text, or its title, names one artist."""

    artist: int
    hits: list[NameHit] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    title: str | None = None
    """What in the title is its name: `part`, `common part`, `word`, `common word` or `opening`."""
    compared: int = 0

    @property
    def weight(self) -> float:
        """How often the text names it, each time counted by how sure that is."""
        return sum(hit.confidence for hit in self.hits)

    @property
    def name(self) -> str:
        """The fullest name by which the text calls it."""
        return max(self.names, key=lambda name: (len(name), name))


def title_names(
    title: str, named: Callable[[str], tuple[int, ...]]
) -> Iterator[tuple[tuple[int, ...], str, str]]:
    """The artists of whom a part of the title, between separators, is a name; the name, and its kind."""
    for part in map(str.strip, _TITLE_SEPARATOR.split(title)):
        if owners := named(part):
            whole = "whole" if part == title.strip() else "part"
            yield owners, part, f"common {whole}" if is_common(part) else whole
    first = re.match(r"[^\W_]+", title)
    if first and (owners := named(first.group())):
        yield owners, first.group(), "opening"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The text that names somebody: as written, folded, its title, its casing, where its opening ends."""

    text: str
    folded: str
    title: str
    case: Casing
    opening_end: int


def subject_features(namings: Sequence[Naming], text: Surroundings) -> list[dict[str, float]]:
    """The features of each naming; in spoken text they have names of their own."""
    shared = _Shared(namings, text)
    found = [shared.features(naming) for naming in namings]
    if text.case is Casing.WRITTEN:
        return found
    return [{f"spoken {name}": value for name, value in each.items()} for each in found]


class _Shared:
    """What is the same for all artists of a text."""

    def __init__(self, namings: Sequence[Naming], given: Surroundings) -> None:
        self.text, self.folded, self.title = given.text, given.folded, given.title
        self.case, self.opening_end = given.case, given.opening_end
        folded, title, case = given.folded, given.title, given.case
        self.total = sum(naming.weight for naming in namings) or 1.0
        self.most, self.second = sorted((0.0, 0.0, *(naming.weight for naming in namings)))[:-3:-1]
        first = [n.hits[0].start for n in namings if n.hits and n.hits[0].confidence >= 0.3]
        self.first = min(first, default=-1)
        self.opening_words = _opening_name(folded)
        self.parts = defaultdict[str, set[int]](set)
        for naming in namings:
            for word in naming.name.lower().split():
                self.parts[word].add(naming.artist)
        self.names = {naming.artist: f" {naming.name.lower()} " for naming in namings if naming.weight >= 1}
        self.review = _review_place(folded) if case is not Casing.WRITTEN else -1
        self.behind_review = _FILLER.sub(" ", folded[self.review : self.review + _BEHIND_REVIEW].lower())
        self.title_place = _title_place(folded, title) if case is not Casing.WRITTEN else -1

    def _rival(self, naming: Naming) -> float:
        """How much weight the strongest other artist has."""
        return self.second if naming.weight == self.most else self.most

    @cached_property
    def counted(self) -> Counter[str]:
        """How often each word stands in the text, as written there."""
        return Counter(re.findall(r"[^\W_]+", self.folded[:_WORDS_LOOKED_AT]))

    def features(self, naming: Naming) -> dict[str, float]:
        found = {
            "mentions": math.log2(1 + naming.weight),
            "share": naming.weight / self.total,
            "most": float(naming.weight == self.most),
            "lead": max(0.0, naming.weight - self._rival(naming)) / (naming.weight + 1),
            "usual": max(0.0, rarest_zipf(naming.name) - 3.0) if is_common(naming.name) else 0.0,
            "several words": float(" " in naming.name),
            "surest": self._surest(naming),
            "compared": naming.compared / max(1, len(naming.hits)),
            "within longer": float(self._is_within_longer(naming)),
        }
        if naming.title:
            found[f"title {naming.title}"] = 1.0
            found["title is work"] = float("whole" in naming.title and 0 < self._surest(naming) < 0.35)
            found["never small"] = float(self._is_never_small(naming))
        found |= self._places(naming) | self._cues(naming) | self._last_name(naming)
        if self.case is not Casing.WRITTEN:
            found |= self._spoken(naming)
        return found

    def _surest(self, naming: Naming) -> float:
        return max((hit.confidence for hit in naming.hits), default=0.0)

    def _is_never_small(self, naming: Naming) -> bool:
        """Whether the text writes a rare word from the title always with a capital: it is a name there."""
        name, title = fold(naming.name), fold(self.title).strip()
        if " " in name or name == title or not is_rare(name):
            return False
        alone = self.counted[name] - self.folded.count(title)
        return alone > 0 and not re.search(rf"\b{re.escape(name.lower())}\b", self.folded)

    def _is_within_longer(self, naming: Naming) -> bool:
        name = f" {naming.name.lower()} "
        rivals = set.intersection(*(self.parts[word] for word in naming.name.lower().split()))
        return any(
            name in self.names[artist] and len(self.names[artist]) > len(name)
            for artist in rivals - {naming.artist}
            if artist in self.names
        )

    def _places(self, naming: Naming) -> dict[str, float]:
        sure = [hit for hit in naming.hits if hit.confidence >= 0.3] or naming.hits[:1]
        if not sure:
            return {"only in title": 1.0}
        first, last, length = sure[0].start, sure[-1].end, max(1, len(self.text))
        return {
            "opens": float(first <= FIRST_WORDS_END),
            "in opening": float(first < self.opening_end),
            "first named": float(first == self.first),
            "how late": math.log2(1 + first / 100),
            "spread": (last - first) / length,
        }

    def _cues(self, naming: Naming) -> dict[str, float]:
        introduction = _INTRODUCTION if self.case is Casing.WRITTEN else _SPOKEN_INTRODUCTION
        known = is_ = new = possessive = release = 0.0
        for hit in naming.hits[:40]:
            left, right = (
                self.folded[max(0, hit.start - 60) : hit.start],
                self.folded[hit.end : hit.end + 200],
            )
            before_release = bool(_A_RELEASE.match(right[:60]))
            possessive += right[:2] == "'s" or right[:2] == "' "
            release += before_release
            if hit.start < introduction:
                known = known or float(bool(_KNOWN_AS.search(left)))
                is_ = is_ or float(bool(_IS.match(right)))
                new = new or float(before_release and bool(_NEW.search(left)))
        count = max(1, len(naming.hits[:40]))
        return {
            "known as": known,
            "is a": is_,
            "new release": new,
            "possessive": possessive / count,
            "release": math.log2(1 + release),
        }

    def _last_name(self, naming: Naming) -> dict[str, float]:
        words = [word.lower() for word in re.findall(r"[^\W_]+", fold(naming.name))] or [""]
        opening = self.opening_words
        found = {
            "opening has all words": float(len(words) > 1 and set(words) <= set(opening)),
            "opening has last word": float(bool(opening) and len(words) > 1 and words[-1] == opening[-1]),
            "opening has first letter": float(
                bool(opening) and len(words) > 1 and words[-1] in opening and words[0][0] == opening[0][0]
            ),
        }
        if len(words) > 1 and self.case is Casing.WRITTEN and len(words[-1]) > 2:
            last = re.findall(r"[^\W_]+", fold(naming.name))[-1]
            alone = self.counted[last] - len(naming.hits)
            found["last name"] = math.log2(1 + max(0, alone))
        return found

    def _spoken(self, naming: Naming) -> dict[str, float]:
        """How a spoken introduction leads to the name: "time for a review of the new Low record"."""
        behind = [hit.start - self.review for hit in naming.hits if hit.start >= self.review]
        nearest = min(behind, default=9_999) if self.review >= 0 else 9_999
        compact = re.sub(r"[^\w]", "", naming.name.lower())
        heard = re.sub(r"[^\w]", "", self.behind_review)
        likeness = fuzz.partial_ratio(compact, heard) if len(compact) > 3 and len(heard) > 3 else 0.0
        before = [self.title_place - hit.end for hit in naming.hits if hit.end <= self.title_place]
        return {
            "right behind review": float(nearest < 30),
            "behind review": float(nearest < _BEHIND_REVIEW),
            "sounds like": max(0.0, likeness - 60) / 40,
            "before title": float(min(before, default=99) < 25),
            "title is it": float(bool(compact) and compact == re.sub(r"[^\w]", "", self.title.lower())),
        }


def _opening_name(folded: str) -> list[str]:
    """The words of the capitalised run with which a text begins: "Robert Arthur Mould (born …"."""
    words = []
    for word in folded[:90].replace("'''", " ").split():
        bare = word.strip("\"'()[],.*_“”")
        if not bare[:1].isupper() or word.startswith("("):
            break
        words.append(bare.lower())
        if word[-1] in ",(":
            break
    return words


def _review_place(folded: str) -> int:
    """Where a spoken text says what it is about; -1 if it does not."""
    found = list(_REVIEW.finditer(folded, 0, _SPOKEN_INTRODUCTION))
    for match in found:
        if match.group().lower() == "review":
            return match.end()
    return found[0].end() if found else -1


def _title_place(folded: str, title: str) -> int:
    """Where a spoken introduction names the title, as it was heard; -1 if it does not."""
    if len(title) < 4:
        return -1
    found = fuzz.partial_ratio_alignment(
        title.lower(), folded[:_SPOKEN_INTRODUCTION].lower(), score_cutoff=80
    )
    return found.dest_start if found else -1


def by_artist(hits: Sequence[NameHit], text: str, owner: Callable[[NameHit], int]) -> Mapping[int, Naming]:
    """The namings of a text, by artist, in order of their first place."""
    found: dict[int, Naming] = {}
    for hit in hits:
        artist = owner(hit)
        naming = found.setdefault(artist, Naming(artist))
        naming.hits.append(hit)
        name = text[hit.start : hit.end]
        naming.names[name] = naming.names.get(name, 0) + 1
    return found
