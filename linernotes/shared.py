"""What artists have in common, from packed arrays of their descriptors. Pure: arrays in, terms out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.vectors import rows_in


@dataclass(frozen=True, slots=True)
class SharedTerms:
    """The written descriptors of all artists of a release.

    `ids` are the artists, ascending; the descriptors of the artist of row r are those from `starts[r]` to
    `starts[r + 1]` of `terms` (places in `names`) and `weights`. `names` are in alphabetical
    order, `idf` their inverse document frequencies. In SQL the same took half of the time of a look-up
    (.7 ms of 1.2; here .06). Weights are rounded to 1e-6 when they are made, so single precision keeps them.
    """

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    terms: NDArray[np.int32]
    weights: NDArray[np.float32]
    names: Sequence[str]
    idf: NDArray[np.float64]

    def between(self, seeds: Sequence[int], others: Sequence[int], limit: int) -> dict[int, tuple[str, ...]]:
        """Return up to `limit` terms that each of the others shares with the seeds, strongest first.

        The strength is the product of both weights and the idf, summed over the seeds; equal ones come in
        alphabetical order, as in `store.lookups.shared_terms`. Artists that share nothing are left out.
        """
        own, weight = self._of_seeds(seeds)
        rows = self._rows(others)
        if not len(own) or not len(rows):
            return {}
        used, used_weight, counts = self._of_rows(rows)
        place = np.minimum(np.searchsorted(own, used), len(own) - 1)
        both = np.flatnonzero(own[place] == used)
        term = used[both]
        strength = weight[place[both]] * used_weight[both] * self.idf[term]
        owner = np.repeat(np.arange(len(rows)), counts)[both]
        order = np.lexsort((term, -strength, owner))
        ends = np.searchsorted(owner, np.arange(len(rows) + 1))  # lexsort leaves the owners where they were
        sorted_terms = term[order].tolist()
        names = self.names
        return {
            artist: tuple([names[each] for each in sorted_terms[start : min(start + limit, end)]])
            for artist, start, end in zip(
                self.ids[rows].tolist(), ends[:-1].tolist(), ends[1:].tolist(), strict=True
            )
            if end > start
        }

    def _of_seeds(self, seeds: Sequence[int]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """The terms of the seeds, ascending, and the sums of their weights."""
        terms, weights, _ = self._of_rows(self._rows(seeds))
        if len(seeds) == 1:
            order = np.argsort(terms)
            return terms[order], weights[order]
        found, place = np.unique(terms, return_inverse=True)
        sums = np.zeros(len(found))
        np.add.at(sums, place, weights)
        return found, sums

    def _rows(self, artists: Sequence[int]) -> list[int]:
        rows, known = rows_in(self.ids, artists)
        found: list[int] = rows[known].tolist()
        return found

    def _of_rows(self, rows: Sequence[int]) -> tuple[NDArray[np.int32], NDArray[np.float64], list[int]]:
        """Terms and weights of several rows one after another, and how many each has."""
        bounds = [(int(self.starts[row]), int(self.starts[row + 1])) for row in rows]
        if not bounds:
            return self.terms[:0], np.zeros(0), []
        terms = np.concatenate([self.terms[start:end] for start, end in bounds])
        weights = np.concatenate([self.weights[start:end] for start, end in bounds]).astype(np.float64)
        return terms, weights, [end - start for start, end in bounds]
