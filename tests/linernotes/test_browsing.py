from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import Engine

import linernotes
from linernotes.catalog import Catalog, open_catalog
from tests.small_release import add_artist, publish


@pytest.fixture
def catalog(engine: Engine) -> Iterator[Catalog]:
    """Five artists, three of whom the release describes."""
    with engine.begin() as connection:
        for name, aliases in (
            ("Paper Lanterns", ["Night Ferry"]),
            ("Paper Lanterns", []),
            ("Paperhouse", []),
            ("The Paper", []),
            ("Slow Tide", ["Élan 9"]),
        ):
            add_artist(connection, name, aliases=aliases)
        publish(
            connection,
            {1: {"dream pop": 0.9, "haze": 0.4}, 3: {"haze": 0.8}, 5: {"haze": 0.8, "dreamy": 0.3}},
            {1: [1, 0], 3: [0.8, 0.6], 5: [0, 1]},
            facets={"dream pop": "genre", "haze": "mood", "dreamy": "mood"},
            summaries=[(1, 900, 5, 3, 0.4, 0.2), (3, 900, 5, 3, 0.7, 0.0), (5, 500, 3, 2, 0.1, 0.0)],
            inferred=[(5, "haze")],
        )
    with open_catalog(engine.url.render_as_string(hide_password=False)) as catalog:
        yield catalog


def test_suggestions_begin_so_and_come_by_familiarity(catalog: Catalog) -> None:
    found = catalog.suggest("pape")
    assert [each.artist_id for each in found] == [3, 1, 4, 2]
    assert [each.familiarity for each in found] == [0.7, 0.4, None, None]


def test_a_name_that_is_typed_to_the_end_comes_first(catalog: Catalog) -> None:
    assert catalog.suggest("the paper")[0].artist_id == 4


@pytest.mark.parametrize("typed", ["elan", "ÉLAN 9", "élan"])
def test_suggestions_know_aliases_in_any_spelling(catalog: Catalog, typed: str) -> None:
    assert [each.artist for each in catalog.suggest(typed)] == ["Slow Tide"]


@pytest.mark.parametrize("typed", ["", "   ", "\U0010ffff", "zzz", "%", "_"])
def test_what_begins_no_name_suggests_nobody(catalog: Catalog, typed: str) -> None:
    assert catalog.suggest(typed) == []


def test_suggestions_are_limited(catalog: Catalog) -> None:
    assert len(catalog.suggest("p", 2)) == 2
    with pytest.raises(linernotes.BadQuestion):
        catalog.suggest("p", 0)


def test_terms_come_by_the_number_of_artists(catalog: Catalog) -> None:
    assert [each.term for each in catalog.known_terms()] == ["haze", "dream pop", "dreamy"]
    assert [each.term for each in catalog.known_terms(facet="mood", limit=1, offset=1)] == ["dreamy"]
    assert [each.term for each in catalog.known_terms("Dream", kind="np")] == ["dream pop"]


def test_a_term_is_known_in_any_spelling_and_with_its_artists(catalog: Catalog) -> None:
    (entry,) = catalog.term("Dream Pop")
    assert (entry.term, entry.facet, entry.artists) == ("dream pop", "genre", 1)
    assert [each.artist_id for each in catalog.term_artists("dream-pop")] == [1]


def test_the_artists_of_a_term_come_page_by_page_the_strongest_first(catalog: Catalog) -> None:
    found = catalog.term_artists("haze")
    assert [(each.artist_id, each.weight, each.inferred) for each in found] == [
        (3, 0.8, False),
        (5, 0.8, True),
        (1, 0.4, False),
    ]
    assert catalog.term_artists("haze", limit=1, offset=1) == found[1:2]
    assert catalog.term_artists("haze", facet="genre") == []


def test_a_term_that_describes_nobody_is_said_so(catalog: Catalog) -> None:
    for ask in (catalog.term, catalog.term_artists):
        with pytest.raises(linernotes.TermNotFound, match='No artist is described with "brass"'):
            ask("brass")


def test_artists_come_page_by_page(catalog: Catalog) -> None:
    everybody = catalog.artists()
    assert [*catalog.artists(limit=2), *catalog.artists(limit=2, offset=2)] == everybody


def test_many_are_found_at_once_and_the_unknown_are_none(catalog: Catalog) -> None:
    found = catalog.find(["Night Ferry", "nobody", 3, np.int64(99), "#5"])
    assert [None if each is None else each.artist_id for each in found] == [1, None, 3, None, 5]


def test_an_entry_that_was_found_may_be_asked_further(catalog: Catalog) -> None:
    entry = catalog.artist("Night Ferry")
    assert catalog.registered(entry).aliases == ("Night Ferry",)
    assert catalog.similar(entry) == catalog.similar(1)
    assert catalog.similar([(entry, 2.0), 3], exclude=[catalog.artist(5)]) == []


def test_a_catalog_can_keep_to_one_release(catalog: Catalog, engine: Engine) -> None:
    with catalog.one_release() as (release, pinned):
        with engine.begin() as connection:
            publish(connection, {1: {"brass": 0.9}}, {1: [1, 0]})
        assert [each.term for each in pinned.terms(1)] == ["dream pop", "haze"]
        assert pinned.release().release_id == release.release_id
        assert [each.term for each in catalog.terms(1)] == ["brass"]
    with catalog.one_release() as (following, pinned):
        assert following.release_id > release.release_id
        assert [each.term for each in pinned.terms(1)] == ["brass"]
