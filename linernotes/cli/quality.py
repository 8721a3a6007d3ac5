"""`evaluate`: the published release against ground truth."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.output import Form, Row, format_options, print_rows
from linernotes.evaluate import (
    DescriptorEvaluation,
    SimilarEvaluation,
    evaluate_descriptors,
    evaluate_similar,
)

COLUMNS = ("release_id", "truth", "measure", "value")
_FILE = click.Path(path_type=Path)


@command()
@click.option("--similar", "similar", type=_FILE, metavar="FILE", help="TSV with columns artist and similar.")
@click.option("--tags", "tags", type=_FILE, metavar="FILE", help="TSV with columns artist and tag.")
@format_options
def evaluate(invocation: Invocation, similar: Path | None, tags: Path | None, form: Form | None) -> None:
    """Measure the published release against ground truth.

    Similar artists: hit@10, nDCG@10, MAP@100, recall@100, nDCG@200, and how often the most frequent neighbour
    occurs. Descriptors: recall@50 and known@20.
    """
    if similar is None and tags is None:
        raise click.UsageError("Give --similar FILE, --tags FILE, or both.")
    engine = invocation.open_engine(read_only=True)
    rows: list[Row] = []
    if similar is not None:
        rows += _rows(evaluate_similar(engine, similar), similar)
    if tags is not None:
        rows += _rows(evaluate_descriptors(engine, tags), tags)
    print_rows(COLUMNS, rows, form)


def _rows(evaluation: SimilarEvaluation | DescriptorEvaluation, truth: Path) -> list[Row]:
    counted = "artists_ranked" if isinstance(evaluation, SimilarEvaluation) else "artists_described"
    measures = {counted: evaluation.artists} | asdict(evaluation.scores)
    return [
        {"release_id": evaluation.release_id, "truth": truth.name, "measure": measure, "value": value}
        for measure, value in measures.items()
    ]
