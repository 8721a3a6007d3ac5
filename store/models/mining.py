"""What mining keeps of each document and word."""

from __future__ import annotations

from sqlalchemy import (
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, key_column


class WordRow(Base):
    """One word form met in the documents."""

    __tablename__ = "words"
    __table_args__ = ({"comment": "Word forms; tagged counts are what spaCy said in sampled contexts"},)

    id: Mapped[int] = key_column("Number of the word")
    word: Mapped[str] = mapped_column(Text, unique=True, comment="Lower-cased form")
    contexts: Mapped[int] = mapped_column(Integer, default=0, comment="Contexts that were tagged")
    noun: Mapped[int] = mapped_column(Integer, default=0, comment="… as common noun")
    adjective: Mapped[int] = mapped_column(Integer, default=0, comment="… as adjective")
    proper: Mapped[int] = mapped_column(Integer, default=0, comment="… as proper noun")
    verb: Mapped[int] = mapped_column(Integer, default=0, comment="… as verb")
    other: Mapped[int] = mapped_column(Integer, default=0, comment="… as anything else")


class MinedDocumentRow(Base):
    """What mining keeps of one document."""

    __tablename__ = "mined_documents"
    __table_args__ = ({"comment": "Documents read by the miner: their words as numbers"},)

    document_id: Mapped[int] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, comment="The document"
    )
    digest: Mapped[str] = mapped_column(
        String(64), comment="SHA-256 of what was read: text, title, label, registry, reader"
    )
    tokens: Mapped[bytes] = mapped_column(LargeBinary, comment="zlib of uint32: word number × 4 + case")
    sentences: Mapped[bytes] = mapped_column(
        LargeBinary, comment="zlib of int32 triples: first token, first character, end character"
    )
    musicality: Mapped[float] = mapped_column(
        Float, default=1.0, server_default="1", comment="Probability that the text is about music, 0 to 1"
    )


class MentionRow(Base):
    """A passage of a document that is about an artist."""

    __tablename__ = "mentions"
    __table_args__ = (
        Index("ix_mentions_artist_id", "artist_id"),
        {"comment": "Which passages of which documents are about which artist"},
    )

    document_id: Mapped[int] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, comment="The document"
    )
    artist_id: Mapped[int] = mapped_column(
        ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True, comment="The artist"
    )
    start: Mapped[int] = mapped_column(
        Integer, primary_key=True, comment="First character of the name in the text; -1 in title or label"
    )
    end: Mapped[int] = mapped_column(Integer, comment="Character after the name")
    role: Mapped[str] = mapped_column(
        String(8),
        comment="subject (the text is about it), passage, or compared (the subject is likened to it)",
    )
    first_sentence: Mapped[int] = mapped_column(Integer, comment="First sentence of the passage")
    last_sentence: Mapped[int] = mapped_column(Integer, comment="Last sentence of the passage")
    confidence: Mapped[float] = mapped_column(Float, comment="0 to 1: how surely the name means it")
    first_token: Mapped[int | None] = mapped_column(
        Integer, comment="Compared: first token of the clause that compares; else empty"
    )
    last_token: Mapped[int | None] = mapped_column(
        Integer, comment="Compared: token after the clause that compares; else empty"
    )
