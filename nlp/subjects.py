"""Whom a text is about, and which of its sentences are about others."""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nlp.ambiguity import judge
from nlp.ambiguity.context import is_enclosed
from nlp.comparisons import Clause, comparing_clause
from nlp.gazetteer import DOUBTFUL, LIKELY, Casing, Gazetteer, casing
from nlp.linear import logit, probability
from nlp.naming import Naming, Surroundings, by_artist, subject_features, title_names
from nlp.records import Mention, NameHit
from nlp.spelling import fold
from nlp.tokens import tokens_before

# What is believed of a common word in speech-to-text, whose capitals tell nothing: enough to be counted for a
# subject, not enough to be a mention.
SPOKEN_COMMON = 0.2
# A name in italics or alone in quotation marks is rather a work, also when it is no word of everyday.
IN_ITALICS, NEVER = 0.3, 0.01
# That a text is about an artist, surely, speaks for its name in the text by so many logits.
OF_SUBJECT, SURE_SUBJECT = 1.5, 0.6
# A second subject must stand in the title as well and come this close to the first, in logits.
SECOND_SUBJECT_GAP = 3.0
# An artist neither in the title nor in the opening must be named again, or lead by this many logits.
NAMED_AGAIN, CLEAR_LEAD = 1.5, 1.2
OPENING_SENTENCES = 2
_TITLE_KINDS = ("part", "whole", "common part", "common whole")


@dataclass(frozen=True, slots=True)
class LinkedText:
    """The mentions of a text; `subjects` are those of role subject.

    `hits` are the places where a name stands for an artist, the subjects' own included.
    """

    mentions: tuple[Mention, ...]
    hits: tuple[NameHit, ...] = ()

    @property
    def subjects(self) -> tuple[int, ...]:
        """The artists that the text is about."""
        return tuple(m.artist_id for m in self.mentions if m.role == "subject")


@dataclass(frozen=True, slots=True)
class NamedText:
    """A text with its names judged, before it is decided whom it is about."""

    hits: tuple[NameHit, ...]
    clauses: tuple[Clause | None, ...]
    namings: tuple[Naming, ...]
    features: tuple[Mapping[str, float], ...]


Chooser = Callable[[Sequence[int]], int]


def first_of(artists: Sequence[int]) -> int:
    """The first of several artists of one name, where nothing tells them apart."""
    return artists[0]


def link(
    gazetteer: Gazetteer,
    *,
    title: str | None,
    text: str,
    sentences: NDArray[np.int32],
    labelled: Collection[int] = (),
    choose: Chooser = first_of,
) -> LinkedText:
    """Find whom a text is about and whom it mentions.

    `labelled` are the artists that the input itself says it is about: they are believed, and no other subject
    is looked for. `sentences` as in `nlp.tokens.TokenizedText`. `choose` picks one of several artists of one
    name.
    """
    named = name_text(gazetteer, title=title, text=text, sentences=sentences, choose=choose)
    subjects = dict.fromkeys(labelled, 1.0) or _subjects(named, _opening(sentences))
    whole = [
        Mention(artist, -1, -1, "subject", 0, max(0, len(sentences) - 1), confidence)
        for artist, confidence in subjects.items()
    ]
    hits = _with_subject(named, subjects)
    return LinkedText((*whole, *_passages(hits, named, set(subjects), text, sentences)), tuple(hits))


def name_text(
    gazetteer: Gazetteer,
    *,
    title: str | None,
    text: str,
    sentences: NDArray[np.int32],
    choose: Chooser = first_of,
) -> NamedText:
    """Find and judge the names of a text, and gather what speaks for each artist as the subject."""
    title, folded = title or "", fold(text)
    case = casing(folded)
    hits = [
        replace(hit, artist_ids=(choose(hit.artist_ids),)) if len(hit.artist_ids) > 1 else hit
        for hit in _judged(gazetteer.candidates(text), text, folded, title, case)
    ]
    if case is Casing.WRITTEN:
        hits = _with_surnames(gazetteer, hits, text)
    clauses = _clauses(hits, text, sentences)
    namings = dict(by_artist(hits, text, lambda hit: hit.artist_ids[0]))
    for hit, clause in zip(hits, clauses, strict=True):
        namings[hit.artist_ids[0]].compared += clause is not None
    _add_title(gazetteer, title, namings, choose, folded)
    ordered = tuple(namings.values())
    features = subject_features(ordered, Surroundings(text, folded, title, case, _opening(sentences)))
    return NamedText(tuple(hits), tuple(clauses), ordered, tuple(features))


