r"""How many artists that the registry lacks are proposed, when a tenth of it is hidden.

    python benchmarks/on_given_data/candidates.py DATABASE [--hide 0.1] [--seed 1] [--show 100]

DATABASE is one that was mined. Names of the registry are hidden at random; those that the texts write in at
least three documents, within sentences and with capitals, should be among the candidates. With `--hide 0`,
the names shown are those an editor would see: read them to judge their precision.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np

from linernotes.jobs import unknown_artists
from linernotes.jobs.editing import Editing, open_editing
from linernotes.jobs.material import Material, load_material
from linernotes.jobs.mining import MiningSettings
from linernotes.overrides import Overrides
from nlp.capitals import capitalised_runs, name_words
from nlp.spelling import is_common
from store.engine import connect
from store.names import registry_key
from store.snapshot import snapshot

TOPS = (100, 300, 500, 1_000, 2_000, 5_000)


def often_written(material: Material, names: Sequence[str], fewest: int) -> set[str]:
    """The keys of the names that stand in at least so many documents."""
    corpus, runs = material.corpus, capitalised_runs(material.corpus)
    document = np.searchsorted(corpus.bounds, runs.first, side="right") - 1
    pairs = np.unique(np.stack([runs.key, document.astype(np.uint64)]), axis=1)[0]
    _, documents = np.unique(pairs, return_counts=True)
    first = np.unique(runs.key, return_index=True)[1][documents >= fewest]
    numbers = corpus.numbers
    often = {
        tuple(corpus.words[n] for n in numbers[place : place + length].tolist() if n)
        for place, length in zip(runs.first[first].tolist(), runs.length[first].tolist(), strict=True)
    }
    return {registry_key(name) for name in names if tuple(name_words(name)) in often}


@contextmanager
def hidden(names: Sequence[str]) -> Iterator[None]:
    """Let the registry lack these names."""
    gone = {registry_key(name) for name in names}
    known = Editing.names
    with (
        patch.object(
            Editing,
            "names",
            lambda self, connection: [n for n in known(self, connection) if registry_key(n[1]) not in gone],
        ),
        patch.object(unknown_artists, "MOST_CANDIDATES", max(TOPS)),
        patch.object(unknown_artists, "_LOOKED_AT", 3 * max(TOPS)),
    ):
        yield


def main() -> None:
    """Hide, propose, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--hide", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    with snapshot(connect(given.database, read_only=True)) as connection:
        editing = open_editing(connection, Overrides())
        names = sorted({name for _, name in editing.names(connection)})
        chosen = np.random.default_rng(given.seed).choice(len(names), int(given.hide * len(names)), False)
        away = [names[number] for number in chosen.tolist()]
        with hidden(away):
            material = load_material(connection, MiningSettings(), editing)
            began = time.monotonic()
            found = unknown_artists.find_unknown_artists(connection, material)
        spent = time.monotonic() - began
    wanted = often_written(material, away, 3)
    rare = often_written(material, [name for name in away if not is_common(name)], 3)
    keys = [registry_key(row[0]) for row in found.candidates]
    words = sum(document.words for document in material.documents)
    print(
        f"{spent:.1f} s for {words:,} words; {len(away)} names hidden, "
        f"{len(wanted)} of them in 3 documents, {len(rare)} of these no common words"
    )
    for top in TOPS if away else ():
        hits = len(wanted & set(keys[:top]))
        sure = len(rare & set(keys[:top]))
        print(f"first {top:5}: {hits} hidden names, recall {hits / max(1, len(wanted)):.3f}", end="; ")
        print(f"of those that are no common words {sure / max(1, len(rare)):.3f}")
    for row in found.candidates[: given.show]:
        print(*row[:5], sep="\t")


if __name__ == "__main__":
    main()
