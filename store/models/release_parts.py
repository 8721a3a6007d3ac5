"""What a release knows beside descriptors and vectors: activity, comparisons, candidates, the map."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    JSON,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, artist_column, release_column
from store.types import RowId


class ReleaseActivityRow(Base):
    """How much was written about an artist in a week."""

    __tablename__ = "release_activity"
    __table_args__ = (
        Index("ix_release_activity_artist_id", "artist_id"),
        {"comment": "Writing about artists, week by week"},
    )

    release_id: Mapped[int] = release_column()
    artist_id: Mapped[int] = artist_column()
    week: Mapped[date] = mapped_column(Date, primary_key=True, comment="Monday of the week")
    documents: Mapped[int] = mapped_column(Integer, comment="Documents about the artist in the week")
    sources: Mapped[int] = mapped_column(Integer, comment="Sources that wrote about it in the week")
    familiarity: Mapped[float] = mapped_column(Float, comment="0 to 1: how widely written about, up to then")
    buzz: Mapped[float] = mapped_column(Float, comment="0 to 1: how much more than usual in the week")


class ReleaseArtistRow(Base):
    """How much a release knows of an artist."""

    __tablename__ = "release_artists"
    __table_args__ = (
        Index("ix_release_artists_artist_id", "artist_id"),
        {"comment": "How much was written about each artist, and how lately"},
    )

    release_id: Mapped[int] = release_column()
    artist_id: Mapped[int] = artist_column()
    words: Mapped[int] = mapped_column(Integer, comment="Words of text about the artist")
    documents: Mapped[int] = mapped_column(Integer, comment="Documents about the artist")
    sources: Mapped[int] = mapped_column(Integer, comment="Independent sources of them")
    familiarity: Mapped[float] = mapped_column(Float, comment="0 to 1: how widely written about")
    buzz: Mapped[float] = mapped_column(Float, comment="0 to 1: how much more than usual, lately")


class ReleaseComparisonRow(Base):
    """A sentence in which a writer compares an artist with another."""

    __tablename__ = "release_comparisons"
    __table_args__ = (
        Index("ix_release_comparisons_artist_id", "artist_id"),
        Index("ix_release_comparisons_other_id", "other_id"),
        Index("ix_release_comparisons_document_id", "document_id"),
        {"comment": "Sentences in which writers compare an artist with another"},
    )

    release_id: Mapped[int] = release_column()
    artist_id: Mapped[int] = artist_column("The artist the text is about")
    other_id: Mapped[int] = artist_column("The artist it is compared with")
    document_id: Mapped[int] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, comment="The document quoted"
    )
    start: Mapped[int] = mapped_column(Integer, comment="First character of the sentence in the text")
    end: Mapped[int] = mapped_column(Integer, comment="Character after the sentence")


class ReleaseTermWeekRow(Base):
    """How often a term was used about an artist in a week."""

    __tablename__ = "release_term_weeks"
    __table_args__ = (
        Index("ix_release_term_weeks_term", "release_id", "term_id", "week"),
        Index("ix_release_term_weeks_artist_id", "artist_id"),
        {"comment": "Use of descriptors about artists, week by week"},
    )

    release_id: Mapped[int] = release_column()
    artist_id: Mapped[int] = artist_column()
    term_id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="The term")
    week: Mapped[date] = mapped_column(Date, primary_key=True, comment="Monday of the week")
    documents: Mapped[int] = mapped_column(Integer, comment="Documents of the week that use it")
    sources: Mapped[int] = mapped_column(Integer, comment="Sources of the week that do")


class ReleaseCandidateRow(Base):
    """A name that writers treat as an artist and the registry lacks."""

    __tablename__ = "release_candidates"
    __table_args__ = ({"comment": "Names that writers treat as artists and the registry lacks"},)

    release_id: Mapped[int] = release_column()
    name: Mapped[str] = mapped_column(Text, primary_key=True, comment="The name as most often written")
    score: Mapped[float] = mapped_column(Float, comment="0 to 1: how surely it names an artist")
    mentions: Mapped[int] = mapped_column(Integer, comment="How often it is written")
    documents: Mapped[int] = mapped_column(Integer, comment="Documents that name it")
    sources: Mapped[int] = mapped_column(Integer, comment="Independent sources that do")
    first_seen: Mapped[date | None] = mapped_column(Date, comment="Earliest publication that does")
    last_seen: Mapped[date | None] = mapped_column(Date, comment="Latest publication that does")


class ReleaseCandidateEvidenceRow(Base):
    """A sentence that names a candidate."""

    __tablename__ = "release_candidate_evidence"
    __table_args__ = (
        Index("ix_release_candidate_evidence_document_id", "document_id"),
        {"comment": "Sentences that name a candidate"},
    )

    release_id: Mapped[int] = release_column()
    name: Mapped[str] = mapped_column(Text, primary_key=True, comment="The candidate")
    document_id: Mapped[int] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, comment="The document quoted"
    )
    start: Mapped[int] = mapped_column(Integer, primary_key=True, comment="First character of the sentence")
    end: Mapped[int] = mapped_column(Integer, comment="Character after the sentence")


class ReleaseOverrideRow(Base):
    """An editor's override, and what it did in a release."""

    __tablename__ = "release_overrides"
    __table_args__ = (
        Index("ix_release_overrides_artist_id", "artist_id"),
        Index("ix_release_overrides_other_id", "other_id"),
        {"comment": "Editors' overrides, and what each did in the release"},
    )

    release_id: Mapped[int] = release_column()
    number: Mapped[int] = mapped_column(Integer, primary_key=True, comment="Place in the file, from 1")
    kind: Mapped[str] = mapped_column(
        String(20), comment="alias, unlink, block_term, rename_term, pin or forbid"
    )
    subject: Mapped[str] = mapped_column(Text, comment="The artist or the term it is about")
    object: Mapped[str | None] = mapped_column(Text, comment="The other artist, name, term or URL, if any")
    note: Mapped[str | None] = mapped_column(Text, comment="Why, as the editor says")
    applied: Mapped[int] = mapped_column(Integer, comment="Mentions, descriptors or neighbours it changed")
    artist_id: Mapped[int | None] = mapped_column(
        ForeignKey("artists.id", ondelete="CASCADE"), comment="The artist it is about, if any"
    )
    other_id: Mapped[int | None] = mapped_column(
        ForeignKey("artists.id", ondelete="CASCADE"), comment="The artist pinned or forbidden, if any"
    )


