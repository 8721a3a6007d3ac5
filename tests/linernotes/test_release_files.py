"""The files of a release that look-ups map into memory, on both databases."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, make_url

import linernotes
from linernotes import Catalog, doctor
from linernotes.cli.app import cli
from linernotes.doctor import check_files
from linernotes.release_files import making
from linernotes.release_files.making import UNFINISHED, keep_files, make_files
from linernotes.release_files.manifest import damaged_files, read_manifest
from linernotes.release_files.place import folder_of_database, name_of_release
from linernotes.shared import SharedTerms
from linernotes.vectors import VectorTable
from nlp.near_index import NearIndex, build_index
from store.forgetting import forget_artist
from store.lookup_records import ReleaseKey
from store.lookups import shared_terms
from store.releases import rollback_release
from tests.small_release import add_artist, publish

DIMENSIONS = 8
ARTISTS = 60


def fill(engine: Engine, seed: int = 1, *, names: str = "Band") -> list[int]:
    """Publish a release of made-up artists with random vectors and terms."""
    random = np.random.default_rng(seed)
    with engine.begin() as connection:
        numbers = [add_artist(connection, f"{names} {place}") for place in range(ARTISTS)]
        publish_random(connection, numbers, random)
    return numbers


def publish_random(connection: object, numbers: list[int], random: np.random.Generator) -> int:
    vectors = random.normal(size=(len(numbers), DIMENSIONS)) + 0.5
    terms = [f"term {place:02}" for place in range(30)]
    descriptors = {
        number: {terms[t]: round(float(random.random()), 2) for t in random.choice(30, 12, replace=False)}
        for number in numbers
    }
    inferred = [(number, term) for number in numbers[::3] for term in list(descriptors[number])[:3]]
    return publish(
        connection,  # type: ignore[arg-type]
        descriptors,
        {number: vector.tolist() for number, vector in zip(numbers, vectors, strict=True)},
        inferred=inferred,
        stored=15,
    )


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def filled(engine: Engine) -> list[int]:
    return fill(engine)


@pytest.fixture
def indexed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give small releases an index, too."""
    monkeypatch.setattr(making, "INDEX_FROM", 10)


QUESTIONS: list[dict[str, object]] = [
    {"seeds": "Band 3"},
    {"seeds": "Band 3", "limit": 40},
    {"seeds": ["Band 1", "Band 2"]},
    {"seeds": {"Band 1": 2, "Band 5": -0.5}},
    {"seeds": "Band 7", "exclude": ["Band 8", "Band 9"], "limit": 20},
]


def ask(catalog: Catalog, question: dict[str, object]) -> list[tuple[object, ...]]:
    found = catalog.similar(**question)  # type: ignore[arg-type]
    return [(each.artist, each.rank, round(each.product, 6), each.shared) for each in found]


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_answers_are_the_same_with_and_without_files(
    engine: Engine, database_url: str, filled: list[int], cache: Path, question: dict[str, object]
) -> None:
    keep_files(engine, cache)
    with (
        linernotes.open(database_url, cache=cache) as mapped,
        linernotes.open(database_url, cache=cache / "none") as read,
    ):
        assert ask(mapped, question) == ask(read, question) != []
        assert mapped._cache._kept["files"][1] is not None
        assert read._cache._kept["files"][1] is None


@pytest.mark.usefixtures("indexed", "filled")
@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_answers_are_the_same_through_an_index(
    engine: Engine, database_url: str, cache: Path, question: dict[str, object]
) -> None:
    folder = keep_files(engine, cache)
    assert folder is not None and (folder / "vectors.usearch").is_file()
    with (
        linernotes.open(database_url, cache=cache) as mapped,
        linernotes.open(database_url, cache=cache / "none") as read,
    ):
        assert ask(mapped, question) == ask(read, question)
        assert mapped.recall(limit=5).share == 1.0
        assert mapped.recall().indexed and not read.recall().indexed


@pytest.mark.usefixtures("filled")
def test_vectors_are_mapped_from_the_file(engine: Engine, database_url: str, cache: Path) -> None:
    with linernotes.open(database_url, cache=cache / "none") as catalog:
        ids, expected = catalog.vectors()
    folder = keep_files(engine, cache)
    assert folder is not None
    with linernotes.open(database_url, cache=cache) as catalog:
        numbers, matrix = catalog.vectors()
    assert np.array_equal(numbers, ids) and np.array_equal(matrix, expected)
    assert isinstance(matrix.base, np.memmap)
    assert not matrix.flags.writeable and not numbers.flags.writeable