def _with_surnames(gazetteer: Gazetteer, hits: Sequence[NameHit], text: str) -> list[NameHit]:
    """The hits, a surname that follows the full name of a person meaning that person: "Jeff Beck … Beck"."""
    persons: dict[str, NameHit] = {}
    found = []
    for hit in hits:
        words = text[hit.start : hit.end].split()
        if len(words) > 1 and not hit.common and gazetteer.begins_names(words[0]):
            persons.setdefault(words[-1].lower(), hit)
        person = persons.get(words[0].lower()) if len(words) == 1 else None
        found.append(_as_surname(hit, person) if person and hit.confidence != NEVER else hit)
    return found


def _as_surname(hit: NameHit, person: NameHit) -> NameHit:
    return replace(hit, artist_ids=person.artist_ids, confidence=LIKELY, common=False)


def _opening(sentences: NDArray[np.int32]) -> int:
    """Where the opening sentences of a text end."""
    return int(sentences[min(OPENING_SENTENCES, len(sentences)) - 1, 2]) if len(sentences) else 0


def _judged(candidates: Sequence[NameHit], text: str, folded: str, title: str, case: Casing) -> list[NameHit]:
    titled = _title_places(folded, title)
    free = [hit for hit in candidates if not any(s <= hit.start and hit.end <= e for s, e in titled)]
    if case is not Casing.WRITTEN:
        return [replace(hit, confidence=SPOKEN_COMMON) if hit.common else hit for hit in free]
    judged = judge(text, free, title)
    return [_less_if_work(hit, text, title) for hit in judged]


def _less_if_work(hit: NameHit, text: str, title: str) -> NameHit:
    """Believe less in one word in italics or in a short quotation, and not at all if that is the title."""
    name = text[hit.start : hit.end]
    if hit.common or " " in name or not is_enclosed(text, hit.start, hit.end):
        return hit
    return replace(hit, confidence=NEVER if name.lower() == title.strip().lower() else IN_ITALICS)


def _title_places(folded: str, title: str) -> list[tuple[int, int]]:
    """Where the text repeats the whole title; a name within it belongs to the work."""
    if " " not in title.strip():
        return []
    pattern = re.escape(fold(title).strip().lower())
    return [match.span() for match in re.finditer(pattern, folded.lower())]


def _clauses(hits: Sequence[NameHit], text: str, sentences: NDArray[np.int32]) -> list[Clause | None]:
    """For each hit the clause that compares it, if one does."""
    bounds = sentences[:, 1:].tolist()
    starts = [start for start, _ in bounds]
    by_sentence: dict[int, list[NameHit]] = {}
    for hit in hits:
        if hit.confidence >= DOUBTFUL and starts:
            by_sentence.setdefault(max(0, bisect.bisect_right(starts, hit.start) - 1), []).append(hit)
    found: dict[int, Clause | None] = {}
    for number, inside in by_sentence.items():
        names = [(hit.start, hit.end) for hit in inside]
        for hit, name in zip(inside, names, strict=True):
            found[hit.start] = comparing_clause(text, tuple(bounds[number]), name, names)
    return [found.get(hit.start) for hit in hits]


def _add_title(
    gazetteer: Gazetteer, title: str, namings: dict[int, Naming], choose: Chooser, folded: str
) -> None:
    """Add what the title names, the surest kind of naming last."""
    kinds = [(choose(o), name, kind) for o, name, kind in title_names(title, gazetteer.named)]
    words = [
        (choose(hit.artist_ids), title[hit.start : hit.end], "common word" if hit.common else "word")
        for hit in gazetteer.candidates(title)
    ]
    is_work = bool(_title_places(folded, title))
    for artist, name, kind in (*(k for k in kinds if k[2] == "opening"), *words, *kinds):
        if kind not in _TITLE_KINDS and (is_work or _stands_small(name, folded)):
            continue
        naming = namings.setdefault(artist, Naming(artist))
        naming.names.setdefault(name, 0)
        if kind != "opening" or naming.title is None:
            naming.title = kind


