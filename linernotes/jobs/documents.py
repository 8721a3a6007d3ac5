"""The job `import`: documents from files and, when asked for, the artists that their labels name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Engine

from crawler.imports.report import ImportProgress, ImportReport
from crawler.imports.run import import_documents
from linernotes.progress import Progress
from store.artist_list import unregistered_labels
from store.artists import add_artists
from store.records import Artist


def import_job(
    engine: Engine,
    files: Sequence[Path],
    progress: Progress,
    *,
    mapping: Mapping[str, str] | None = None,
    source: str | None = None,
) -> ImportReport:
    """Import the documents of files, with progress; see `import_documents` for what it raises."""
    with progress.stage("import", "rows") as stage:

        def told(event: ImportProgress) -> None:
            # The share is of the file being read: with several files there is no total to speak of.
            total = round(event.read / event.share) if len(files) == 1 and event.share > 0 else None
            stage.update(event.read, total, {"file": event.file.name})

        return import_documents(engine, files, mapping=mapping, source=source, on_event=told)


def register_labels(engine: Engine) -> int:
    """Add the artists that labels of documents name and the registry lacks; return how many."""
    with engine.begin() as connection:
        missing = unregistered_labels(connection)
        return add_artists(connection, [Artist(name) for name in missing]).added
