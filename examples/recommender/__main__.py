"""The example's command line: `python -m examples.recommender --help`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import linernotes
from examples.recommender.comparison import (
    FAMILIARITY,
    PAIRS,
    TAGS,
    TFIDF,
    Comparison,
    Setup,
    compare_cold,
    compare_warm,
)
from examples.recommender.knowledge import Knowledge, load_knowledge, load_tags, load_tfidf
from examples.recommender.likeness import Rows
from examples.recommender.listens import Listens, load_listens
from examples.recommender.made_up import write_made_up_plays
from examples.recommender.measures import DEPTH, SHALLOW
from examples.recommender.recommend import recommend_new
from examples.recommender.splits import FOLDS, SEED
from examples.recommender.tables import as_markdown

FILE = click.Path(path_type=Path, dir_okay=False)
listens_option = click.option(
    "--listens", "file", type=FILE, required=True, help="Plays: tab-separated listener, artist, plays."
)
database_option = click.option(
    "--database", required=True, help="Database with a release, such as sqlite:///FILE."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A worked recommender on linernotes; README.md beside it tells the story."""


@main.command()
@listens_option
@database_option
@click.option("--tags", type=FILE, help="Crowd tags to compare with: tab-separated artist, tag.")
@click.option("--texts/--no-texts", default=True, help="Compare with plain TF-IDF of the texts (a minute).")
@click.option("--folds", type=click.IntRange(2), default=FOLDS, show_default=True)
@click.option("--seed", type=int, default=SEED, show_default=True)
@click.option("--depth", type=click.IntRange(1), default=DEPTH, show_default=True, help="Of recall and nDCG.")
def compare(
    *, file: Path, database: str, tags: Path | None, texts: bool, folds: int, seed: int, depth: int
) -> None:
    """Compare ways to recommend, to new artists and to known ones, as Markdown tables."""
    listens, knowledge = _load(file, database)
    rows = _other_rows(database, listens, knowledge, tags, texts)
    setup = Setup(listens, knowledge, rows, folds, seed, depth, min(SHALLOW, depth))
    for comparison in compare_cold(setup, _tell):
        _print(comparison, setup, FAMILIARITY)
    _print(compare_warm(setup, _tell), setup, "ALS")


@main.command()
@listens_option
@database_option
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True)
@click.argument("listener")
def recommend(file: Path, database: str, limit: int, listener: str) -> None:
    """Recommend artists that nobody in the file plays to LISTENER, with the reason for each."""
    listens, knowledge = _load(file, database)
    with linernotes.open(database) as catalog:
        for each in recommend_new(listener, listens, knowledge, catalog, limit):
            click.echo(f"{each.artist.artist}, like {each.because_of.artist}: {', '.join(each.shared)}")


@main.command(name="made-up")
@click.argument("file", type=FILE)
def made_up(file: Path) -> None:
    """Write FILE with plays of made-up listeners of the sample site's artists."""
    click.echo(f"Made-up plays, of nobody: {write_made_up_plays(file)}")


def _load(file: Path, database: str) -> tuple[Listens, Knowledge]:
    with linernotes.open(database) as catalog:
        listens = load_listens(file, catalog, beside=catalog.artists())
        knowledge = load_knowledge(catalog, listens)
    played = listens.plays.getnnz(axis=0) > 0
    _tell(
        f"{len(listens.listeners):,} listeners; of {listens.names:,} names the registry knows "
        f"{listens.matched:,}; {(played & knowledge.described).sum():,} of these artists have a vector, and "
        f"{(~played & knowledge.described).sum():,} more whom nobody plays"
    )
    return listens, knowledge


def _other_rows(
    database: str, listens: Listens, knowledge: Knowledge, tags: Path | None, texts: bool
) -> dict[str, Rows]:
    rows: dict[str, Rows] = {}
    if tags is not None:
        rows[TAGS] = load_tags(tags, listens)
    if texts:
        _tell("TF-IDF of the texts")
        rows[TFIDF], rows[PAIRS] = load_tfidf(database, listens, knowledge.described)
    return rows


def _print(comparison: Comparison, setup: Setup, beside: str) -> None:
    click.echo(f"\n{as_markdown(comparison, setup.depth, setup.shallow, beside)}")


def _tell(what: str) -> None:
    click.echo(what, err=True)


if __name__ == "__main__":
    try:
        main()
    except linernotes.LinernotesError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
