"""The main job: what the configuration lists, then crawl, then mine. Safe to call from any scheduler."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from crawler.imports.registry import RegistryReport
from linernotes.config import MineSection, Settings, SourceSettings
from linernotes.jobs.crawl import CrawlJobReport, crawl_job
from linernotes.jobs.locks import MINE, due_lock, job_lock, job_run
from linernotes.jobs.mapping import DrawnMap, redraw_map
from linernotes.jobs.mine import mine
from linernotes.jobs.mining import MineEvent, MineReport, MiningSettings
from linernotes.jobs.registry import registry_job
from linernotes.lessons import Lessons, read_lessons
from linernotes.overrides import Overrides, read_overrides
from linernotes.progress import Fact, Progress, Stage
from linernotes.source_list import WantedSource, add_sources
from nlp.vectors import VectorSettings
from nlp.weights import WeightSettings
from store.migrate import upgrade
from store.sources import SourceForgotten


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did; `mine` is None when it was interrupted before."""

    registries: tuple[RegistryReport, ...]
    crawl: CrawlJobReport
    mine: MineReport | None


def run_job(
    engine: Engine,
    settings: Settings,
    progress: Progress,
    *,
    due_only: bool = False,
    max_pages: int | None = None,
    max_seconds: float | None = None,
) -> RunReport:
    """Do all that leads from the configuration to a published release.

    Creates or migrates the database, imports the registry files, adds the sources, crawls, extracts, mines
    and publishes. Every step continues where an interrupted run stopped, and does only what changed.
    Raises RunUnderWay when another run of what is due is at work, JobBusy when another process mines.
    """
    upgrade(engine)
    with due_lock(engine, due_only=due_only):
        registries = tuple(registry_job(engine, Path(file), progress) for file in settings.artists)
        _add_listed(engine, settings.sources, progress)
        crawled = crawl_job(
            engine,
            settings.crawl.to_crawler(),
            progress,
            due_only=due_only,
            max_pages=max_pages,
            max_seconds=max_seconds,
        )
        if crawled.interrupted:
            return RunReport(registries, crawled, None)
        return RunReport(registries, crawled, mining_job(engine, settings.mine, progress, settings.cache))


def mining_job(
    engine: Engine, section: MineSection, progress: Progress, cache: str | None = None
) -> MineReport:
    """Mine, each stage with progress of its own; raises JobBusy while another process mines.

    `cache` is where the files of the release go, if not to the usual place.
    """
    follower = _MineFollower(progress)
    with job_lock(engine, MINE) as lock, job_run(engine, "mine", lock.holder) as counts:
        try:
            report = mine(engine, replace(mining_settings(section), cache=cache), on_event=follower)
        finally:
            follower.close()
        counts |= {measure: getattr(report, measure) for measure in _RECORDED}
    return report


def mapping_job(engine: Engine, progress: Progress, *, afresh: bool = False) -> DrawnMap:
    """Draw the map of the published release again; raises JobBusy while another process mines."""
    follower = _MineFollower(progress)
    with job_lock(engine, MINE):
        try:
            return redraw_map(engine, afresh=afresh, on_event=follower)
        finally:
            follower.close()


# What the record of a run of mining says.
_RECORDED = ("documents", "read", "words_read", "artists", "terms", "release_id", "published")


def mining_settings(section: MineSection) -> MiningSettings:
    """The settings as the miner takes them; OverridesError or GroundTruthUnusable when a file is wrong."""
    return MiningSettings(
        languages=section.languages,
        min_musicality=section.min_musicality,
        min_words=section.min_words,
        neighbours=section.neighbours,
        evidence_terms=section.evidence_terms,
        evidence_sentences=section.evidence_sentences,
        search_words=section.search_words,
        draw_map=section.map,
        keep_releases=section.keep_releases,
        overrides=read_overrides(Path(section.overrides)) if section.overrides else Overrides(),
        lessons=read_lessons(Path(section.teach)) if section.teach else Lessons(),
        vectors=VectorSettings(dimensions=section.dimensions),
        weights=WeightSettings(per_artist=section.descriptors),
    )


def _add_listed(engine: Engine, listed: Sequence[SourceSettings], progress: Progress) -> None:
    """Add the sources of the configuration; one that was forgotten on request is left out, and told."""
    for source in listed:
        wanted = WantedSource(source.url, source.kind, source.interval, source.scope)
        try:
            with engine.begin() as connection:
                add_sources(connection, [wanted], datetime.now(UTC))
        except SourceForgotten as error:
            progress.note("source left out", {"reason": str(error)}, warning=True)


# What the stages of mining count; a stage that is not listed here counts steps.
_UNITS = {"read": "documents", "tag": "words"}


class _MineFollower:
    """Opens a stage of progress for each stage of mining, and closes the one before."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._open = ExitStack()
        self._name = ""
        self._stage: Stage | None = None

    def __call__(self, event: MineEvent) -> None:
        if event.stage != self._name or self._stage is None:
            self.close()
            self._name = event.stage
            unit = _UNITS.get(event.stage, "steps")
            self._stage = self._open.enter_context(self._progress.stage(event.stage, unit))
        facts: dict[str, Fact] = {"now": event.message} if event.message else {}
        self._stage.update(event.done, event.total, facts)

    def close(self) -> None:
        """End the stage that is shown."""
        self._open.close()
