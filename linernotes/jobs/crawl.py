"""The job `crawl`: fetch the sources, then turn the new pages into documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from crawler.extraction.pending import Extraction, PageExtracted, extract_pending
from crawler.fetching.crawl import crawl
from crawler.fetching.report import CrawlEvent, CrawlReport
from crawler.fetching.settings import CrawlSettings
from crawler.urls import host_of
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
    max_pages: int | None = None,
) -> CrawlJobReport:
    """Fetch what there is, or what is due, and extract it; both continue where an earlier run stopped."""
    with progress.stage("crawl", "pages") as stage:
        follower = _Follower(stage)
        report = crawl(engine, settings, due_only=due_only, max_pages=max_pages, on_event=follower)
    for source in report.sources:
        if source.error is not None:
            progress.note("source failed", {"url": source.url, "error": source.error}, warning=True)
    if report.interrupted:
        return CrawlJobReport(report, None)
    return CrawlJobReport(report, extraction_job(engine, progress))


def extraction_job(engine: Engine, progress: Progress) -> Extraction:
    """Turn the fetched pages that changed into documents."""
    with progress.stage("extract", "pages") as stage:

        def told(event: PageExtracted) -> None:
            stage.update(event.done, event.pending)
            stage.detail("no text" if event.reason else "text", {"url": event.url, "reason": event.reason})

        return extract_pending(engine, on_event=told)


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
