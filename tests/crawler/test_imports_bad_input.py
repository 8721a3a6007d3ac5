"""Files that cannot be imported, or not wholly: a clear sentence, and the data stays whole."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, func, select

from crawler.imports.errors import BrokenFile, ImportFailed
from crawler.imports.report import SKIPPED_TOLD
from crawler.imports.run import import_documents
from crawler.imports.warc import Archives
from store.models import DocumentRow
from tests.crawler.archives import page, warc

TEXT = "The bass walks home alone tonight"


def documents(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(DocumentRow)) or 0


def lines(count: int) -> bytes:
    rows = ({"url": f"https://a.example/{n}", "text": words(n)} for n in range(count))
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def words(seed: int) -> str:
    """Text that no other seed gives a copy of, and that does not compress well."""
    return f"{TEXT} " + " ".join(hashlib.sha256(f"{seed} {n}".encode()).hexdigest() for n in range(8))


def refused(engine: Engine, *paths: Path, **options: object) -> str:
    with pytest.raises(ImportFailed) as caught:
        import_documents(engine, paths, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_missing_file_stops_before_anything_is_written(sqlite_engine: Engine, tmp_path: Path) -> None:
    good = tmp_path / "good.jsonl"
    good.write_bytes(lines(2))
    message = refused(sqlite_engine, good, tmp_path / "missing.csv")
    assert message == f"There is no file {tmp_path / 'missing.csv'}; check the spelling."
    assert documents(sqlite_engine) == 0


def test_a_directory_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "d.csv").mkdir()
    assert "is a directory; name the files in it" in refused(sqlite_engine, tmp_path / "d.csv")


@pytest.mark.parametrize("name", ["reviews.xlsx", "reviews", "reviews.gz", ".csv.zip"])
def test_an_unknown_ending_is_refused_with_the_known_ones(
    sqlite_engine: Engine, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(b"x")
    message = refused(sqlite_engine, tmp_path / name)
    assert str(tmp_path / name) in message
    assert ".csv, .tsv, .jsonl" in message


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet", "t.warc.gz"])
def test_an_empty_file_is_refused(sqlite_engine: Engine, tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert refused(sqlite_engine, tmp_path / name) == f"{tmp_path / name} is empty; fetch or export it again."


def test_a_file_that_cannot_be_opened_is_refused(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is limited to a hundred characters
    with socket.socket(socket.AF_UNIX) as unreadable:
        unreadable.bind("t.jsonl")
        assert "t.jsonl cannot be read: " in refused(sqlite_engine, Path("t.jsonl"))


def test_csv_that_is_not_utf8_tells_line_and_byte(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"text\nfine words\ncaf\xe9 words\n")
    message = refused(sqlite_engine, tmp_path / "t.csv")
    assert "is not UTF-8: byte 0xE9 in line 3 (offset 19); convert it" in message
    assert "The 1 rows before that are imported." in message
    assert documents(sqlite_engine) == 1


def test_a_csv_without_text_names_its_columns_and_hints_at_map(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("review_body,band\nwords,Low\n")
    message = refused(sqlite_engine, tmp_path / "t.csv")
    assert "has no column text or html; its columns are review_body, band." in message
    assert "--map text=COLUMN" in message


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_a_mapping_to_a_missing_column_is_refused(sqlite_engine: Engine, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(
        "text,band\nwords,Low\n" if name == "t.csv" else '{"text": "words", "band": "Low"}\n'
    )
    message = refused(sqlite_engine, tmp_path / name, mapping={"artist": "group"})
    assert message == f"{tmp_path / name} has no column 'group' for artist; its columns are text, band."
    assert documents(sqlite_engine) == 0


def test_a_mapping_of_an_unknown_field_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("text\nwords\n")
    assert "There is no field 'txt' to map to; the fields are text, html," in refused(
        sqlite_engine, tmp_path / "t.csv", mapping={"txt": "text"}
    )


def test_a_column_named_twice_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("text,text\na,b\n")
    assert "names the column 'text' twice" in refused(sqlite_engine, tmp_path / "t.csv")


def test_of_a_truncated_gzip_the_lines_before_the_break_are_kept(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    whole = gzip.compress(lines(300))
    (tmp_path / "t.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    message = refused(sqlite_engine, tmp_path / "t.jsonl.gz")
    kept = documents(sqlite_engine)
    assert 0 < kept < 300
    assert f"is truncated: its compressed data stops after line {kept}; fetch it again." in message
    assert f"The {kept} rows before that are imported." in message


def test_a_damaged_gzip_is_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(lines(300)))
    whole[len(whole) // 2 : len(whole) // 2 + 40] = b"\xff" * 40
    (tmp_path / "t.jsonl.gz").write_bytes(bytes(whole))
    assert "is damaged: it cannot be read beyond line" in refused(sqlite_engine, tmp_path / "t.jsonl.gz")


def test_files_after_a_damaged_one_are_imported_all_the_same(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text('text\n"never closed\n')
    (tmp_path / "good.jsonl").write_bytes(lines(3))
    with pytest.raises(ImportFailed) as caught:
        import_documents(sqlite_engine, [tmp_path / "bad.csv", tmp_path / "good.jsonl"])
    assert caught.value.report is not None
    assert (caught.value.report.added, documents(sqlite_engine)) == (3, 3)


def test_a_quote_that_is_never_closed_tells_where_it_begins(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('text\n"all is\nwell"\n"never closed\nmore\nand more\n')
    assert "ends within the quoted field that begins in line 4" in refused(sqlite_engine, tmp_path / "t.csv")
    assert documents(sqlite_engine) == 1


@pytest.mark.parametrize(
    "line", [b"{not json}", b"[1]", b'"text"', b'{"text": "caf\xe9"}', b'{"text": "cut', b"[" * 9999]
)
def test_a_line_that_is_no_json_object_is_skipped_and_told(
    sqlite_engine: Engine, tmp_path: Path, line: bytes
) -> None:
    file = tmp_path / "t.jsonl"
    file.write_bytes(lines(1) + b"\n" + line + b"\n" + lines(2))
    report = import_documents(sqlite_engine, [file])
    assert (report.added, report.skipped_total) == (2, 1)
    assert report.skipped[0].line == 3
    assert str(report.skipped[0]).startswith(f"{file}:3: not ")


@pytest.mark.parametrize("text", ["", "  \n ", None, "!?", {"a": 1}])
def test_a_row_without_text_is_skipped_and_told(sqlite_engine: Engine, tmp_path: Path, text: object) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text(json.dumps({"text": text, "url": "https://a.example/none"}) + "\n" + lines(1).decode())
    report = import_documents(sqlite_engine, [file])
    assert (report.read, report.added, report.skipped_total) == (2, 1, 1)
    assert "the text " in report.skipped[0].reason


def test_a_row_with_too_many_fields_is_skipped_and_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("artist,text\nLow,slow, quiet, long\nCan,a groove\n")
    report = import_documents(sqlite_engine, [tmp_path / "t.csv"])
    assert report.added == 1
    assert (report.skipped[0].line, report.skipped[0].reason) == (
        2,
        "4 fields where the header has 2: quote the text",
    )


def test_no_more_skipped_rows_are_told_than_anybody_reads(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_bytes(lines(1) + b"no\n" * (SKIPPED_TOLD + 5))
    report = import_documents(sqlite_engine, [tmp_path / "t.jsonl"])
    assert (len(report.skipped), report.skipped_total) == (SKIPPED_TOLD, SKIPPED_TOLD + 5)


def test_a_jsonl_file_of_something_else_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n" * 10)
    assert "holds no JSON object" in refused(sqlite_engine, tmp_path / "t.jsonl")


def test_characters_that_no_database_holds_do_not_stop_an_import(engine: Engine, tmp_path: Path) -> None:
    row = '{"text": "a nul \\u0000 and half a pair \\ud83d here", "title": "\\udc00", "url": "https://a.example/\\u0000"}'
    (tmp_path / "t.jsonl").write_text(row + "\n")
    assert import_documents(engine, [tmp_path / "t.jsonl"]).added == 1


def test_a_text_of_a_megabyte_in_a_csv_is_no_obstacle(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('text\n"' + "long words " * 100_000 + '"\n')
    assert import_documents(sqlite_engine, [tmp_path / "t.csv"]).added == 1


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_of_a_truncated_parquet_nothing_is_imported(
    sqlite_engine: Engine, tmp_path: Path, keep: float
) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": [f"{TEXT} {n}" for n in range(500)]}), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    assert "is not a complete Parquet file, and nothing of it can be read" in refused(sqlite_engine, path)
    assert documents(sqlite_engine) == 0


def test_of_a_parquet_damaged_inside_the_rows_before_are_kept(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table = pa.table({"text": [words(n) for n in range(400)]})
    pq.write_table(table, path, row_group_size=100, write_page_checksum=True, use_dictionary=False)
    whole = bytearray(path.read_bytes())
    third = pq.ParquetFile(path).metadata.row_group(2).column(0).data_page_offset
    whole[third + 5000 : third + 5100] = b"\xff" * 100
    path.write_bytes(bytes(whole))
    message = refused(sqlite_engine, path)
    assert "is damaged after row 200 (" in message
    assert documents(sqlite_engine) == 200


def four_pages() -> list[tuple[str, bytes]]:
    return [(f"https://w.example/{n}", page(f"Page {n}", f"{words(n)}. " * 3)) for n in range(4)]


@pytest.mark.parametrize("gzipped", [True, False])
def test_of_a_truncated_warc_the_whole_records_are_kept(
    sqlite_engine: Engine, tmp_path: Path, gzipped: bool
) -> None:
    path = tmp_path / "t.warc"
    whole = warc(four_pages(), gzipped=gzipped)
    path.write_bytes(whole[: len(whole) * 6 // 10])
    message = refused(sqlite_engine, path)
    assert "t.warc is damaged after record " in message
    assert 0 < documents(sqlite_engine) < 4
    assert f"The {documents(sqlite_engine)} rows before that are imported." in message


@pytest.mark.parametrize("gzipped", [True, False])
def test_no_truncation_of_a_warc_goes_unnoticed_but_between_two_records(
    tmp_path: Path, gzipped: bool
) -> None:
    whole = warc([("https://w.example/1", b"<p>one"), ("https://w.example/2", b"<p>two")], gzipped=gzipped)
    path = tmp_path / "t.warc"
    unnoticed = [cut for cut in range(1, len(whole)) if _reads_to_the_end(path, whole[:cut])]
    # Two places between three records, and in a plain file the five of their line ends.
    assert len(unnoticed) <= (2 if gzipped else 15)


def _reads_to_the_end(path: Path, data: bytes) -> bool:
    path.write_bytes(data)
    try:
        with Archives([path]).open(path) as table:
            list(table.rows)
    except BrokenFile:
        return False
    return True


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"no archive at all\n" * 20,
        lambda whole: whole[: len(whole) // 2] + b"\0\xff" * 60 + whole[len(whole) // 2 + 120 :],
    ],
)
def test_a_damaged_warc_is_told(
    sqlite_engine: Engine, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "t.warc.gz"
    path.write_bytes(damage(warc(four_pages())))
    assert "is damaged after record" in refused(sqlite_engine, path)
