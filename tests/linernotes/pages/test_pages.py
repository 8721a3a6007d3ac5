"""The pages over HTTP: what each shows, that no text in them is markup, and what goes wrong."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from sqlalchemy import Engine, delete
from starlette.applications import Starlette
from starlette.routing import Mount

from linernotes.service.pages.rendering import decimal, duration, percent, safe_url, signed
from store.models import ReleaseMapRow, ReleaseTermWeekRow
from tests.linernotes.pages.conftest import (
    ATTRIBUTE,
    HARBOUR,
    HOSTILE,
    NAMESAKE,
    QUOTED,
    SCRIPT,
    SENTENCES,
    SILENT,
    TERM_NAME,
    VELVET,
    Ask,
    asking,
    fill,
)

PAGES = (
    "/",
    "/search",
    "/search?q=dreamy+shoegaze",
    "/search?q=Dreamy",
    f"/artists/{HARBOUR}",
    f"/artists/{SCRIPT}",
    f"/artists/{SILENT}",
    f"/artists/{HARBOUR}/quotes?term=dreamy",
    "/compare",
    f"/compare?a=%23{HARBOUR}&b=%23{VELVET}",
    "/map",
    "/terms/dreamy",
    f"/terms/{quote(HOSTILE, safe='')}",
    "/crawl",
)


def _soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "lxml")


def _text(text: str) -> str:
    main = _soup(text).main
    assert main is not None
    return " ".join(main.get_text(" ").split())


# --- each page --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_on_both_databases(ask_both: Ask, path: str) -> None:
    answer = ask_both(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", [*PAGES, "/artists/999", "/nowhere", "/terms/nothing", "/compare?a=x&b=y"])
def test_every_page_can_be_found_around_in(ask: Ask, path: str) -> None:
    page = _soup(ask(path).text)
    assert page.html is not None and page.html["lang"] == "en"
    assert len(page.find_all("h1")) == 1
    assert all(page.find(landmark) for landmark in ("header", "nav", "main", "footer"))
    skip = page.find("a", class_="skip")
    assert skip is not None and page.find(id=str(skip["href"])[1:]) is page.main
    ids = [each["id"] for each in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for labelled in page.find_all(attrs={"aria-labelledby": True}):
        assert page.find(id=labelled["aria-labelledby"]) is not None
    for field in page.find_all(["input", "select"]):
        assert page.find("label", attrs={"for": field["id"]}) is not None
    assert _levels_are_in_order([int(each.name[1]) for each in page.find_all(re.compile("^h[1-6]$"))])


def _levels_are_in_order(levels: list[int]) -> bool:
    return levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_that_stands_in_it(ask: Ask, path: str) -> None:
    answer = ask(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    page = _soup(answer.text)
    assert all(script.get("src", "").startswith("/static/") for script in page.find_all("script"))
    assert all(link["href"].startswith("/static/") for link in page.find_all("link"))
    assert not page.find_all("style") and not page.find_all(style=True) and not page.find_all("img")
    assert not [each for each in page.find_all() for name in each.attrs if name.startswith("on")]


def test_the_first_page_says_what_there_is_and_leads_into_it(ask: Ask) -> None:
    page = ask("/").text
    assert "5 artists described" in _text(page).replace("artists described 5", "5 artists described")
    links = {link["href"] for link in _soup(page).find_all("a")}
    assert {"/terms/shoegaze", "/terms/dreamy", f"/artists/{HARBOUR}"} <= links


def test_a_name_leads_to_the_artist(ask: Ask) -> None:
    answer = ask("/search?q=velvet+engine")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/artists/{VELVET}")


def test_a_name_that_is_a_term_as_well_gives_both(ask: Ask) -> None:
    answer = ask("/search?q=dreamy")
    assert answer.status_code == 200
    links = [link["href"] for link in _soup(answer.text).main.find_all("a")]  # type: ignore[union-attr]
    assert {f"/artists/{TERM_NAME}", "/terms/dreamy", f"/artists/{HARBOUR}"} <= set(links)


def test_a_description_lists_artists_with_what_matched(ask: Ask) -> None:
    text = _text(ask("/search?q=dreamy+shoegaze+-loud").text)
    assert "Harbour Lights" in text and "dreamy , shoegaze" in text.replace(
        "shoegaze , dreamy", "dreamy , shoegaze"
    )
    assert "without loud" in text and "Velvet Engine" not in text


def test_unknown_words_of_a_description_are_named(ask: Ask) -> None:
    text = _text(ask("/search?q=dreamy+shoegase").text)
    assert "Nobody is described with “shoegase”" in text and "did you mean shoegaze" in text


@pytest.mark.parametrize(
    ("question", "told"),
    [("harbor+lihgts", "Harbour Lights"), ("^2", "follows no word"), ("-loud", "look for")],
)
def test_a_search_without_a_result_helps(ask: Ask, question: str, told: str) -> None:
    answer = ask(f"/search?q={question}")
    assert answer.status_code == 200 and told in _text(answer.text)


def test_a_question_without_end_is_refused_with_a_sentence(ask: Ask) -> None:
    assert "300 are the most" in _text(ask(f"/search?q={'dreamy+' * 60}").text)


def test_the_page_of_an_artist_shows_terms_by_facet_with_their_weights(ask: Ask) -> None:
    page = _soup(ask(f"/artists/{HARBOUR}").text)
    moods = page.find(class_="facet-mood")
    assert moods is not None
    assert " ".join(moods.get_text(" ").split()).startswith("Mood dreamy .60 2 quotes hazy .10 inferred")
    assert [each["width"] for each in moods.find_all("rect")] == ["100.0%", "16.7%"]
    assert moods.find("rect", class_="inferred") is not None


def test_the_page_of_an_artist_shows_who_is_similar_and_why(ask: Ask) -> None:
    page = _soup(ask(f"/artists/{HARBOUR}").text)
    first = page.find(class_="neighbour")
    assert first is not None
    assert re.match(
        r"Velvet Engine similarity \.9\d Both (shoegaze|dreamy)", " ".join(first.get_text(" ").split())
    )
    assert first.find("a", href=f"/compare?a=%23{HARBOUR}&b=%23{VELVET}") is not None


def test_the_page_of_an_artist_shows_when_it_was_written_about(ask: Ask) -> None:
    page = _soup(ask(f"/artists/{HARBOUR}").text)
    drawing = page.find("svg", role="img")
    assert drawing is not None and len(drawing.find_all("rect")) == 2
    rows = [row.get_text(" ").split() for row in page.find_all("tr")]
    assert rows[1:] == [["week", "of", "1", "Jun", "2020", "1"], ["week", "of", "4", "May", "2020", "2"]]


def test_the_page_of_an_artist_shows_who_writers_compare_it_with(ask: Ask) -> None:
    for number, other in ((HARBOUR, "Velvet Engine"), (VELVET, "Harbour Lights")):
        text = _text(ask(f"/artists/{number}").text)
        assert f"with {other} {SENTENCES[2]}" in text


def test_an_artist_with_too_little_text_has_a_page_that_says_so(ask: Ask) -> None:
    text = _text(ask(f"/artists/{SILENT}").text)
    assert "There are 0 words of text about Silent Type; at least 100 are needed" in text
    assert "Nothing is known yet" in text


def test_artists_of_one_name_are_told_apart(ask: Ask) -> None:
    assert "jazz trio" in _text(ask(f"/artists/{NAMESAKE}").text)
    assert "Harbour Lights from Bergen" in _text(ask("/terms/dreamy").text)


def test_quotes_have_a_page_and_a_part_without_a_frame(ask: Ask) -> None:
    page, part = (ask(f"/artists/{HARBOUR}/quotes?term=dreamy{more}").text for more in ("", "&part=true"))
    assert "<html" in page and "<html" not in part
    assert all(SENTENCES[0] in each for each in (page, part))


def test_a_quote_links_to_the_web_and_to_nothing_else(ask: Ask) -> None:
    part = ask(f"/artists/{HARBOUR}/quotes?term=dreamy&part=true").text
    links = _soup(part).find_all("a")
    assert [link["href"] for link in links] == ["https://blog.example/1?a=1&b=2"]
    assert "noopener" in links[0]["rel"] and "javascript:" not in part
    assert "&lt;b&gt;one&lt;/b&gt;" in part and "A &lt;i&gt;review&lt;/i&gt;" in part


def test_two_artists_stand_side_by_side(ask: Ask) -> None:
    text = _text(ask(f"/compare?a=%23{HARBOUR}&b=Velvet+Engine").text)
    assert "number 1 among the artists similar to Harbour Lights" in text
    assert "Only Harbour Lights guitar .30 90s .20 hazy .10 Both" in text
    assert "Only Velvet Engine loud .30" in text and SENTENCES[2] in text


def test_what_makes_two_artists_similar_adds_up(ask: Ask) -> None:
    page = _soup(ask(f"/compare?a=%23{HARBOUR}&b=%23{VELVET}").text)
    shown = [each.get_text().replace("−", "-") for each in page.select(".part:not(.total) .value")]
    (total,) = page.select(".part.total .value")
    assert sum(map(float, shown)) == pytest.approx(float(total.get_text()), abs=0.01)


def test_comparing_with_a_stranger_asks_again_and_names_who_is_meant(ask: Ask) -> None:
    answer = ask("/compare?a=Velvet+Engine&b=Harbur+Lights")
    assert answer.status_code == 404
    assert "did you mean Harbour Lights" in _text(answer.text)
    page = _soup(answer.text)
    assert [page.find(id=f"compare-{each}")["value"] for each in "ab"] == ["Velvet Engine", "Harbur Lights"]  # type: ignore[index]


def test_a_term_shows_whom_it_describes_and_what_else_does(ask: Ask) -> None:
    text = _text(ask("/terms/dreamy").text)
    assert text.startswith("Mood dreamy 4 artists are described so")
    assert text.index("Harbour Lights") < text.index("Velvet Engine")
    assert "Used in the same way hazy" in text and "Uses" in text
    company = _soup(ask("/terms/dreamy").text).find("section", attrs={"aria-labelledby": "company"})
    assert company is not None and "shoegaze" in company.get_text()


def test_a_term_is_found_however_it_is_written(ask: Ask) -> None:
    assert ask("/terms/Shoegaze").status_code == 200


def test_a_term_that_nobody_uses_leads_to_one_that_is_used(ask: Ask) -> None:
    answer = ask("/terms/shoegase")
    assert answer.status_code == 404
    assert _soup(answer.text).find("a", href="/terms/shoegaze") is not None


def test_a_page_of_a_term_that_does_not_exist_says_which_is_the_last(ask: Ask) -> None:
    answer = ask("/terms/dreamy?page=7")
    assert answer.status_code == 422 and "the last is 1" in _text(answer.text)


def test_the_state_of_the_crawl_names_no_process(ask: Ask) -> None:
    text = _text(ask("/crawl").text)
    assert "Documents all 3" in text and "Nothing was crawled" in text
    assert "process" not in text


# --- the map ----------------------------------------------------------------------------------------------


def test_the_map_as_a_list_has_regions_within_regions(ask: Ask) -> None:
    text = _text(ask("/map").text)
    assert f"shoegaze, {HOSTILE} 5 artists Harbour Lights , Velvet Engine" in text
    assert "dreamy : Harbour Lights , Velvet Engine" in text


def test_the_map_is_sent_in_columns(ask_both: Ask) -> None:
    sent = ask_both("/v1/map").json()
    assert sent["artists"] == 5 and sent["name"][0] == "Harbour Lights"
    ids = [sum(sent["id"][: place + 1]) for place in range(5)]
    assert ids == [HARBOUR, VELVET, SCRIPT, QUOTED, NAMESAKE]
    assert sent["x"][0] / sent["scale"] == pytest.approx(-0.8, abs=1e-4)
    assert sent["familiarity"] == [89, 50, 20, 0, 0]
    moods = sent["facets"]["mood"]
    strongest = [moods["terms"][each] if each < sent["other"] else each for each in moods["artist"]]
    assert strongest == ["dreamy", "dreamy", "loud", "dreamy", sent["nothing"]]
    assert [region["label"] for region in sent["regions"]] == [f"shoegaze, {HOSTILE}", "dreamy", "loud"]


def test_the_map_is_compressed_once_and_not_sent_twice(ask: Ask) -> None:
    plain = ask("/v1/map", **{"accept-encoding": "identity"})
    first = ask("/v1/map")
    assert first.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert first.json() == plain.json()
    again = ask("/v1/map", **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["linernotes-release"] == "1"


def test_a_release_without_a_map_says_so(
    sqlite_engine: Engine, make_app: Callable[[Engine], FastAPI]
) -> None:
    fill(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.execute(delete(ReleaseMapRow))
    ask = asking(make_app(sqlite_engine))
    assert "made without a map" in _text(ask("/map").text)
    assert ask("/v1/map").json()["artists"] == 0


def test_a_release_that_keeps_no_weeks_has_pages_all_the_same(
    sqlite_engine: Engine, make_app: Callable[[Engine], FastAPI]
) -> None:
    fill(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.execute(delete(ReleaseTermWeekRow))
    ask = asking(make_app(sqlite_engine))
    assert [ask(path).status_code for path in (f"/artists/{HARBOUR}", "/terms/dreamy")] == [200, 200]


# --- what is hostile --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *PAGES,
        f"/artists/{QUOTED}",
        f"/search?q={quote(HOSTILE + ' x')}",
        f"/search?q={quote(ATTRIBUTE + ' x')}",
        f"/terms/{quote(ATTRIBUTE, safe='')}",
        f"/compare?a={quote(ATTRIBUTE)}&b={quote(HOSTILE + 'x')}",
        f"/artists/{HARBOUR}/quotes?term={quote(ATTRIBUTE)}",
        f"/compare?a=%23{SCRIPT}&b=%23{QUOTED}",
    ],
)
def test_names_and_questions_are_never_markup(ask: Ask, path: str) -> None:
    text = ask(path).text
    assert "<script>" not in text and "<img" not in text and "alert(3)" not in text
    assert not [each for each in _soup(text).find_all() for name in each.attrs if name.startswith("on")]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//x.example/a", "https://", "http://[", "import/3", ""],
)
def test_an_address_that_is_not_of_the_web_becomes_no_link(url: str) -> None:
    assert safe_url(url) is None


# --- what goes wrong --------------------------------------------------------------------------------------


def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_programs(ask: Ask) -> None:
    page, problem = ask("/nowhere"), ask("/nowhere", accept="application/json")
    assert page.status_code == problem.status_code == 404
    assert "Not found" in _text(page.text)
    assert problem.headers["content-type"] == "application/problem+json"
    assert ask("/v1/nowhere").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/artists/x/quotes?term=dreamy", "/terms/dreamy?page=x"])
def test_a_malformed_address_is_told_in_a_sentence(ask: Ask, path: str) -> None:
    answer = ask(path)
    assert answer.status_code == 422 and "That cannot be asked" in _text(answer.text)


def test_a_name_in_the_place_of_a_number_leads_to_the_artist(ask: Ask) -> None:
    assert ask("/artists/velvet%20engine").headers["location"] == f"/artists/{VELVET}"


@pytest.mark.parametrize("path", ["/artists/99999999999999999999", "/artists/999"])
def test_an_artist_that_there_is_not_is_not_found(ask: Ask, path: str) -> None:
    assert ask(path).status_code == 404


def test_a_page_for_nobody_names_who_may_be_meant(ask: Ask) -> None:
    answer = ask("/artists/velvet%20enginne")
    assert answer.status_code == 404
    assert _soup(answer.text).find("a", href="/search?q=Velvet%20Engine") is not None


def test_an_empty_database_says_what_to_do(
    sqlite_engine: Engine, make_app: Callable[[Engine], FastAPI]
) -> None:
    ask = asking(make_app(sqlite_engine))
    answer = ask("/")
    assert answer.status_code == 503 and "linernotes run" in _text(answer.text)
    assert ask("/crawl").status_code == 200


def test_in_another_application_links_follow_the_prefix(
    sqlite_engine: Engine, make_app: Callable[[Engine], FastAPI]
) -> None:
    fill(sqlite_engine)
    ask = asking(Starlette(routes=[Mount("/music", make_app(sqlite_engine))]))
    for path in PAGES:
        page = _soup(ask(f"/music{path}").text)
        addresses = [
            each.get("href") or each.get("src") or "" for each in page.find_all(["a", "link", "script"])
        ]
        addresses += [form["action"] for form in page.find_all("form")]
        assert not [each for each in addresses if each.startswith("/") and not each.startswith("/music/")]
    assert ask("/music/search?q=velvet+engine").headers["location"] == f"/music/artists/{VELVET}"
    assert ask("/music/static/style.css").status_code == ask("/music/v1/map").status_code == 200
    current = _soup(ask("/music/map").text).find("a", attrs={"aria-current": "page"})
    assert current is not None and current["href"] == "/music/map"


# --- how numbers look -------------------------------------------------------------------------------------


def test_numbers_are_shown_as_people_write_them() -> None:
    assert [decimal(each) for each in (0.424, 1.0, 0.0, -0.05, -0.001)] == [
        ".42",
        "1.00",
        ".00",
        "−.05",
        ".00",
    ]
    assert [signed(each) for each in (0.0421, -0.3)] == ["+.042", "−.300"]
    assert [percent(each) for each in (0.5, 7, -1)] == ["50.0%", "100.0%", "0.0%"]
    assert [duration(each) for each in (None, 3.21, 150, 9000)] == ["–", "3.2 s", "2 min", "2.5 h"]


def test_the_map_costs_little_when_it_is_repetitive(ask: Ask) -> None:
    content = ask("/v1/map", **{"accept-encoding": "identity"}).content
    assert len(gzip.compress(content)) < len(content)
    assert json.loads(content)["scale"] > 10_000
