"""The report page: complete, valid, and of one piece."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from linernotes.cli.quality_tables import print_tables
from linernotes.evaluation.baselines import LSA, POPULARITY
from linernotes.evaluation.charts import MOST_TICKS, intervals, nice_ticks, series
from linernotes.evaluation.records import ALL, RELEASE, Evaluation, Measurement
from linernotes.evaluation.report import ReportUnwritable, report_file, report_page, write_report
from linernotes.evaluation.wording import HEADLINES, MEANINGS, TASKS, name_of

GROUPS = {"similarity": "over 1,000 words", "descriptors": "300–1,000 words", "linking": "source <b>Zine</b>"}


def everything() -> Evaluation:
    """Every measure there is, of two methods, in a group, and as a difference."""
    found = [Measurement("similarity", "pairs.tsv", RELEASE, ALL, "queries", 1234)]
    for place, measure in enumerate(MEANINGS):
        task = next((task for task in TASKS if measure in HEADLINES[task]), "similarity")
        for method in (RELEASE, LSA, POPULARITY):
            span = (0.25, 0.2, 0.3 + place / 100, 40)
            found.append(Measurement(task, "truth & more.tsv", method, ALL, measure, *span))
        found.append(
            Measurement(task, "truth & more.tsv", RELEASE, ALL, measure, -0.01, -0.02, 0.01, 40, LSA)
        )
        if task in GROUPS:
            found += [
                Measurement(task, "truth & more.tsv", method, GROUPS[task], measure, 0.4, 0.1, 0.6, 9)
                for method in (RELEASE, LSA)
            ]
    return Evaluation(7, tuple(found))


@pytest.fixture(scope="module")
def page() -> str:
    return report_page(everything())


def test_the_page_is_well_formed(page: str) -> None:
    body = page.removeprefix("<!DOCTYPE html>").replace('<meta charset="utf-8">', "")
    etree.fromstring(re.sub(r"<meta ([^>]*)>", r"<meta \1/>", body))


def test_the_page_names_every_task_and_explains_every_measure(page: str) -> None:
    soup = BeautifulSoup(page, "html.parser")
    assert {heading.text for heading in soup.find_all("h2")} == set(TASKS.values())
    assert {term.text for term in soup.find_all("dt")} == {name_of(measure) for measure in MEANINGS}
    columns = {cell.text for cell in soup.select("thead th")}
    assert {name_of(measure) for measure in MEANINGS} <= columns


def test_every_plot_has_a_text_and_a_table_beside_it(page: str) -> None:
    soup = BeautifulSoup(page, "html.parser")
    plots = soup.find_all("svg", role="img")
    assert len(plots) > len(TASKS)
    for plot in plots:
        title = plot.find("title")
        assert title is not None
        assert plot["aria-labelledby"] == title["id"]
        assert "0.250" in title.text or "-0.010" in title.text or "0.400" in title.text
    ids = [element["id"] for element in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    for section in soup.find_all("section"):
        assert section.find("table") is not None


def test_the_page_needs_nothing_else(page: str) -> None:
    assert not re.search(r"https?:|//|@import|url\(|<script|<link|<img|src=", page)


def test_names_from_files_are_text_and_no_markup(page: str) -> None:
    assert "truth &amp; more.tsv" in page
    assert "<b>Zine" not in page


def test_of_many_sources_the_largest_are_drawn_and_all_are_listed() -> None:
    sources = [
        Measurement("linking", "t", RELEASE, f"source host-{n:02}.example", "subject_right", 0.5, 0.4, 0.6, n)
        for n in range(1, 31)
    ]
    whole = Measurement("linking", "t", RELEASE, ALL, "subject_right", 0.5, 0.4, 0.6, 99)
    soup = BeautifulSoup(report_page(Evaluation(1, (whole, *sources))), "html.parser")
    plot = soup.find_all("svg", role="img")[-1]
    assert "host-30.example" in plot.get_text()
    assert "host-20.example" not in plot.get_text()
    assert {f"source host-{n:02}.example" for n in range(1, 31)} <= {
        th.text for th in soup.select("tbody th")
    }


def test_a_terminal_shows_methods_groups_and_gains_with_their_intervals(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    print_tables(everything())
    shown = capsys.readouterr().out
    for title in (*TASKS.values(), "The release by group", "The release minus", "1,234 queries"):
        assert title in shown
    assert "0.250" in shown
    assert "0.200…0.300" in shown
    assert "-0.020…0.010" in shown


def test_a_report_goes_into_a_directory_or_a_file(tmp_path: Path) -> None:
    assert report_file(tmp_path / "new" / "dir") == tmp_path / "new" / "dir" / "evaluation.html"
    file = report_file(tmp_path / "mine.html")
    write_report(everything(), file)
    assert file.read_text(encoding="utf-8") == report_page(everything())


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportUnwritable, match=r"The report .*file/evaluation\.html cannot be written: "):
        report_file(tmp_path / "file")
    (tmp_path / "a.html").mkdir()
    with pytest.raises(ReportUnwritable, match=r"a\.html cannot be written; name another place"):
        report_file(tmp_path / "a.html")
    with pytest.raises(ReportUnwritable, match=r"a\.html cannot be written: "):
        write_report(everything(), tmp_path / "a.html")


@settings(deadline=None)  # a busy machine says nothing about the code
@given(st.floats(-1, 0), st.floats(0.001, 20_000))
def test_ticks_are_few_and_round_and_hold_the_values(low: float, high: float) -> None:
    ticks = nice_ticks(low, high)
    assert 2 <= len(ticks) <= MOST_TICKS + 1
    assert ticks[0] <= low + 1e-6
    assert ticks[-1] >= high - 1e-6
    assert ticks == sorted(ticks)


@settings(deadline=None)  # a busy machine says nothing about the code
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8))
def test_marks_stay_within_their_plot(values: list[float]) -> None:
    rows = [
        (f"m{n}", Measurement("linking", "t", f"m{n}", "g", "subject_right", v, v - 0.1, v + 0.1, 3))
        for n, v in enumerate(values)
    ]
    chart = intervals("title", rows)
    for mark in chart.marks:
        assert 0 <= mark.low <= mark.place <= mark.high <= chart.width
        assert 0 <= mark.across <= chart.height
    chart = series("title", [(label, [("g", each)]) for label, each in rows])
    for mark in chart.marks:
        assert 0 <= mark.high <= mark.place <= mark.low <= chart.height
        assert 0 <= mark.across <= chart.width


def test_nothing_but_zeros_still_has_an_axis() -> None:
    chart = intervals("title", [("a", Measurement("linking", "t", "a", ALL, "subject_right", 0.0))])
    assert [mark.place for mark in chart.marks] == [chart.zero]
    assert len(chart.ticks) >= 2
