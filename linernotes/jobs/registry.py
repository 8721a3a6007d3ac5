"""The job `artists import`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from crawler.imports.registry import RegistryProgress, RegistryReport, import_registry
from linernotes.progress import Progress


def registry_job(engine: Engine, file: Path, progress: Progress) -> RegistryReport:
    """Import one registry file, with progress."""
    with progress.stage("artists", "rows") as stage:

        def told(event: RegistryProgress) -> None:
            total = round(event.read / event.share) if event.share > 0 else None
            stage.update(event.read, total, {"file": event.file.name})

        return import_registry(engine, file, on_event=told)
