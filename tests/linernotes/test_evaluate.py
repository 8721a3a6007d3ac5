"""Measuring a release against ground truth files."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from linernotes.errors import NoRelease
from linernotes.evaluate import (
    evaluate_descriptors,
    evaluate_similar,
    list_strongest_terms,
    rank_by_similarity,
)
from linernotes.ground_truth import GroundTruthUnusable, read_similar, read_tags, tag_key
from tests.small_release import add_artist, add_document, publish

ANGLES = {"The Near": 0.0, "Nearer": 0.1, "Far": 1.0, "Farther": 1.4, "Unwritten": 0.05}


def fill(connection: Connection, *, stored: int = 50, words: int = 150) -> dict[str, int]:
    """Artists on a quarter of a circle; nothing is written about "Unwritten" alone."""
    numbers = {name: add_artist(connection, name) for name in ANGLES}
    for name, number in numbers.items():
        about = [] if name == "Unwritten" else [number]
        add_document(connection, f"https://a.example/{number}", f"About {name}.", about=about, words=words)
    vectors = {numbers[name]: [2 - angle, angle] for name, angle in ANGLES.items()}
    terms = {"rock": 0.9, "slow burning": 0.5, "lo fi": 0.4, "bassist": 0.1}
    publish(connection, {numbers["The Near"]: terms, numbers["Far"]: {"rock": 0.5}}, vectors, stored=stored)
    return numbers


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_rankings_hold_artists_with_enough_text_nearest_first(engine: Engine) -> None:
    with engine.begin() as connection:
        fill(connection)
    rankings = rank_by_similarity(engine)
    assert rankings.universe == {"near", "nearer", "far", "farther"}
    assert rankings.neighbours["near"] == ["nearer", "far", "farther"]


def test_beyond_the_stored_neighbours_rankings_go_on_by_the_vectors(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        fill(connection, stored=2)
    assert rank_by_similarity(sqlite_engine).neighbours["near"] == ["nearer", "far", "farther"]


def test_similar_artists_are_judged_by_spelling_free_names(sqlite_engine: Engine, tmp_path: Path) -> None:
    with sqlite_engine.begin() as connection:
        fill(connection)
    truth = write(
        tmp_path / "truth.tsv", "artist\tsimilar", "NEAR\tNearer", "near\tFarther", "Far\tUnknown One"
    )
    result = evaluate_similar(sqlite_engine, truth)
    assert (result.artists, result.scores.queries) == (4, 1)
    assert result.scores.hit_at_10 == 1
    assert result.scores.map_at_100 == pytest.approx((1 + 2 / 3) / 2)
    assert (result.scores.max_hub, result.scores.anti_hub) == (3, 0)


def test_copies_count_as_text_and_too_little_text_does_not(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        numbers = fill(connection, words=60)
        original = add_document(connection, "https://a.example/o", "Again.", about=[numbers["Far"]], words=20)
        add_document(connection, "https://b.example/c", "Again!", words=20, duplicate_of=original)
    assert rank_by_similarity(sqlite_engine).universe == {"far"}


def test_namesakes_are_one_name_with_the_words_of_all(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        twins = [add_artist(connection, "Twin"), add_artist(connection, "The Twin", disambiguation="later")]
        for number, words in zip(twins, (40, 70), strict=True):
            add_document(
                connection, f"https://a.example/{number}", f"Text {number}.", about=[number], words=words
            )
        other = add_artist(connection, "Other")
        add_document(connection, "https://a.example/other", "Other.", about=[other], words=500)
        publish(connection, {}, {twins[0]: [1, 0], twins[1]: [0, 1], other: [1, 1]})
    rankings = rank_by_similarity(sqlite_engine)
    assert rankings.universe == {"twin", "other"}
    assert rankings.neighbours == {"twin": ["other"], "other": ["twin"]}


def test_descriptors_are_judged_by_spelling_free_terms(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        fill(connection, words=400)
    rows = [
        f"x\t{artist}\t{tag}\t1"
        for artist in ("The Near", "B", "C")
        for tag in ("Rock", "slow-burning", "Lo-Fi", "missing")
    ]
    tags = write(tmp_path / "tags.tsv", "source\tartist\ttag\tcount", *rows, "x\tFar\tonly one\t1")
    result = evaluate_descriptors(engine, tags)
    assert (result.artists, result.scores.artists) == (4, 1)
    assert result.scores.recall_at_50 == pytest.approx(3 / 4)
    assert result.scores.known_at_20 == pytest.approx(3 / 4)
    assert list_strongest_terms(engine).terms["near"] == ["rock", "slow burning", "lo fi", "bassist"]
    assert list_strongest_terms(engine).terms["nearer"] == []


def test_tags_need_no_source_and_no_count(tmp_path: Path) -> None:
    truth = read_tags(
        write(tmp_path / "tags.tsv", "tag\tartist", "Rock\tA", "rock\tB", "ROCK!\tC", "solo\tA")
    )
    assert truth.vocabulary == {"rock"}
    assert truth.tags == {"a": {"rock", "solo"}, "b": {"rock"}, "c": {"rock"}}


def test_rare_hetrec_tags_long_tags_and_names_are_no_tags(tmp_path: Path) -> None:
    lines = ["hetrec\tA\tonce\t1", "hetrec\tA\ttwice\t2", "rym\tA\tone two three four\t9", "rym\tThe A\ta\t9"]
    truth = read_tags(write(tmp_path / "tags.tsv", "source\tartist\ttag\tcount", *lines, 'rym\tA\t"x\t0'))
    assert truth.tags == {"a": {"twice", "x"}}


def test_a_pair_of_one_name_or_of_none_is_no_pair(tmp_path: Path) -> None:
    file = write(
        tmp_path / "truth.tsv", "artist\tsimilar\tnote", "A\tThe A\t", "A\t!!!\t", "Beyoncé\tB\tx", ""
    )
    assert read_similar(file) == {"beyonce": {"b"}}


def test_tags_are_compared_without_case_and_punctuation() -> None:
    assert tag_key("  Post-Rock / R&B  (80's) ") == "post rock r&b 80's"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name\tother\nA\tB\n", r"line 1: expected .* artist and similar, .* it has 'name', 'other'"),
        (b"", r"line 1: expected .* columns artist and similar"),
        (b"artist,similar\nA,B\n", r"but artist and similar is missing"),
        (b"artist\tsimilar\nA\tB\nonly one\n", r"line 3: expected 2 tab-separated columns"),
        (b"artist\tsimilar\n\xff\xfe\tB\n", "is not UTF-8"),
        (b"artist\tsimilar\nNobody\tNowhere\n", "no pair of artists"),
    ],
)
def test_a_file_of_another_shape_says_what_was_expected(
    sqlite_engine: Engine, tmp_path: Path, content: bytes, message: str
) -> None:
    with sqlite_engine.begin() as connection:
        fill(connection)
    file = tmp_path / "truth.tsv"
    file.write_bytes(content)
    with pytest.raises(GroundTruthUnusable, match=message):
        evaluate_similar(sqlite_engine, file)


def test_a_count_that_is_no_number_is_told_with_its_line(tmp_path: Path) -> None:
    file = write(tmp_path / "tags.tsv", "source\tartist\ttag\tcount", "hetrec\tA\trock\tmany")
    with pytest.raises(GroundTruthUnusable, match=r'line 2: the count "many" is not a whole number'):
        read_tags(file)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(GroundTruthUnusable, match=r"none\.tsv cannot be read: No such file"):
        read_similar(tmp_path / "none.tsv")


def test_tags_of_nobody_here_are_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    with sqlite_engine.begin() as connection:
        fill(connection, words=400)
    with pytest.raises(GroundTruthUnusable, match="no artist with four usable tags"):
        evaluate_descriptors(sqlite_engine, write(tmp_path / "tags.tsv", "artist\ttag", "Nobody\trock"))


def test_without_a_release_there_is_nothing_to_measure(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NoRelease, match="linernotes mine"):
        evaluate_similar(sqlite_engine, write(tmp_path / "truth.tsv", "artist\tsimilar", "A\tB"))