def test_files_of_another_release_are_never_used(
    engine: Engine, database_url: str, filled: list[int], cache: Path
) -> None:
    old = keep_files(engine, cache)
    assert old is not None
    with engine.begin() as connection:
        publish_random(connection, filled, np.random.default_rng(2))
    with linernotes.open(database_url, cache=cache) as catalog:
        catalog.similar("Band 1")
        assert catalog._cache._kept["files"][1] is None
    new = keep_files(engine, cache)
    assert new is not None and new != old
    shutil.rmtree(new)
    shutil.copytree(old, new)  # under the name of the new one
    with linernotes.open(database_url, cache=cache) as catalog:
        catalog.similar("Band 1")
        assert catalog._cache._kept["files"][1] is None
    assert keep_files(engine, cache) == new
    with linernotes.open(database_url, cache=cache) as catalog:
        catalog.similar("Band 1")
        assert catalog._cache._kept["files"][1] is not None


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("harm", ["cut", "gone", "no manifest", "bad manifest"])
def test_damaged_files_are_not_used_and_made_again(
    engine: Engine, database_url: str, cache: Path, harm: str
) -> None:
    folder = keep_files(engine, cache)
    assert folder is not None
    if harm == "cut":
        (folder / "vectors.npy").write_bytes((folder / "vectors.npy").read_bytes()[:-4])
    elif harm == "gone":
        (folder / "ids.npy").unlink()
    elif harm == "no manifest":
        (folder / "manifest.json").unlink()
    else:
        (folder / "manifest.json").write_text("{")
    with linernotes.open(database_url, cache=cache) as catalog:
        assert catalog.similar("Band 1")
        assert catalog._cache._kept["files"][1] is None
        assert catalog.prepare() == folder
        assert catalog.similar("Band 1")
        assert catalog._cache._kept["files"][1] is not None
    manifest = read_manifest(folder)
    assert manifest is not None and damaged_files(folder, manifest) == []


@pytest.mark.usefixtures("filled")
def test_a_changed_byte_is_found_by_the_digest(engine: Engine, cache: Path) -> None:
    folder = keep_files(engine, cache)
    assert folder is not None
    content = bytearray((folder / "vectors.npy").read_bytes())
    content[-1] ^= 1
    (folder / "vectors.npy").write_bytes(content)
    manifest = read_manifest(folder)
    assert manifest is not None and damaged_files(folder, manifest) == ["vectors.npy"]


def test_a_forgotten_artist_is_in_no_file(
    engine: Engine, database_url: str, filled: list[int], cache: Path
) -> None:
    with_it = keep_files(engine, cache)
    assert with_it is not None
    with linernotes.open(database_url, cache=cache) as catalog:
        assert "Band 5" in [each.artist for each in catalog.similar("Band 3", limit=100)]
        with engine.begin() as connection:
            forget_artist(connection, filled[5])
        assert "Band 5" not in [each.artist for each in catalog.similar("Band 3", limit=100)]
        assert filled[5] not in catalog.vectors()[0]
        assert make_files(engine, cache) == ""
        assert not with_it.exists()
        assert filled[5] not in np.load(next(cache.glob("*/release-*/ids.npy")))


def test_forgetting_on_the_command_line_takes_the_vector_out_of_the_files(sqlite_engine: Engine) -> None:
    numbers = fill(sqlite_engine)
    before = keep_files(sqlite_engine)
    assert before is not None and before.parent.name == "linernotes.db-vectors"
    url = sqlite_engine.url.render_as_string()
    result = CliRunner().invoke(cli, ["--database", url, "forget", "Band 4", "--as", "artist", "--yes"])
    assert result.exit_code == 0, result.output
    assert not before.exists()
    (ids,) = before.parent.glob("release-*/ids.npy")
    assert numbers[4] not in np.load(ids) and len(np.load(ids)) == ARTISTS - 1


def test_files_stay_as_long_as_their_release(engine: Engine, filled: list[int], cache: Path) -> None:
    first = keep_files(engine, cache)
    with engine.begin() as connection:
        publish_random(connection, filled, np.random.default_rng(2))
    second = keep_files(engine, cache)
    assert first is not None and second is not None and first.is_dir()
    with engine.begin() as connection:
        rollback_release(connection)
    assert keep_files(engine, cache) == first and second.is_dir()


@pytest.mark.usefixtures("filled")
def test_several_processes_may_make_the_same_files(engine: Engine, cache: Path) -> None:
    start = Barrier(4)

    def make(_: int) -> Path | None:
        start.wait()
        return keep_files(engine, cache)

    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(make, range(4)))
    (folder,) = folders
    assert folder is not None
    assert [each.name for each in folder.parent.iterdir()] == [folder.name]
    manifest = read_manifest(folder)
    assert manifest is not None and damaged_files(folder, manifest) == []


