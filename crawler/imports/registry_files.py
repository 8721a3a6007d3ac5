"""The files a registry of artists comes in: CSV, and MusicBrainz's JSON dumps."""

from __future__ import annotations

import lzma
import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import cast

from crawler.imports.errors import BrokenFile, ImportFailed
from crawler.imports.files import check_readable, lines_of, opened
from crawler.imports.rows import BadRow, Row, Table
from crawler.imports.tables import json_rows, open_csv
from store.records import Artist

# Longer names are descriptions (MusicBrainz has some); PostgreSQL cannot index above 2,700 bytes.
MAX_NAME = 500

# https://musicbrainz.org/doc/Style/Unknown_and_untitled/Special_purpose_artist, and others of that kind:
# entries that stand for the absence of an artist, with thousands of misleading aliases.
SPECIAL_PURPOSE = {
    "89ad4ac3-39f7-470e-963a-56509c546377": "Various Artists",
    "125ec42a-7229-4250-afc5-e057484327fe": "[unknown]",
    "f731ccc4-e22a-43af-a747-64213329e088": "[anonymous]",
    "9be7f096-97ec-4615-8957-8d40b5dcbc41": "[traditional]",
    "eec63d3c-3b81-4ad4-b1e4-7c147d4d2b61": "[no artist]",
    "33cf029c-63b0-41a0-9855-be2a3665fb3b": "[data]",
    "314e1c25-dde7-4e4d-b2f4-0a7b9f7c56dc": "[dialogue]",
    "66ea0139-149f-4a0c-8fbf-5ea9ec4a6e49": "[Disney]",
    "a0ef7e1d-44ff-4039-9435-7d5fefdeecc9": "[theatre]",
    "90068d37-bae7-4292-be4a-704c145bd616": "[church chimes]",
    "80a8851f-444c-4539-892b-ad2a49292aa9": "[language instruction]",
    "7e84f845-ac16-41fe-9ff8-df12eb32af55": "MusicBrainz Test Artist",
}
_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ISO_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_TAR = re.compile(r"\.(tar(\.\w+)?|tgz|txz|tbz2)$", re.IGNORECASE)
_CSV = re.compile(r"\.[ct]sv(\.gz)?$", re.IGNORECASE)
# The member of MusicBrainz's artist.tar.xz that holds the artists.
_DUMP_MEMBER = "mbdump/artist"


def open_registry(path: Path) -> AbstractContextManager[Table]:
    """A registry file as a table of rows in the shape of MusicBrainz's JSON, for `artist_of`.

    Raises ImportFailed for a file that is missing or of an unknown format, BrokenFile where one is damaged.
    """
    check_readable(path)
    if _CSV.search(path.name):
        return _open_csv(path)
    if _TAR.search(path.name):
        return _open_tar(path)
    if path.name == "artist" or re.search(r"\.(json|jsonl|ndjson)(\.gz)?$", path.name, re.IGNORECASE):
        return _open_dump(path)
    raise ImportFailed(
        f"{path} has no ending that names its format; a registry is .csv, .tsv, .jsonl (a MusicBrainz artist "
        "per line) or MusicBrainz's artist.tar.xz."
    )


@contextmanager
def _open_csv(path: Path) -> Iterator[Table]:
    with open_csv(path) as table:
        names = {name.casefold(): name for name in reversed(table.columns)}
        if "name" not in names:
            raise ImportFailed(
                f"{path} has no column name; its columns are {', '.join(table.columns)}. Rename the one that "
                "holds the artists' names."
            )
        yield Table(table.columns, (_from_csv(row, names) for row in table.rows), table.share)


def _from_csv(row: Row | BadRow, names: Mapping[str, str]) -> Row | BadRow:
    """The row in the shape of MusicBrainz's JSON, so that there is one reading of artists."""
    if isinstance(row, BadRow):
        return row
    value = {field: str(row.values.get(column) or "").strip() for field, column in names.items()}
    return Row(
        row.line,
        {
            "name": value["name"],
            "id": value.get("mbid", ""),
            "aliases": [{"name": alias} for alias in re.split(r"[|;]", value.get("aliases", ""))],
            "disambiguation": value.get("disambiguation"),
            "country": value.get("country"),
            "life-span": {"begin": value.get("begin"), "end": value.get("end")},
        },
    )


@contextmanager
def _open_dump(path: Path) -> Iterator[Table]:
    with opened(path) as (stream, share):
        yield Table((), json_rows(lines_of(stream, path)), share)


@contextmanager
def _open_tar(path: Path) -> Iterator[Table]:
    size = path.stat().st_size
    try:
        with path.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|*") as archive:
            member = next((m for m in archive if m.name == _DUMP_MEMBER), None)
            stream = archive.extractfile(member) if member else None
            if stream is None:
                raise ImportFailed(f"{path} has no {_DUMP_MEMBER}; name MusicBrainz's artist.tar.xz.")
            lines = _tar_lines(cast(BufferedIOBase, stream), path)
            yield Table((), json_rows(lines), lambda: min(raw.tell() / size, 1.0))
    except (tarfile.TarError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise BrokenFile(f"{path} is no complete tar archive ({error}); fetch it again.") from error


def _tar_lines(stream: BufferedIOBase, path: Path) -> Iterator[bytes]:
    try:
        yield from lines_of(stream, path)
    except (tarfile.TarError, lzma.LZMAError) as error:
        raise BrokenFile(f"{path} is truncated or damaged ({error}); fetch it again.") from error


def artist_of(row: Row | BadRow) -> Artist | BadRow:
    """The artist that a row is, or why it is none."""
    if isinstance(row, BadRow):
        return row
    values = row.values
    name = _line(values.get("name"))
    mbid = _line(values.get("id")).lower() or None
    if not name:
        return BadRow(row.line, "the name is empty")
    if len(name) > MAX_NAME:
        return BadRow(row.line, f"the name is longer than {MAX_NAME} characters")
    if mbid is not None and not _MBID.fullmatch(mbid):
        return BadRow(row.line, f"{mbid!r} is no MusicBrainz identifier; correct it or leave it empty")
    if mbid in SPECIAL_PURPOSE:
        return BadRow(row.line, f"{SPECIAL_PURPOSE[mbid]} is an entry for special purposes, not an artist")
    return Artist(
        name,
        mbid=mbid,
        aliases=_aliases(values.get("aliases")),
        disambiguation=_line(values.get("disambiguation")) or None,
        country=_line(values.get("country")) or _line(_inside(values.get("area"), "name")) or None,
        begin=_date(_inside(values.get("life-span"), "begin")),
        end=_date(_inside(values.get("life-span"), "end")),
    )


def _aliases(value: object) -> tuple[str, ...]:
    names = [_line(_inside(alias, "name")) for alias in value] if isinstance(value, list) else []
    return tuple(dict.fromkeys(name for name in names if name and len(name) <= MAX_NAME))


def _inside(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _line(value: object) -> str:
    return " ".join(value.replace("\0", "").split()) if isinstance(value, str) else ""


def _date(value: object) -> str | None:
    return value if isinstance(value, str) and _ISO_DATE.fullmatch(value) else None