def _stands_small(name: str, folded: str) -> bool:
    """Whether the text uses one word of the title as a word: "Swans slowed down … we fed the swans"."""
    plain = fold(name)
    return " " not in plain and bool(re.search(rf"\b{re.escape(plain.lower())}\b", folded))


def _subjects(named: NamedText, opening: int) -> dict[int, float]:
    """The subject, or the two of a split record, with how sure that is."""
    logits = [logit("subject", features) for features in named.features]
    ranked = sorted(
        (
            (each, naming)
            for each, naming, features in zip(logits, named.namings, named.features, strict=True)
            if naming.title or features.get("surest", 1.0) >= DOUBTFUL or _is_introduced(features)
        ),
        key=lambda item: (-item[0], item[1].artist),
    )
    if not ranked or ranked[0][0] < 0:
        return {}
    if not _is_clear(ranked, opening):
        return {}
    total = 1 + sum(math.exp(min(30.0, each)) for each, _ in ranked)
    both = [naming.title in _TITLE_KINDS for _, naming in ranked[:2]]
    chosen = ranked[:1]
    if both == [True, True] and ranked[1][0] > max(0.0, ranked[0][0] - SECOND_SUBJECT_GAP):
        chosen = ranked[:2]
    return {
        naming.artist: round(max(DOUBTFUL, min(0.95, math.exp(min(30.0, each)) / total)), 3)
        for each, naming in chosen
    }


def _is_introduced(features: Mapping[str, float]) -> bool:
    """Whether the text introduces the artist, so that a doubtful name may still be its subject."""
    return any(features.get(name) for name in ("opens", "is a", "known as"))


def _is_clear(ranked: Sequence[tuple[float, Naming]], opening: int) -> bool:
    """Whether more than chance prefers the first: title, opening, being named again, or a lead."""
    best = ranked[0][1]
    if best.title or best.weight >= NAMED_AGAIN or (best.hits and best.hits[0].start < opening):
        return True
    return len(ranked) < 2 or ranked[0][0] - ranked[1][0] > CLEAR_LEAD


def _with_subject(named: NamedText, subjects: Mapping[int, float]) -> list[NameHit]:
    """The hits, those of the subjects believed more readily."""
    return [
        replace(hit, confidence=_raised(hit.confidence))
        if hit.common and subjects.get(hit.artist_ids[0], 0.0) >= SURE_SUBJECT and hit.confidence > NEVER
        else hit
        for hit in named.hits
    ]


def _raised(confidence: float) -> float:
    """The probability of a mention, given that the text is about its artist."""
    bounded = min(0.999, max(0.001, confidence))
    return round(probability(math.log(bounded / (1 - bounded)) + OF_SUBJECT), 3)


def _passages(
    hits: Sequence[NameHit],
    named: NamedText,
    subjects: set[int],
    text: str,
    sentences: NDArray[np.int32],
) -> list[Mention]:
    starts = sentences[:, 1].tolist()
    in_title = {naming.artist for naming in named.namings if naming.title}
    found = []
    for hit, clause in zip(hits, named.clauses, strict=True):
        artist = hit.artist_ids[0]
        if artist in subjects or not starts or hit.confidence < DOUBTFUL:
            continue
        number = max(0, bisect.bisect_right(starts, hit.start) - 1)
        confidence = max(hit.confidence, LIKELY) if artist in in_title else hit.confidence
        mention = Mention(artist, hit.start, hit.end, "passage", number, number, confidence)
        found.append(_compared(mention, clause, text, sentences) if clause else mention)
    return found


def _compared(mention: Mention, clause: Clause, text: str, sentences: NDArray[np.int32]) -> Mention:
    first, start, _ = sentences[mention.first_sentence].tolist()
    return replace(
        mention,
        role="compared",
        first_token=first + tokens_before(text, start, clause.start),
        last_token=first + tokens_before(text, start, clause.end),
    )
