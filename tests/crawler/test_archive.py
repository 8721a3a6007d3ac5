"""The archive of a crawl: what its files hold, what other tools make of them, and what a failure leaves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.cli import main as warcio_command

from crawler.archive import warc_writer
from crawler.archive.warc_writer import ArchiveFailed, WarcArchive
from crawler.fetching.http import Answer
from crawler.fetching.settings import CrawlSettings
from tests.crawler.archives import page

SETTINGS = CrawlSettings(contact="crawls@music.test")
AT = datetime(2026, 3, 4, 5, 6, 7, 891_011, tzinfo=UTC)
SENT = {"User-Agent": SETTINGS.agent, "if-none-match": '"v1"'}
URL = "https://w.example/reviews/1?page=2"


def answer(url: str = URL, body: bytes = b"", status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(url, status, {"content-type": "text/html; charset=utf-8", **named}, body or page("One"))


def archive(folder: Path, *answers: Answer, **settings: int) -> list[Path]:
    """Archive the answers and return the complete files."""
    with WarcArchive(folder, SETTINGS, **settings) as writer:
        for each in answers:
            writer.write(each, at=AT, request_headers=SENT)
    return sorted(folder.glob("*.warc.gz"))


def records(file: Path) -> Iterator[tuple[Any, bytes]]:
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            yield record, record.content_stream().read()


def field(record: Any, name: str) -> str:  # noqa: ANN401 - warcio has no annotations
    return str(record.rec_headers.get_header(name))


def test_a_visit_is_a_response_and_a_request_that_name_each_other(tmp_path: Path) -> None:
    (file,) = archive(tmp_path, answer(etag='"v2"'))
    info, response, request = [record for record, _ in records(file)]
    assert [r.rec_type for r in (info, response, request)] == ["warcinfo", "response", "request"]
    assert {field(r, "WARC-Target-URI") for r in (response, request)} == {URL}
    assert {field(r, "WARC-Date") for r in (response, request)} == {"2026-03-04T05:06:07.891011Z"}
    assert field(response, "WARC-Concurrent-To") == field(request, "WARC-Record-ID")
    assert field(request, "WARC-Concurrent-To") == field(response, "WARC-Record-ID")
    assert response.rec_headers.protocol == "WARC/1.1"


def test_a_response_holds_status_headers_and_body_as_received(tmp_path: Path) -> None:
    (file,) = archive(tmp_path, answer(body=page("Two"), etag='"v2"', x_note="déjà"))
    _, (response, body), _ = records(file)
    assert body == page("Two")
    assert response.http_headers.statusline == "200 OK"
    assert response.http_headers.get_header("etag") == '"v2"'
    assert response.http_headers.get_header("x-note")


def test_a_request_holds_what_was_asked_and_by_whom(tmp_path: Path) -> None:
    (file,) = archive(tmp_path, answer())
    *_, (request, _) = records(file)
    assert (request.http_headers.protocol, request.http_headers.statusline) == (
        "GET",
        "/reviews/1?page=2 HTTP/1.1",
    )
    headers = dict(request.http_headers.headers)
    assert headers["host"] == "w.example"
    assert headers["if-none-match"] == '"v1"'
    assert headers["user-agent"] == SETTINGS.agent


def test_headers_are_true_of_the_stored_body(tmp_path: Path) -> None:
    (file,) = archive(
        tmp_path,
        answer(
            body=b"<p>decoded</p>", content_encoding="br", content_length="7", transfer_encoding="chunked"
        ),
    )
    _, (response, body), _ = records(file)
    headers = dict(response.http_headers.headers)
    assert body == b"<p>decoded</p>"
    assert headers["content-length"] == "14"
    assert not {"content-encoding", "transfer-encoding"} & headers.keys()
    assert headers["X-Crawl-Content-Encoding"] == "br"
    assert headers["X-Crawl-Content-Length"] == "7"


def test_an_unmodified_page_is_a_revisit_without_a_body(tmp_path: Path) -> None:
    (file,) = archive(tmp_path, Answer(URL, 304, {"etag": '"v1"'}))
    _, (revisit, body), _ = records(file)
    assert revisit.rec_type == "revisit"
    assert field(revisit, "WARC-Profile").endswith("/warc/1.1/revisit/server-not-modified")
    assert revisit.http_headers.statusline == "304 Not Modified"
    assert body == b""


def test_a_file_says_what_wrote_it_for_whom_and_that_robots_are_obeyed(tmp_path: Path) -> None:
    (file,) = archive(tmp_path, answer())
    info, fields = next(records(file))
    lines = fields.decode().splitlines()
    assert field(info, "WARC-Filename") == file.name
    assert "robots: obey" in lines
    assert "operator: crawls@music.test" in lines
    assert f"http-header-user-agent: {SETTINGS.agent}" in lines
    assert any(line.startswith("format: WARC File Format 1.1") for line in lines)


def test_the_checker_of_warcio_finds_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = archive(tmp_path, answer(), answer(body=b"\x00\xff" * 9000), Answer(URL, 304, {}))
    with pytest.raises(SystemExit) as ended:
        warcio_command(["check", "-v", str(file)])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert told.count("digest pass") == 6  # and one that it does not check: a revisit has no payload
    assert "fail" not in told


def test_every_record_is_a_gzip_member_of_its_own(tmp_path: Path) -> None:
    (file,) = archive(tmp_path, answer(), answer("https://w.example/2"))
    with file.open("rb") as stream:
        iterator = ArchiveIterator(stream)
        offsets = [iterator.get_record_offset() for _ in iterator]
    data = file.read_bytes()
    assert len(offsets) == 5
    assert all(data[offset : offset + 2] == b"\x1f\x8b" for offset in offsets)


def test_files_are_called_as_the_internet_archive_calls_them(tmp_path: Path) -> None:
    (file,) = archive(tmp_path, answer())
    assert re.fullmatch(rf"linernotes-\d{{14}}-00000-{os.getpid()}\.warc\.gz", file.name)


def test_a_full_file_is_followed_by_another(tmp_path: Path) -> None:
    pages = [answer(f"https://w.example/{n}", os.urandom(20_000)) for n in range(6)]
    files = archive(tmp_path, *pages, max_file_bytes=50_000)
    assert [file.name.split("-")[2] for file in files] == ["00000", "00001"]
    found = [
        field(r, "WARC-Target-URI") for file in files for r, _ in records(file) if r.rec_type == "response"
    ]
    assert found == [page.url for page in pages]


def test_a_crawl_that_fetched_nothing_leaves_no_file(tmp_path: Path) -> None:
    assert archive(tmp_path / "deep" / "folder") == []
    assert list((tmp_path / "deep" / "folder").iterdir()) == []


def test_a_file_is_called_open_until_it_is_complete(tmp_path: Path) -> None:
    writer = WarcArchive(tmp_path, SETTINGS)
    writer.write(answer(), at=AT, request_headers={})
    assert [file.suffix for file in tmp_path.iterdir()] == [".open"]
    writer.close()
    assert [file.suffix for file in tmp_path.iterdir()] == [".gz"]


def test_several_archives_write_to_one_folder(tmp_path: Path) -> None:
    writers = [WarcArchive(tmp_path, SETTINGS) for _ in range(3)]
    for number, writer in enumerate(writers):
        writer.write(answer(f"https://w.example/{number}"), at=AT, request_headers={})
    for writer in writers:
        writer.close()
    files = sorted(tmp_path.glob("*.warc.gz"))
    assert len(files) == 3
    assert all(len(list(records(file))) == 3 for file in files)


def test_a_folder_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(ArchiveFailed, match=f"cannot be written to {blocked}.*name another folder"):
        WarcArchive(blocked, SETTINGS)


def test_a_disk_that_fills_up_is_told_and_leaves_whole_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A limit on the size of files fails in the middle of a write, as a full disk does.
    script = (
        "import os, resource, signal, sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from crawler.archive.warc_writer import WarcArchive\n"
        "from crawler.fetching.http import Answer; from crawler.fetching.settings import CrawlSettings\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "archive = WarcArchive(Path(sys.argv[1]), CrawlSettings())\n"
        "try:\n"
        "    for n in range(10):\n"
        "        answer = Answer(f'https://w.example/{n}', 200, {}, os.urandom(30_000))\n"
        "        archive.write(answer, at=datetime.now(UTC), request_headers={})\n"
        "    archive.close()\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert re.search("ArchiveFailed The archive cannot be written to .*: File too large", told.stdout)
    (file,) = tmp_path.glob("*.warc.gz")
    responses = [body for record, body in records(file) if record.rec_type == "response"]
    assert [len(body) for body in responses] == [30_000] * 3


def test_after_a_failure_nothing_more_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = WarcArchive(tmp_path, SETTINGS)

    def broken(*_: object) -> Iterator[Any]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(warc_writer, "records_of", broken)
    writer.write(answer(), at=AT, request_headers={})
    with pytest.raises(ArchiveFailed, match="No space left on device"):
        writer.close()
    with pytest.raises(ArchiveFailed):
        writer.write(answer(), at=AT, request_headers={})
    assert list(tmp_path.iterdir()) == []


def test_writing_waits_only_when_much_is_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, real = threading.Event(), warc_writer.records_of

    def slow(*arguments: Any) -> Iterator[Any]:  # noqa: ANN401
        held.wait(10)
        yield from real(*arguments)

    monkeypatch.setattr(warc_writer, "records_of", slow)
    monkeypatch.setattr(warc_writer, "MAX_WAITING_BYTES", 50_000)
    writer = WarcArchive(tmp_path, SETTINGS)
    began = time.monotonic()
    for _ in range(3):
        writer.write(answer(body=b"x" * 20_000), at=AT, request_headers={})
    assert time.monotonic() - began < 1
    more = threading.Thread(
        target=lambda: [writer.write(answer(body=b"x" * 60_000), at=AT, request_headers={}) for _ in range(2)]
    )
    more.start()
    more.join(0.2)
    assert more.is_alive()
    held.set()
    more.join(10)
    writer.close()
    (file,) = tmp_path.glob("*.warc.gz")
    assert sum(record.rec_type == "response" for record, _ in records(file)) == 5


def test_a_killed_process_leaves_a_file_of_whole_records(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from crawler.archive.warc_writer import WarcArchive\n"
        "from crawler.fetching.http import Answer; from crawler.fetching.settings import CrawlSettings\n"
        "archive, n = WarcArchive(Path(sys.argv[1]), CrawlSettings()), 0\n"
        "while True:\n"
        "    n += 1\n"
        "    answer = Answer(f'https://w.example/{n}', 200, {}, b'body of page %d' % n)\n"
        "    archive.write(answer, at=datetime.now(UTC), request_headers={})\n"
        "    print(n, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    while sum(file.stat().st_size for file in tmp_path.iterdir()) < 50_000:
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    (file,) = tmp_path.iterdir()
    assert file.name.endswith(".warc.gz.open")
    whole = []
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream):
            whole.append((record.rec_type, record.content_stream().read()))
    pages = [body for kind, body in whole[:-1] if kind == "response"]
    assert pages == [b"body of page %d" % (n + 1) for n in range(len(pages))]
    assert len(pages) > 10
