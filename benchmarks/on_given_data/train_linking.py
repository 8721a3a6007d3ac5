r"""Teach the linear models of linking, and write nlp/linking.tsv.

    python benchmarks/on_given_data/train_linking.py --registry ARTISTS.csv \
        REVIEWS.jsonl.gz ENCYCLOPEDIA.jsonl.gz --mentions benchmarks/on_given_data/labels/mentions.tsv

Three models, of features that speak of usual words and of how things are written, never of a name:

- `context`: is this capitalised word an artist, by the words around it? Taught without judging: names that
  mean only an artist, and the labelled artist's own name, against capitalised words that are no names and
  common words or places of the registry in texts about others.
- `document`: the same with the whole text, taught on the judged occurrences of the halves `tune` and `teach`.
- `subject`: of the artists named in a text, which is it about, or none? A choice model (softmax over the
  artists of a text and nobody), taught on the labels of the tables. A part of the texts get the titles that
  web pages have ("Artist – Album"), as the tables' own titles are those of the albums.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from linking import Row, key, names_in_full, read_judged, rows
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

import nlp
from nlp.ambiguity.context import context, is_part_of_longer
from nlp.ambiguity.features import ContextModel, doubtful_features
from nlp.facets import lexicon
from nlp.gazetteer import LIKELY, SURE, Casing, Gazetteer, behind_a_capital, beside_a_capital, casing
from nlp.linear import INTERCEPT
from nlp.records import RegisteredName
from nlp.spelling import fold, is_common, rarest_zipf
from nlp.subjects import name_text
from nlp.tokens import tokenize

CONTEXT_TEXTS, CONTEXT_EACH, CONTEXT_FEWEST = 12_000, 12, 120
SUBJECT_TEXTS = {
    "metacritic": 1500,
    "christgau": 1500,
    "fantano_asr": 1100,
    "wiki_full": 700,
    "wiki_intro": 1800,
}
SUBJECT_WEIGHTS = {
    "audioxide": 2.0,
    "fantano_asr": 1.5,
    "wiki_full": 1.5,
    "wiki_intro": 1.0,
    "jazzofjapan": 1.0,
}
OTHER_TEXTS, OTHER_WEIGHT = 2_000, 0.6
# A text that does not name its artist in full teaches "none", yet is often about somebody all the same.
UNNAMED_WEIGHT = 0.3
# Chosen on held-out texts among 0, .5, 1, 1.5 and 3: how many more answers are worth a wrong one.
SUBJECT_SHIFT = 1.0
# At .5 a mention is believed; before this shift the best balance was at .45 (tune half).
DOCUMENT_SHIFT = 0.2
# Of the penalty on large weights of the choice model.
STRENGTH = 3.0
_CAPITALISED = re.compile(r"\b[A-Z][a-z]+\b")
_PAGE_TITLES = (
    "{a} – {t}", "{t} – {a}", "{a}: {t}", "{t} by {a}", "Review: {a} // {t}", "{a} - {t} | The Paper",
    "“{t}” {a}", "{a} / {t}",
)  # fmt: skip
_HEADLINES = (
    "{a} slowed down", "An evening with {a}", "Why {a} still matters", "{a} at the town hall",
    "What {a} did next", "{a} on tour",
)  # fmt: skip
_gazetteer: Gazetteer
_owners: Mapping[str, set[int]]


class _UsualWords:
    """The words that a feature may name: usual ones of English."""

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and word.isalpha() and rarest_zipf(word) >= 4.3


def examples_of(row: Row, chance: random.Random) -> list[tuple[frozenset[str], bool]]:
    """Examples for the first model from one text."""
    text = (row["text"] or "")[:12_000]
    folded, label = fold(text), fold(row["artist"] or "").lower()
    if casing(folded) is not Casing.WRITTEN:
        return []
    places = lexicon("place")
    hits = _gazetteer.candidates(text)
    taken = {place for hit in hits for place in range(hit.start, hit.end)}
    meant = [
        (h.start, h.end)
        for h in hits
        if h.confidence == LIKELY or (h.confidence == SURE and chance.random() < 0.3)
    ]
    not_meant = [
        m.span() for m in _CAPITALISED.finditer(folded) if m.start() not in taken and _is_other(m, folded)
    ]
    for hit in hits:
        name = folded[hit.start : hit.end].lower()
        if hit.common and name == label and not beside_a_capital(folded, hit.start, hit.end):
            meant.append((hit.start, hit.end))
        elif hit.common and is_common(name) and name not in label and chance.random() < 0.5:
            usual = rarest_zipf(name)
            if usual >= 5.0 or (name in places and usual >= 4.3):
                not_meant.append((hit.start, hit.end))
    return [
        (found, answer)
        for spans, answer in ((meant, True), (not_meant, False))
        for found in _contexts(text, folded, spans, chance)
    ]


def _is_other(match: re.Match[str], folded: str) -> bool:
    """Whether a capitalised word is a usual one, no name of the registry, and no surname used alone."""
    word = match.group()
    if not 3.3 <= rarest_zipf(word) <= 6.5 or _gazetteer.named(word):
        return False
    return not re.search(rf"[A-Z]\w+ {word}\b", folded) or behind_a_capital(folded, match.start())


def _contexts(
    text: str, folded: str, spans: list[tuple[int, int]], chance: random.Random
) -> list[frozenset[str]]:
    chance.shuffle(spans)
    found = (frozenset(context(text, folded, start, end, _UsualWords())) for start, end in spans)  # type: ignore[arg-type]  # only "in" is used
    return [each for each in found if not is_part_of_longer(each)][:CONTEXT_EACH]


def teach_context(texts: Sequence[Row]) -> dict[str, float]:
    """The weights of the first model."""
    chance = random.Random(5)
    examples = [each for row in texts for each in examples_of(row, chance)]
    spread = Counter(name for found, _ in examples for name in found)
    kept = {name for name, count in spread.items() if count >= CONTEXT_FEWEST}
    vectorizer = DictVectorizer()
    x = vectorizer.fit_transform([dict.fromkeys(sorted(found & kept), 1.0) for found, _ in examples])
    model = LogisticRegression(C=0.03, max_iter=1_000, class_weight="balanced").fit(
        x, [answer for _, answer in examples]
    )
    print(f"context: {len(examples)} examples, {len(kept)} features")
    return {INTERCEPT: float(model.intercept_[0])} | dict(
        zip(vectorizer.get_feature_names_out(), model.coef_[0].tolist(), strict=True)
    )


def teach_document(
    weights: dict[str, float], mentions: Path, tables: Mapping[str, Sequence[Row]]
) -> dict[str, float]:
    """The weights of the second model, given those of the first."""
    known = {name: round(value, 3) for name, value in weights.items()}
    model = ContextModel.of(known, known.pop(INTERCEPT))
    x: list[dict[str, float]] = []
    y: list[bool] = []
    for each in read_judged(mentions):
        row = tables[each.file][each.line - 1]
        text = row["text"] or ""
        if each.half == "test" or casing(fold(text)) is not Casing.WRITTEN:
            continue
        hits = _gazetteer.candidates(text)
        places = [n for n, h in enumerate(hits) if h.common and h.start <= each.start and h.end >= each.end]
        if places:
            found = doubtful_features(model, text, fold(text), hits, fold(row["title"] or ""))[places[0]]
            if not found.pop("part of longer"):
                x.append(found)
                y.append(each.meant)
    print(f"document: {len(x)} examples")
    return _regression(x, y, DOCUMENT_SHIFT)


def _regression(x: Sequence[Mapping[str, float]], y: Sequence[bool], shift: float) -> dict[str, float]:
    vectorizer = DictVectorizer(sparse=False)
    matrix = vectorizer.fit_transform(x)
    scale = np.where(matrix.std(0) > 0, matrix.std(0), 1.0)
    model = LogisticRegression(C=0.3, max_iter=5_000).fit(matrix / scale, y)
    return {INTERCEPT: float(model.intercept_[0]) + shift} | dict(
        zip(vectorizer.get_feature_names_out(), (model.coef_[0] / scale).tolist(), strict=True)
    )


Choice = tuple[float, list[dict[str, float]], list[bool]]


def choice_of(numbered: tuple[int, Row]) -> Choice:
    """The weight of a text, the features of each artist it names, and which of them it is about."""
    number, row = numbered
    text, title = row["text"] or "", given_title(row, random.Random(number))
    named = name_text(_gazetteer, title=title, text=text, sentences=tokenize(text).sentences)
    own = _owners[key(row["artist"] or "")]
    weight = SUBJECT_WEIGHTS.get(row["source"] or "", OTHER_WEIGHT)
    full = names_in_full(row) or title != (row["title"] or "")
    right = [naming.artist in own for naming in named.namings]
    return weight * (1 if full else UNNAMED_WEIGHT), [dict(each) for each in named.features], right


def given_title(row: Row, chance: random.Random) -> str:
    """The title of a text, or one as a web page might have it."""
    title, artist = row["title"] or "", row["artist"] or ""
    draw = chance.random()
    if row["source"] == "fantano_asr" or draw < (0.6 if title else 0.7):
        return title
    if draw >= 0.9:
        return chance.choice(_HEADLINES).format(a=artist)
    return chance.choice(_PAGE_TITLES).format(a=artist, t=title) if title else artist


def teach_subject(tables: Mapping[str, Sequence[Row]], processes: int) -> dict[str, float]:
    """The weights of the third model."""
    by_source: dict[str, list[Row]] = defaultdict(list)
    for row in (row for table in tables.values() for row in table):
        by_source[row["source"] or ""].append(row)
    chosen: list[Row] = []
    for source, texts in by_source.items():
        random.Random(9).shuffle(texts)
        chosen += texts[: SUBJECT_TEXTS.get(source, OTHER_TEXTS)]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        choices = [each for each in pool.map(choice_of, enumerate(chosen), chunksize=40) if each[1]]
    print(f"subject: {len(choices)} texts")
    return _choice_model(choices)


def _choice_model(choices: Sequence[Choice]) -> dict[str, float]:
    vectorizer = DictVectorizer(sparse=False)
    x = vectorizer.fit_transform([found for _, features, _ in choices for found in features])
    scale = np.where(x.std(0) > 0, x.std(0), 1.0)
    x = np.hstack([x / scale, np.ones((len(x), 1))])
    text = np.repeat(np.arange(len(choices)), [len(features) for _, features, _ in choices])
    right = np.array([each for _, _, answers in choices for each in answers])
    weight = np.array([weight for weight, _, _ in choices])
    found = minimize(
        _loss,
        np.zeros(x.shape[1]),
        (x, text, right, weight),
        method="L-BFGS-B",
        jac=True,
        options={"maxiter": 300},
    ).x
    weights = dict(zip(vectorizer.get_feature_names_out(), (found[:-1] / scale).tolist(), strict=True))
    return {INTERCEPT: float(found[-1]) + SUBJECT_SHIFT} | weights


def _loss(
    w: np.ndarray[Any, Any],
    x: np.ndarray[Any, Any],
    text: np.ndarray[Any, Any],
    right: np.ndarray[Any, Any],
    weight: np.ndarray[Any, Any],
) -> tuple[float, np.ndarray[Any, Any]]:
    """Cross-entropy of the choice among the artists of each text and nobody (logit 0), and its gradient."""
    size = len(weight)
    logits = x @ w
    most = np.zeros(size)
    np.maximum.at(most, text, logits)
    each = np.exp(logits - most[text])
    total = np.exp(-most) + np.bincount(text, each, size)
    some = np.bincount(text, right, size) > 0
    chosen = np.maximum(np.where(some, np.bincount(text, each * right, size), np.exp(-most)) / total, 1e-12)
    share = np.where(some[text], each * right / total[text] / chosen[text], 0.0)
    gradient = x.T @ (weight[text] * (each / total[text] - share))
    gradient[:-1] += 2 * STRENGTH * w[:-1]
    return float(-(weight * np.log(chosen)).sum() + STRENGTH * (w[:-1] ** 2).sum()), gradient


def write(models: Mapping[str, Mapping[str, float]]) -> None:
    """Write the weights, rounded so that another processor writes the same file."""
    lines = ["model\tfeature\tweight"]
    for model, weights in models.items():
        ordered = sorted(weights.items(), key=lambda item: (item[0] != INTERCEPT, item[0]))
        lines += [f"{model}\t{name}\t{value:.3f}" for name, value in ordered if abs(value) >= 5e-4]
    path = Path(nlp.__file__).parent / "linking.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Teach the three and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--registry", type=Path, required=True)
    parser.add_argument("--mentions", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    global _gazetteer, _owners  # noqa: PLW0603 - read by the forked processes
    with arguments.registry.open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    _gazetteer = Gazetteer(RegisteredName(number, name) for number, name in enumerate(names))
    owners: dict[str, set[int]] = defaultdict(set)
    for number, name in enumerate(names):
        owners[key(name)].add(number)
    _owners = owners
    tables = {path.name: list(rows(path)) for path in arguments.tables}
    texts = [row for table in tables.values() for row in table]
    random.Random(5).shuffle(texts)
    around = teach_context(texts[:CONTEXT_TEXTS])
    document = teach_document(around, arguments.mentions, tables)
    write({"context": around, "document": document})
    from nlp import linear  # noqa: PLC0415 - the weights just written must be read by the forked processes

    linear.weights.cache_clear()
    write({"context": around, "document": document, "subject": teach_subject(tables, arguments.processes)})


if __name__ == "__main__":
    main()
