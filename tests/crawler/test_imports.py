"""Importing documents from CSV, JSONL, Parquet and WARC into a database."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, select

from crawler.imports.report import ImportProgress, ImportReport
from crawler.imports.run import BATCH, import_documents
from store.models import DocumentRow
from tests.crawler.archives import page, warc, wet

TEXTS = (
    "A patient record of long guitar notes, mixed so low that the voice is one more string.",
    "Two drummers and no hurry: the second side is a single groove that refuses to end.",
    "Recorded in a kitchen, it sounds like one, and the songs are better for the kettle.",
)


def stored(engine: Engine) -> dict[str, DocumentRow]:
    columns = DocumentRow.__table__.c
    with engine.connect() as connection:
        return {row.url: row for row in connection.execute(select(*columns).order_by(columns.id))}  # type: ignore[misc]


def write_jsonl(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def rows_of(*texts: str) -> list[dict[str, object]]:
    return [{"url": f"https://a.example/{n}", "text": text} for n, text in enumerate(texts)]


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.read, report.added, report.changed, report.unchanged, report.skipped_total


FULL = {
    "text": TEXTS[0],
    "url": "https://A.example:443/one?utm_source=x",
    "title": " The  Long Note ",
    "published": "2003-05",
    "author": "Ada Field",
    "source": "zine",
    "artist": "The Kettles",
}


def write_csv(path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, FULL)
        writer.writeheader()
        writer.writerow(FULL)


def write_semicolons(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FULL, delimiter=";")
        writer.writeheader()
        writer.writerow(FULL)


def write_tsv_gz(path: Path) -> None:
    lines = "\t".join(FULL) + "\r\n" + "\t".join(FULL.values()) + "\r\n"
    path.write_bytes(gzip.compress(lines.encode()))


def write_json_lines(path: Path) -> None:
    write_jsonl(path, [FULL])


def write_parquet(path: Path) -> None:
    values = FULL | {"published": datetime(2003, 5, 1, 12)}
    pq.write_table(pa.table({name: [value] for name, value in values.items()}), path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("t.csv", write_csv),
        ("semicolons.csv", write_semicolons),
        ("t.tsv.gz", write_tsv_gz),
        ("t.jsonl", write_json_lines),
        ("t.ndjson.gz", write_json_lines),
        ("misnamed-but-gzipped.CSV", lambda path: path.write_bytes(gzip.compress(_csv_bytes(path)))),
        ("t.parquet", write_parquet),
    ],
)
def test_every_format_gives_the_same_document(
    sqlite_engine: Engine, tmp_path: Path, name: str, write: object
) -> None:
    path = tmp_path / name
    assert callable(write)
    write(path)
    assert counts(import_documents(sqlite_engine, [path])) == (1, 1, 0, 0, 0)
    (row,) = stored(sqlite_engine).values()
    assert (row.url, row.text, row.title) == ("https://a.example/one", TEXTS[0], "The Long Note")
    assert (row.published, row.author, row.source, row.label) == (
        date(2003, 5, 1),
        "Ada Field",
        "zine",
        "The Kettles",
    )


def _csv_bytes(path: Path) -> bytes:
    write_csv(path)
    return path.read_bytes()


def test_rows_reach_both_databases_and_a_second_import_changes_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    file = write_jsonl(tmp_path / "t.jsonl.gz", rows_of(*TEXTS))
    assert counts(import_documents(engine, [file])) == (3, 3, 0, 0, 0)
    before = stored(engine)
    assert counts(import_documents(engine, [file])) == (3, 0, 0, 3, 0)
    assert stored(engine) == before


def test_a_changed_text_replaces_the_old_one(sqlite_engine: Engine, tmp_path: Path) -> None:
    import_documents(sqlite_engine, [write_jsonl(tmp_path / "t.jsonl", rows_of(TEXTS[0]))])
    report = import_documents(sqlite_engine, [write_jsonl(tmp_path / "t.jsonl", rows_of(TEXTS[1]))])
    assert counts(report) == (1, 0, 1, 0, 0)
    assert [row.text for row in stored(sqlite_engine).values()] == [TEXTS[1]]


def test_columns_of_other_names_are_mapped(sqlite_engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(f'Review_Body,Band\n"{TEXTS[0]}",Low\n')
    import_documents(sqlite_engine, [file], mapping={"text": "Review_Body", "artist": "Band"})
    (row,) = stored(sqlite_engine).values()
    assert (row.text, row.label) == (TEXTS[0], "Low")


def test_column_names_are_known_in_any_case(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f'TEXT , Artist\n"{TEXTS[0]}",Low\n')
    import_documents(sqlite_engine, [tmp_path / "t.csv"])
    assert [row.label for row in stored(sqlite_engine).values()] == ["Low"]


def test_the_source_is_the_column_then_the_option_then_the_host_then_the_file(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    rows = [
        {"text": TEXTS[0], "source": "column", "url": "https://b.example/"},
        *rows_of(TEXTS[1]),
        {"text": TEXTS[2]},
    ]
    file = write_jsonl(tmp_path / "my.reviews.jsonl", rows)
    import_documents(sqlite_engine, [file])
    assert [row.source for row in stored(sqlite_engine).values()] == ["column", "a.example", "my"]


def test_the_source_option_names_rows_that_name_none(sqlite_engine: Engine, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "t.jsonl", [*rows_of(TEXTS[1]), {"text": TEXTS[0], "source": "column"}])
    import_documents(sqlite_engine, [file], source="option")
    assert sorted(row.source for row in stored(sqlite_engine).values()) == ["column", "option"]


def test_rows_without_a_url_are_named_by_their_content(sqlite_engine: Engine, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "t.jsonl", [{"text": text, "source": "a b"} for text in TEXTS])
    import_documents(sqlite_engine, [file])
    urls = list(stored(sqlite_engine))
    assert len(set(urls)) == 3
    assert all(url.startswith("urn:linernotes:a%20b:") and len(url) == 22 + 32 - 1 for url in urls)
    assert import_documents(sqlite_engine, [file]).unchanged == 3


def test_a_relative_url_is_named_within_its_source(sqlite_engine: Engine, tmp_path: Path) -> None:
    rows = [
        {"text": text, "url": "/reviews/one", "source": source}
        for text, source in zip(TEXTS, "abc", strict=True)
    ]
    import_documents(sqlite_engine, [write_jsonl(tmp_path / "t.jsonl", rows)])
    assert list(stored(sqlite_engine)) == [f"urn:linernotes:{source}:/reviews/one" for source in "abc"]


def test_texts_that_share_a_url_are_all_kept_under_the_same_names_each_time(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    rows = [{"url": "https://a.example/x", "text": text} for text in (*TEXTS, TEXTS[1])]
    file = write_jsonl(tmp_path / "t.jsonl", rows)
    assert counts(import_documents(sqlite_engine, [file])) == (4, 3, 0, 1, 0)
    before = stored(sqlite_engine)
    assert list(before) == ["https://a.example/x", "https://a.example/x#2", "https://a.example/x#3"]
    assert counts(import_documents(sqlite_engine, [file])) == (4, 0, 0, 4, 0)
    assert stored(sqlite_engine) == before


def test_a_text_known_under_another_url_is_a_copy(sqlite_engine: Engine, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "t.jsonl", rows_of(TEXTS[0] * 3, TEXTS[0] * 3))
    assert import_documents(sqlite_engine, [file]).copies == 1


def test_html_is_extracted_and_the_columns_come_first(sqlite_engine: Engine, tmp_path: Path) -> None:
    html = page("Title of the page").decode()
    rows = [
        {"html": html, "url": "https://a.example/1"},
        {"html": html, "url": "https://a.example/2", "title": "Column"},
    ]
    import_documents(sqlite_engine, [write_jsonl(tmp_path / "t.jsonl", rows)])
    first, second = stored(sqlite_engine).values()
    assert "slow drum pattern" in first.text
    assert "<p>" not in first.text
    assert (first.title, second.title) == ("Title of the page", "Column")


@pytest.mark.parametrize("gzipped", [True, False])
def test_the_pages_of_a_warc_become_documents(sqlite_engine: Engine, tmp_path: Path, gzipped: bool) -> None:
    file = tmp_path / ("t.warc.gz" if gzipped else "t.warc")
    file.write_bytes(
        warc([("https://w.example/1", page("One")), ("https://w.example/2", page("Two"))], gzipped=gzipped)
    )
    assert counts(import_documents(sqlite_engine, [file])) == (2, 2, 0, 0, 0)
    assert [(row.url, row.title, row.source) for row in stored(sqlite_engine).values()] == [
        ("https://w.example/1", "One", "w.example"),
        ("https://w.example/2", "Two", "w.example"),
    ]


@pytest.mark.parametrize("other", [{"status": "404 Not Found"}, {"content_type": "image/png"}])
def test_records_that_are_no_pages_are_passed_over(
    sqlite_engine: Engine, tmp_path: Path, other: dict[str, str]
) -> None:
    file = tmp_path / "t.warc.gz"
    file.write_bytes(warc([("https://w.example/1", page("One"))], **other))  # type: ignore[arg-type]
    assert counts(import_documents(sqlite_engine, [file])) == (0, 0, 0, 0, 0)


def test_the_texts_of_a_wet_file_become_documents(sqlite_engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "t.warc.wet.gz"
    long = [f"{TEXTS[0]} {TEXTS[1]}", f"{TEXTS[1]} {TEXTS[2]}"]
    file.write_bytes(wet([("https://w.example/1", long[0]), ("https://w.example/2", long[1])]))
    import_documents(sqlite_engine, [file])
    assert [row.text for row in stored(sqlite_engine).values()] == long


def test_the_server_named_charset_of_a_warc_page_is_used(sqlite_engine: Engine, tmp_path: Path) -> None:
    body = page("Sigur Rós", "Hljóðið er mjög fallegt og söngurinn líka. " * 12).decode().encode("iso-8859-1")
    file = tmp_path / "t.warc.gz"
    file.write_bytes(warc([("https://w.example/1", body)], content_type="text/html; charset=iso-8859-1"))
    import_documents(sqlite_engine, [file])
    assert [row.title for row in stored(sqlite_engine).values()] == ["Sigur Rós"]


def test_an_import_interrupted_between_batches_is_completed_by_repeating_it(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    texts = [
        f"Song number {n} has the words {n * 7919} and {n * 104729} in its refrain."
        for n in range(BATCH + 20)
    ]
    rows = [{"url": f"https://a.example/{n % 400}", "text": text} for n, text in enumerate(texts)]
    file = write_jsonl(tmp_path / "t.jsonl", rows)

    def interrupt(_event: ImportProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_documents(sqlite_engine, [file], on_event=interrupt)
    assert len(stored(sqlite_engine)) == BATCH
    assert counts(import_documents(sqlite_engine, [file])) == (BATCH + 20, 20, 0, BATCH, 0)
    assert sorted(row.text for row in stored(sqlite_engine).values()) == sorted(texts)


def test_progress_is_told_with_the_share_of_the_file_read(sqlite_engine: Engine, tmp_path: Path) -> None:
    events: list[ImportProgress] = []
    file = write_jsonl(tmp_path / "t.jsonl", rows_of(*TEXTS))
    import_documents(sqlite_engine, [file, file], on_event=events.append)
    assert [(event.file, event.share, event.read) for event in events] == [(file, 1.0, 3), (file, 1.0, 6)]
