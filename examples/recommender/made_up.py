"""Made-up listeners of the sample site's artists, so that the example runs without anybody's data.

Each of them likes two genres of `examples/sample_site/truth/genres.tsv` and plays their artists, some of
them by far the most, and a few others. What comes out shows how the recommender works; how well it works on
people, no made-up listener can tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from linernotes.ground_truth import rows_of

GENRES = Path(__file__).parent.parent / "sample_site" / "truth" / "genres.tsv"
LISTENERS = 120
SEED = 4
LIKED_GENRES = 2
# Of the artists of a liked genre so many are played, and of all others.
LIKED_SHARE, OTHER_SHARE = 0.7, 0.05


def write_made_up_plays(file: Path, listeners: int = LISTENERS, seed: int = SEED) -> Path:
    """Write a file of plays (listener, artist, plays) and return its path; the same one for the same seed."""
    rows = ["listener\tartist\tplays", *_rows(listeners, seed)]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def _rows(listeners: int, seed: int) -> Iterator[str]:
    genre_of = {row["artist"]: row["genre"] for _, row in rows_of(GENRES, ("artist", "genre"))}
    genres = sorted(set(genre_of.values()))
    random = np.random.default_rng(seed)
    for number in range(1, listeners + 1):
        liked = set(random.choice(genres, LIKED_GENRES, replace=False).tolist())
        for artist, genre in genre_of.items():
            if random.random() < (LIKED_SHARE if genre in liked else OTHER_SHARE):
                yield f"made-up {number}\t{artist}\t{_plays(random)}"


def _plays(random: np.random.Generator) -> int:
    """A number of plays: most artists a few dozen times, a few of them thousands of times, as people do."""
    return math.ceil(random.lognormal(mean=4, sigma=1.2))
