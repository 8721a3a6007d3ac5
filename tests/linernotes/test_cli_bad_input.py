"""Bad input, as a person meets it: one clear sentence, an exit code, and the data whole."""

from __future__ import annotations

import gzip
import http.server
import json
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import Engine, event

from tests.linernotes.conftest import Call, Result

WORDS = (  # of texts that are unlike each other
    "guitar bell drum slow patient room cough voice night harbour lamp fog coat bright copper wheel bass "
    "sleeve chorus river engine quiet heavy tape window letter garden smoke organ winter field stair glass"
)


def review(name: str) -> str:
    """A line of JSONL: a text like no other."""
    text = " ".join(random.Random(name).choices(WORDS.split(), k=60))
    return json.dumps({"url": f"https://a.org/{name}", "artist": "Slowdive", "text": text}) + "\n"


@pytest.fixture
def ready(call: Call) -> Call:
    """A database with one artist and one document."""
    call("init")
    Path("artists.csv").write_text("name\nSlowdive\n", encoding="utf-8")
    Path("good.jsonl").write_text(review("one"), encoding="utf-8")
    assert call("artists", "import", "artists.csv").code == 0
    assert call("import", "good.jsonl").code == 0
    return call


def documents(call: Call) -> int:
    counts = {(row["area"], row["measure"]): row["value"] for row in call("status", "--json").rows}
    found = counts["documents", "all"]
    assert isinstance(found, int)
    return found


# --- files ------------------------------------------------------------------------------------------------


def truncated(text: str) -> bytes:
    return gzip.compress(text.encode())[:-20]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("missing.csv", None, "There is no file missing.csv"),
        ("notes.docx", b"text", "notes.docx"),
        ("latin.csv", "url,text\nhttps://a.org/x,Sigur R\xf3s\n".encode("latin-1"), "UTF-8"),
        ("columns.csv", b"link,words\nhttps://a.org/x,hello\n", "has no column text or html"),
        ("empty.csv", b"", "empty.csv"),
        ("cut.jsonl.gz", truncated("".join(review(str(n)) for n in range(300))), "cut.jsonl.gz"),
        ("no.jsonl.gz", b"this is no gzip", "no.jsonl.gz"),
        ("no.parquet", b"this is no parquet", "no.parquet"),
        ("no.warc", b"this is no warc", "no.warc"),
    ],
)
def test_a_file_that_is_not_what_it_should_be(
    ready: Call, name: str, content: bytes | None, told: str
) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    result = ready("import", name)
    assert result.code == 2
    assert told in result.err.splitlines()[-1]
    assert documents(ready) >= 1


def test_a_directory_is_no_file(ready: Call) -> None:
    Path("folder.csv").mkdir()
    result = ready("import", "folder.csv")
    assert result.code == 2
    assert "folder.csv" in result.error


def test_a_line_that_is_no_json_is_skipped_counted_and_told_with_its_number(ready: Call) -> None:
    Path("mixed.jsonl").write_text(review("two") + "{broken\n" + review("three"), encoding="utf-8")
    result = ready("import", "mixed.jsonl", "--json")
    assert result.code == 0
    assert {row["measure"]: row["count"] for row in result.rows}["skipped"] == 1
    assert "mixed.jsonl:2: " in result.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "artists2.csv"),
        (b"artist\nLow\n", "name"),
        (b"name\n", "no artist"),
        ("name\nBj\xf6rk\n".encode("latin-1"), "UTF-8"),
    ],
)
def test_a_registry_that_is_none(ready: Call, content: bytes | None, told: str) -> None:
    if content is not None:
        Path("artists2.csv").write_bytes(content)
    result = ready("artists", "import", "artists2.csv")
    assert result.code == 2
    assert told in result.error
    assert len(ready("artists", "list", "--json").rows) == 1


def test_duplicate_artists_are_told_and_counted_once(ready: Call) -> None:
    Path("twice.csv").write_text("name\nLow\nLow\n", encoding="utf-8")
    result = ready("artists", "import", "twice.csv", "--json")
    counts = {row["measure"]: row["count"] for row in result.rows}
    assert (counts["added"], counts["skipped"]) == (1, 1)
    assert "repeats the artist of line 2" in result.err


# --- too little to work with ------------------------------------------------------------------------------


def test_an_empty_corpus_and_an_empty_registry_are_told(call: Call) -> None:
    call("init")
    assert "The registry has no artist" in call("mine").error
    Path("artists.csv").write_text("name\nSlowdive\n", encoding="utf-8")
    call("artists", "import", "artists.csv")
    empty = call("mine")
    assert empty.code == 1
    assert "There is no document to mine" in empty.error


def test_look_ups_before_the_first_release_say_what_to_do(ready: Call) -> None:
    for arguments in (("similar", "Slowdive"), ("terms", "Slowdive"), ("search", "slow"), ("export", "out")):
        result = ready(*arguments)
        assert result.code == 4
        assert "make one with `linernotes mine`" in result.error
    assert ready("releases", "rollback").code == 4


# --- databases --------------------------------------------------------------------------------------------


def changed(statement: str) -> Callable[[], None]:
    def change() -> None:
        with sqlite3.connect("linernotes.db") as connection:
            connection.execute(statement)
        connection.close()

    return change


def foreign() -> None:
    Path("linernotes.db").unlink()
    changed("CREATE TABLE customers (name TEXT)")()


