"""What an import tells while it runs and when it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

# As many skipped rows as a person may want to read; a file of another kind would give millions.
SKIPPED_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was not imported. `line` counts from 1: lines of text, rows of Parquet, records of WARC."""

    file: Path
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(slots=True)
class SkipLog:
    """The rows skipped so far: the first thousand of them, and how many there were."""

    first: list[Skipped] = field(default_factory=list)
    total: int = 0

    def add(self, skipped: Skipped) -> None:
        """Count a row, and keep it while there is room."""
        self.total += 1
        if len(self.first) < SKIPPED_TOLD:
            self.first.append(skipped)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of the rows: read = added + changed + unchanged + forgotten + skipped_total.

    A row that says again what its file said before is among the unchanged; `copies` counts those added,
    changed or unchanged whose text is that of another document. `forgotten` rows were removed on request
    and stay out. `skipped` holds the first thousand.
    """

    read: int
    added: int
    changed: int
    unchanged: int
    copies: int
    forgotten: int
    skipped: tuple[Skipped, ...]
    skipped_total: int


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """Told after every stored batch: the file, how much of it is read (0 to 1), rows read over all files."""

    file: Path
    share: float
    read: int
