"""Running what a page of the documentation tells its reader to do, and comparing what comes of it.

In a page, a block of `sh` or `python` is run, in order, in one folder; a block with a title is written to the
file of that name; a block of `text` right after one that was run is what it prints, on a terminal of 90
columns. In it, a line `…` stands for any number of lines, and after `<!-- varies -->` four words of five must
be right. `<!-- not run -->` before a block leaves it out.

    python -m tests.documented_blocks docs/tutorial.md     # renews the outputs that have no `…`
"""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path

ROOT = Path(__file__).parent.parent
WIDTH = 90
SECONDS = 120
_BLOCK = re.compile(
    r"(?P<off><!-- not run -->\n+)?"
    r"^```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<body>.*?)^```\n"
    r"(?:\n(?P<varies><!-- varies -->\n\n)?```text\n(?P<output>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page: `output` is what it prints, where that is told; `line` its first, from 1."""

    language: str
    body: str
    title: str | None
    output: str | None
    line: int
    varies: bool = False


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page that are to be run or written, in order."""
    for found in _BLOCK.finditer(page):
        if not found["off"] and (found["title"] or found["language"] in {"sh", "python"}):
            line = page.count("\n", 0, found.start()) + 1
            yield Block(
                found["language"], found["body"], found["title"], found["output"], line, bool(found["varies"])
            )


class Reader:
    """Somebody who follows a page in `folder`; `replaced` are words of the page that are others here.

    Use as a context manager: programs that were started in the background end with it.
    """

    def __init__(self, folder: Path, replaced: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._cwd = folder
        self._replaced = dict(replaced or {})
        self._sessions: list[int] = []
        self._programs = folder / ".programs"
        self._programs.mkdir()
        self._add_program("linernotes", f'exec {sys.executable} -m linernotes "$@"')
        self._add_program("python", f'exec {sys.executable} "$@"')

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        for session in self._sessions:
            try:
                os.killpg(session, signal.SIGTERM)
            except ProcessLookupError:
                continue

    def go_to(self, folder: str) -> None:
        """Continue in a folder, told from the one that the reader began in."""
        self._cwd = self._folder / folder

    def do(self, block: Block) -> str:
        """Follow one block and return what it prints; raises AssertionError where a command fails."""
        body = block.body
        for word, other in self._replaced.items():
            body = body.replace(word, other)
        if block.title:
            (self._cwd / block.title).write_text(body, encoding="utf-8")
            return ""
        if block.language == "python":
            script = self._folder / ".programs" / "block.py"
            script.write_text(body, encoding="utf-8")
            body = f"python {script}\n"
        printed = self._run(f"set -eu\n{body}\npwd >{self._programs}/cwd\n", block.line)
        self._cwd = Path((self._programs / "cwd").read_text().strip())
        for word, other in self._replaced.items():
            printed = printed.replace(other, word)
        return printed

    def _run(self, script: str, line: int) -> str:
        master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, WIDTH, 0, 0))
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                ["bash", "-c", script],
                cwd=self._cwd,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=slave,
                stderr=errors,
                start_new_session=True,
            )
            os.close(slave)
            self._sessions.append(process.pid)
            printed = _read_all(master)
            code = process.wait(timeout=SECONDS)
            errors.seek(0)
            assert code == 0, (
                f"the block at line {line} exits with {code}:\n{printed}{errors.read().decode()}"
            )
        return printed

    def _environment(self) -> dict[str, str]:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("LINERNOTES_")
        }
        path = f"{self._programs}{os.pathsep}{environment['PATH']}"
        more = {"PATH": path, "PYTHONPATH": str(ROOT), "TERM": "dumb", "COLUMNS": str(WIDTH), "NO_COLOR": "1"}
        return environment | more

    def _add_program(self, name: str, script: str) -> None:
        program = self._programs / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)


def _read_all(master: int) -> str:
    parts = []
    while True:
        try:
            part = os.read(master, 65_536)
        except OSError:  # Linux says EIO when nobody has the other end open any more
            part = b""
        if not part:
            break
        parts.append(part)
    os.close(master)
    plain = _ESCAPE.sub("", b"".join(parts).decode().replace("\r\n", "\n"))
    return "".join(f"{line.rstrip()}\n" for line in plain.splitlines())


def resembles(told: str, printed: str) -> bool:
    """Whether four words of five of what a page tells were printed, in any order."""
    wanted, got = Counter(told.split()), Counter(printed.split())
    return (wanted & got).total() >= 0.8 * max(wanted.total(), got.total())


def agrees(told: str, printed: str) -> bool:
    """Whether a page tells what was printed: the words exactly, numbers to a twentieth (or .02).

    Numbers may differ a little because linear algebra does between processors.
    """
    pieces = re.split(rf"^{ELLIPSIS}$", told, flags=re.MULTILINE)
    wanted = [_words(piece) for piece in pieces]
    got = _words(printed)
    at = 0
    for index, piece in enumerate(wanted):
        starts = range(at, len(got) - len(piece) + 1)
        if index == 0:
            starts = starts[:1]
        elif index == len(wanted) - 1:
            starts = starts[-1:]
        found = next((start for start in starts if _alike(piece, got[start : start + len(piece)])), None)
        if found is None:
            return False
        at = found + len(piece)
    return len(wanted) > 1 or at == len(got)


def _words(text: str) -> list[str]:
    return text.split()


def _alike(told: list[str], printed: list[str]) -> bool:
    return all(a == b or _close(a, b) for a, b in zip(told, printed, strict=True))


def _close(a: str, b: str) -> bool:
    if _NUMBER.sub("0", a) != _NUMBER.sub("0", b):
        return False
    pairs = zip(_NUMBER.findall(a), _NUMBER.findall(b), strict=True)
    numbers = ((float(x.replace(",", "")), float(y.replace(",", ""))) for x, y in pairs)
    return all(abs(x - y) <= max(0.02, 0.05 * abs(x)) for x, y in numbers)


def renewed(page: str, folder: Path, replaced: Mapping[str, str] | None = None) -> str:
    """The page with what its blocks print now; outputs with `…` are left as they are."""
    outputs: dict[int, str] = {}
    with Reader(folder, replaced) as reader:
        for block in blocks(page):
            outputs[block.line] = reader.do(block)

    def with_output(found: re.Match[str]) -> str:
        line = page.count("\n", 0, found.start()) + 1
        told = found["output"]
        if told is None or line not in outputs or re.search(rf"^{ELLIPSIS}$", told, re.MULTILINE):
            return found[0]
        return found[0].replace(f"```text\n{told}```", f"```text\n{outputs[line]}```")

    return _BLOCK.sub(with_output, page)


def main() -> None:
    """Renew the pages that are named."""
    for name in sys.argv[1:]:
        page = Path(name)
        with tempfile.TemporaryDirectory() as folder:
            text = renewed(page.read_text(encoding="utf-8"), Path(folder), replacements())
            page.write_text(text, encoding="utf-8")


def replacements() -> dict[str, str]:
    """What differs where a page is tried: free ports, of as many digits, and no more waiting than needed."""
    ports = _free_ports(3)
    listed = " ".join(str(port) for port in ports)
    return {
        "python -m linernotes.sample_site >": f"python -m linernotes.sample_site --ports {listed} >",
        "127.0.0.1:8101": f"127.0.0.1:{ports[0]}",
        "sleep 3": "for _ in $(seq 300); do grep -q Ctrl-C site.log && break; sleep 0.1; done",
    }


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    for port in range(8200, 9999):
        with socket.socket() as tried:
            if len(found) < count and tried.connect_ex(("127.0.0.1", port)) != 0:
                found.append(port)
    return found


if __name__ == "__main__":
    main()
