"""Files of truth that the vectors learn from."""

from __future__ import annotations

from pathlib import Path

import pytest

from linernotes.ground_truth import GroundTruthUnusable
from linernotes.lessons import read_lessons

ROWS = {"mossglass": 0, "driftrelay": 1, "palehollow": 2}


def written(folder: Path, text: str) -> Path:
    file = folder / "truth.tsv"
    file.write_text(text)
    return file


def test_similar_artists_become_pairs_of_those_that_are_known(tmp_path: Path) -> None:
    file = written(tmp_path, "artist\tsimilar\nThe Mossglass\tDriftrelay\nMossglass\tUnheard\n")
    pairs = read_lessons(file).pairs(ROWS, 3)
    assert (pairs.left.tolist(), pairs.right.tolist()) == ([0], [1])


def test_plays_become_pairs_of_artists_with_common_listeners(tmp_path: Path) -> None:
    rows = "".join(
        f"{who}\t{artist}\t12\n" for who in "ab" for artist in ("Mossglass", "Palehollow", "Nobody")
    )
    pairs = read_lessons(written(tmp_path, "listener\tartist\tplays\n" + rows)).pairs(ROWS, 3)
    assert (pairs.left.tolist(), pairs.right.tolist()) == ([0, 2], [2, 0])


def test_the_digest_changes_with_the_file(tmp_path: Path) -> None:
    one = read_lessons(written(tmp_path, "artist\tsimilar\nMossglass\tDriftrelay\n")).digest
    other = read_lessons(written(tmp_path, "artist\tsimilar\nMossglass\tPalehollow\n")).digest
    assert one != other


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\tother\na\tb\n", "line 1: expected.*artist and similar, or listener"),
        ("artist\tsimilar\n", "no row"),
        ("listener\tartist\tplays\na\tMossglass\tmany\n", "line 2: plays is a number"),
        ("listener\tartist\tplays\na\tMossglass\t-1\n", "line 2: plays is a number"),
        ("listener\tartist\tplays\na\tMossglass\n", "line 2: expected 3"),
    ],
)
def test_a_file_of_another_shape_is_explained(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(GroundTruthUnusable, match=words):
        read_lessons(written(tmp_path, text))


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(GroundTruthUnusable, match="cannot be read"):
        read_lessons(tmp_path / "none.tsv")
