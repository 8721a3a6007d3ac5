"""Whom a text is about, and which of its sentences are about others."""

from __future__ import annotations

import bisect
import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.gazetteer import DOUBTFUL, Gazetteer
from nlp.records import Mention, NameHit
from nlp.spelling import is_common, is_rare

# What speaks for an artist as the subject. Set by looking at the errors on 248 magazine reviews (.976 right)
# and 1,500 encyclopedia texts without titles (.80 right) whose subject is known.
WHOLE_TITLE_PART = 5.0
COMMON_TITLE_PART = 3.0
IN_TITLE = 2.0
IN_OPENING = 1.0
FIRST_WORDS = 3.0
NEEDED = 1.5
# A second subject must stand in the title as well and come close to the first.
SECOND_SUBJECT_SHARE = 0.7
OPENING_SENTENCES = 2
FIRST_WORDS_END = 6
"""A text that starts with a name, after an article or markup of so many characters, is about its bearer."""
_TITLE_SEPARATOR = re.compile(r"\s+[-–—|/:•·]+\s+|\s*//\s*|:\s+|\s+by\s+|[“”\"]|\s+live at\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LinkedText:
    """The mentions of a text; `subjects` are those of role subject."""

    mentions: tuple[Mention, ...]

    @property
    def subjects(self) -> tuple[int, ...]:
        """The artists that the text is about."""
        return tuple(m.artist_id for m in self.mentions if m.role == "subject")


def link(
    gazetteer: Gazetteer,
    *,
    title: str | None,
    text: str,
    sentences: NDArray[np.int32],
    labelled: Collection[int] = (),
) -> LinkedText:
    """Find whom a text is about and whom it mentions.

    `labelled` are the artists that the input itself says it is about: they are believed, and no other subject
    is looked for. `sentences` as in `nlp.tokens.TokenizedText`.
    """
    hits = gazetteer.find(text)
    title_hits = _title_hits(gazetteer, title or "")
    subjects = dict.fromkeys(labelled, 1.0) or _subjects(hits, title_hits, text, sentences)
    whole = [
        Mention(artist, -1, -1, "subject", 0, max(0, len(sentences) - 1), confidence)
        for artist, confidence in subjects.items()
    ]
    passages = _passages(hits, set(subjects), title_hits, sentences)
    return LinkedText((*whole, *passages))


@dataclass(frozen=True, slots=True)
class _TitleHit:
    """An artist named in the title, and how much that speaks for it as the subject."""

    score: float
    name: str


def _title_hits(gazetteer: Gazetteer, title: str) -> dict[int, _TitleHit]:
    found: dict[int, _TitleHit] = {}
    for hit in gazetteer.find(title):
        score = IN_TITLE if hit.confidence > DOUBTFUL else IN_TITLE / 2
        found[hit.artist_ids[0]] = _TitleHit(score, title[hit.start : hit.end])
    for artist, name in _opening_name(gazetteer, title):
        found.setdefault(artist, _TitleHit(IN_TITLE / 2, name))
    for part in map(str.strip, _TITLE_SEPARATOR.split(title)):
        for artist in gazetteer.named(part)[:1]:  # of namesakes the first, as in the text
            found[artist] = _TitleHit(COMMON_TITLE_PART if is_common(part) else WHOLE_TITLE_PART, part)
    return found


def _opening_name(gazetteer: Gazetteer, title: str) -> Iterator[tuple[int, str]]:
    """The artists of whom a common word that opens the title may be the name: "Slayer at the dentist's"."""
    first = re.match(r"[^\W_]+", title)
    if first:
        yield from ((artist, first.group()) for artist in gazetteer.named(first.group())[:1])


def _subjects(
    hits: Sequence[NameHit], title: Mapping[int, _TitleHit], text: str, sentences: NDArray[np.int32]
) -> dict[int, float]:
    opening = int(sentences[min(OPENING_SENTENCES, len(sentences)) - 1, 2]) if len(sentences) else 0
    scores = defaultdict(float, {artist: hit.score for artist, hit in title.items()})
    names = {artist: hit.name for artist, hit in title.items()}
    counts: defaultdict[int, float] = defaultdict(float)
    for hit in hits:
        artist = hit.artist_ids[0]
        if not counts[artist] and hit.start < opening and (hit.confidence > DOUBTFUL or artist in title):
            scores[artist] += FIRST_WORDS if hit.start <= FIRST_WORDS_END else IN_OPENING
        # A word that is written like a name once may be anything; twice, it is used as a name.
        sure = hit.confidence > DOUBTFUL or artist in title or counts[artist]
        counts[artist] = math.ceil(counts[artist]) + (1.0 if sure else DOUBTFUL)
        names.setdefault(artist, text[hit.start : hit.end])
    for artist, name in names.items():
        capitals = _count_in_capitals(name, text) if artist in title else 0
        scores[artist] += math.log2(1 + max(counts[artist], capitals, _last_name_count(name, text)))
    return _best(scores, title)


def _count_in_capitals(name: str, text: str) -> int:
    """How often a text writes a rare word from the title with a capital, when it never writes it small.

    The gazetteer passes over common words at the beginning of sentences, where all words have a capital.
    """
    if " " in name or not is_rare(name) or re.search(rf"\b{re.escape(name.lower())}\b", text):
        return 0
    return len(re.findall(rf"\b{re.escape(name)}\b", text))


def _last_name_count(name: str, text: str) -> int:
    """How often a text uses the last word of a longer name: "Bowie" after "David Bowie"."""
    words = name.split()
    if len(words) < 2 or is_common(words[-1]):
        return 0
    return len(re.findall(rf"\b{re.escape(words[-1])}\b", text))


def _best(scores: Mapping[int, float], title: Collection[int]) -> dict[int, float]:
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < NEEDED:
        return {}
    best = ranked[0][1]
    both = [artist for artist, _ in ranked[:2] if artist in title]
    second = [item for item in ranked[1:2] if len(both) == 2 and item[1] >= SECOND_SUBJECT_SHARE * best]
    return {artist: min(0.95, score / (score + 1)) for artist, score in [ranked[0], *second]}


def _passages(
    hits: Sequence[NameHit], subjects: set[int], title: Collection[int], sentences: NDArray[np.int32]
) -> list[Mention]:
    starts = sentences[:, 1].tolist()
    found = []
    for hit in hits:
        artist = hit.artist_ids[0]
        if artist in subjects or not starts:
            continue
        number = max(0, bisect.bisect_right(starts, hit.start) - 1)
        confidence = max(hit.confidence, 0.8) if artist in title else hit.confidence
        found.append(Mention(artist, hit.start, hit.end, "passage", number, number, confidence))
    return found
