"""The registry of artists."""

from __future__ import annotations

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, key_column


class ArtistRow(Base):
    """One artist of the registry."""

    __tablename__ = "artists"
    __table_args__ = (
        Index("ix_artists_key", "key"),
        Index("ix_artists_name", "name"),
        {"comment": "The registry of artists"},
    )

    id: Mapped[int] = key_column("Number of the artist in this database")
    name: Mapped[str] = mapped_column(Text, comment="Name as it is shown")
    key: Mapped[str] = mapped_column(Text, comment="Name reduced to what two spellings share")
    mbid: Mapped[str | None] = mapped_column(String(36), unique=True, comment="MusicBrainz identifier")
    disambiguation: Mapped[str | None] = mapped_column(Text, comment="What tells artists of one name apart")
    country: Mapped[str | None] = mapped_column(Text, comment="ISO 3166 code or name of country or area")
    begin: Mapped[str | None] = mapped_column(String(10), comment="Birth or founding, ISO 8601")
    end: Mapped[str | None] = mapped_column(String(10), comment="Death or dissolution, ISO 8601")


class ArtistAliasRow(Base):
    """Another name of an artist."""

    __tablename__ = "artist_aliases"
    __table_args__ = (
        UniqueConstraint("artist_id", "alias"),
        Index("ix_artist_aliases_key", "key"),
        {"comment": "Other names of artists"},
    )

    id: Mapped[int] = key_column("Number of the alias")
    artist_id: Mapped[int] = mapped_column(
        ForeignKey("artists.id", ondelete="CASCADE"), comment="The artist so called"
    )
    alias: Mapped[str] = mapped_column(Text, comment="The other name")
    key: Mapped[str] = mapped_column(Text, comment="The other name reduced to what two spellings share")
