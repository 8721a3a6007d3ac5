"""Several seeds, exclusions, filters and the most dissimilar, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

import linernotes
from linernotes import BadQuestion, Catalog
from linernotes.filters import SimilarFilters
from linernotes.vectors import VectorTable
from tests.small_release import add_artist, add_document, publish

VECTORS = {
    "Seed": [1.0, 0.0, 0.0],
    "Near": [0.9, 0.2, 0.1],
    "Between": [0.6, 0.6, 0.0],
    "Other": [0.0, 1.0, 0.1],
    "Opposite": [-0.8, 0.1, 0.0],
}
DESCRIPTORS: dict[str, dict[str, float]] = {
    "Near": {"1990s": 0.2, "icelandic": 0.3},
    "Between": {"1994": 0.1, "2010s": 0.1, "20th century": 0.9, "icelandic band": 0.1, "detroit": 0.2},
    "Other": {"early 80s": 0.3, "1996": 0.05, "swedish": 0.2},
}
FACETS = dict.fromkeys(
    ("1990s", "1994", "2010s", "20th century", "early 80s", "1996"), "era"
) | dict.fromkeys(("icelandic", "icelandic band", "detroit", "swedish"), "place")


def fill(engine: Engine, **options: object) -> dict[str, int]:
    with engine.begin() as connection:
        numbers = {name: add_artist(connection, name) for name in VECTORS if name != "Opposite"}
        numbers["Opposite"] = add_artist(connection, "Opposite", country="IS", begin="1992-03-01", end="1999")
        numbers["Unwritten"] = add_artist(connection, "Unwritten")
        add_document(connection, "https://a.example/u", "Three words here.", about=[numbers["Unwritten"]])
        summaries = [
            (numbers[name], 100 * place, place, min(place, 3), 0.2 * place, 0.1 * place)
            for place, name in enumerate(VECTORS, start=1)
        ]
        publish(
            connection,
            {numbers[name]: weights for name, weights in DESCRIPTORS.items()},
            {numbers[name]: vector for name, vector in VECTORS.items()},
            facets=FACETS,
            **({"summaries": summaries} | options),  # type: ignore[arg-type]
        )
    return numbers


@pytest.fixture
def catalog(engine: Engine, database_url: str) -> Iterator[Catalog]:
    fill(engine)
    with linernotes.open(database_url) as opened:
        yield opened


def names(found: list[linernotes.SimilarArtist]) -> list[str]:
    return [each.artist for each in found]


def test_a_heavier_seed_draws_more(catalog: Catalog) -> None:
    assert names(catalog.similar({"Seed": 1, "Other": 9}))[0] == "Between"
    assert names(catalog.similar({"Seed": 9, "Other": 1}))[0] == "Near"
    assert catalog.similar([("Seed", 2), ("Other", 2.0)]) == catalog.similar(["Seed", "Other"])


def test_a_seed_below_zero_is_moved_away_from(catalog: Catalog) -> None:
    assert names(catalog.similar({"Between": 1, "Other": -0.5}))[:2] == ["Near", "Seed"]
    assert names(catalog.similar({"Seed": -1})) == ["Opposite"]


@pytest.mark.parametrize("weight", [0, float("nan"), float("inf")])
def test_a_weight_that_is_no_weight_is_refused(catalog: Catalog, weight: float) -> None:
    with pytest.raises(BadQuestion, match="The weight of Seed"):
        catalog.similar({"Seed": weight})


def test_seeds_that_cancel_each_other_out_have_no_similar_artists(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        one, same, other = (add_artist(connection, name) for name in ("One", "Same", "Other"))
        publish(connection, {}, {one: [1, 0], same: [1, 0], other: [1, 1]})
    with linernotes.open(database_url) as catalog:
        assert catalog.similar({"One": 1, "Same": -1}) == []


def test_the_excluded_are_left_out_and_the_next_take_their_place(catalog: Catalog) -> None:
    assert names(catalog.similar("Seed", exclude=["Near"], limit=1)) == ["Between"]
    assert names(catalog.similar("Seed", exclude="Near")) == names(catalog.similar("Seed"))[1:]


def test_the_most_dissimilar_come_with_the_least_product_first(catalog: Catalog) -> None:
    found = catalog.dissimilar("Seed", limit=2)
    assert names(found) == ["Opposite", "Other"]
    assert found[0].product < -0.9 and found[0].similarity == 0
    assert found[0].product < found[1].product


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"min_familiarity": 0.5}, ["Between"]),
        ({"max_familiarity": 0.5}, ["Near"]),
        ({"min_buzz": 0.25}, ["Between"]),
        ({"min_documents": 3}, ["Between"]),
        ({"min_sources": 2, "max_familiarity": 0.7}, ["Near", "Between"]),
        ({"min_words": 201}, ["Between"]),
        ({"era": "1990s"}, ["Near", "Between"]),
        ({"era": "early 80s"}, []),
        ({"place": "Iceland"}, ["Near", "Between"]),
        ({"place": "detroit"}, ["Between"]),
        ({"place": "Iceland", "era": "2010s"}, ["Between"]),
        ({"place": "atlantis"}, []),
    ],
)
def test_filters_say_who_may_be_found(
    catalog: Catalog, filters: dict[str, object], expected: list[str]
) -> None:
    assert names(catalog.similar("Seed", **filters)) == expected  # type: ignore[arg-type]


def test_the_registry_places_in_space_and_time_as_well(catalog: Catalog) -> None:
    assert names(catalog.dissimilar("Seed", place="iceland", limit=1)) == ["Opposite"]
    assert names(catalog.dissimilar("Seed", era="1990s", limit=1)) == ["Opposite"]
    assert "Opposite" not in names(catalog.dissimilar("Seed", era="2000s"))


@pytest.mark.parametrize(
    ("filters", "reason"),
    [
        ({"min_familiarity": 1.5}, "min_familiarity is 1.5; it must be between 0 and 1"),
        ({"min_buzz": float("nan")}, "min_buzz is nan"),
        ({"min_sources": -1}, "min_sources is -1; it must not be below 0"),
        ({"era": "long ago"}, '"long ago" names no years'),
        ({"place": " "}, "place is empty"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(
    catalog: Catalog, filters: dict[str, object], reason: str
) -> None:
    with pytest.raises(BadQuestion, match=reason):
        catalog.similar("Seed", **filters)  # type: ignore[arg-type]


def test_a_release_without_summaries_says_to_mine_again(engine: Engine, database_url: str) -> None:
    fill(engine, summaries=[])
    with linernotes.open(database_url) as catalog:
        with pytest.raises(BadQuestion, match="linernotes mine"):
            catalog.similar("Seed", min_sources=1)
        assert names(catalog.similar("Seed", era="1990s")) == ["Near", "Between"]


def test_the_similarity_an_editor_set_holds_with_and_without_filters(
    engine: Engine, database_url: str
) -> None:
    numbers = fill(engine)
    with engine.begin() as connection:
        publish(
            connection,
            {},
            {numbers[name]: vector for name, vector in VECTORS.items()},
            pinned={(numbers["Seed"], numbers["Other"]): 0.99},
            summaries=[(number, 1, 1, 1, 0.5, 0.0) for number in numbers.values()],
        )
    with linernotes.open(database_url) as catalog:
        for found in (catalog.similar("Seed"), catalog.similar("Seed", min_words=1)):
            assert (found[0].artist, found[0].similarity) == ("Other", pytest.approx(0.99))


def test_whom_editors_forbade_is_not_found_through_the_vectors_either(
    engine: Engine, database_url: str
) -> None:
    numbers = fill(engine)
    with engine.begin() as connection:
        vectors = {numbers[name]: vector for name, vector in VECTORS.items()}
        forbidden = [(numbers["Near"], numbers["Seed"])]
        publish(connection, {}, vectors, forbidden=forbidden, stored=1)
    with linernotes.open(database_url) as catalog:
        for found in (
            catalog.similar("Seed", limit=100),
            catalog.similar({"Seed": 1, "Opposite": -0.1}),
            catalog.similar("Near", limit=100),
        ):
            assert found and not {"Near", "Seed"} & set(names(found))
        assert "Near" in names(catalog.dissimilar("Seed"))
        assert catalog.explain("Seed", "Near").similarity == pytest.approx(0.97, abs=0.01)


def test_why_nobody_is_similar_is_told_in_words(catalog: Catalog) -> None:
    assert catalog.similar("Unwritten") == []
    reason = catalog.why_empty("Unwritten")
    assert reason is not None and (reason.words, reason.needed) == (3, 100)
    assert str(reason) == (
        "There are 3 words of text about Unwritten; at least 100 are needed to say who is similar."
    )
    assert catalog.why_empty("Seed") is None


def test_a_summary_says_how_much_is_written(catalog: Catalog) -> None:
    summary = catalog.summary("Between")
    assert summary is not None
    assert (summary.words, summary.documents, summary.sources) == (300, 3, 3)
    assert catalog.summary("Unwritten") is None


def test_no_filter_asks_for_nothing() -> None:
    assert not SimilarFilters()
    assert SimilarFilters(min_words=0)


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_ranking_agrees_with_sorting_everything(artists: int, limit: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    # Few distinct values, so that there are ties.
    rows = random.integers(-1, 2, size=(artists, 3)).astype(np.float32)
    table = VectorTable(np.arange(artists) * 2, rows)
    products = rows @ rows[0]
    among = np.flatnonzero(random.random(artists) < 0.7) * 2
    expected = sorted((row for row in among // 2 if row), key=lambda row: (-products[row], row))[:limit]
    found = table.ranked(products, limit, out=[0], among=among)
    assert [number for number, _ in found] == [row * 2 for row in expected]


@given(st.floats(0.1, 1), st.floats(0.1, 10))
def test_the_direction_of_one_seed_is_its_vector_whatever_its_weight(length: float, weight: float) -> None:
    rows = np.array([[length, 0], [0, 1]], dtype=np.float32)
    table = VectorTable(np.array([3, 5]), rows)
    assert table.direction({3: weight}) == pytest.approx(rows[0], abs=1e-6)
    assert table.direction({4: 1.0}) is None
