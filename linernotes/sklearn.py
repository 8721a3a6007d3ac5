"""Vectors of artists as a step of a scikit-learn pipeline.

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from linernotes.sklearn import ArtistVectorizer

model = make_pipeline(ArtistVectorizer("sqlite:///linernotes.db"), LogisticRegression())
model.fit(["Slowdive", "Burial"], ["rock", "electronic"])
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from sqlalchemy import Connection

from linernotes.catalog import Catalog, open_catalog
from linernotes.errors import ArtistNotFound, BadQuestion
from linernotes.naming import Wanted, resolve
from linernotes.vectors import VectorTable, rows_in
from store.lookup_records import ReleaseKey
from store.release_arrays import release_keys

Unknown = Literal["error", "zeros", "nan"]


class ArtistVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # no annotations
    """Turns artists, by name, alias, MusicBrainz identifier or number, into their vectors.

    `database` and `cache` are those of `linernotes.open`. `unknown` says what becomes of an artist that the
    registry lacks or that has too little text: an `error` (ArtistNotFound or BadQuestion), a row of `zeros`
    or a row of `nan`.

    `fit` takes note of the published release, in `release_`, and of the length of its vectors, in
    `n_dimensions_`. Vectors of two releases cannot be compared, so a fitted transformer keeps to its release
    also after another is published; once that release is pruned it raises BadQuestion, and has to be fitted
    again together with what stands behind it in the pipeline. A pickled one opens the database anew.

    `X` is a sequence of artists, or a table or array of one column. `transform` returns float32 of shape
    (artists, dimensions), `set_output` makes it a DataFrame.
    """

    def __init__(
        self, database: str | None = None, *, unknown: Unknown = "error", cache: str | None = None
    ) -> None:
        self.database = database
        self.unknown = unknown
        self.cache = cache

    def fit(self, X: Any, y: object = None) -> Self:  # noqa: ANN401, N803 - scikit-learn's name; any table
        """Take note of the published release. `X` is not looked at: the vectors are there already."""
        if self.unknown not in {"error", "zeros", "nan"}:
            raise BadQuestion(f"unknown is {self.unknown!r}; it must be error, zeros or nan.")
        with self._open() as catalog, catalog._reading() as (connection, release):
            self.release_ = (release.release_id, release.created)
            self.n_dimensions_ = self._vectors(catalog, connection, release).matrix.shape[1]
        return self

    def transform(self, X: Any) -> NDArray[np.float32]:  # noqa: ANN401, N803 - scikit-learn's name; any table
        """Return the vectors of the artists, one row for each."""
        check_is_fitted(self)
        artists = _one_column(X)
        with self._open() as catalog, catalog._connected() as connection:
            table = self._vectors(catalog, connection, self._release(connection))
            numbers = [self._number(connection, artist) for artist in artists]
        return self._rows(table, artists, np.array(numbers, dtype=np.int64))

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the names of the columns: artistvectorizer0 and so on."""
        check_is_fitted(self)
        names = [f"artistvectorizer{column}" for column in range(self.n_dimensions_)]
        return np.array(names, dtype=object)

    def _rows(
        self, table: VectorTable, artists: Sequence[Wanted], numbers: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        places, known = rows_in(table.ids, numbers)
        if self.unknown == "error" and not known.all():
            first = artists[int(np.flatnonzero(~known)[0])]
            raise BadQuestion(f'There is too little text about "{first}" for a vector.')
        fill = np.nan if self.unknown == "nan" else 0.0
        rows = np.full((len(numbers), table.matrix.shape[1]), fill, dtype=np.float32)
        rows[known] = table.matrix[places[known]]
        return rows

    def _number(self, connection: Connection, artist: Wanted) -> int:
        """The number of an artist, -1 of an unknown one."""
        try:
            return resolve(connection, artist).artist_id
        except ArtistNotFound:
            if self.unknown == "error":
                raise
            return -1

    def _release(self, connection: Connection) -> ReleaseKey:
        """The release of `fit` as it is now: an artist may have been forgotten since."""
        for key in release_keys(connection):
            if (key.release_id, key.created) == self.release_:
                return key
        raise BadQuestion(
            f"Release {self.release_[0]}, which the ArtistVectorizer was fitted on, is gone; fit it again."
        )

    def _open(self) -> Catalog:
        # For each call: an estimator has no end at which it could be closed.
        return open_catalog(self.database, cache=self.cache)

    def _vectors(self, catalog: Catalog, connection: Connection, release: ReleaseKey) -> VectorTable:
        """The vectors of a release, kept for the next call."""
        known: tuple[object, VectorTable] | None = self.__dict__.get("_kept")
        wanted = self.database, self.cache, release
        if known is None or known[0] != wanted:
            known = self._kept = wanted, catalog._cache.vectors(connection, release)
        return known[1]

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_kept"}

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn has no annotations
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.no_validation = True
        return tags


def _one_column(given: Any) -> list[Wanted]:  # noqa: ANN401 - a table, an array or a sequence
    """The artists of a sequence, or of a table of one column; BadQuestion for another shape."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise BadQuestion("Give the ArtistVectorizer a sequence of artists, or a table of one column.")
    if hasattr(given, "to_numpy"):
        given = given.to_numpy()
    shape = getattr(given, "shape", None)
    if shape is not None and len(shape) == 2 and shape[1] == 1:
        return list(given[:, 0])
    if shape is not None and len(shape) != 1:
        raise BadQuestion(f"The ArtistVectorizer takes one column of artists, not an array of shape {shape}.")
    artists = list(given)
    if artists and all(isinstance(each, list | tuple) and len(each) == 1 for each in artists):
        return [each[0] for each in artists]
    return artists
