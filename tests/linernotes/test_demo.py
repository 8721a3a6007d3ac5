"""The demo and everything that can be looked up in it: the real main job on a real site."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from linernotes.catalog import open_catalog
from linernotes.demo import MARK, demo_sources
from linernotes.sample_site import serve_sample_site, site_root
from tests.linernotes.conftest import Call

ROOT = Path(__file__).parent.parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("LINERNOTES_")}
ENVIRONMENT["PYTHONPATH"] = str(ROOT)


def linernotes(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "linernotes", *arguments]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A first demo, and the directory it was called in."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, linernotes(folder, "demo")


@pytest.fixture
def ready(first: tuple[Path, object], call: Call, home: Path) -> Call:
    """The command line beside a copy of the demo's database."""
    with sqlite3.connect(first[0] / "demo" / "linernotes.db") as source:
        copy = sqlite3.connect(home / "linernotes.db")
        source.backup(copy)
        copy.close()
    source.close()
    return call


def test_the_demo_shows_what_was_read_and_what_came_of_it(
    first: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    shown = first[1]
    assert shown.returncode == 0, shown.stderr
    for part in (
        "What was read",
        "robots.txt disallows it",
        "How three artists are described",
        "Who is similar, and in what",
        "SELECT ",
        "sqlite:///demo/linernotes.db",
        "What to try next",
    ):
        assert part in shown.stdout
    assert "Traceback" not in shown.stderr


def test_elsewhere_than_on_a_terminal_progress_is_json_lines(
    first: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    lines = [json.loads(line) for line in first[1].stderr.splitlines()]
    ended = {line["stage"]: line for line in lines if line["event"] == "stage ends"}
    assert {"artists", "crawl", "extract", "read", "learn", "write"} <= set(ended)
    assert ended["crawl"]["pages"] > 100
    assert all("timestamp" in line and line["level"] == "info" for line in lines)


def test_the_files_of_the_demo_are_those_of_any_run(first: tuple[Path, object]) -> None:
    config = (first[0] / "demo" / "linernotes.toml").read_text(encoding="utf-8")
    assert config.startswith(MARK)
    assert "allow_private_hosts = true" in config
    assert (first[0] / "demo" / "artists.csv").read_bytes() == (site_root() / "artists.csv").read_bytes()


def test_a_second_demo_downloads_and_reads_nothing_again(
    first: tuple[Path, object], call: Call, home: Path
) -> None:
    shutil.copytree(first[0] / "demo", home / "demo")
    again = call("demo")
    assert again.code == 0
    told = " ".join(again.out.split())
    assert "This directory held a demo already" in told
    assert "(304 Not Modified) and were not downloaded" in told
    assert " 0 of " in told


def test_the_demo_leaves_other_peoples_directories_alone(call: Call, home: Path) -> None:
    (home / "linernotes.toml").write_text('database = "sqlite:///mine.db"\n', encoding="utf-8")
    result = call("demo", ".")
    assert result.code == 1
    assert "was not written by `linernotes demo`" in result.error
    other = home / "other"
    other.mkdir()
    (other / "linernotes.db").write_bytes(b"")
    assert "is not of a demo" in call("demo", "other").error


def test_a_demo_whose_addresses_are_taken_says_so(first: tuple[Path, object], call: Call, home: Path) -> None:
    with serve_sample_site() as site:
        listed = "\n".join(f'[[sources]]\nurl = "{source.url}"' for source in demo_sources(site))
        (home / "demo").mkdir()
        (home / "demo" / "linernotes.toml").write_text(f"{MARK}\n{listed}\n", encoding="utf-8")
        result = call("demo")
    assert result.code == 1
    assert "are in use by another program" in result.error


def test_similar_artists_are_listed_and_explained(ready: Call) -> None:
    near = ready("similar", "My Bloody Valentine", "--limit", "3", "--json").rows
    assert [row["rank"] for row in near] == [1, 2, 3]
    assert {"artist", "similarity", "shared", "artist_id", "mbid"} <= set(near[0])
    assert {"Slowdive", "Ride", "Cocteau Twins"} & {row["artist"] for row in near}
    reasons = ready("similar", "My Bloody Valentine", "--limit", "1", "--explain", "--json").rows
    assert {row["artist"] for row in reasons} == {near[0]["artist"]}
    assert {row["seed"] for row in reasons} == {"My Bloody Valentine"}
    parts = [row["contribution"] for row in reasons if row["part"] != "comparison"]
    assert sum(parts) == pytest.approx(near[0]["similarity"], abs=1e-5)


def test_several_seeds_are_left_out_of_their_own_answer(ready: Call) -> None:
    near = ready("similar", "Slowdive", "Burial", "--json").rows
    assert near
    assert {"Slowdive", "Burial"}.isdisjoint(row["artist"] for row in near)


def test_terms_are_restricted_by_facet_and_kind(ready: Call) -> None:
    terms = ready("terms", "King Tubby", "--facet", "instrument", "--kind", "n1", "--json").rows
    assert terms
    assert {(row["facet"], row["kind"]) for row in terms} == {("instrument", "n1")}


def test_search_finds_whom_a_description_fits(ready: Call) -> None:
    found = ready("search", "dub", "--json").rows
    assert {"King Tubby", 'Lee "Scratch" Perry', "Augustus Pablo"} & {row["artist"] for row in found}
    assert "dub" in found[0]["matched"]


def test_evidence_quotes_the_sentence_and_its_page(ready: Call) -> None:
    strongest = ready("terms", "Slowdive", "--limit", "1", "--json").rows[0]["term"]
    quotes = ready("evidence", "Slowdive", strongest, "--json").rows
    assert quotes
    assert all(row["quote"] and row["url"].startswith("http://127.0.0.1:") for row in quotes)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("similar", "Slowdvie"), "did you mean Slowdive?"),
        (("terms", "Slowdvie"), "did you mean Slowdive?"),
        (("similar", "Nobody Listens"), "words of text about Nobody Listens; at least 100 are needed"),
        (("terms", "Nobody Listens"), "There are no terms for Nobody Listens"),
        (("evidence", "Slowdive", "zeppelin"), "No sentence was kept"),
        (("search", "xyzzyx"), "xyzzyx"),
    ],
)
def test_a_look_up_that_finds_nothing_says_so(ready: Call, arguments: tuple[str, ...], told: str) -> None:
    Path("more.csv").write_text("name\nNobody Listens\n", encoding="utf-8")
    ready("artists", "import", "more.csv")
    result = ready(*arguments)
    assert result.code == 4
    assert told in result.err


