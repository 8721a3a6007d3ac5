"""The whole evaluation: read what is given, then measure one task after the other."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from linernotes.errors import NoRelease
from linernotes.evaluation.artists import KnownArtist, known_artists, with_words
from linernotes.evaluation.baselines import PlainMethods, load_texts
from linernotes.evaluation.descriptors import (
    DESCRIBED_WORDS,
    inferred_shares,
    judge_descriptors,
    list_strongest_terms,
)
from linernotes.evaluation.extraction import GoldPage, judge_extraction, read_gold
from linernotes.evaluation.linking import Linker, judge_mentions, judge_subjects, link_tables
from linernotes.evaluation.records import Evaluation, EvaluationOptions, Given, Measurement
from linernotes.evaluation.similar import (
    RANKED_WORDS,
    SimilarTruth,
    judge_rankings,
    rank_by_similarity,
)
from linernotes.evaluation.tables import check_table
from linernotes.ground_truth import (
    GroundTruthUnusable,
    JudgedMention,
    TagTruth,
    read_artists,
    read_mentions,
    read_similar,
    read_tags,
)
from linernotes.jobs.mining import MiningSettings
from linernotes.progress import Progress, SilentProgress
from store.lookups import published_key
from store.snapshot import snapshot


def evaluate(
    engine: Engine,
    given: Given,
    options: EvaluationOptions | None = None,
    *,
    settings: MiningSettings | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure the published release against the files of `given`.

    `settings` say which documents are mined, for the baselines. Raises GroundTruthUnusable, naming file and
    line, for a file of another shape, before anything is measured (of a table only its beginning is looked
    at), and for one that has nothing in common with the release; NoRelease when nothing is published.
    """
    truths = _read(given)
    with snapshot(engine) as connection:
        release = published_key(connection)
        if release is None:
            raise NoRelease
        run = _Run(
            connection,
            release.release_id,
            given,
            options or EvaluationOptions(),
            settings or MiningSettings(),
            progress or SilentProgress(),
        )
        return Evaluation(release.release_id, tuple(run.measurements(truths)))


@dataclass(frozen=True, slots=True)
class _Truths:
    similar: dict[str, set[str]] | None
    tags: TagTruth | None
    mentions: tuple[JudgedMention, ...]
    gold: tuple[GoldPage, ...]


def _read(given: Given) -> _Truths:
    only = read_artists(given.artists) if given.artists else None
    similar = read_similar(given.similar) if given.similar else None
    tags = read_tags(given.tags) if given.tags else None
    if only is not None:
        similar = None if similar is None else _only(similar, only)
        tags = None if tags is None else TagTruth(_only(tags.tags, only), tags.vocabulary)
    mentions = tuple(read_mentions(given.mentions)) if given.mentions else ()
    _check_tables(given, mentions)
    return _Truths(similar, tags, mentions, tuple(read_gold(given.extraction)) if given.extraction else ())


def _only(truth: Mapping[str, set[str]], artists: Container[str]) -> dict[str, set[str]]:
    return {key: truth[key] for key in truth if key in artists}


def _check_tables(given: Given, mentions: tuple[JudgedMention, ...]) -> None:
    for table in given.linking:
        check_table(table)
    missing = {mention.file for mention in mentions} - {table.name for table in given.linking}
    if missing:
        raise GroundTruthUnusable(
            f"{given.mentions} judges mentions in {', '.join(sorted(missing))}; give that table to --linking."
        )


@dataclass(frozen=True, slots=True)
class _Run:
    """One evaluation under way."""

    connection: Connection
    release_id: int
    given: Given
    options: EvaluationOptions
    settings: MiningSettings
    progress: Progress

    def measurements(self, truths: _Truths) -> Iterator[Measurement]:
        # The quickest first, so that a file of something else is told before minutes have passed.
        extraction = tuple(self._extraction(truths.gold))
        if truths.similar is not None or truths.tags is not None:
            ranked = with_words(known_artists(self.connection, self.release_id), RANKED_WORDS)
            plain = PlainMethods(lambda: load_texts(self.connection, self.settings, ranked))
            if truths.similar is not None:
                yield from self._similarity(truths.similar, ranked, plain)
            if truths.tags is not None:
                yield from self._descriptors(truths.tags, ranked, plain)
        if self.given.linking:
            yield from self._linking(truths.mentions)
        yield from extraction

    def _extraction(self, gold: tuple[GoldPage, ...]) -> Iterator[Measurement]:
        if self.given.extraction:
            yield from judge_extraction(
                self.connection, gold, truth=self.given.extraction.name, times=self.options.bootstrap
            )

    def _similarity(
        self, truth: SimilarTruth, artists: Mapping[str, KnownArtist], plain: PlainMethods
    ) -> Iterator[Measurement]:
        assert self.given.similar is not None
        with self.progress.stage("similarity", "steps") as stage:
            rankings = rank_by_similarity(self.connection, self.release_id, artists)
            yield from judge_rankings(
                rankings,
                truth,
                artists,
                file=self.given.similar,
                times=self.options.bootstrap,
                baselines=lambda: plain.rankings(stage) if self.options.baselines else {},
            )

    def _descriptors(
        self, truth: TagTruth, ranked: Mapping[str, KnownArtist], plain: PlainMethods
    ) -> Iterator[Measurement]:
        assert self.given.tags is not None
        artists = with_words(ranked, DESCRIBED_WORDS)
        with self.progress.stage("describe", "steps") as stage:
            lists = list_strongest_terms(self.connection, self.release_id, artists)
            yield from judge_descriptors(
                lists,
                truth,
                artists,
                file=self.given.tags,
                times=self.options.bootstrap,
                baselines=lambda: plain.term_lists(artists, stage) if self.options.baselines else {},
                inferred=inferred_shares(self.connection, self.release_id, artists, lists),
            )

    def _linking(self, mentions: tuple[JudgedMention, ...]) -> Iterator[Measurement]:
        with self.progress.stage("link", "texts") as stage:
            outcomes = link_tables(
                Linker(self.connection),
                self.given.linking,
                mentions,
                stage=stage,
                baselines=self.options.baselines,
            )
        names = ", ".join(table.name for table in self.given.linking)
        yield from judge_subjects(outcomes, truth=names, times=self.options.bootstrap)
        if self.given.mentions:
            yield from judge_mentions(outcomes, truth=self.given.mentions.name, times=self.options.bootstrap)
