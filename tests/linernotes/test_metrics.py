"""Metrics: what Prometheus reads is what is in the database, and reading it costs little."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, insert

from linernotes.metrics import (
    CACHE_SECONDS,
    MOST_REASONS,
    MetricsCache,
    exposition,
    reason_class,
    reason_totals,
)
from store.frontier import StateCount
from store.jobs import begin_run, finish_run
from store.models import DomainRow, PageRow
from store.records import Source
from store.sources import add_source
from tests.linernotes.conftest import Call

HOUR = timedelta(hours=1)
Sample = tuple[str, tuple[tuple[str, str], ...]]


def _samples(text: str) -> dict[Sample, float]:
    """All samples by name and labels, as Prometheus' own parser reads them."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _add_pages(engine: Engine, **states: str | None) -> None:
    """One page for each argument: the state is the name up to the underscore, the reason the value."""
    now = datetime.now(UTC)
    with engine.begin() as connection:
        source = add_source(connection, Source("https://example.org/feed/", "feed"), now)
        for name, reason in states.items():
            known = {"source_id": source.id, "role": "page", "depth": 1, "priority": 1, "due_at": now}
            place = {"url": f"https://example.org/{name}", "host": "https://example.org:443"}
            values = {**known, **place, "domain": "example.org", "state": name.partition("_")[0]}
            connection.execute(insert(PageRow).values(**values, reason=reason))


def test_pages_are_counted_by_state_and_by_reason(engine: Engine) -> None:
    _add_pages(engine, queued=None, refused_1="robots.txt disallows it", refused_2="robots.txt disallows it")
    samples = _samples(exposition(engine))
    assert samples["linernotes_pages", (("state", "queued"),)] == 1
    assert samples["linernotes_pages", (("state", "gone"),)] == 0
    (refused,) = [value for (name, _), value in samples.items() if name == "linernotes_pages_kept_away"]
    assert refused == 2


def test_the_longest_wait_is_that_of_the_domain_nobody_took(engine: Engine) -> None:
    now = datetime.now(UTC)
    ago = {hours: now - timedelta(hours=hours) for hours in (1, 2, 3)}
    rows = [
        {"domain": "taken.example", "ready_at": ago[3], "lease_holder": "h:1:x", "lease_until": now + HOUR},
        {"domain": "paused.example", "ready_at": ago[3], "not_before": now + HOUR},
        {"domain": "waiting.example", "ready_at": ago[2], "not_before": ago[1]},
        {"domain": "idle.example", "ready_at": None},
    ]
    with engine.begin() as connection:
        for row in rows:
            connection.execute(insert(DomainRow).values(**row))
    waited = _samples(exposition(engine))["linernotes_domains_longest_wait_seconds", ()]
    assert waited == pytest.approx(3600, abs=60)


def test_the_last_run_of_a_job_is_told_with_its_outcome(engine: Engine) -> None:
    with engine.begin() as connection:
        finish_run(connection, begin_run(connection, "mine", "h:1:x"), "failed", {})
    samples = _samples(exposition(engine))
    assert samples["linernotes_job_last_outcome", (("job", "mine"), ("outcome", "failed"))] == 1
    assert samples["linernotes_job_last_outcome", (("job", "mine"), ("outcome", "done"))] == 0
    assert ("linernotes_job_last_success_timestamp_seconds", (("job", "mine"),)) not in samples


def test_every_metric_has_a_help_line_and_a_name_by_the_conventions(engine: Engine) -> None:
    families = list(text_string_to_metric_families(exposition(engine)))
    assert len(families) > 15
    assert [family.name for family in families if not family.documentation] == []
    assert [family.name for family in families if not family.name.startswith("linernotes_")] == []
    assert [family.name for family in families if family.name.endswith("_total")] == []


def test_the_command_prints_what_the_textfile_collector_reads(call: Call) -> None:
    call("init")
    result = call("metrics")
    assert (result.code, result.err) == (0, "")
    assert _samples(result.out)["linernotes_sources", ()] == 0


def test_scrapes_in_a_row_count_once(sqlite_engine: Engine) -> None:
    clock = [0.0]
    registry = CollectorRegistry()
    registry.register(MetricsCache(str(sqlite_engine.url), lambda: clock[0]))
    before = generate_latest(registry)
    _add_pages(sqlite_engine, queued=None)
    clock[0] = CACHE_SECONDS - 1
    assert generate_latest(registry) == before


def test_old_counts_are_renewed_behind_the_scrape(sqlite_engine: Engine) -> None:
    clock = [0.0]
    cache = MetricsCache(str(sqlite_engine.url), lambda: clock[0])
    registry = CollectorRegistry()
    registry.register(cache)
    generate_latest(registry)
    _add_pages(sqlite_engine, queued=None)
    clock[0] = 10 * CACHE_SECONDS
    generate_latest(registry)
    with cache._lock:  # held by the thread that counts, until it is done
        pass
    samples = _samples(generate_latest(registry).decode())
    assert samples["linernotes_pages", (("state", "queued"),)] == 1


def test_a_database_that_does_not_answer_is_down_and_has_no_counts(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    registry.register(MetricsCache(f"sqlite:///{tmp_path}/missing.db"))
    assert _samples(generate_latest(registry).decode()) == {("linernotes_database_up", ()): 0}


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("the server answers 404", "the server answers 404"),
        ("the server answers 503, 3 times", "the server answers 503"),
        ("it is video/mp4, not a page", "it is …"),
        ("example.org has 100,000 pages, the most allowed", "… has N pages"),
        ("robots.txt disallows it", "robots.txt disallows it"),
        ("", "other"),
    ],
)
def test_a_reason_is_told_without_its_particulars(reason: str, kind: str) -> None:
    assert reason_class(reason) == kind


@given(st.lists(st.tuples(st.text(max_size=20), st.integers(1, 9)), max_size=80))
def test_reasons_are_few_and_add_up_to_their_state(found: list[tuple[str, int]]) -> None:
    counts = [StateCount(None, "failed", reason, pages) for reason, pages in found]
    states = {"failed": sum(pages for _, pages in found)}
    totals = reason_totals(counts, states)
    assert sum(totals.values()) == states["failed"]
    assert len(totals) <= MOST_REASONS + 1
