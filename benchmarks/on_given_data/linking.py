r"""How often the subject of a text is found without its label, and how well ambiguous names are told.

    python benchmarks/on_given_data/linking.py --registry ARTISTS.csv REVIEWS.jsonl.gz ENCYCLOPEDIA.jsonl.gz \
        [--sample N] [--mentions benchmarks/on_given_data/labels/mentions.tsv] [--errors ERRORS.tsv]

Tables hold `source`, `artist` (whom the text is about), `title` and `text`. Counted are texts that name their
artist in full, in the text or its title. Names are compared without accents, case, punctuation and "the".
`--mentions` are judged occurrences of ambiguous names: file, line (from 1), start, end (characters of the
text), yes or no, and half (`tune` or `test`); found means that `link` makes it a mention as sure as
mining wants it. Prints both beside plain methods.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import multiprocessing
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.gazetteer import DOUBTFUL, Gazetteer
from nlp.records import RegisteredName
from nlp.spelling import fold
from nlp.subjects import link
from nlp.tokens import tokenize

METHODS = ("first named", "most often named", "longest named", "linernotes")
Row = Mapping[str, str | None]
_gazetteer: Gazetteer
_names: list[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """An occurrence of an ambiguous name, and whether the artist is meant."""

    file: str
    line: int
    start: int
    end: int
    meant: bool
    half: str


def rows(path: Path) -> Iterator[Row]:
    """The rows of a table."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def key(name: str) -> str:
    """A name as the ground truth compares it: letters and digits, without accents, case and "the"."""
    return words(name).removeprefix(" the ").removesuffix(" the ").replace(" ", "")


def words(text: str) -> str:
    """The text as words in a row, comparable with those of a name."""
    return " " + " ".join(re.findall(r"[^\W_]+", fold(text).lower().replace("&", " and "))) + " "


def names_in_full(row: Row) -> bool:
    """Whether text or title has the words of the label."""
    wanted = words(row["artist"] or "").removeprefix(" the ").removesuffix(" the ").strip()
    return bool(wanted) and f" {wanted} " in words(f"{row['title'] or ''} \n {row['text']}")


def answers(row: Row) -> tuple[str, list[str]]:
    """Source, and what each method takes for the subject's name."""
    text, title = row["text"] or "", row["title"]
    hits = _gazetteer.find(text)
    named = [_names[hit.artist_ids[0]] for hit in hits]
    subjects = link(_gazetteer, title=title, text=text, sentences=tokenize(text).sentences).subjects
    return row["source"] or "", [
        named[0] if named else "",
        Counter(named).most_common(1)[0][0] if named else "",
        max(named, key=len) if named else "",
        _names[subjects[0]] if subjects else "",
    ]


def measure_subjects(chosen: Sequence[Row], processes: int, errors: Path | None) -> None:
    """Print how often each method finds the subject, by source."""
    right: dict[str, list[int]] = defaultdict(lambda: [0] * (len(METHODS) + 1))
    wrong = []
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for row, (source, given) in zip(chosen, pool.imap(answers, chosen, chunksize=50), strict=True):
            counts = right[source]
            counts[-1] += 1
            for number, name in enumerate(given):
                counts[number] += key(name) == key(row["artist"] or "")
            if key(given[-1]) != key(row["artist"] or ""):
                wrong.append((source, row["artist"], row["title"], given[-1], (row["text"] or "")[:200]))
    print("\t".join(("source", "texts", *METHODS)))
    for source, counts in sorted(right.items()):
        print("\t".join((source, str(counts[-1]), *(f"{n / counts[-1]:.3f}" for n in counts[:-1]))))
    if errors:
        with errors.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="\t").writerows(wrong)


def read_judged(path: Path) -> list[Judged]:
    """The judged occurrences."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Judged(r["file"], int(r["line"]), int(r["start"]), int(r["end"]), r["meant"] == "yes", r["half"])
            for r in csv.DictReader(file, delimiter="\t")
        ]


def found_names(row: Row) -> set[tuple[int, int, str]]:
    """Where `link` finds an artist surely enough for mining, and that artist's name."""
    text = row["text"] or ""
    linked = link(_gazetteer, title=row["title"], text=text, sentences=tokenize(text).sentences)
    return {
        (hit.start, hit.end, key(_names[hit.artist_ids[0]]))
        for hit in linked.hits
        if hit.confidence >= DOUBTFUL
    }


def measure_mentions(judged: Sequence[Judged], tables: Mapping[str, Sequence[Row]]) -> None:
    """Print precision and recall on the judged occurrences, by half."""
    by_text: dict[tuple[str, int], list[Judged]] = defaultdict(list)
    for each in judged:
        by_text[each.file, each.line].append(each)
    outcomes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (file, line), marked in by_text.items():
        row = tables[file][line - 1]
        text, found = row["text"] or "", found_names(row)
        for each in marked:
            name = key(text[each.start : each.end])
            inside = any(s < each.end and each.start < e and of == name for s, e, of in found)
            capital = any(map(str.isupper, text[each.start : each.end]))
            for method, said in (("every capital", capital), ("linernotes", inside)):
                outcome = ("right" if each.meant else "false") if said else ("missed" if each.meant else "")
                outcomes[method, each.half][outcome] += 1
                outcomes[method, "all"][outcome] += 1
    print("method\thalf\tmentions\tprecision\trecall")
    for (method, half), counts in sorted(outcomes.items()):
        precision = counts["right"] / max(1, counts["right"] + counts["false"])
        recall = counts["right"] / max(1, counts["right"] + counts["missed"])
        print(f"{method}\t{half}\t{counts.total()}\t{precision:.3f}\t{recall:.3f}")


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--registry", type=Path, required=True)
    parser.add_argument("--mentions", type=Path)
    parser.add_argument("--sample", type=int, help="texts of each source, at most")
    parser.add_argument("--errors", type=Path)
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    global _gazetteer, _names  # noqa: PLW0603 - read by the forked processes
    with arguments.registry.open(encoding="utf-8", newline="") as file:
        _names = [row["name"] for row in csv.DictReader(file)]
    began = time.monotonic()
    _gazetteer = Gazetteer(RegisteredName(number, name) for number, name in enumerate(_names))
    print(f"registry: {len(_names)} names in {time.monotonic() - began:.1f} s")
    tables = {path.name: list(rows(path)) for path in arguments.tables}
    if arguments.mentions:
        measure_mentions(read_judged(arguments.mentions), tables)
    by_source: dict[str, list[Row]] = defaultdict(list)
    for row in (row for table in tables.values() for row in table if names_in_full(row)):
        by_source[row["source"] or ""].append(row)
    for each in by_source.values():
        random.Random(1).shuffle(each)
    chosen = [row for _, each in sorted(by_source.items()) for row in each[: arguments.sample]]
    began = time.monotonic()
    measure_subjects(chosen, arguments.processes, arguments.errors)
    print(f"{len(chosen)} texts read in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
