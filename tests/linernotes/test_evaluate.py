"""Measuring a release against ground truth files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, update

from linernotes.errors import NoRelease
from linernotes.evaluation.artists import KnownArtist, known_artists, with_words
from linernotes.evaluation.groups import by_familiarity, by_words
from linernotes.evaluation.records import RELEASE, Evaluation, EvaluationOptions, Given, Measurement
from linernotes.evaluation.run import evaluate
from linernotes.evaluation.similar import Rankings, rank_by_similarity
from linernotes.ground_truth import GroundTruthUnusable, read_artists, read_similar, read_tags, tag_key
from nlp.metrics import SIMILARITY_MEASURES
from store.lookups import published_key
from store.models import ReleaseArtistRow, ReleaseDescriptorRow
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


def ranked(engine: Engine) -> Rankings:
    """The rankings of the published release."""
    with engine.connect() as connection:
        release = published_key(connection)
        assert release is not None
        artists = with_words(known_artists(connection, release.release_id), 100)
        return rank_by_similarity(connection, release.release_id, artists)


def measured(engine: Engine, **files: Path) -> Evaluation:
    """An evaluation without the baselines, which need texts that were read."""
    return evaluate(engine, Given(**files), EvaluationOptions(baselines=False, bootstrap=50))


def test_rankings_hold_artists_with_enough_text_nearest_first(engine: Engine) -> None:
    with engine.begin() as connection:
        fill(connection)
    rankings = ranked(engine)
    assert set(rankings) == {"near", "nearer", "far", "farther"}
    assert rankings["near"] == ["nearer", "far", "farther"]


def test_beyond_the_stored_neighbours_rankings_go_on_by_the_vectors(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        fill(connection, stored=2)
    assert ranked(sqlite_engine)["near"] == ["nearer", "far", "farther"]


def test_similar_artists_are_judged_by_spelling_free_names(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        fill(connection)
    truth = write(
        tmp_path / "truth.tsv", "artist\tsimilar", "NEAR\tNearer", "near\tFarther", "Far\tUnknown One"
    )
    result = measured(engine, similar=truth)
    assert result.value("similarity", "artists_ranked") == 4
    assert result.value("similarity", "queries") == 1
    assert result.value("similarity", "hit_at_10") == 1
    assert result.value("similarity", "map_at_100") == pytest.approx((1 + 2 / 3) / 2)
    assert (result.value("similarity", "max_hub"), result.value("similarity", "anti_hub")) == (3, 0)


def test_every_measure_comes_with_an_interval_and_how_many_queries_it_rests_on(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    with sqlite_engine.begin() as connection:
        fill(connection)
    truth = write(tmp_path / "truth.tsv", "artist\tsimilar", "Near\tFarther", "Far\tFarther", "Far\tNear")
    result = measured(sqlite_engine, similar=truth)
    for measure in SIMILARITY_MEASURES:
        found = result.measurement("similarity", measure)
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high
        assert found.count == 2


def test_measures_are_broken_down_by_words_and_by_familiarity(sqlite_engine: Engine, tmp_path: Path) -> None:
    with sqlite_engine.begin() as connection:
        numbers = fill(connection)
        add_document(connection, "https://b.example/far", "More.", about=[numbers["Far"]], words=900)
    truth = write(tmp_path / "truth.tsv", "artist\tsimilar", "Near\tNearer", "Far\tNear")
    result = measured(sqlite_engine, similar=truth)
    groups = {each.group: each.count for each in result.measurements if each.measure == "ndcg_at_10"}
    # Far has two sources; of four artists the most familiar begin the tenth with number 8.
    assert groups["100–300 words"] == 1
    assert groups["over 1,000 words"] == 1
    assert groups["familiarity decile 8"] == 1
    assert sum(count or 0 for group, count in groups.items() if "decile" in group) == 2
    assert result.value("similarity", "ndcg_at_10", group="100–300 words") == 1


def test_the_familiarity_of_the_release_comes_before_what_is_counted(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        numbers = fill(connection)
        release = publish(connection, {}, {number: [1, 0] for number in numbers.values()})
        amounts = {"release_id": release, "words": 1, "documents": 1, "sources": 1, "buzz": 0.0}
        for place, name in enumerate(("Farther", "Far", "Nearer", "The Near")):
            row = amounts | {"artist_id": numbers[name], "familiarity": place / 10}
            connection.execute(insert(ReleaseArtistRow).values(row))
        artists = known_artists(connection, release)
    groups = by_familiarity(["near"], artists)
    assert list(groups) == ["familiarity decile 8"]


@settings(deadline=None)  # a busy machine says nothing about the code
@given(st.dictionaries(st.text("abcdef", min_size=1), st.integers(100, 5_000), min_size=1), st.data())
def test_groups_of_one_kind_share_out_the_queries(words: dict[str, int], data: st.DataObject) -> None:
    artists = {key: KnownArtist(1, amount, (float(amount % 7),)) for key, amount in words.items()}
    queries = data.draw(st.lists(st.sampled_from(sorted(words)), unique=True, min_size=1))
    for groups in (by_words(queries, artists), by_familiarity(queries, artists)):
        assert np.sum(list(groups.values()), axis=0).tolist() == [1] * len(queries)


def test_only_the_artists_of_a_list_are_asked_for_but_hubs_are_those_of_all(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    with sqlite_engine.begin() as connection:
        fill(connection)
    truth = write(tmp_path / "truth.tsv", "artist\tsimilar", "Near\tNearer", "Far\tNear")
    only = write(tmp_path / "only.txt", "The Near", "Somebody Else")
    result = measured(sqlite_engine, similar=truth, artists=only)
    assert result.value("similarity", "queries") == 1
    assert result.value("similarity", "ndcg_at_10") == 1
    assert result.value("similarity", "max_hub") == 3


def test_a_list_of_artists_is_a_name_a_line_or_a_column(tmp_path: Path) -> None:
    assert read_artists(write(tmp_path / "a.txt", "The One", "", "Ünder")) == {"one", "under"}
    assert read_artists(write(tmp_path / "b.tsv", "id\tartist", "1\tThe One")) == {"one"}
    with pytest.raises(GroundTruthUnusable, match="names no artist"):
        read_artists(write(tmp_path / "c.txt", ""))


def test_copies_count_as_text_and_too_little_text_does_not(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        numbers = fill(connection, words=60)
        original = add_document(connection, "https://a.example/o", "Again.", about=[numbers["Far"]], words=20)
        add_document(connection, "https://b.example/c", "Again!", words=20, duplicate_of=original)
    assert set(ranked(sqlite_engine)) == {"far"}


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
    assert ranked(sqlite_engine) == {"twin": ["other"], "other": ["twin"]}


def tags_of(tmp_path: Path) -> Path:
    """Four tags of three artists, and one of another."""
    rows = [
        f"x\t{artist}\t{tag}\t1"
        for artist in ("The Near", "B", "C")
        for tag in ("Rock", "slow-burning", "Lo-Fi", "missing")
    ]
    return write(tmp_path / "tags.tsv", "source\tartist\ttag\tcount", *rows, "x\tFar\tonly one\t1")


def test_descriptors_are_judged_by_spelling_free_terms(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        fill(connection, words=400)
    result = measured(engine, tags=tags_of(tmp_path))
    assert result.value("descriptors", "artists_described") == 4
    assert result.value("descriptors", "artists") == 1
    assert result.value("descriptors", "recall_at_50") == pytest.approx(3 / 4)
    assert result.value("descriptors", "known_at_20", group="300–1,000 words") == pytest.approx(3 / 4)
    assert not any(each.measure == "inferred_at_50" for each in result.measurements)


def test_inferred_descriptors_are_told(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        numbers = fill(connection, words=400)
        near = ReleaseDescriptorRow.artist_id == numbers["The Near"]
        inferred = update(ReleaseDescriptorRow).where(near, ReleaseDescriptorRow.weight < 0.45)
        connection.execute(inferred.values(inferred=True))
    result = measured(engine, tags=tags_of(tmp_path))
    assert result.value("descriptors", "inferred_at_50") == pytest.approx(2 / 4)


def test_an_evaluation_comes_back_from_its_rows(sqlite_engine: Engine, tmp_path: Path) -> None:
    with sqlite_engine.begin() as connection:
        fill(connection, words=400)
    result = measured(sqlite_engine, tags=tags_of(tmp_path))
    rows = json.loads(json.dumps(result.rows()))
    again = [Measurement(**{key: row[key] for key in row if key != "release_id"}) for row in rows]
    assert tuple(again) == result.measurements
    assert {row["release_id"] for row in rows} == {result.release_id}
    with pytest.raises(KeyError):
        result.value("linking", "subject_right", method=RELEASE)


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
        measured(sqlite_engine, similar=file)


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
    with pytest.raises(GroundTruthUnusable, match="no artist with 4 usable tags"):
        measured(sqlite_engine, tags=write(tmp_path / "tags.tsv", "artist\ttag", "Nobody\trock"))


def test_without_a_release_there_is_nothing_to_measure(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NoRelease, match="linernotes mine"):
        measured(sqlite_engine, similar=write(tmp_path / "truth.tsv", "artist\tsimilar", "A\tB"))
