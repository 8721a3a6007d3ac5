"""What a benchmark says of the machine, and what it sees of other processes: memory, and the command line."""

from __future__ import annotations

import os
import platform
import sys
import threading
from pathlib import Path


def machine() -> str:
    """Return the line that every figure needs beside it."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, {platform.system()}"
    )


def linernotes(database: str, *arguments: str) -> list[str]:
    """Return the command line of linernotes on a database, for `subprocess`."""
    return [sys.executable, "-m", "linernotes", "--database", database, *arguments]


def crawl_settings(**settings: object) -> list[str]:
    """Return the options that set keys below `crawl.`."""
    return [part for name, value in settings.items() for part in ("--set", f"crawl.{name}={value}")]


def memory_of(pid: int) -> int:
    """Return the resident memory of a process in bytes; 0 when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


class MemoryWatch:
    """Samples the resident memory of a process while the context lasts; `peak` is in bytes."""

    def __init__(self, pid: int, every_seconds: float = 0.2) -> None:
        self.peak = 0
        self._pid = pid
        self._every = every_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemoryWatch:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(self._every):
            self.peak = max(self.peak, memory_of(self._pid))


def mebibytes(count: float) -> str:
    """Return bytes as they are printed."""
    return f"{count / 2**20:,.0f} MiB"
