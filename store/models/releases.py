"""Releases: what artists are described with, their vectors and neighbours."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, artist_column, key_column, release_column
from store.types import RowId, UtcTime, Vector


class ReleaseRow(Base):
    """One consistent set of descriptors, vectors and neighbours."""

    __tablename__ = "releases"
    __table_args__ = (
        CheckConstraint("state IN ('building', 'ready')", name="state"),
        {"comment": "Releases; the published one is named in published_release"},
    )

    id: Mapped[int] = key_column("Number of the release")
    created: Mapped[datetime] = mapped_column(UtcTime, comment="When its building began (UTC)")
    state: Mapped[str] = mapped_column(String(8), comment="building or ready")
    engine: Mapped[str] = mapped_column(String(16), comment="local or spark")
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, comment="Methods, parameters and seeds")
    input_digest: Mapped[str] = mapped_column(String(64), comment="Digest of all input and parameters")
    documents: Mapped[int] = mapped_column(Integer, default=0, comment="Documents it rests on")
    artists: Mapped[int] = mapped_column(Integer, default=0, comment="Artists with a vector")
    terms: Mapped[int] = mapped_column(Integer, default=0, comment="Distinct descriptor terms")
    metrics: Mapped[dict[str, Any]] = mapped_column(JSON, comment="What was measured while building")


class PublishedReleaseRow(Base):
    """Which release the views show: one row."""

    __tablename__ = "published_release"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        {"comment": "One row: the release that the views show"},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, comment="Always 1")
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), comment="The release shown")
    published_at: Mapped[datetime] = mapped_column(UtcTime, comment="When it was switched to (UTC)")


class ReleaseTermRow(Base):
    """A term of a release."""

    __tablename__ = "release_terms"
    __table_args__ = (
        Index("ix_release_terms_term", "release_id", "term"),
        {"comment": "Descriptor terms of a release"},
    )

    release_id: Mapped[int] = release_column()
    term_id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Number of the term in the release")
    term: Mapped[str] = mapped_column(Text, comment="The term, lower-cased")
    kind: Mapped[str] = mapped_column(String(3), comment="n1, n2, n3, np or adj")
    facet: Mapped[str] = mapped_column(
        String(10), comment="genre, mood, instrument, era, place, theme or other"
    )
    artists: Mapped[int] = mapped_column(Integer, comment="Artists described with it")
    idf: Mapped[float] = mapped_column(Float, comment="Inverse document frequency over artists")
    direction: Mapped[Any] = mapped_column(
        Vector,
        nullable=True,
        comment="What weight 1 of the term adds to an artist's vector; for explanations",
    )


class ReleaseDescriptorRow(Base):
    """An artist described with a term."""

    __tablename__ = "release_descriptors"
    __table_args__ = (
        Index("ix_release_descriptors_term", "release_id", "term_id", "weight"),
        Index("ix_release_descriptors_artist_id", "artist_id"),
        {"comment": "Which artist is described with which term, and how strongly"},
    )

    release_id: Mapped[int] = release_column()
    artist_id: Mapped[int] = artist_column()
    term_id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="The term")
    weight: Mapped[float] = mapped_column(Float, comment="0 to 1, comparable between artists")
    frequency: Mapped[int] = mapped_column(Integer, comment="Occurrences in text about the artist")
    documents: Mapped[int] = mapped_column(Integer, comment="Documents that use it about the artist")
    sources: Mapped[int] = mapped_column(Integer, comment="Independent sources that do")
    first_seen: Mapped[date | None] = mapped_column(Date, comment="Earliest publication that does")
    last_seen: Mapped[date | None] = mapped_column(Date, comment="Latest publication that does")
    inferred: Mapped[bool] = mapped_column(
        Boolean,
        default=False,
        server_default=false(),
        comment="Whether only texts about the most similar artists say so",
    )


class ReleaseEvidenceRow(Base):
    """Where a descriptor comes from: a sentence of a document."""

    __tablename__ = "release_evidence"
    __table_args__ = (
        Index("ix_release_evidence_document_id", "document_id"),
        Index("ix_release_evidence_artist_id", "artist_id"),
        {"comment": "Sentences in which a descriptor stands"},
    )

    release_id: Mapped[int] = release_column()
    artist_id: Mapped[int] = artist_column()
    term_id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="The term")
    document_id: Mapped[int] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, comment="The document quoted"
    )
    start: Mapped[int] = mapped_column(Integer, comment="First character of the sentence in the text")
    end: Mapped[int] = mapped_column(Integer, comment="Character after the sentence")


class ReleaseNeighbourRow(Base):
    """A similar artist."""

    __tablename__ = "release_neighbours"
    __table_args__ = (
        Index("ix_release_neighbours_neighbour_id", "neighbour_id"),
        Index("ix_release_neighbours_artist_id", "artist_id"),
        {"comment": "Similar artists, nearest first"},
    )

    release_id: Mapped[int] = release_column()
    artist_id: Mapped[int] = artist_column()
    rank: Mapped[int] = mapped_column(Integer, primary_key=True, comment="1 is the nearest")
    neighbour_id: Mapped[int] = mapped_column(
        ForeignKey("artists.id", ondelete="CASCADE"), comment="The similar artist"
    )
    similarity: Mapped[float] = mapped_column(Float, comment="0 to 1")


class ReleaseVectorRow(Base):
    """An artist's vector."""

    __tablename__ = "release_vectors"
    __table_args__ = (
        Index("ix_release_vectors_artist_id", "artist_id"),
        {"comment": "One vector for each artist with enough text"},
    )

    release_id: Mapped[int] = release_column()
    artist_id: Mapped[int] = artist_column()
    dimensions: Mapped[int] = mapped_column(Integer, comment="Length of the vector")
    vector: Mapped[Any] = mapped_column(
        Vector, comment="Length near 1: hubs are shorter, those in few lists longer; float32"
    )


class ReleaseWordRow(Base):
    """The word vectors of a release, for search by words that are no descriptor."""

    __tablename__ = "release_words"
    __table_args__ = ({"comment": "word2vec vectors of the release's frequent words"},)

    release_id: Mapped[int] = release_column()
    word: Mapped[str] = mapped_column(Text, primary_key=True, comment="The word, lower-cased")
    vector: Mapped[bytes] = mapped_column(LargeBinary, comment="float32, little-endian, unit length")
