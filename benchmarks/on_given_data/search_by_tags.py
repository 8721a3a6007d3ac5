"""Measure `catalog.search` by crowd tags: does a pair of tags find the artists that carry both?

    python benchmarks/on_given_data/search_by_tags.py sqlite:///linernotes.db TAGS.tsv [--pairs 60]

TAGS.tsv has the columns artist and tag. Asked for are pairs of tags that name a genre, mood, instrument, era,
place or theme, each carried by at least 20 artists with a vector, both by 10 to 300 of them; always the same
pairs of each combination of facets. Who carries no tag at all cannot be judged and is passed over.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import linernotes
from nlp.facets import DESCRIPTIVE_FACETS, facet_of, normal_form
from store.names import registry_key

DEPTH = 10
# Answers looked through for ten artists that can be judged.
LIMIT = 5_000
DISCOUNT = 1 / np.log2(np.arange(2, DEPTH + 2))

Tags = dict[str, set[int]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("tags", type=Path)
    parser.add_argument("--pairs", type=int, default=60, help="of each combination of facets")
    given = parser.parse_args()
    with linernotes.open(given.database) as catalog:
        tags = read_tags(
            given.tags, {registry_key(each.artist): each.artist_id for each in catalog.artists()}
        )
        judged = set().union(*tags.values())
        scores: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        seconds = []
        for kind, one, other in chosen_pairs(tags, given.pairs):
            began = time.perf_counter()
            found = catalog.search(f'"{one}" "{other}"', limit=LIMIT)
            seconds.append(time.perf_counter() - began)
            ranked = [each.artist_id for each in found if each.artist_id in judged][:DEPTH]
            hits = np.array([number in tags[one] & tags[other] for number in ranked], dtype=float)
            hits = np.pad(hits, (0, DEPTH - len(hits)))
            scores[kind].append((hits.mean(), float(hits @ DISCOUNT / DISCOUNT.sum())))
    print(f"{'tags':<20}pairs   P@10  nDCG@10")
    for kind, values in sorted(scores.items()):
        _print(kind, values)
    _print("all", [value for values in scores.values() for value in values])
    print(f"median {1000 * statistics.median(seconds):.0f} ms")


def read_tags(file: Path, numbers: dict[str, int]) -> Tags:
    """Return who carries each tag, of the artists that the release describes."""
    tags: Tags = defaultdict(set)
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            number = numbers.get(registry_key(row["artist"]))
            if number is not None:
                tags[normal_form(row["tag"])].add(number)
    return tags


def chosen_pairs(tags: Tags, most: int) -> Iterator[tuple[str, str, str]]:
    """Yield (facets, tag, tag): at most so many pairs of each combination of facets."""
    usable = sorted(tag for tag, of in tags.items() if len(of) >= 20 and facet_of(tag) in DESCRIPTIVE_FACETS)
    kinds: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for place, one in enumerate(usable):
        for other in usable[place + 1 :]:
            facets = {facet_of(one), facet_of(other)}
            one_kind = len(facets) == 1 and facets != {"genre"}
            if one_kind or set(one.split()) & set(other.split()):
                continue
            if 10 <= len(tags[one] & tags[other]) <= 300:
                kinds[" + ".join(sorted(facets))].append((one, other))
    shuffled = random.Random(1)
    for kind in sorted(kinds):
        shuffled.shuffle(kinds[kind])
        yield from ((kind, *pair) for pair in kinds[kind][:most])


def _print(kind: str, values: list[tuple[float, float]]) -> None:
    precision, gain = np.mean(values, axis=0)
    print(f"{kind:<20}{len(values):>5}{precision:>7.3f}{gain:>9.3f}")


if __name__ == "__main__":
    main()