def test_evaluate_measures_both_kinds_of_truth(ready: Call) -> None:
    truth = site_root() / "truth"
    rows = ready("evaluate", "--similar", truth / "similar.tsv", "--tags", truth / "tags.tsv", "--json").rows
    measured = {row["measure"]: row["value"] for row in rows}
    assert 0.3 < measured["ndcg_at_10"] <= 1
    assert 0 < measured["recall_at_50"] <= 1


def test_export_writes_all_views(ready: Call, home: Path) -> None:
    rows = ready("export", "out", "--json").rows
    assert all(Path(row["file"]).is_file() for row in rows)
    assert {Path(row["file"]).stem for row in rows} >= {
        "artist_descriptors",
        "similar_artists",
        "artist_vectors",
    }
    refused = ready("export", "/proc/linernotes")
    assert refused.code == 1
    assert "/proc/linernotes" in refused.error


def test_mining_again_reads_nothing_and_says_so(ready: Call) -> None:
    result = ready("mine", "--json")
    assert result.code == 0
    assert {row["measure"]: row["count"] for row in result.rows}["read"] == 0
    assert "Nothing changed: release 1 stays published." in result.err


def test_a_forgotten_artist_is_gone_from_every_answer(ready: Call) -> None:
    removed = ready("forget", "Slowdive", "--yes", "--json")
    assert removed.code == 0
    assert {row["what"]: row["removed"] for row in removed.rows}["artists"] == 1
    assert "linernotes mine" in removed.err
    assert ready("terms", "Slowdive").code == 4
    assert "Slowdive" not in ready("similar", "My Bloody Valentine", "--limit", "50", "--csv").out