@pytest.mark.usefixtures("filled")
def test_what_a_killed_process_left_goes_after_some_hours(
    engine: Engine, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = keep_files(engine, cache)
    assert folder is not None
    left = folder.parent / f"{UNFINISHED}xyz"
    left.mkdir()
    keep_files(engine, cache)
    assert left.is_dir()  # it may be at work
    monkeypatch.setattr(making, "ABANDONED_SECONDS", -1)
    keep_files(engine, cache)
    assert not left.exists()


@pytest.mark.usefixtures("filled")
def test_where_nothing_can_be_written_look_ups_read_the_database(
    engine: Engine, database_url: str, cache: Path
) -> None:
    cache.write_text("a file, not a directory")
    assert "directory" in make_files(engine, cache)
    with linernotes.open(database_url, cache=cache) as catalog:
        assert catalog.similar("Band 1")


def test_a_database_in_memory_has_no_files() -> None:
    assert folder_of_database(make_url("sqlite:///:memory:")) is None


def test_files_lie_beside_sqlite_and_in_the_cache_of_the_user_for_postgresql(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert folder_of_database(make_url(f"sqlite:///{tmp_path}/a.db")) == tmp_path / "a.db-vectors"
    one = folder_of_database(make_url("postgresql+psycopg://me:secret@host/music"))
    assert one is not None and one.parent == tmp_path / "linernotes" and "secret" not in str(one)
    assert one == folder_of_database(make_url("postgresql+psycopg://you@host/music"))
    assert one != folder_of_database(make_url("postgresql+psycopg://me:secret@other/music"))
    monkeypatch.setenv("LINERNOTES_CACHE", str(tmp_path / "own"))
    assert folder_of_database(make_url(f"sqlite:///{tmp_path}/a.db")) != tmp_path / "a.db-vectors"


def test_every_state_of_a_release_has_a_directory_of_its_own() -> None:
    day = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    keys = [ReleaseKey(1, day, 5), ReleaseKey(1, day, 4), ReleaseKey(2, day, 5)]
    keys.append(ReleaseKey(1, day.replace(microsecond=7), 5))
    assert len({name_of_release(key) for key in keys}) == 4


def test_the_doctor_reads_the_files_through(
    sqlite_engine: Engine, indexed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_files(sqlite_engine, None).state == "ok"  # no release yet
    fill(sqlite_engine)
    assert check_files(sqlite_engine, None).state == "hint"
    folder = keep_files(sqlite_engine)
    assert folder is not None
    assert "recall@10 1.000" in check_files(sqlite_engine, None).found
    with monkeypatch.context() as patched:
        patched.setattr(doctor, "LEAST_RECALL", 1.1)
        assert check_files(sqlite_engine, None).state == "problem"
    content = (folder / "ids.npy").read_bytes()
    (folder / "ids.npy").write_bytes(content[:-1] + b"x")
    damaged = check_files(sqlite_engine, None)
    assert damaged.state == "problem" and "ids.npy" in damaged.found


def test_the_command_makes_the_files(sqlite_engine: Engine) -> None:
    url = sqlite_engine.url.render_as_string()
    assert "no release yet" in CliRunner().invoke(cli, ["--database", url, "releases", "files"]).output
    fill(sqlite_engine)
    assert CliRunner().invoke(cli, ["--database", url, "releases", "files"]).exit_code == 0
    with linernotes.open(url) as catalog:
        assert isinstance(catalog.vectors()[1].base, np.memmap)


@pytest.mark.usefixtures("indexed")
def test_no_answer_mixes_two_releases_while_others_are_published(
    engine: Engine, database_url: str, filled: list[int], cache: Path
) -> None:
    """In each release all terms and nearest artists are of one colour; no answer may show two."""
    colours = ("red", "blue")
    half = ARTISTS // 2

    def paint(turn: int) -> None:
        colour = colours[turn % 2]
        near = filled[:half] if turn % 2 else filled[half:]
        # Artist 0 is near to those of one half only, which only then are described.
        vectors = {filled[0]: [1.0, 0.0], **{n: [0.9, 0.1 + 0.001 * n] for n in near[1:]}}
        with engine.begin() as connection:
            publish(connection, {n: {colour: 0.5} for n in vectors}, vectors, stored=2)

    paint(0)
    keep_files(engine, cache)
    stop = False
    mixed: list[object] = []

    def look(catalog: Catalog) -> None:
        while not stop:
            for seeds in ("Band 0", {"Band 0": 1.0}):
                found = catalog.similar(seeds, limit=8)
                shown = {term for each in found for term in each.shared}
                side = {each.artist_id in filled[:half] for each in found}
                if len(shown) != 1 or len(side) != 1 or (shown == {"blue"}) != (side == {True}):
                    mixed.append((shown, side))

    with linernotes.open(database_url, cache=cache) as catalog:
        threads = [Thread(target=look, args=(catalog,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for turn in range(1, 9):
            paint(turn)
            if turn % 2:
                keep_files(engine, cache)
        stop = True
        for thread in threads:
            thread.join()
    assert mixed == []


@pytest.fixture(scope="module")
def clustered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorTable]:
    """5,000 vectors in clusters, of unequal length, with their index."""
    random = np.random.default_rng(4)
    centres = random.normal(size=(100, 24))
    rows = centres[random.integers(0, 100, 5_000)] + 0.5 * random.normal(size=(5_000, 24))
    rows *= random.normal(1, 0.07, size=(5_000, 1)) / np.linalg.norm(rows, axis=1, keepdims=True)
    matrix = rows.astype(np.float32)
    file = tmp_path_factory.mktemp("index") / "vectors.usearch"
    build_index(matrix, file)
    yield VectorTable(np.arange(5_000) * 3, matrix, NearIndex.open(file))


def test_the_index_finds_nearly_all_that_exact_search_does(clustered: VectorTable) -> None:
    found = exact = 0
    for row in range(0, 5_000, 25):
        expected = clustered.exactly(clustered.matrix[row], 10, out=[row * 3])
        answer = clustered.nearest(clustered.matrix[row], 10, out=[row * 3])
        assert len(answer) == 10 and row * 3 not in dict(answer)
        found += len(dict(answer).keys() & dict(expected).keys())
        exact += len(expected)
    assert found / exact >= 0.97


@pytest.mark.parametrize("share", [0.5, 0.05, 0.001])
def test_filters_hold_with_an_index(clustered: VectorTable, share: float) -> None:
    among = clustered.ids[np.random.default_rng(2).random(5_000) < share]
    for row in range(0, 5_000, 500):
        expected = clustered.exactly(clustered.matrix[row], 10, out=[0, 3], among=among)
        answer = clustered.nearest(clustered.matrix[row], 10, out=[0, 3], among=among)
        assert len(answer) == len(expected) and set(dict(answer)) <= set(among.tolist()) - {0, 3}
        assert len(dict(answer).keys() & dict(expected).keys()) >= 0.8 * len(expected)


def test_the_index_serves_threads(clustered: VectorTable) -> None:
    alone = [clustered.nearest(vector, 10) for vector in clustered.matrix[:400]]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda vector: clustered.nearest(vector, 10), clustered.matrix[:400])) == alone


@pytest.mark.parametrize("seeds", [[0], [0, 7], [3, 3]])
def test_shared_terms_are_those_of_the_query(
    engine: Engine, filled: list[int], cache: Path, database_url: str, seeds: list[int]
) -> None:
    keep_files(engine, cache)
    asked = [filled[seed] for seed in dict.fromkeys(seeds)]
    with linernotes.open(database_url, cache=cache) as catalog, catalog._reading() as (connection, release):
        files = catalog._cache.files(connection, release)
        assert files is not None
        expected = shared_terms(connection, release.release_id, asked, filled)
        assert files.shared.between(asked, filled, 10) == {
            artist: tuple(term for term, _ in terms[:10]) for artist, terms in expected.items()
        }


@given(st.lists(st.sets(st.integers(0, 8)), min_size=1, max_size=6), st.integers(1, 4))
def test_shared_terms_agree_with_counting_one_by_one(described: list[set[int]], limit: int) -> None:
    names = [f"t{place}" for place in range(9)]
    starts = np.cumsum([0, *map(len, described)])
    terms = np.array([term for each in described for term in sorted(each)], dtype=np.int32)
    weights = np.array([0.1 + 0.1 * (term % 3) for term in terms])
    table = SharedTerms(np.arange(len(described)), starts, terms, weights, names, np.ones(9))
    found = table.between([0], list(range(len(described))), limit)
    for artist, each in enumerate(described):
        both = sorted(each & described[0], key=lambda term: (-((0.1 + 0.1 * (term % 3)) ** 2), term))
        assert found.get(artist, ()) == tuple(names[term] for term in both[:limit])


def test_opening_and_looking_up_import_no_heavy_library(sqlite_engine: Engine) -> None:
    fill(sqlite_engine)
    keep_files(sqlite_engine)
    program = """
import json, sys
import linernotes
with linernotes.open(sys.argv[1]) as catalog:
    assert catalog.similar("Band 1") and catalog.similar(["Band 1", "Band 2"])
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
    url = sqlite_engine.url.render_as_string()
    result = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=True)
    heavy = {"spacy", "pandas", "polars", "pyarrow", "fastapi", "voyager", "usearch", "gensim", "sklearn"}
    assert not heavy & set(json.loads(result.stdout))