def scrambled() -> None:
    Path("linernotes.db").write_bytes(b"This is a letter, not a database. " * 200)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda: Path("linernotes.db").unlink(), "create one with `linernotes init`"),
        (changed("UPDATE linernotes_version SET version_num = '9999'"), "was made by a newer linernotes"),
        (changed("DELETE FROM linernotes_version"), "linernotes init"),
        (foreign, "belongs to another program"),
        (scrambled, "file is not a database"),
    ],
    ids=["missing", "newer", "older", "foreign", "scrambled"],
)
def test_a_database_that_cannot_be_used(call: Call, spoil: Callable[[], None], told: str) -> None:
    call("init")
    spoil()
    for name in ("-wal", "-shm"):
        Path(f"linernotes.db{name}").unlink(missing_ok=True)
    for arguments in (("status",), ("mine",), ("similar", "A"), ("sources", "add", "a.org")):
        result = call(*arguments)
        assert (result.code, told in result.error) == (3, True), result.err


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:////proc/linernotes.db", "/proc/linernotes.db"),
        ("sqlite:///nowhere/linernotes.db", "There is no directory nowhere"),
        ("mysql://here/notes", "mysql is not supported"),
        ("linernotes.db", "is not a database URL"),
        ("postgresql+psycopg://me:secret@127.0.0.1:1/notes", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_made(call: Call, url: str, told: str) -> None:
    result = call("init", "--database", url)
    assert result.code == 3
    assert told in result.error
    assert "secret" not in result.err


def test_a_full_disk_is_told_and_nothing_is_half_written(ready: Call) -> None:
    Path("many.jsonl").write_text("".join(review(str(n)) for n in range(400)), encoding="utf-8")

    def fill(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    event.listen(Engine, "connect", fill)
    try:
        result = ready("import", "many.jsonl")
    finally:
        event.remove(Engine, "connect", fill)
    assert result.code == 3
    assert "The disk is full; nothing was half-written." in result.error
    assert documents(ready) == 1
    assert ready("import", "many.jsonl").code == 0
    assert documents(ready) > 1


def test_a_locked_database_is_told(ready: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.engine.BUSY_SECONDS", 0.1)
    holder = sqlite3.connect("linernotes.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    result = ready("sources", "add", "a.org")
    holder.close()
    assert result.code == 3
    assert "Another process keeps the database locked" in result.error


def test_a_fault_of_ours_asks_for_a_report(ready: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("no\nsuch luck")

    monkeypatch.setattr("linernotes.cli.database.status_rows", fail)
    result = ready("status")
    assert result.code == 70
    assert "RuntimeError: no such luck" in result.error
    assert "Please report this" in result.error


# --- the web ----------------------------------------------------------------------------------------------


class _Server(http.server.BaseHTTPRequestHandler):
    """One bad page for each path."""

    answers: ClassVar[dict[str, tuple[int, str, bytes]]] = {
        "/gone": (410, "text/html", b""),
        "/missing": (404, "text/html", b""),
        "/broken": (500, "text/html", b""),
        "/paper": (200, "application/pdf", b"%PDF-1.7"),
        "/cover": (200, "image/png", b"\x89PNG"),
        "/feed.xml": (200, "application/rss+xml", b"this is no feed"),
    }

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(0.8)
        if self.path in {"/circle", "/elcric"}:
            self.send_response(302)
            self.send_header("Location", "/elcric" if self.path == "/circle" else "/circle")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        status, kind, body = self.answers.get(self.path, (404, "text/html", b""))
        length = len(body)
        if self.path == "/huge":
            status, kind, length = 200, "text/html", 200_000_000
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Quiet(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up on purpose."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with _Quiet(("127.0.0.1", 0), _Server) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def crawl(call: Call, url: str, *options: str) -> Result:
    assert call("sources", "add", url).code == 0
    fast = ("retries=0", "timeout_seconds=0.4", "delay_seconds=0", "allow_private_hosts=true")
    settings = [part for setting in fast for part in ("--set", f"crawl.{setting}")]
    return call("crawl", *settings, *options)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/gone", "410"),
        ("/missing", "404"),
        ("/broken", "500"),
        ("/slow", "no answer within 0.4 s"),
        ("/paper", "it is application/pdf, not a page"),
        ("/cover", "it is image/png, not a page"),
        ("/feed.xml", "feed"),
        ("/huge", "longer than 10 MB"),
        ("/circle", "circle"),
    ],
)
def test_a_source_that_cannot_be_read(call: Call, server: str, path: str, told: str) -> None:
    call("init")
    result = crawl(call, f"{server}{path}")
    assert result.code == 1
    assert told in result.error
    assert told in call("sources", "list", "--json").rows[0]["error"]


def test_a_host_that_does_not_resolve(call: Call) -> None:
    call("init")
    result = crawl(call, "http://nowhere.invalid/", "--set", "crawl.contact=me@linernotes.dev")
    assert result.code == 1
    assert "does not resolve" in result.error


def test_a_private_address_is_refused_unless_allowed(call: Call, server: str) -> None:
    call("init")
    result = crawl(call, server, "--set", "crawl.allow_private_hosts=false")
    assert result.code == 1
    assert "allow_private_hosts is not set" in result.error


def test_a_public_host_needs_a_contact(call: Call) -> None:
    call("init")
    call("sources", "add", "https://a.org/")
    result = call("crawl")
    assert result.code == 2
    assert "needs a contact" in result.error


@pytest.mark.parametrize("url", ["ftp://a.org/", "https://me:secret@a.org/", "https://", "https://a b/"])
def test_a_source_that_is_no_url(call: Call, url: str) -> None:
    call("init")
    assert call("sources", "add", url).code == 1
    assert call("sources", "list", "--json").rows == []
