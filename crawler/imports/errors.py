"""What can be wrong with a file that is to be imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.errors import LinernotesError

if TYPE_CHECKING:
    from crawler.imports.report import ImportReport


class ImportFailed(LinernotesError):
    """A file cannot be imported, or not to its end; `report` counts what was imported all the same."""

    exit_code = 2

    def __init__(self, message: str, report: ImportReport | None = None) -> None:
        super().__init__(message)
        self.report = report


class BrokenFile(ImportFailed):
    """A file is damaged from some place on; what was complete before it has been read."""
