"""Answers as Arrow, pandas and Polars tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from sqlalchemy import Engine

import linernotes
from linernotes import BadQuestion, Catalog, SimilarArtist
from linernotes.frames import to_arrow, to_pandas, to_polars
from tests.small_release import add_artist, add_document, publish


@pytest.fixture
def catalog(engine: Engine, database_url: str) -> Iterator[Catalog]:
    with engine.begin() as connection:
        one, two = (add_artist(connection, name) for name in ("One", "Two"))
        document = add_document(connection, "https://a.example/", "So loud.", published=date(2001, 2, 3))
        publish(
            connection,
            {one: {"loud": 0.5, "fast": 0.2}, two: {"loud": 0.4}},
            {one: [1, 0.2], two: [1, 0.1]},
            evidence=[(one, "loud", document, "So loud.")],
        )
    with linernotes.open(database_url) as opened:
        yield opened


def test_answers_become_frames_with_a_column_for_each_field(catalog: Catalog) -> None:
    found = catalog.similar("One")
    for frame in (linernotes.to_pandas(found), linernotes.to_polars(found)):
        assert list(frame.columns) == [
            "artist_id",
            "artist",
            "mbid",
            "similarity",
            "rank",
            "shared",
            "product",
        ]
        assert frame["artist"].to_list() == ["Two"]
        assert list(frame["shared"][0]) == ["loud"]
    table = to_arrow(found)
    assert table.schema.field("mbid").nullable and table["mbid"].to_pylist() == [None]


def test_an_empty_answer_has_the_columns_of_the_record_that_is_named() -> None:
    assert to_arrow([]).num_columns == 0
    assert to_arrow([], SimilarArtist).column_names[:2] == ["artist_id", "artist"]
    assert len(to_pandas([], SimilarArtist)) == len(to_polars([], SimilarArtist)) == 0


def test_records_within_records_become_structures(catalog: Catalog) -> None:
    table = to_arrow(catalog.explain("One", "Two").shared)
    assert table["quote_a"].to_pylist()[0]["published"] == date(2001, 2, 3)
    assert table["quote_b"].to_pylist()[0] is None


@pytest.mark.parametrize("wrong", [[1, 2], ["a"], [object()]], ids=["numbers", "texts", "objects"])
def test_what_is_no_record_is_refused(wrong: list[object]) -> None:
    with pytest.raises(BadQuestion, match="records of one kind"):
        to_arrow(wrong)


def test_a_package_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BadQuestion, match="pip install pandas"):
        to_pandas([])
    with pytest.raises(BadQuestion, match="pip install polars"):
        to_polars([])


def test_a_view_is_a_table(catalog: Catalog) -> None:
    table = catalog.table("artist_descriptors")
    assert isinstance(table, pa.Table) and table.num_rows == 3
    assert table.schema.field("weight").metadata[b"comment"]
    few = catalog.table("artist_descriptors", artists="Two", columns=["artist", "term", "weight"])
    assert few.to_pylist() == [{"artist": "Two", "term": "loud", "weight": 0.4}]
    assert catalog.table("artist_comparisons").num_rows == 0
    vectors = catalog.table("artist_vectors", columns=["vector"])["vector"].to_pylist()
    assert np.allclose(vectors, catalog.vectors()[1])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"view": "artists"}, 'no view "artists"; there are'),
        ({"view": "similar_artists", "columns": ["colour"]}, 'no column "colour"; it has'),
        ({"view": "current_release", "artists": "One"}, "not by artist"),
    ],
)
def test_a_view_or_column_that_is_not_there_is_told(
    catalog: Catalog, asked: dict[str, object], told: str
) -> None:
    with pytest.raises(BadQuestion, match=told):
        catalog.table(**asked)  # type: ignore[arg-type]
