"""The registry of artists from CSV files and MusicBrainz dumps."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.imports.errors import ImportFailed
from crawler.imports.registry import RegistryReport, import_registry, read_registry
from crawler.imports.registry_files import SPECIAL_PURPOSE
from store.artists import all_names, find_artists
from store.records import Artist

ONE = "00000000-0000-4000-8000-000000000001"
TWO = "00000000-0000-4000-8000-000000000002"

DUMPED = {
    "id": ONE,
    "name": "Slowdive",
    "sort-name": "Slowdive",
    "aliases": [{"name": "Slow Dive", "locale": None}, {"name": ""}, {"name": "Slow Dive"}],
    "disambiguation": "Reading shoegaze band",
    "country": None,
    "area": {"name": "United Kingdom"},
    "life-span": {"begin": "1989-10", "end": None, "ended": False},
}
SLOWDIVE = Artist("Slowdive", ONE, ("Slow Dive",), "Reading shoegaze band", "United Kingdom", "1989-10")


def dump(*artists: dict[str, object]) -> bytes:
    return b"".join(json.dumps(artist).encode() + b"\n" for artist in artists)


def tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:xz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def counts(report: RegistryReport) -> tuple[int, int, int, int, int]:
    return report.read, report.added, report.updated, report.unchanged, report.skipped_total


def refused(engine: Engine, path: Path) -> str:
    with pytest.raises(ImportFailed) as caught:
        import_registry(engine, path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def names(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        return [name for _, name, _ in all_names(connection)]


def test_a_csv_of_names_is_enough(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('name\nLow\n"Crosby, Stills & Nash"\n')
    assert list(read_registry(tmp_path / "a.csv")) == [Artist("Low"), Artist("Crosby, Stills & Nash")]


def test_every_column_of_a_csv_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Name,MBID,aliases,disambiguation,country,begin,end\n"
        f"Slowdive,{ONE.upper()}, Slow Dive | SD;Slow Dive,band,GB,1989-10,someday\n"
    )
    assert list(read_registry(tmp_path / "a.csv")) == [
        Artist("Slowdive", ONE, ("Slow Dive", "SD"), "band", "GB", "1989-10")
    ]


@pytest.mark.parametrize("name", ["artist", "artists.jsonl", "artists.json.gz"])
def test_a_musicbrainz_dump_is_read(tmp_path: Path, name: str) -> None:
    data = dump(DUMPED, {"id": TWO, "name": "Low", "country": "US", "area": {"name": "Duluth"}})
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert list(read_registry(tmp_path / name)) == [SLOWDIVE, Artist("Low", TWO, country="US")]


def test_a_musicbrainz_dump_is_read_from_the_archive_it_comes_in(tmp_path: Path) -> None:
    path = tar(tmp_path / "artist.tar.xz", {"TIMESTAMP": b"now", "mbdump/artist": dump(DUMPED)})
    assert list(read_registry(path)) == [SLOWDIVE]


def test_special_purpose_entries_are_left_out(sqlite_engine: Engine, tmp_path: Path) -> None:
    special = [{"id": mbid, "name": name} for mbid, name in SPECIAL_PURPOSE.items()]
    (tmp_path / "artist").write_bytes(dump(*special, DUMPED))
    report = import_registry(sqlite_engine, tmp_path / "artist")
    assert counts(report) == (len(special) + 1, 1, 0, 0, len(special))
    assert "Various Artists is an entry for special purposes" in report.skipped[0].reason


def test_importing_a_registry_twice_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "artist").write_bytes(dump(DUMPED, DUMPED | {"id": TWO, "disambiguation": "another"}))
    assert counts(import_registry(engine, tmp_path / "artist")) == (2, 2, 0, 0, 0)
    assert counts(import_registry(engine, tmp_path / "artist")) == (2, 0, 0, 2, 0)


def test_a_name_list_is_completed_by_a_dump_and_imported_again_changes_nothing(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("name\nslowdive\nLow\n")
    (tmp_path / "artist").write_bytes(dump(DUMPED))
    import_registry(sqlite_engine, tmp_path / "a.csv")
    assert counts(import_registry(sqlite_engine, tmp_path / "artist")) == (1, 0, 1, 0, 0)
    assert counts(import_registry(sqlite_engine, tmp_path / "a.csv")) == (2, 0, 0, 2, 0)
    with sqlite_engine.begin() as connection:
        (found,) = find_artists(connection, "Slowdive")
    assert (found.name, found.mbid) == ("Slowdive", ONE)


def test_repeated_artists_are_told_with_both_lines_and_counted_once(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("name,country\nLow,\nCan,DE\nlow,US\nLow,\n")
    report = import_registry(sqlite_engine, tmp_path / "a.csv")
    assert counts(report) == (4, 2, 0, 0, 2)
    assert [str(skipped).rpartition("a.csv:")[2] for skipped in report.skipped] == [
        "4: 'low' repeats the artist of line 2",
        "5: 'Low' repeats the artist of line 2",
    ]
    assert names(sqlite_engine) == ["Low", "Can", "low"]
    assert counts(import_registry(sqlite_engine, tmp_path / "a.csv")) == (4, 0, 0, 2, 2)


def test_of_two_rows_with_one_mbid_the_first_is_kept(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"name,mbid\nLow,{ONE}\nCan,{ONE}\n")
    for _ in range(2):
        assert import_registry(sqlite_engine, tmp_path / "a.csv").skipped_total == 1
        assert names(sqlite_engine) == ["Low"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",", "the name is empty"),
        ("Low,123", "'123' is no MusicBrainz identifier; correct it or leave it empty"),
        (f"{'x' * 501},", "the name is longer than 500 characters"),
        ("Low,,more", "3 fields where the header has 2: quote the text"),
    ],
)
def test_a_row_that_is_no_artist_is_skipped_and_told(
    sqlite_engine: Engine, tmp_path: Path, row: str, reason: str
) -> None:
    (tmp_path / "a.csv").write_text(f"name,mbid\nCan,\n{row}\n")
    report = import_registry(sqlite_engine, tmp_path / "a.csv")
    assert counts(report) == (2, 1, 0, 0, 1)
    assert (report.skipped[0].line, report.skipped[0].reason) == (3, reason)


def test_a_dump_line_that_is_not_json_is_skipped_and_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "artist").write_bytes(dump(DUMPED) + b"{broken\n[]\n")
    report = import_registry(sqlite_engine, tmp_path / "artist")
    assert counts(report) == (3, 1, 0, 0, 2)
    assert [skipped.line for skipped in report.skipped] == [2, 3]


@pytest.mark.parametrize("content", ["name\n", "name\n,\n\n", 'name,mbid\n,"x"\n'])
def test_an_empty_registry_is_refused(sqlite_engine: Engine, tmp_path: Path, content: str) -> None:
    (tmp_path / "a.csv").write_text(content)
    assert "holds no artist; a registry needs at least one" in refused(sqlite_engine, tmp_path / "a.csv")


def test_a_csv_without_names_tells_its_columns(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("artist,country\nLow,US\n")
    assert "has no column name; its columns are artist, country." in refused(
        sqlite_engine, tmp_path / "a.csv"
    )


def test_a_missing_registry_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    assert "There is no file" in refused(sqlite_engine, tmp_path / "a.csv")


def test_an_unknown_format_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "artists.xml").write_text("<artists/>")
    assert "a registry is .csv, .tsv, .jsonl" in refused(sqlite_engine, tmp_path / "artists.xml")


def test_of_a_registry_that_stops_being_utf8_the_artists_before_are_kept(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_bytes("name\nLow\nSigur Rós\n".encode() + "Mogwaï\n".encode("latin-1"))
    message = refused(sqlite_engine, tmp_path / "a.csv")
    assert "is not UTF-8: byte 0xEF in line 4" in message
    assert message.endswith("The 2 artists before that are kept.")
    assert names(sqlite_engine) == ["Low", "Sigur Rós"]


@pytest.mark.parametrize("keep", [0.02, 0.5, 0.95])
def test_a_truncated_archive_is_told(sqlite_engine: Engine, tmp_path: Path, keep: float) -> None:
    data = dump(*(DUMPED | {"name": f"Artist {n * 7919}", "id": ONE[:-5] + f"{n:05}"} for n in range(500)))
    path = tar(tmp_path / "artist.tar.xz", {"mbdump/artist": data})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    assert "fetch it again." in refused(sqlite_engine, path)


def test_an_archive_of_something_else_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = tar(tmp_path / "label.tar.xz", {"mbdump/label": b"{}"})
    assert "has no mbdump/artist; name MusicBrainz's artist.tar.xz." in refused(sqlite_engine, path)
