"""Opening files for import: plain or gzipped, line by line, with damage told in words."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import Literal

from crawler.imports.errors import BrokenFile, ImportFailed

Format = Literal["csv", "jsonl", "parquet", "warc"]

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",
}
# RFC 1952, section 2.3.1.
GZIP_MAGIC = b"\x1f\x8b"
# No text is longer (the longest of 37,617 has 0.1 MB): a longer line means another kind of file, and reading
# it whole would fill the memory.
MAX_LINE_BYTES = 64 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def format_of(path: Path) -> Format:
    """Return the format that the file's name says, with or without .gz; ImportFailed for another.

    An archive whose crawl was killed still has `.open` behind its name.
    """
    suffix = Path(path.name.lower().removesuffix(".open").removesuffix(".gz")).suffix
    if suffix not in FORMATS:
        known = ", ".join(FORMATS)
        raise ImportFailed(
            f"{path} has no ending that names its format; rename it to one of {known} (all but .parquet "
            "also with .gz)."
        )
    return FORMATS[suffix]


def check_readable(path: Path) -> None:
    """Raise ImportFailed, with the reason in words, unless `path` is a file that can be read."""
    if path.is_dir():
        raise ImportFailed(f"{path} is a directory; name the files in it.")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise ImportFailed(f"There is no file {path}; check the spelling.") from error
    except OSError as error:
        raise ImportFailed(f"{path} cannot be read: {error.strerror}; check its permissions.") from error
    if empty:
        raise ImportFailed(f"{path} is empty; fetch or export it again.")


@contextmanager
def opened(path: Path) -> Iterator[tuple[BufferedIOBase, Callable[[], float]]]:
    """The file's bytes, unzipped if they are gzipped, whatever it is called, and the share read so far."""
    check_readable(path)
    size = path.stat().st_size
    with path.open("rb") as raw:

        def share() -> float:
            return min(raw.tell() / size, 1.0) if size else 1.0

        if raw.peek(2)[:2] != GZIP_MAGIC:
            yield raw, share
            return
        with gzip.open(raw) as unzipped:
            yield unzipped, share


def lines_of(stream: BufferedIOBase, path: Path) -> Iterator[bytes]:
    """The lines of a file with their ends; BrokenFile where it is truncated or damaged."""
    number = 0
    try:
        while line := stream.readline(MAX_LINE_BYTES):
            number += 1
            if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
                raise BrokenFile(f"{path} has a line of over 64 MB (line {number}); it is no table of texts.")
            yield line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
    except EOFError as error:
        raise BrokenFile(
            f"{path} is truncated: its compressed data stops after line {number}; fetch it again."
        ) from error
    except (OSError, zlib.error) as error:
        raise BrokenFile(
            f"{path} is damaged: it cannot be read beyond line {number} ({error}); fetch it again."
        ) from error


def decoded(lines: Iterator[bytes], path: Path) -> Iterator[str]:
    """The lines as text; BrokenFile, naming line and byte, where they are not UTF-8."""
    offset = 0
    for number, line in enumerate(lines, start=1):
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BrokenFile(
                f"{path} is not UTF-8: byte 0x{line[error.start]:02X} in line {number} (offset "
                f"{offset + error.start}); convert it, for instance with `iconv -f WINDOWS-1252 -t UTF-8`."
            ) from error
        offset += len(line)
