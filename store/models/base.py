"""What all tables stand on."""

from __future__ import annotations

from sqlalchemy import (
    ForeignKey,
    MetaData,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from store.types import RowId

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can name them on both databases."""

    metadata = MetaData(naming_convention=NAMING)


def key_column(comment: str) -> Mapped[int]:
    """The number of a row."""
    return mapped_column(RowId, primary_key=True, comment=comment)


def release_column() -> Mapped[int]:
    """The release that a row is part of; the row goes with it."""
    return mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True, comment="The release"
    )


def artist_column(comment: str = "The artist") -> Mapped[int]:
    """The artist that a row is about; the row goes with it."""
    return mapped_column(ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True, comment=comment)