class ReleaseRegionRow(Base):
    """A neighbourhood of the map of artists, named by its terms."""

    __tablename__ = "release_regions"
    __table_args__ = ({"comment": "Neighbourhoods of the map of artists, at three levels"},)

    release_id: Mapped[int] = release_column()
    region_id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Number of the region")
    parent_id: Mapped[int | None] = mapped_column(RowId, comment="The coarser region around it, if any")
    level: Mapped[int] = mapped_column(Integer, comment="0 for the coarsest regions, 1, or 2 for the finest")
    x: Mapped[float] = mapped_column(Float, comment="Where it is densest, from left to right")
    y: Mapped[float] = mapped_column(Float, comment="Where it is densest, from bottom to top")
    artists: Mapped[int] = mapped_column(Integer, comment="Artists in it")
    label: Mapped[str] = mapped_column(Text, comment="Its name: two or three terms that tell it apart")
    terms: Mapped[list[str]] = mapped_column(JSON, comment="Terms that tell it apart, the best first")


class ReleaseMapRow(Base):
    """Where an artist stands on the map."""

    __tablename__ = "release_map"
    __table_args__ = (
        Index("ix_release_map_artist_id", "artist_id"),
        {"comment": "Where each artist stands on the map of all artists"},
    )

    release_id: Mapped[int] = release_column()
    artist_id: Mapped[int] = artist_column()
    x: Mapped[float] = mapped_column(Float, comment="From left to right, about -1 to 1")
    y: Mapped[float] = mapped_column(Float, comment="From bottom to top, in the same unit")
    region_id: Mapped[int | None] = mapped_column(RowId, comment="The finest region it is in, if any")
