"""Settings of mining, and what it tells while it works and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from linernotes.lessons import Lessons
from linernotes.overrides import Overrides
from nlp.contrastive import MapSettings
from nlp.hubness import HubSettings
from nlp.musicality import MIN_MUSICALITY
from nlp.teaching import Teaching, TeachingSettings
from nlp.vectors import VectorSettings
from nlp.weights import WeightSettings
from nlp.word2vec import Word2VecSettings


@dataclass(frozen=True, slots=True)
class MiningSettings:
    """How to mine.

    `languages`: documents in others are kept but not mined. `min_musicality`: neither are documents without a
    label that are less probably about music; 0 mines all. `min_words`: an artist with fewer words of text
    gets neither vector nor neighbours. `neighbours`: similar artists kept of each. `evidence_terms` and
    `evidence_sentences`: for how many descriptors of an artist how many sentences are kept. `search_words`:
    frequent words whose vectors serve search. `draw_map`: whether a release has a map. `keep_releases`:
    complete releases kept. `overrides`: what editors know better. `lessons`: a truth of the user's own that
    the vectors may learn from. `cache`: where the files of a release go, which say nothing new and so are no
    parameter.
    """

    languages: tuple[str, ...] = ("en",)
    min_musicality: float = MIN_MUSICALITY
    min_words: int = 100
    neighbours: int = 50
    evidence_terms: int = 30
    evidence_sentences: int = 2
    search_words: int = 20_000
    draw_map: bool = True
    keep_releases: int = 3
    cache: str | None = None
    overrides: Overrides = field(default_factory=Overrides)
    lessons: Lessons = field(default_factory=Lessons)
    vectors: VectorSettings = field(default_factory=VectorSettings)
    map: MapSettings = field(default_factory=MapSettings)
    teaching: TeachingSettings = field(default_factory=TeachingSettings)
    hubs: HubSettings = field(default_factory=HubSettings)
    word2vec: Word2VecSettings = field(default_factory=Word2VecSettings)
    weights: WeightSettings = field(default_factory=WeightSettings)

    def parameters(self) -> dict[str, Any]:
        """The settings as they are recorded with the release."""
        plain = asdict(replace(self, overrides=Overrides(), lessons=Lessons()))
        del plain["cache"]
        return plain | {"overrides": self.overrides.digest, "lessons": self.lessons.digest}


@dataclass(frozen=True, slots=True)
class MineEvent:
    """Progress: `done` of `total` in a stage ("read", "tag", "learn", "map", "write", "files")."""

    stage: str
    done: int
    total: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class MineReport:
    """What a run of mining did.

    `documents` count for mining, of which `read` were new or changed and `unchanged` were not read again.
    `release_id` is the published release; `published` tells whether this run made it. `teaching` says what
    a truth of the user's own brought, `trouble` why the files of the release could not be written.
    """

    documents: int
    read: int
    words_read: int
    tagged_words: int
    artists: int
    terms: int
    release_id: int
    published: bool
    seconds: float
    unlinked_labels: tuple[str, ...] = ()
    teaching: Teaching | None = None
    trouble: str = ""

    @property
    def unchanged(self) -> int:
        """Documents that an earlier run had read already."""
        return self.documents - self.read


OnEvent = Callable[[MineEvent], None]
