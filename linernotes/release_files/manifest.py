"""What the files of a release are of, and whether they are whole: manifest.json."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from store.lookup_records import ReleaseKey
from store.release_arrays import VectorShape

MANIFEST = "manifest.json"
FORMAT = 1
"""Raised when files of before cannot be read any more; they are then made again."""

IDS, VECTORS, INDEX = "ids.npy", "vectors.npy", "vectors.usearch"
STARTS, TERMS, WEIGHTS = "descriptor_starts.npy", "descriptor_terms.npy", "descriptor_weights.npy"
NAMES, IDF = "terms.json", "term_idf.npy"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The release that the files are of, the shape of its vectors, and bytes and SHA-256 of every file."""

    format: int
    release_id: int
    created: str
    artists: int
    dimensions: int
    sum_of_ids: int
    files: dict[str, dict[str, Any]]

    def is_of(self, release: ReleaseKey, shape: VectorShape) -> bool:
        """Whether the files are of this release, and of these artists."""
        return (self.format, self.release_id, self.created, self.artists, self.shape) == (
            FORMAT,
            release.release_id,
            release.created.isoformat(),
            release.artists,
            shape,
        )

    @property
    def shape(self) -> VectorShape:
        """The shape of the vectors."""
        return VectorShape(self.artists, self.dimensions, self.sum_of_ids)


def write_manifest(folder: Path, release: ReleaseKey, shape: VectorShape) -> None:
    """Describe the files of a directory, last of all that is written there."""
    files = {
        file.name: {"bytes": file.stat().st_size, "sha256": _digest(file)}
        for file in sorted(folder.iterdir())
        if file.name != MANIFEST
    }
    manifest = Manifest(FORMAT, release.release_id, release.created.isoformat(), **asdict(shape), files=files)
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest | None:
    """Return what is said of a directory; None when it has no manifest, or one that cannot be read."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(**content)
    except (OSError, ValueError, TypeError):
        return None


def has_all_bytes(folder: Path, manifest: Manifest) -> bool:
    """Whether every file is there with its length: what can be asked each time files are opened."""
    try:
        return all((folder / name).stat().st_size == facts["bytes"] for name, facts in manifest.files.items())
    except OSError:
        return False


def damaged_files(folder: Path, manifest: Manifest) -> list[str]:
    """Return the files that are not what was written, by reading all of them."""
    return [
        name
        for name, facts in manifest.files.items()
        if not (folder / name).is_file() or _digest(folder / name) != facts["sha256"]
    ]


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
