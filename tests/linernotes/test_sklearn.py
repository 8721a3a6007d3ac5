"""Vectors of artists in scikit-learn pipelines."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sqlalchemy import Engine

import linernotes
from linernotes import ArtistNotFound, BadQuestion
from linernotes.sklearn import ArtistVectorizer
from store.releases import prune_releases
from tests.small_release import add_artist, publish

MBID = "11111111-2222-3333-4444-555555555555"
VECTORS = {"Loud One": [1, 0, 0.1], "Loud Two": [1, 0.1, 0], "Soft One": [0, 1, 0.1], "Soft Two": [0.1, 1, 0]}


@pytest.fixture
def numbers(engine: Engine) -> dict[str, int]:
    with engine.begin() as connection:
        numbers = {name: add_artist(connection, name) for name in VECTORS if name != "Loud One"}
        numbers["Loud One"] = add_artist(connection, "Loud One", mbid=MBID, aliases=["The Noise"])
        numbers["Unwritten"] = add_artist(connection, "Unwritten")
        publish(connection, {}, {numbers[name]: vector for name, vector in VECTORS.items()})
    return numbers


def test_artists_become_their_vectors(database_url: str, numbers: dict[str, int]) -> None:
    rows = ArtistVectorizer(database_url).fit_transform(
        ["Loud One", "the noise", MBID, numbers["Loud One"], np.int64(numbers["Soft One"])]
    )
    assert rows.shape == (5, 3) and rows.dtype == np.float32
    assert np.array_equal(rows[0], rows[1]) and np.array_equal(rows[0], rows[3])
    with linernotes.open(database_url) as catalog:
        ids, matrix = catalog.vectors()
    assert np.array_equal(rows[4], matrix[ids.tolist().index(numbers["Soft One"])])


@pytest.mark.usefixtures("numbers")
def test_it_drops_into_a_pipeline(database_url: str) -> None:
    model = make_pipeline(ArtistVectorizer(database_url), LogisticRegression())
    model.fit(["Loud One", "Soft One"], ["loud", "soft"])
    assert model.predict(["Loud Two", "Soft Two"]).tolist() == ["loud", "soft"]
    again = pickle.loads(pickle.dumps(model))
    assert again.predict(["Loud Two"]).tolist() == ["loud"]


def test_of_a_release_without_vectors_all_artists_are_unknown(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        add_artist(connection, "Unwritten")
        publish(connection, {}, {})
    rows = ArtistVectorizer(database_url, unknown="zeros").fit_transform(["Unwritten"])
    assert not rows.any()
    with pytest.raises(BadQuestion, match="too little text"):
        ArtistVectorizer(database_url).fit_transform(["Unwritten"])


@pytest.mark.usefixtures("numbers")
def test_unknown_artists_are_an_error_or_a_row_of_nothing(database_url: str) -> None:
    asked = ["Loud One", "Nobody At All", "Unwritten"]
    with pytest.raises(ArtistNotFound):
        ArtistVectorizer(database_url).fit_transform(asked)
    with pytest.raises(BadQuestion, match="too little text about"):
        ArtistVectorizer(database_url).fit_transform(["Unwritten"])
    zeros = ArtistVectorizer(database_url, unknown="zeros").fit_transform(asked)
    assert zeros[0].any() and not zeros[1:].any()
    nan = ArtistVectorizer(database_url, unknown="nan").fit_transform(asked)
    assert np.isnan(nan[1:]).all() and not np.isnan(nan[0]).any()
    with pytest.raises(BadQuestion, match="it must be error, zeros or nan"):
        ArtistVectorizer(database_url, unknown="ignore").fit(asked)  # type: ignore[arg-type]


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize(
    "table",
    [
        np.array([["Loud One"], ["Soft One"]]),
        pd.DataFrame({"artist": ["Loud One", "Soft One"]}),
        pd.Series(["Loud One", "Soft One"]),
        pl.DataFrame({"artist": ["Loud One", "Soft One"]}),
        [["Loud One"], ["Soft One"]],
    ],
    ids=lambda table: type(table).__module__,
)
def test_one_column_of_any_table_will_do(database_url: str, table: object) -> None:
    expected = ArtistVectorizer(database_url).fit_transform(["Loud One", "Soft One"])
    assert np.array_equal(ArtistVectorizer(database_url).fit_transform(table), expected)


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize("wrong", ["Loud One", 5, np.zeros((2, 2))], ids=["text", "number", "matrix"])
def test_what_is_no_column_is_refused(database_url: str, wrong: object) -> None:
    with pytest.raises(BadQuestion, match="one column"):
        ArtistVectorizer(database_url).fit_transform(wrong)


@pytest.mark.usefixtures("numbers")
def test_output_can_be_a_frame(database_url: str) -> None:
    vectorizer = ArtistVectorizer(database_url).set_output(transform="pandas")
    frame = vectorizer.fit_transform(pd.DataFrame({"artist": ["Loud One", "Soft One"]}, index=[7, 9]))
    assert frame.columns.tolist() == vectorizer.get_feature_names_out().tolist()
    assert frame.index.tolist() == [7, 9]


def test_a_fitted_one_keeps_to_its_release(
    engine: Engine, database_url: str, numbers: dict[str, int]
) -> None:
    vectorizer = ArtistVectorizer(database_url).fit(["Loud One"])
    before = vectorizer.transform(["Loud One"])
    with engine.begin() as connection:
        publish(connection, {}, {numbers[name]: vector[::-1] for name, vector in VECTORS.items()})
    assert np.array_equal(vectorizer.transform(["Loud One"]), before)
    assert not np.array_equal(clone(vectorizer).fit_transform(["Loud One"]), before)
    with engine.begin() as connection:
        prune_releases(connection, 1)
    with pytest.raises(BadQuestion, match="is gone; fit it again"):
        vectorizer.transform(["Loud One"])


@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_estimator_tags_renamed,
        estimator_checks.check_valid_tag_types,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_set_params,
        estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
        estimator_checks.check_get_feature_names_out_error,
        estimator_checks.check_mixin_order,
    ],
    ids=lambda check: check.__name__,
)
def test_it_is_an_estimator_as_scikit_learn_wants_them(check: Callable[[str, object], None]) -> None:
    check("ArtistVectorizer", ArtistVectorizer())
