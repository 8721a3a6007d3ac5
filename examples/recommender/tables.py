"""Comparisons as Markdown, to be read in a terminal and pasted into a page."""

from __future__ import annotations

from collections.abc import Iterator

from examples.recommender.comparison import Comparison
from examples.recommender.measures import interval, ratio
from nlp.bootstrap import Interval


def as_markdown(comparison: Comparison, depth: int, shallow: int, beside: str | None = None) -> str:
    """One row a method, each figure with its interval over listeners.

    `folds` are the lowest and the highest recall of a fold; the last column says how many times the recall of
    the method `beside` it has.
    """
    return "\n".join(_lines(comparison, depth, shallow, beside))


def _lines(comparison: Comparison, depth: int, shallow: int, beside: str | None) -> Iterator[str]:
    measures = {f"recall@{depth}": "recall", f"nDCG@{depth}": "ndcg", f"recall@{shallow}": "top"}
    columns = ["method", *measures, "folds", *([f"times {beside}"] if beside else [])]
    yield f"### {comparison.title}: {comparison.candidates:,.0f} candidates\n"
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    for name, scores in comparison.scores.items():
        cells = [_shown(interval(getattr(scores, each))) for each in measures.values()]
        cells.append(f"{min(scores.by_fold):.2f} to {max(scores.by_fold):.2f}")
        if beside:
            cells.append(_shown(ratio(scores.recall, comparison.scores[beside].recall), 2))
        yield f"| {name} | {' | '.join(cells)} |"


def _shown(found: Interval, digits: int = 3) -> str:
    value = f"{found.value:.{digits}f}"
    if found.low is None or found.high is None:
        return value
    return f"{value} ({found.low:.{digits}f}–{found.high:.{digits}f})"
