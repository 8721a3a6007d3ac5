"""Names that the registry lacks: mined, listed, accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.documents.deposit import deposit
from linernotes.catalog import Catalog
from linernotes.jobs.mine import mine
from linernotes.jobs.mining import MiningSettings
from nlp.vectors import VectorSettings
from nlp.word2vec import Word2VecSettings
from store.artists import add_artists
from store.records import Artist, Document
from store.releases import list_releases, remove_release, rollback_release
from tests.linernotes.conftest import Call
from tests.nlp.test_candidates import BANDS, OF_ARTISTS, OF_TOWNS, TOWNS

SETTINGS = MiningSettings(
    min_words=20,
    min_musicality=0,
    vectors=replace(VectorSettings(), fewest_artists=2, largest_share=0.6, fit_words=20, lsa_dimensions=8),
    word2vec=replace(Word2VecSettings(), dimensions=16, fewest_occurrences=2),
)
REGISTERED, UNKNOWN = BANDS[:40], BANDS[40:44]


def texts() -> Iterator[Document]:
    """Four texts; each names every band and a town or two."""
    for number in range(4):
        bands = [*REGISTERED, *UNKNOWN]
        said = [OF_ARTISTS[(number + place) % 4].format(band) for place, band in enumerate(bands)]
        said += [OF_TOWNS[(number + place) % 4].format(town) for place, town in enumerate(TOWNS[:40])]
        said.append(f"the song “Low {UNKNOWN[0].split()[1]}” is long")
        yield Document(
            url=f"https://host{number % 3}.example/{number}",
            text=" ".join(f"On day {number} {sentence}." for sentence in said),
            source=f"host{number % 3}.example",
            title=f"{REGISTERED[number]} – a review",
            published=date(2024, 3, 2 + number),
            language="en",
        )


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        add_artists(connection, [Artist(name) for name in REGISTERED])
        deposit(connection, list(texts()))


@pytest.fixture
def mined(engine: Engine) -> Engine:
    fill(engine)
    mine(engine, SETTINGS)
    return engine


def test_unknown_bands_are_proposed_with_evidence_of_several_sources(mined: Engine) -> None:
    catalog = Catalog(mined)
    found = catalog.candidates()
    assert {candidate.name for candidate in found[:4]} == set(UNKNOWN)
    assert all(0 < candidate.score <= 1 for candidate in found)
    first = found[0]
    assert (first.documents, first.sources) == (4, 3)
    assert (first.first_seen, first.last_seen) == (date(2024, 3, 2), date(2024, 3, 5))
    assert len({quote.source for quote in first.evidence}) == len(first.evidence) == 3
    assert all(first.name in quote.quote for quote in first.evidence)
    assert not {candidate.name for candidate in found} & set(REGISTERED)


def test_fewer_sources_than_wanted_are_left_out(mined: Engine) -> None:
    assert Catalog(mined).candidates(min_sources=4) == []
    assert len(Catalog(mined).candidates(limit=2)) == 2


def test_what_was_registered_since_is_proposed_no_more(mined: Engine) -> None:
    with mined.begin() as connection:
        add_artists(connection, [Artist(UNKNOWN[0].upper()), Artist("Else", aliases=(UNKNOWN[1],))])
    names = {candidate.name for candidate in Catalog(mined).candidates()}
    assert names.isdisjoint(UNKNOWN[:2])
    assert set(UNKNOWN[2:]) <= names


def test_candidates_belong_to_their_release(mined: Engine) -> None:
    with mined.begin() as connection:
        add_artists(connection, [Artist(UNKNOWN[0])])
    mine(mined, SETTINGS)
    assert UNKNOWN[0] not in {candidate.name for candidate in Catalog(mined).candidates()}
    with mined.begin() as connection:
        newest, oldest = (release.release_id for release in list_releases(connection))
        rollback_release(connection)
        remove_release(connection, newest)
    assert newest != oldest
    assert UNKNOWN[1] in {candidate.name for candidate in Catalog(mined).candidates()}


def test_candidates_are_listed_and_accepted(sqlite_engine: Engine, call: Call, home: Path) -> None:
    fill(sqlite_engine)
    mine(sqlite_engine, SETTINGS)
    at = ("--database", sqlite_engine.url.render_as_string())
    listed = call("artists", "candidates", "--limit", "4", "--json", *at).rows
    assert {row["name"] for row in listed} == set(UNKNOWN)
    assert all(row["name"] in row["quote"] and row["url"].startswith("https://") for row in listed)
    added = call("artists", "add", UNKNOWN[0], UNKNOWN[0].lower(), "--json", *at)
    assert added.code == 0
    assert "Added 1 of 2" in added.err
    assert {row["name"] for row in added.rows} == {UNKNOWN[0]}
    (home / "new.csv").write_text(call("artists", "candidates", "--limit", "3", "--csv", *at).out)
    assert call("artists", "import", "new.csv", *at).code == 0
    left = call("artists", "candidates", "--json", *at).rows
    assert not {row["name"] for row in left} & set(UNKNOWN)


def test_an_empty_name_is_refused(call: Call) -> None:
    assert call("init").code == 0
    result = call("artists", "add", " ")
    assert result.code == 2
    assert "must not be empty" in result.error


def test_before_a_release_there_are_no_candidates_to_list(call: Call) -> None:
    assert call("init").code == 0
    assert call("artists", "candidates").code == 4
