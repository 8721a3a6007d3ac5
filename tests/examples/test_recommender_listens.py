"""Reading plays and what is known of their artists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import linernotes
from examples.recommender.knowledge import load_knowledge, load_tags
from examples.recommender.listens import ListensUnusable, load_listens, read_plays
from examples.recommender.made_up import write_made_up_plays
from linernotes import LinernotesError


def test_artists_are_found_as_any_look_up_finds_them_and_two_spellings_add_up(
    plays_file: Path, database: str
) -> None:
    with linernotes.open(database) as catalog:
        listens = load_listens(plays_file, catalog)
    assert listens.listeners == ("ann", "bo")
    assert [entry.artist for entry in listens.artists] == ["Kéla", "Untold"]
    assert listens.plays.toarray().tolist() == [[7, 0], [0, 2]]


def test_names_that_the_registry_lacks_are_counted(plays_file: Path, database: str) -> None:
    with linernotes.open(database) as catalog:
        listens = load_listens(plays_file, catalog)
    assert (listens.names, listens.matched) == (4, 3)


def test_artists_asked_for_get_a_column_though_nobody_plays_them(plays_file: Path, database: str) -> None:
    with linernotes.open(database) as catalog:
        listens = load_listens(plays_file, catalog, beside=catalog.artists())
    assert [entry.artist for entry in listens.artists] == ["Kéla", "The Moss Choir", "Ombre", "Untold"]
    assert listens.plays.getnnz(axis=0).tolist() == [1, 0, 0, 1]


def test_what_is_known_stands_beside_the_columns_of_plays(plays_file: Path, database: str) -> None:
    with linernotes.open(database) as catalog:
        listens = load_listens(plays_file, catalog, beside=catalog.artists())
        knowledge = load_knowledge(catalog, listens)
        ids, matrix = catalog.vectors()
    assert knowledge.described.tolist() == [True, True, True, False]
    assert np.array_equal(knowledge.vectors[:3], matrix)
    assert listens.ids[:3].tolist() == ids.tolist()
    assert knowledge.familiarity.tolist() == pytest.approx([0.6, 0.4, 0.2, 0])
    assert knowledge.words.tolist() == [300, 200, 150, 0]


def test_tags_are_joined_by_the_name_and_rare_ones_dropped(
    plays_file: Path, database: str, tmp_path: Path
) -> None:
    file = tmp_path / "tags.tsv"
    rows = ["kela\tdrone", "Ombre\tdrone", "Else\tdrone", "Ombre\tonce"]
    file.write_text("artist\ttag\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with linernotes.open(database) as catalog:
        listens = load_listens(plays_file, catalog, beside=catalog.artists())
    assert load_tags(file, listens).toarray().tolist() == [[1], [0], [1], [0]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("listener\tname\tplays\n", "artist is missing"),
        ("listener\tartist\tplays\nann\tKéla\tmany\n", 'line 2: plays is a number from 0, not "many"'),
        ("listener\tartist\tplays\nann\tKéla\t-1\n", "line 2: plays is a number from 0"),
        ("listener\tartist\tplays\nann\tKéla\tnan\n", "line 2: plays is a number from 0"),
        ("listener\tartist\tplays\nann\tKéla\n", "line 2: expected 3 tab-separated columns"),
        ("listener\tartist\tplays\nann\tKéla\t0\n", "nothing to learn from"),
        ("", "line 1: expected a header"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "plays.tsv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LinernotesError, match=says):
        read_plays(file)


def test_a_file_of_strangers_is_refused(tmp_path: Path, database: str) -> None:
    file = tmp_path / "plays.tsv"
    file.write_text("listener\tartist\tplays\nann\tNobody at All\t9\n", encoding="utf-8")
    with (
        linernotes.open(database) as catalog,
        pytest.raises(ListensUnusable, match="is in the registry of the database"),
    ):
        load_listens(file, catalog)


def test_made_up_plays_are_the_same_each_time_and_can_be_read(tmp_path: Path) -> None:
    one, two = (write_made_up_plays(tmp_path / name, listeners=9) for name in ("one.tsv", "two.tsv"))
    assert one.read_bytes() == two.read_bytes()
    plays = read_plays(one)
    assert len({listener for listener, _ in plays}) == 9
    assert all(count >= 1 for count in plays.values())
