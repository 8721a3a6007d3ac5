"""Of the release: the vectors of its artists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.jobs.ingredients import STEPS, Ingredients, gather
from linernotes.jobs.material import Material
from linernotes.jobs.mining import MineEvent, MiningSettings, OnEvent
from nlp.company import sentence_lessons
from nlp.contrastive import apply_map, learn_map
from nlp.hubness import damping
from nlp.teaching import Teaching, teach
from nlp.vectors import Part, reduced, side_by_side
from store.names import name_key


@dataclass(frozen=True, slots=True)
class Learned:
    """Vectors of the artists with enough text: `rows` (numbers of artists), `vectors` and word vectors.

    Vectors have a length near 1; the dot product of two, cut to 0–1, is their similarity. `teaching` says
    what the user's own truth brought, when there is one.
    """

    rows: NDArray[np.int64]
    vectors: NDArray[np.float32]
    word_vectors: dict[str, NDArray[np.float32]]
    teaching: Teaching | None = None


def learn(material: Material, settings: MiningSettings, on_event: OnEvent) -> Learned:
    """Make the vectors."""
    ingredients = gather(material, settings, on_event)
    on_event(MineEvent("learn", 4, STEPS, "fusion"))
    rows, units = join(ingredients, ingredients.parts, settings)
    units, teaching = _taught(material, ingredients, (rows, units), settings)
    on_event(MineEvent("learn", 5, STEPS, "hubs"))
    vectors = units * damping(units, settings.hubs)[:, None]
    on_event(MineEvent("learn", STEPS, STEPS))
    return Learned(rows, np.ascontiguousarray(vectors), ingredients.word_vectors, teaching)


def join(
    ingredients: Ingredients, parts: Sequence[Part], settings: MiningSettings, *, taught: bool = True
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The artists (by row) that `parts` can place, and their unit vectors.

    With `taught`, under the map that is taught by those whom writers name in one breath.
    """
    joined = side_by_side(parts)
    placed = (ingredients.words >= settings.min_words) & np.any(joined, axis=1)
    usable = ingredients.fit & placed
    fused = reduced(joined, usable, dimensions=settings.vectors.dimensions)
    if taught:
        lessons = sentence_lessons(ingredients.side_by_side, usable)
        fused = apply_map(fused, learn_map(fused, lessons, np.flatnonzero(usable), settings.map))
    # A text that shares nothing with the others is projected on nearly nothing: it has no direction.
    rows = np.flatnonzero(placed & (np.linalg.norm(fused, axis=1) > 0.5))
    return rows, np.ascontiguousarray(fused[rows])


def _taught(
    material: Material,
    ingredients: Ingredients,
    vectors: tuple[NDArray[np.int64], NDArray[np.float32]],
    settings: MiningSettings,
) -> tuple[NDArray[np.float32], Teaching | None]:
    """The unit rows as the user's own truth would have them, if there is one and it helps.

    It teaches the parts side by side, before they are reduced: there is more to choose from.
    """
    rows, units = vectors
    place = {int(row): number for number, row in enumerate(rows)}
    row_of: dict[str, int] = {}
    for row, name in material.names:
        if row in place and (key := name_key(name)):
            row_of.setdefault(key, place[row])
    lessons = settings.lessons.pairs(row_of, len(rows))
    if not len(lessons.left):
        return units, None
    joined = np.ascontiguousarray(side_by_side(ingredients.parts)[rows])
    taught, teaching = teach(joined, lessons, settings.teaching, instead_of=units)
    fit = ingredients.fit[rows]
    dimensions = settings.vectors.dimensions
    return (reduced(taught, fit, dimensions=dimensions) if teaching.used else units), teaching
