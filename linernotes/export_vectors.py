"""The vectors of artists in formats of other programs: word2vec (gensim's KeyedVectors) and NumPy."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row

from store.view_tables import select_view

NAMES = "names.tsv"
# The formats separate by a blank and end with a line; all kinds of both, and what cannot be seen, go.
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060\ufeff]+")


def write_word2vec(connection: Connection, folder: Path) -> dict[str, Any]:
    """Write `vectors.txt` and `vectors.bin`, which hold the same, and names.tsv; return what they are."""
    rows = _artists(connection)
    keys = _write_names(rows, folder)
    head = f"{len(rows)} {len(rows[0].vector) if rows else 0}\n".encode()
    with (folder / "vectors.txt").open("wb") as text, (folder / "vectors.bin").open("wb") as binary:
        text.write(head)
        binary.write(head)
        for key, row in zip(keys, rows, strict=True):
            name = key.encode()
            # Nine digits are as many as it takes to read the same float32 again.
            text.write(
                name + b" " + " ".join(f"{value:.9g}" for value in row.vector.tolist()).encode() + b"\n"
            )
            binary.write(name + b" " + row.vector.astype("<f4").tobytes() + b"\n")
    return {
        "vectors.txt": {"comment": "Vectors by key of names.tsv, word2vec's text format", "rows": len(rows)},
        "vectors.bin": {"comment": "The same in word2vec's binary format", "rows": len(rows)},
        NAMES: _names_described(len(rows)),
    }


def write_numpy(connection: Connection, folder: Path) -> dict[str, Any]:
    """Write `vectors.npy` (float32), `ids.npy` (int64) and names.tsv, row by row the same artists."""
    rows = _artists(connection)
    _write_names(rows, folder)
    np.save(folder / "vectors.npy", np.array([row.vector for row in rows], dtype=np.float32))
    np.save(folder / "ids.npy", np.array([row.artist_id for row in rows], dtype=np.int64))
    return {
        "vectors.npy": {"comment": "float32 (artists, dimensions)", "rows": len(rows)},
        "ids.npy": {"comment": "int64 (artists,): artist_id of each row of vectors.npy", "rows": len(rows)},
        NAMES: _names_described(len(rows)),
    }


def _artists(connection: Connection) -> Sequence[Row[Any]]:
    return connection.execute(select_view("artist_vectors")).all()


def _names_described(rows: int) -> dict[str, Any]:
    return {
        "comment": "key, artist_id, mbid and artist of each row; tab-separated, with a header",
        "rows": rows,
    }


def _write_names(rows: Sequence[Row[Any]], folder: Path) -> list[str]:
    keys = list(safe_keys({row.artist_id: row.artist for row in rows}))
    with (folder / NAMES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(("key", "artist_id", "mbid", "artist"))
        for key, row in zip(keys, rows, strict=True):
            writer.writerow((key, row.artist_id, row.mbid or "", row.artist))
    return keys


def safe_keys(names: Mapping[int, str]) -> Iterator[str]:
    """The key of each artist: its name with `_` for blanks, and with `_NUMBER` where an earlier one has it.

    Artists of lower numbers come first, so that a newcomer takes no key from another.
    """
    plain = {artist: _BLANK.sub("_", name).strip("_") or "_" for artist, name in names.items()}
    names_taken, taken = frozenset(plain.values()), set[str]()
    for artist, key in plain.items():
        found = next(each for each in _variants(key, artist, names_taken) if each not in taken)
        taken.add(found)
        yield found


def _variants(key: str, artist: int, names: Collection[str]) -> Iterator[str]:
    yield key
    key = f"{key}_{artist}"
    while key in names:  # another artist is really called so
        key += "_"
    yield key
