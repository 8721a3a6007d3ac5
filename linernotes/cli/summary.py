"""What the long jobs print when they are done: rows of (stage, measure, reason, count)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a summary of one job must not wait for the libraries of the others
    from crawler.imports.registry import RegistryReport
    from crawler.imports.report import ImportReport
    from linernotes.jobs.crawl import CrawlJobReport
    from linernotes.jobs.mining import MineReport

COLUMNS = ("stage", "measure", "reason", "count")
SummaryRow = dict[str, object]


def registry_rows(report: RegistryReport) -> Iterator[SummaryRow]:
    """What became of the rows of a registry file."""
    yield from _rows("artists", report, ("read", "added", "updated", "unchanged"))
    yield _row("artists", "skipped", report.skipped_total)


def import_rows(report: ImportReport) -> Iterator[SummaryRow]:
    """What became of the rows of imported files."""
    yield from _rows("import", report, ("read", "added", "changed", "unchanged", "copies"))
    yield _row("import", "skipped", report.skipped_total)


def crawl_rows(report: CrawlJobReport) -> Iterator[SummaryRow]:
    """Visits by outcome and reason, and the documents that came of them."""
    crawl = report.crawl
    explained = {"failed", "refused", "gone", "retried"}
    for outcome, count in sorted(crawl.outcomes.items(), key=lambda item: -item[1]):
        reasons = {why: n for (what, why), n in crawl.reasons.items() if what == outcome}
        if outcome not in explained or sum(reasons.values()) != count:
            yield _row("crawl", outcome, count)
        else:
            for reason, number in sorted(reasons.items(), key=lambda item: -item[1]):
                yield _row("crawl", outcome, number, reason)
    yield _row("crawl", "queued", crawl.queued)
    yield _row("crawl", "bytes", crawl.size)
    if report.extraction is not None:
        yield from _rows("extract", report.extraction, ("pages", "without_text", "removed"))
        yield from _rows("extract", report.extraction.deposit, ("added", "changed", "unchanged", "copies"))


def mine_rows(report: MineReport) -> Iterator[SummaryRow]:
    """What mining read and made."""
    yield from _rows("mine", report, ("documents", "read", "unchanged", "words_read", "artists", "terms"))
    yield _row("mine", "release", report.release_id)
    yield _row("mine", "new release", int(report.published))


def _rows(stage: str, report: object, measures: tuple[str, ...]) -> Iterator[SummaryRow]:
    for measure in measures:
        yield _row(stage, measure, getattr(report, measure))


def _row(stage: str, measure: str, count: object, reason: str | None = None) -> SummaryRow:
    return {"stage": stage, "measure": measure.replace("_", " "), "reason": reason, "count": count}
