r"""Recall and false positives of the model of musicality, by source.

    python benchmarks/on_given_data/musicality.py --about REVIEWS.jsonl.gz ENCYCLOPEDIA.jsonl.gz \
        --web GROUND_TRUTH.json --about-music ID…

`--about` files hold texts about music (`text`, `source`), of which 2,000 each are sampled. `--web` is the
ground truth of an article extraction benchmark (id to `articleBody`); the ids (or their beginnings) of its
pages about music, as somebody judged them by reading, follow `--about-music`. Only English pages count.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import defaultdict
from pathlib import Path

from py3langid import classify

from nlp.musicality import MIN_MUSICALITY, musicality
from nlp.tokens import tokenize


def score(text: str) -> float:
    """The musicality of a text."""
    return musicality(tokenize(text).words)


def main() -> None:
    """Print a line for each source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--about", nargs="+", type=Path, required=True)
    parser.add_argument("--web", type=Path, required=True)
    parser.add_argument("--about-music", nargs="*", default=[])
    given = parser.parse_args()
    scores: defaultdict[tuple[str, bool], list[float]] = defaultdict(list)
    for path in given.about:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = [json.loads(line) for line in content.splitlines()]
        for row in random.Random(3).sample(rows, min(2_000, len(rows))):
            scores[row.get("source", path.stem), True].append(score(row["text"]))
            scores[f"all of {path.stem}", True].append(scores[row.get("source", path.stem), True][-1])
    for key, page in json.loads(given.web.read_text(encoding="utf-8")).items():
        if classify(page["articleBody"])[0] == "en":
            about = any(key.startswith(start) for start in given.about_music)
            scores["web", about].append(score(page["articleBody"]))
    for (source, about), found in sorted(scores.items()):
        share = sum(value >= MIN_MUSICALITY for value in found) / len(found)
        print(f"{source:30} {'music' if about else 'other':6} {len(found):6} let through {share:.3f}")


if __name__ == "__main__":
    main()
