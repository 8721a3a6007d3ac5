"""How well the subject of a text is found without its label, and how well names are told from words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from linernotes.evaluation.measuring import Judged
from linernotes.evaluation.records import ALL, RELEASE, Measurement
from linernotes.evaluation.tables import LabelledText, labelled_texts
from linernotes.ground_truth import GroundTruthUnusable, JudgedMention
from linernotes.progress import Stage
from nlp.bootstrap import ratio_interval
from nlp.gazetteer import DOUBTFUL, Gazetteer
from nlp.metrics import PerQuery
from nlp.records import NameHit, RegisteredName
from nlp.subjects import LinkedText, link
from nlp.tokens import tokenize
from store.mining import registry_names
from store.names import registry_key, stands_in

FIRST, MOST_OFTEN = "first name in the text", "name most often in the text"
EVERY_CAPITAL = "every capital letter"
TEXTS_BETWEEN_PROGRESS = 100


class Linker:
    """Links texts with the registry of a database, as mining does it, but without labels."""

    def __init__(self, connection: Connection) -> None:
        names = registry_names(connection)
        self._gazetteer = Gazetteer(RegisteredName(*name) for name in names)
        self._bearers: dict[str, set[int]] = defaultdict(set)
        for artist, name in names:
            self._bearers[registry_key(name)].add(artist)

    def bearers(self, name: str) -> Collection[int]:
        """The artists that have this name or alias."""
        return self._bearers.get(registry_key(name), frozenset())

    def link(self, text: LabelledText) -> LinkedText:
        """Whom the text is about and whom it mentions."""
        sentences = tokenize(text.text).sentences
        return link(self._gazetteer, title=text.title, text=text.text, sentences=sentences)

    def hits(self, text: LabelledText) -> list[NameHit]:
        """Where names of the registry stand in the text."""
        return self._gazetteer.find(text.text)


@dataclass(slots=True)
class Outcomes:
    """What became of the texts and of the judged places, as far as they were looked at.

    `subjects[method]` says of each text that names its artist whether the method is right. `places[method]`
    says of each of `judged` whether the method takes it for an artist.
    """

    sources: list[str] = field(default_factory=list)
    subjects: defaultdict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    among: list[bool] = field(default_factory=list)
    nobody: list[bool] = field(default_factory=list)
    texts: int = 0
    unknown_labels: int = 0
    judged: list[JudgedMention] = field(default_factory=list)
    places: defaultdict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))


def link_tables(
    linker: Linker,
    tables: Sequence[Path],
    mentions: Collection[JudgedMention],
    *,
    stage: Stage,
    baselines: bool,
) -> Outcomes:
    """Link every text that names its artist in full or holds a judged place."""
    wanted: dict[tuple[str, int], list[JudgedMention]] = defaultdict(list)
    for mention in mentions:
        wanted[mention.file, mention.line].append(mention)
    outcomes = Outcomes()
    for path in tables:
        before = outcomes.texts
        for text in labelled_texts(path):
            outcomes.texts += 1
            _look_at(linker, text, wanted.pop((text.file, text.line), ()), outcomes, baselines=baselines)
            if outcomes.texts % TEXTS_BETWEEN_PROGRESS == 0:
                total = before + round((outcomes.texts - before) / text.share) if text.share else None
                stage.update(outcomes.texts, total, {"file": text.file})
    _refuse_unmet(wanted)
    return outcomes


def _refuse_unmet(wanted: Mapping[tuple[str, int], Sequence[JudgedMention]]) -> None:
    for file, line in wanted:
        raise GroundTruthUnusable(
            f"A judged mention is in {file}, line {line}; no given table has that text."
        )


def _look_at(
    linker: Linker,
    text: LabelledText,
    judged: Sequence[JudgedMention],
    outcomes: Outcomes,
    *,
    baselines: bool,
) -> None:
    right = linker.bearers(text.label) if text.label else ()
    named = bool(text.label) and stands_in(text.label or "", f"{text.title or ''}\n{text.text}")
    outcomes.unknown_labels += named and not right
    if not judged and not (named and right):
        return
    linked = linker.link(text)
    if named and right:
        _judge_subject(text.source, linked, right, outcomes)
        if baselines:
            _judge_plain_subjects(linker.hits(text), right, outcomes)
    _judge_places(linker, text.text, linked, judged, outcomes, baselines=baselines)


def _judge_subject(source: str, linked: LinkedText, right: Collection[int], outcomes: Outcomes) -> None:
    # Of two subjects the surer one comes first.
    outcomes.sources.append(source)
    outcomes.subjects[RELEASE].append(bool(linked.subjects) and linked.subjects[0] in right)
    outcomes.among.append(any(subject in right for subject in linked.subjects))
    outcomes.nobody.append(not linked.subjects)


def _judge_plain_subjects(hits: Sequence[NameHit], right: Collection[int], outcomes: Outcomes) -> None:
    artists = [hit.artist_ids[0] for hit in hits]
    often = Counter(artists).most_common(1)
    outcomes.subjects[FIRST].append(bool(artists) and artists[0] in right)
    outcomes.subjects[MOST_OFTEN].append(bool(often) and often[0][0] in right)


def _judge_places(
    linker: Linker,
    text: str,
    linked: LinkedText,
    judged: Sequence[JudgedMention],
    outcomes: Outcomes,
    *,
    baselines: bool,
) -> None:
    for place in judged:
        if place.end > len(text):
            raise GroundTruthUnusable(
                f"A judged mention ends at character {place.end} of {place.file}, line {place.line}, whose "
                f"text has {len(text)}."
            )
        outcomes.judged.append(place)
        meant = linker.bearers(text[place.start : place.end])
        outcomes.places[RELEASE].append(any(_means(hit, place, meant) for hit in linked.hits))
        if baselines:
            outcomes.places[EVERY_CAPITAL].append(text[place.start].isupper())


def _means(hit: NameHit, place: JudgedMention, bearers: Collection[int]) -> bool:
    """Whether a hit at a judged place means a bearer of the name that stands there, surely enough for mining.

    A longer name around it ("Boston Symphony Orchestra") means somebody else.
    """
    there = hit.start < place.end and place.start < hit.end
    return there and hit.confidence >= DOUBTFUL and not set(hit.artist_ids).isdisjoint(bearers)


def judge_subjects(outcomes: Outcomes, *, truth: str, times: int) -> Iterator[Measurement]:
    """How often the subject is right, over all texts that name their artist, and by source.

    Raises GroundTruthUnusable when there is no such text.
    """
    if not outcomes.sources:
        raise GroundTruthUnusable(
            f"{truth} has no text that names the artist of its label and whose label the registry knows."
        )
    sources = np.array(outcomes.sources)
    groups = {f"source {source}": sources == source for source in sorted(set(outcomes.sources))}
    judged = Judged("linking", truth, groups, times)
    yield judged.count("texts", outcomes.texts)
    yield judged.count("texts_naming_their_artist", len(sources))
    yield judged.count("labels_not_in_registry", outcomes.unknown_labels)
    numbers = tuple(map(str, range(len(sources))))
    found = {
        method: PerQuery(numbers, {"subject_right": np.array(right, dtype=np.float64)})
        for method, right in outcomes.subjects.items()
    }
    more = {"subject_among": np.array(outcomes.among), "without_subject": np.array(outcomes.nobody)}
    values = {**found[RELEASE].values, **{name: each.astype(np.float64) for name, each in more.items()}}
    yield from judged.means(RELEASE, PerQuery(numbers, values))
    others = {method: each for method, each in found.items() if method != RELEASE}
    for method, each in others.items():
        yield from judged.means(method, each)
    yield from judged.differences(found[RELEASE], others)


def judge_mentions(outcomes: Outcomes, *, truth: str, times: int) -> Iterator[Measurement]:
    """Precision and recall over all judged places, and over each part of the file."""
    meant = np.array([place.meant for place in outcomes.judged])
    parts = [place.part for place in outcomes.judged]
    groups = {ALL: np.ones(len(meant), dtype=bool)}
    groups |= {
        f"part {part}": np.array([p == part for p in parts])
        for part in sorted({part for part in parts if part})
    }
    yield Measurement("mentions", truth, RELEASE, ALL, "places", len(meant))
    for method, answers in outcomes.places.items():
        said = np.array(answers)
        for group, members in groups.items():
            right = (said & meant)[members].astype(np.float64)
            for measure, whole in (("precision", said), ("recall", meant)):
                span = ratio_interval(right, whole[members].astype(np.float64), times=times)
                count = int(whole[members].sum())
                yield Measurement(
                    "mentions", truth, method, group, measure, span.value, span.low, span.high, count
                )
