"""What each ingredient of the vectors brings: similar artists by each of them, and by more and more together.

    python benchmarks/on_given_data/vector_parts.py DATABASE_URL SIMILAR.tsv

The database has been mined; its texts are taken as they were read, so this takes twice as long as learning.
The truth is a tab-separated file with columns artist and similar. Printed are nDCG@10, nDCG@200, recall@100,
the largest hub and the share of artists in nobody's list, by the rules of `linernotes evaluate`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linernotes.evaluation.artists import known_artists, with_words
from linernotes.evaluation.similar import RANKED_WORDS
from linernotes.ground_truth import read_similar
from linernotes.jobs.editing import open_editing
from linernotes.jobs.ingredients import Ingredients, gather
from linernotes.jobs.learning import join
from linernotes.jobs.material import Material, load_material
from linernotes.jobs.mining import MiningSettings
from nlp.hubness import damping
from nlp.metrics import DEEPEST, score_similarity
from nlp.neighbours import nearest
from store.engine import connect
from store.lookups import published_key
from store.snapshot import snapshot

Vectors = tuple[NDArray[np.int64], NDArray[np.float32]]


def vectors(
    ingredients: Ingredients, plain: Ingredients, settings: MiningSettings
) -> Iterator[tuple[str, Vectors]]:
    """Each set of vectors to judge, with its name; `plain` are the ingredients that no company taught."""
    parts = {part.name: part for part in ingredients.parts}
    untaught = {part.name: part for part in plain.parts}
    whole = replace(settings, vectors=replace(settings.vectors, dimensions=10_000))

    def of(
        chosen: Mapping[str, object], names: str, *, reduced: bool = False, taught: bool = False
    ) -> Vectors:
        wanted = [chosen[name] for name in names.split()]
        return join(ingredients, wanted, settings if reduced else whole, taught=taught)  # type: ignore[arg-type]

    yield "texts (LSA)", of(untaught, "texts")
    yield "texts under the map", of(parts, "texts")
    yield "passages (LSA)", of(untaught, "passages")
    yield "passages under the map", of(parts, "passages")
    yield "company", of(parts, "company")
    yield "word2vec", of(parts, "word2vec")
    yield "texts + company, no map", of(untaught, "texts company")
    yield "texts + company", of(parts, "texts company")
    yield "texts + company + passages", of(parts, "texts company passages")
    yield "… + word2vec", of(parts, "texts company passages word2vec")
    yield "… reduced", of(parts, "texts company passages word2vec", reduced=True)
    rows, units = of(parts, "texts company passages word2vec", reduced=True, taught=True)
    yield "… under the second map", (rows, units)
    yield "… hubs damped (the release)", (rows, units * damping(units, settings.hubs)[:, None])


def main() -> None:
    """Judge each of the vectors."""
    database, truth = sys.argv[1], read_similar(Path(sys.argv[2]))
    settings = MiningSettings()
    with snapshot(connect(database, read_only=True)) as connection:
        release = published_key(connection)
        artists = with_words(known_artists(connection, release.release_id if release else 0), RANKED_WORDS)
        material: Material = load_material(connection, settings, open_editing(connection, settings.overrides))
    key_of = {artist.artist_id: key for key, artist in artists.items()}
    began = time.monotonic()
    ingredients = gather(material, settings, lambda event: None)
    print(f"ingredients: {time.monotonic() - began:.0f} s", flush=True)
    untaught = replace(settings, map=replace(settings.map, steps=0))
    plain = gather(material, untaught, lambda event: None)
    print("vectors | nDCG@10 | nDCG@200 | recall@100 | hub | anti-hub")
    for name, (rows, units) in vectors(ingredients, plain, settings):
        keys = [key_of.get(int(artist)) for artist in material.artists[rows]]
        known = np.array([key is not None for key in keys])
        named = [key for key in keys if key is not None]
        near = nearest(units[known], DEEPEST)[0]
        lists = {key: [named[other] for other in near[row].tolist()] for row, key in enumerate(named)}
        s = score_similarity(lists, truth, frozenset(artists))
        print(
            f"{name} | {s.ndcg_at_10:.3f} | {s.ndcg_at_200:.3f} | {s.recall_at_100:.3f} | {s.max_hub} | "
            f"{s.anti_hub:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
