"""Editors' overrides: reading the file, and what they do in a release."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from crawler.documents.deposit import deposit
from linernotes.catalog import Catalog
from linernotes.config import load_settings
from linernotes.jobs.mine import mine
from linernotes.jobs.mining import MineReport
from linernotes.overrides import Forbid, Overrides, OverridesError, Pin, RenameTerm, read_overrides
from store.artists import add_artists
from store.overrides import forbidden_pairs
from store.records import Artist, Document
from tests.linernotes.conftest import Call
from tests.linernotes.test_mine import DREAMERS, MACHINES, SETTINGS, corpus

GHOST = "The Glass Moss played again last night. Glass Moss were loud, and their encore was dreamy and long."


# --- the file ----------------------------------------------------------------------------------------------


def read(home: Path, content: str) -> Overrides:
    file = home / "overrides.toml"
    file.write_text(content, encoding="utf-8")
    return read_overrides(file)


def error_of(home: Path, content: str) -> str:
    with pytest.raises(OverridesError) as caught:
        read(home, content)
    return str(caught.value).replace(str(home), "")


ALL_KINDS = """
version = 1
[[alias]]
artist = "Mossglass"
name = "Glass Moss"
[[unlink]]
artist = "Mossglass"
name = "Mossglass"
source = "night.example"
note = "A hotel of that name"
[[block_term]]
term = "reverb"
[[block_term]]
term = "dreamy"
artist = "Harrowlane"
[[rename_term]]
from = "heavy guitars"
to = "Loud Guitars"
[[pin]]
artist = "Mossglass"
similar = "Driftrelay"
similarity = 0.97
[[forbid]]
artist = "Kilowatt Choir"
similar = "Nine Volt Garden"
"""


def test_every_kind_is_read_and_numbered_in_turn(home: Path) -> None:
    found = read(home, ALL_KINDS).entries
    assert [(each.number, each.kind) for each in found] == [
        (1, "alias"),
        (2, "unlink"),
        (3, "block_term"),
        (4, "block_term"),
        (5, "rename_term"),
        (6, "pin"),
        (7, "forbid"),
    ]
    assert found[4] == RenameTerm(5, "heavy guitars", "Loud Guitars")
    assert found[5] == Pin(6, "Mossglass", "Driftrelay", 0.97)
    assert found[6] == Forbid(7, "Kilowatt Choir", "Nine Volt Garden")


def test_a_file_with_the_version_alone_overrides_nothing(home: Path) -> None:
    assert read(home, "version = 1") == Overrides()


def test_the_digest_changes_with_what_the_file_says_and_not_with_how(home: Path) -> None:
    spaced = read(home, ALL_KINDS.replace(" = ", "   =  "))
    assert spaced.digest == read(home, ALL_KINDS).digest != read(home, "version = 1").digest


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "its first line must be `version = 1`, not None"),
        ("version = 2", "its first line must be `version = 1`, not 2"),
        ("version = 1\n[[pins]]\n", "there is no table [[pins]]; did you mean pin"),
        ('version = 1\n[pin]\nartist = "A"', "write [[pin]] with two brackets"),
        ('version = 1\n[[pin]]\nartist = "A"', "pin[1]: similar is missing"),
        (
            'version = 1\n[[alias]]\nartist = "A"\nnames = "B"',
            "alias[1]: there is no key names; did you mean",
        ),
        ('version = 1\n[[block_term]]\nterm = ""', "block_term[1]: term must be a text that is not empty"),
        (
            'version = 1\n[[pin]]\nartist = "A"\nsimilar = "B"\nsimilarity = 2',
            "pin[1]: similarity must be a number from 0 to 1, not 2",
        ),
        ('version = 1\n[[pin]]\nartist = "A"\nsimilar = "a"', "pin[1]: artist and similar are the same"),
        ('version = 1\n[[unlink]]\nartist = "A"\nname = "A"', "give either url (one page) or source"),
        ("version = ", "is not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place(home: Path, content: str, sentence: str) -> None:
    told = error_of(home, content)
    assert "/overrides.toml" in told
    assert sentence in told


def test_a_missing_file_is_told(home: Path) -> None:
    with pytest.raises(OverridesError, match="There is no file of overrides"):
        read_overrides(home / "none.toml")


def test_the_path_starts_at_the_configuration_file(home: Path) -> None:
    folder = home / "etc"
    folder.mkdir()
    (folder / "linernotes.toml").write_text('[mine]\noverrides = "ours.toml"\n')
    assert load_settings(folder / "linernotes.toml").mine.overrides == str(folder / "ours.toml")


# --- in a release ------------------------------------------------------------------------------------------


def fill(engine: Engine) -> Engine:
    with engine.begin() as connection:
        add_artists(connection, [Artist(name) for name in (*DREAMERS, *MACHINES)])
        deposit(connection, _documents())
    return engine


def _documents() -> list[Document]:
    ghost = Document(url="https://day.example/ghost", text=GHOST, source="day.example", language="en")
    return [*corpus(), ghost]


def run(engine: Engine, home: Path, content: str) -> MineReport:
    return mine(engine, replace(SETTINGS, overrides=read(home, f"version = 1\n{content}")))


def rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def near(engine: Engine, artist: str) -> Sequence[str]:
    query = f"SELECT similar_artist FROM similar_artists WHERE artist = '{artist}' ORDER BY rank"
    return [row[0] for row in rows(engine, query)]


def terms(engine: Engine, artist: str) -> set[str]:
    return {row[0] for row in rows(engine, f"SELECT term FROM artist_descriptors WHERE artist = '{artist}'")}


def test_all_kinds_apply_and_say_how_often(engine: Engine, home: Path) -> None:
    fill(engine)
    report = run(engine, home, ALL_KINDS.replace("version = 1", ""))
    applied = rows(engine, "SELECT number, kind, subject, object, note, applied FROM applied_overrides")
    told = {number: (kind, subject, other) for number, kind, subject, other, _, _ in applied}
    assert told[1] == ("alias", "Mossglass", "Glass Moss")
    assert told[2] == ("unlink", "Mossglass", "Mossglass in night.example")
    assert told[4] == ("block_term", "dreamy", "Harrowlane")
    assert told[7] == ("forbid", "Kilowatt Choir", "Nine Volt Garden")
    assert all(times > 0 for *_, times in applied), applied
    assert applied[1][4] == "A hotel of that name"
    assert near(engine, "Mossglass")[0] == "Driftrelay"
    assert "Nine Volt Garden" not in near(engine, "Kilowatt Choir")
    assert "Kilowatt Choir" not in near(engine, "Nine Volt Garden")
    assert len(near(engine, "Kilowatt Choir")) == 4
    beyond = {near.artist for near in Catalog(engine).similar("Kilowatt Choir", limit=7)}
    assert len(beyond) > 4
    assert "Nine Volt Garden" not in beyond
    everyone = set().union(*(terms(engine, artist) for artist in (*DREAMERS, *MACHINES)))
    assert "reverb" not in everyone
    assert "heavy guitars" not in everyone
    assert "loud guitars" in everyone
    assert "dreamy" not in terms(engine, "Harrowlane")
    with engine.connect() as connection:
        pairs = forbidden_pairs(connection, report.release_id)
    assert len(pairs) == 2
    assert {(b, a) for a, b in pairs} == pairs


def test_an_alias_is_read_in_texts_and_labels(sqlite_engine: Engine, home: Path) -> None:
    fill(sqlite_engine)
    before = run(sqlite_engine, home, "")
    about = (
        "SELECT count(*) FROM mentions m JOIN documents d ON d.id = m.document_id WHERE d.url LIKE '%ghost'"
    )
    assert rows(sqlite_engine, about) == [(0,)]
    after = run(sqlite_engine, home, '[[alias]]\nartist = "Mossglass"\nname = "Glass Moss"')
    assert before.read == after.read == after.documents
    assert rows(sqlite_engine, about)[0][0] > 0


def test_a_wrong_link_is_not_counted(sqlite_engine: Engine, home: Path) -> None:
    fill(sqlite_engine)
    unlink = '[[unlink]]\nartist = "Mossglass"\nname = "Mossglass"\nurl = "https://night.example/mossglass"'
    run(sqlite_engine, home, "")
    assert rows(sqlite_engine, "SELECT documents FROM artist_summary WHERE artist = 'Mossglass'") == [(2,)]
    assert run(sqlite_engine, home, unlink).published
    assert rows(sqlite_engine, "SELECT documents FROM artist_summary WHERE artist = 'Mossglass'") == [(1,)]


def test_the_same_overrides_make_no_new_release_and_others_do(sqlite_engine: Engine, home: Path) -> None:
    fill(sqlite_engine)
    block = '[[block_term]]\nterm = "reverb"'
    assert run(sqlite_engine, home, block).published
    assert not run(sqlite_engine, home, block).published
    second = run(sqlite_engine, home, f'{block}\nnote = "A machine, no description"')
    assert (second.published, second.read) == (True, 0)


def test_artists_that_the_registry_lacks_are_all_told_before_anything_is_read(
    sqlite_engine: Engine, home: Path
) -> None:
    fill(sqlite_engine)
    with sqlite_engine.begin() as connection:
        add_artists(connection, [Artist("Twin", disambiguation="duo"), Artist("Twin", disambiguation="trio")])
    content = (
        '[[forbid]]\nartist = "Mosglass"\nsimilar = "Qqqq"\n[[pin]]\nartist = "Twin"\nsimilar = "Driftrelay"'
    )
    with pytest.raises(OverridesError) as caught:
        run(sqlite_engine, home, content)
    assert str(caught.value) == (
        'The overrides cannot be applied: there is no artist "Mosglass" (did you mean Mossglass?); there is '
        'no artist "Qqqq"; 2 artists are called "Twin" (give the MBID, or "Name (disambiguation)").'
    )
    assert rows(sqlite_engine, "SELECT count(*) FROM mined_documents") == [(0,)]


def test_an_artist_is_no_neighbour_of_itself_by_another_name(sqlite_engine: Engine, home: Path) -> None:
    fill(sqlite_engine)
    with pytest.raises(OverridesError, match='"Mossglass" and "mossglass!" are one artist'):
        run(sqlite_engine, home, '[[forbid]]\nartist = "Mossglass"\nsimilar = "mossglass!"')


# --- the command line --------------------------------------------------------------------------------------


def test_overrides_are_checked_applied_and_listed(call: Call, home: Path) -> None:
    assert call("init").code == 0
    (home / "artists.csv").write_text("name\n" + "\n".join((*DREAMERS, *MACHINES)) + "\n")
    assert call("artists", "import", "artists.csv").code == 0
    lines = [json.dumps({"url": d.url, "text": d.text, "source": d.source}) for d in _documents()]
    (home / "texts.jsonl").write_text("\n".join(lines))
    assert call("import", "texts.jsonl").code == 0
    (home / "ours.toml").write_text('version = 1\n[[block_term]]\nterm = "reverb"\nnote = "No word for it"\n')
    checked = call("overrides", "check", "ours.toml", "--json")
    assert [row["kind"] for row in checked.rows] == ["block_term"]
    assert call("overrides", "list").code == 4
    small = ("--set", "mine.min_words=20", "--set", "mine.min_musicality=0")
    assert call("mine", "--set", "mine.overrides=ours.toml", *small).code == 0
    (listed,) = call("overrides", "list", "--json").rows
    assert (listed["subject"], listed["note"]) == ("reverb", "No word for it")
    assert [row["overrides"] for row in call("releases", "--json").rows] == [1]


def test_a_wrong_file_is_told_in_one_sentence(call: Call, home: Path) -> None:
    assert call("init").code == 0
    (home / "ours.toml").write_text('version = 1\n[[pin]]\nartist = "Nobody"\nsimilar = "Nemo"\n')
    result = call("overrides", "check", "ours.toml")
    assert result.code == 2
    assert 'there is no artist "Nobody"' in result.error
