"""Counts over the whole database, for `linernotes status` and `linernotes doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, exists, func, select, text

from store.extraction import count_pending
from store.models import (
    ArtistRow,
    DocumentRow,
    ForgottenRow,
    MentionRow,
    MinedDocumentRow,
    ReleaseRow,
    SourceRow,
)


@dataclass(frozen=True, slots=True)
class DatabaseCounts:
    """How much of everything there is.

    `unextracted` pages were fetched but not turned into documents yet; `unmined` documents are no copies
    and wait for the next `mine`; `written_about` artists are those that some document is about.
    """

    sources: int
    sources_due: int
    sources_failing: int
    unextracted: int
    documents: int
    copies: int
    words: int
    artists: int
    written_about: int
    mined: int
    unmined: int
    releases: int
    forgotten: int


def count_everything(connection: Connection, now: datetime) -> DatabaseCounts:
    """Count everything; a few seconds at a million documents."""
    original = DocumentRow.duplicate_of.is_(None)
    mined = exists().where(MinedDocumentRow.document_id == DocumentRow.id)
    failing = SourceRow.error.is_not(None)

    def number(row: type, *conditions: object) -> int:
        statement = select(func.count()).select_from(row).where(*conditions)  # type: ignore[arg-type]
        return connection.scalar(statement) or 0

    return DatabaseCounts(
        sources=number(SourceRow),
        sources_due=number(SourceRow, SourceRow.due_at <= now),
        sources_failing=number(SourceRow, failing),
        unextracted=count_pending(connection),
        documents=number(DocumentRow, original),
        copies=number(DocumentRow, ~original),
        words=connection.scalar(select(func.coalesce(func.sum(DocumentRow.words), 0)).where(original)) or 0,
        artists=number(ArtistRow),
        written_about=connection.scalar(select(func.count(MentionRow.artist_id.distinct()))) or 0,
        mined=number(DocumentRow, original, mined),
        unmined=number(DocumentRow, original, ~mined),
        releases=number(ReleaseRow, ReleaseRow.state == "ready"),
        forgotten=number(ForgottenRow),
    )


def database_bytes(engine: Engine) -> int:
    """Return how much disk the database takes; of SQLite with its write-ahead log."""
    if engine.dialect.name == "sqlite":
        names = (f"{engine.url.database}{ending}" for ending in ("", "-wal", "-shm"))
        return sum(file.stat().st_size for file in map(Path, names) if file.is_file())
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def has_pgvector(connection: Connection) -> bool:
    """Whether a PostgreSQL database has the extension `vector`."""
    return bool(connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'vector'")))


def check_writable(engine: Engine) -> None:
    """Write something and take it back; raises the driver's error when that is not possible."""
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(
            ForgottenRow.__table__.insert(),  # type: ignore[attr-defined]
            {"kind": "url", "value": "doctor", "forgotten_at": datetime.now().astimezone()},
        )
        transaction.rollback()
