"""Where an export goes: a directory that is complete or, when writing fails, what it was before."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from store.errors import LinernotesError

MANIFEST = "manifest.json"


class ExportFailed(LinernotesError):
    """The export could not be written; what stood there before is unchanged."""


@contextmanager
def replacing(directory: Path) -> Iterator[Path]:
    """A new directory to fill, which takes the place of `directory` when all went well.

    Raises ExportFailed, before anything is written, when something else than an export is there, and when
    writing fails.
    """
    target = directory.absolute()
    _refuse_other_content(target)
    try:
        with _beside(target) as partial:
            yield partial
            _move_into_place(partial, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportFailed(f"The export to {directory} failed and left what was there: {reason}.") from error


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of an export."""
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of an export; raises ExportFailed when there is none that can be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExportFailed(f"{folder} holds no export: {MANIFEST} is missing or cannot be read.") from error
    if not isinstance(manifest, dict) or "format" not in manifest:
        raise ExportFailed(f"{folder} holds no export of linernotes: its {MANIFEST} is of something else.")
    return manifest


def _refuse_other_content(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise ExportFailed(f"{target} is a file; name a directory to export to.")
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).is_file():
        raise ExportFailed(f"{target} holds something else than an export; name another directory.")


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new directory on the same disk, which is gone afterwards unless it was moved."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent))
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _move_into_place(partial: Path, target: Path) -> None:
    """Replace the earlier export by the complete new one, and bring it back should that fail."""
    if not target.exists():
        partial.chmod(0o755)  # what mkdtemp makes is for its owner alone
        partial.rename(target)
        return
    partial.chmod(target.stat().st_mode & 0o777)
    earlier = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".earlier", dir=target.parent))
    target.rename(earlier / target.name)
    try:
        partial.rename(target)
    except OSError:
        (earlier / target.name).rename(target)
        raise
    shutil.rmtree(earlier, ignore_errors=True)