def test_releases_are_listed_with_the_published_one(ready: Call) -> None:
    rows = ready("releases", "--json").rows
    assert [(row["release_id"], row["published"], row["state"]) for row in rows] == [(1, True, "ready")]
    assert ready("releases", "list", "--json").rows == rows
    assert ready("releases", "rollback", "--to", "9").code == 4


@pytest.fixture
def listed(home: Path) -> Iterator[Path]:
    """A directory with nothing but a configuration and a registry, while the site is served."""
    shutil.copy(site_root() / "artists.csv", home)
    with serve_sample_site() as site:
        sources = "\n".join(f'[[sources]]\nurl = "{source.url}"' for source in demo_sources(site)[:2])
        crawl = "[crawl]\nallow_private_hosts = true\ndelay_seconds = 0.05\n"
        text = f'artists = "artists.csv"\n{sources}\n{crawl}'
        (home / "linernotes.toml").write_text(text, encoding="utf-8")
        yield home


def test_ctrl_c_ends_a_crawl_in_order_and_the_next_one_continues(listed: Path, call: Call) -> None:
    assert call("init").code == 0
    assert call("sources", "add", *sources_in(listed)).code == 0
    running = subprocess.Popen(
        [sys.executable, "-m", "linernotes", "crawl", "--verbose"],
        cwd=listed,
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert running.stderr is not None
    while '"event": "fetched"' not in running.stderr.readline():
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert told.splitlines()[-1].startswith("Interrupted. What was finished is stored")
    assert "Traceback" not in told
    waiting = call("sources", "list", "--json").rows
    assert all(row["round_finished_at"] is None for row in waiting)
    assert call("crawl", "--set", "crawl.delay_seconds=0").code == 0
    assert [row["queued"] for row in call("sources", "list", "--json").rows] == [0, 0]


def sources_in(folder: Path) -> list[str]:
    listed = tomllib.loads((folder / "linernotes.toml").read_text(encoding="utf-8"))["sources"]
    return [source["url"] for source in listed]


def test_run_on_an_empty_directory_does_everything(listed: Path, call: Call) -> None:
    result = call("run", "--json", "--set", "crawl.delay_seconds=0")
    assert result.code == 0
    counts = {(row["stage"], row["measure"]): row["count"] for row in result.rows}
    assert counts["artists", "added"] > 0
    assert counts["extract", "added"] > 0
    assert counts["mine", "new release"] == 1
    assert call("terms", "Slowdive").code == 0


def test_the_parts_of_an_explanation_add_up_to_the_similarity_for_every_neighbour(ready: Call) -> None:
    ready("similar", "Slowdive")  # moves to the copy
    with open_catalog("sqlite:///linernotes.db") as catalog:
        for entry in catalog.artists(limit=12):
            for near in catalog.similar(entry.artist_id, limit=5):
                found = catalog.explain(entry.artist_id, near.artist_id)
                assert found.exact
                assert found.similarity == pytest.approx(near.similarity, abs=1e-5)
                assert found.total == pytest.approx(near.similarity, abs=1e-5)


def test_a_truth_that_does_not_surely_help_is_told_and_not_learnt_from(ready: Call) -> None:
    shutil.copy(site_root() / "truth" / "similar.tsv", "similar.tsv")
    before = ready("similar", "Slowdive", "--json").rows
    told = ready("mine", "--teach", "similar.tsv")
    assert told.code == 0, told.err
    assert "kept from the lesson" in told.err
    assert "not used" in told.err
    release = ready("releases", "list", "--json").rows[0]
    assert release["published"]
    assert ready("similar", "Slowdive", "--json").rows == before


def test_a_lesson_of_another_shape_is_refused_before_anything_is_mined(ready: Call) -> None:
    Path("odd.tsv").write_text("name\tfriend\nSlowdive\tRide\n")
    told = ready("mine", "--teach", "odd.tsv")
    assert told.code != 0
    assert "line 1: expected" in told.error
