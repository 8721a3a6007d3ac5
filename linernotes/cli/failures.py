"""What went wrong, in one sentence, and the exit code that a scheduler can act on."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from store.engine import reason_of
from store.errors import LinernotesError

OK = 0
FAILED = 1
USAGE = 2
DATABASE = 3
NOTHING_FOUND = 4
# sysexits.h, EX_SOFTWARE: a fault in the program itself.
BUG = 70
# sysexits.h, EX_TEMPFAIL: nothing is wrong, but it cannot be done now.
BUSY = 75
# The shell's convention: 128 + SIGINT.
INTERRUPTED = 130

EXIT_CODES = {
    OK: "Done; also `--due` when another such run is at work, or nothing is due.",
    FAILED: "It failed: a file that cannot be written, sources that all failed, a problem found by `doctor`.",
    USAGE: "The command line, the configuration or an input file is wrong, or comes with a later version.",
    DATABASE: "The database is missing, not ours, at another migration, locked, damaged, or read-only.",
    NOTHING_FOUND: "Nothing found: no such artist, term or release, little text; `inspect`: not mined.",
    BUG: "A fault in linernotes itself; please report it.",
    BUSY: "Another process is mining; try again later.",
    INTERRUPTED: "Interrupted; the same command continues where it stopped.",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A sentence for stderr and the exit code; `unexpected` when only a traceback tells more."""

    sentence: str
    exit_code: int
    unexpected: bool = False


class Interrupted(LinernotesError):
    """A job was stopped by a signal and ended in order."""

    exit_code = INTERRUPTED

    def __init__(self) -> None:
        super().__init__("Interrupted. What was finished is stored; the same command continues from there.")


def explain(error: BaseException) -> Failure:
    """Return what an exception means to the person who typed the command."""
    if isinstance(error, LinernotesError):
        return Failure(str(error), error.exit_code)
    if isinstance(error, KeyboardInterrupt):
        return explain(Interrupted())
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, OSError):
        return _of_system(error)
    if isinstance(error, MemoryError):
        return Failure("There is not enough memory; what was stored so far is whole.", FAILED)
    return _unexpected(error)


# What the drivers say, and what a person should read.
_DATABASE_REASONS = (
    (
        ("is locked", "lock timeout", "lock_not_available"),
        "Another process keeps the database locked; wait for it to end, then run the same command again",
    ),
    (
        ("disk is full", "no space left", "disk full"),
        "The disk is full; nothing was half-written. Free some space, then run the same command again",
    ),
    (("readonly", "read-only"), "The database cannot be written: it, or its directory, is read-only"),
    (("malformed", "not a database"), "The database file is damaged, or not a database"),
    (("disk i/o error",), "The disk reports an error while the database is read or written"),
)


def _of_database(error: DBAPIError) -> Failure:
    reason = reason_of(error)
    for words, sentence in _DATABASE_REASONS:
        if any(word in reason.lower() for word in words):
            return Failure(f"{sentence} ({reason}).", DATABASE)
    if error.connection_invalidated or type(error).__name__ == "OperationalError":
        return Failure(f"The database failed: {reason}.", DATABASE)
    return _unexpected(error)


def _of_system(error: OSError) -> Failure:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return Failure(f"The disk is full{where}; free some space, then run the same command again.", FAILED)
    if error.errno is None or error.strerror is None:
        return _unexpected(error)
    return Failure(f"{error.strerror}{where}.", FAILED)


def _unexpected(error: BaseException) -> Failure:
    text = " ".join(str(error.__cause__ or error if isinstance(error, SQLAlchemyError) else error).split())
    shown = f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__
    return Failure(
        f"linernotes failed unexpectedly ({shown}). Please report this with the output of --verbose.",
        BUG,
        unexpected=True,
    )
