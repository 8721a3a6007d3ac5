"""The job `crawl`: fetch the sources, then turn the new pages into documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from crawler.archive.warc_writer import WarcArchive
from crawler.extraction.pending import Extraction, PageExtracted, extract_pending
from crawler.fetching.crawl import crawl
from crawler.fetching.report import CrawlEvent, CrawlReport
from crawler.fetching.settings import CrawlSettings
from crawler.urls import host_of
from linernotes.jobs.locks import EXTRACT, job_lock, job_run
from linernotes.progress import Fact, Progress, Stage


@dataclass(frozen=True, slots=True)
class CrawlJobReport:
    """What a crawl did; `extraction` is None when it was interrupted before."""

    crawl: CrawlReport
    extraction: Extraction | None

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped before its end."""
        return self.crawl.interrupted

    @property
    def nothing_readable(self) -> bool:
        """Whether there were sources and none of them could be read."""
        sources = self.crawl.sources
        return bool(sources) and all(source.error is not None for source in sources)


def crawl_job(
    engine: Engine,
    settings: CrawlSettings,
    progress: Progress,
    *,
    due_only: bool = False,
    join: bool = False,
    max_pages: int | None = None,
    max_seconds: float | None = None,
    archive: WarcArchive | None = None,
) -> CrawlJobReport:
    """Fetch what there is, or what is due, and extract it; both continue where an earlier run stopped.

    The parameters are those of `crawler.fetching.crawl.crawl`.
    """
    with progress.stage("crawl", "pages") as stage, job_run(engine, "crawl") as counts:
        report = crawl(
            engine,
            settings,
            due_only=due_only,
            join=join,
            max_pages=max_pages,
            max_seconds=max_seconds,
            archive=archive,
            on_event=_Follower(stage),
        )
        counts.update(_crawl_counts(report))
    for source in report.sources:
        if source.error is not None:
            progress.note("source failed", {"url": source.url, "error": source.error}, warning=True)
    if report.interrupted:
        return CrawlJobReport(report, None)
    return CrawlJobReport(report, extraction_job(engine, progress))


def extraction_job(engine: Engine, progress: Progress) -> Extraction:
    """Turn the fetched pages that changed into documents; waits while another process does so."""
    with progress.stage("extract", "pages") as stage, _extract_run(engine) as counts:

        def told(event: PageExtracted) -> None:
            stage.update(event.done, event.pending)
            stage.detail("no text" if event.reason else "text", {"url": event.url, "reason": event.reason})

        report = extract_pending(engine, on_event=told)
        deposited = report.deposit
        counts.update(pages=report.pages, without_text=report.without_text, removed=report.removed)
        counts.update(added=deposited.added, changed=deposited.changed, copies=deposited.copies)
        return report


@contextmanager
def _extract_run(engine: Engine) -> Iterator[dict[str, Any]]:
    with job_lock(engine, EXTRACT, wait=True) as lock, job_run(engine, "extract", lock.holder) as counts:
        yield counts


def _crawl_counts(report: CrawlReport) -> dict[str, Any]:
    outcome = {"outcome": "interrupted"} if report.interrupted else {}
    outcomes = {name.replace(" ", "_"): count for name, count in report.outcomes.items()}
    return {**outcomes, **outcome, "visits": report.visits, "bytes": report.size, "queued": report.queued}


class _Follower:
    """Turns the visits of a crawl into what its stage shows."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._outcomes: Counter[str] = Counter()
        self._hosts: set[str] = set()

    def __call__(self, event: CrawlEvent) -> None:
        self._outcomes[event.outcome] += 1
        self._hosts.add(host_of(event.url))
        visited = self._outcomes.total() - self._outcomes["retried"]
        self._stage.update(visited, visited + event.queued, self._facts(event))
        self._stage.detail(event.outcome, _details(event))

    def _facts(self, event: CrawlEvent) -> Mapping[str, Fact]:
        wrong = self._outcomes["failed"] + self._outcomes["gone"]
        return {
            "hosts": len(self._hosts),
            "queued": event.queued,
            "not modified": self._outcomes["not modified"] or None,
            "refused": self._outcomes["refused"] or None,
            "errors": wrong or None,
        }


def _details(event: CrawlEvent) -> Mapping[str, Fact]:
    return {"url": event.url, "status": event.status, "bytes": event.size, "reason": event.reason}
