"""Texts, and what was forgotten."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, key_column
from store.types import RowId, UtcTime


class DocumentRow(Base):
    """One real text."""

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_duplicate_of", "duplicate_of"),
        Index("ix_documents_digest", "digest"),
        {"comment": "Clean texts, one for each real text; copies point to their original"},
    )

    id: Mapped[int] = key_column("Number of the document")
    url: Mapped[str] = mapped_column(Text, unique=True, comment="Canonical URL")
    page_id: Mapped[int | None] = mapped_column(
        ForeignKey("pages.id", ondelete="CASCADE"), index=True, comment="The page it was extracted from"
    )
    source: Mapped[str] = mapped_column(Text, index=True, comment="Host or collection it came from")
    title: Mapped[str | None] = mapped_column(Text, comment="Title")
    author: Mapped[str | None] = mapped_column(Text, comment="Author as named by the page")
    published: Mapped[date | None] = mapped_column(Date, comment="Day of publication, if believable")
    language: Mapped[str | None] = mapped_column(String(8), comment="ISO 639-1 code of the language")
    label: Mapped[str | None] = mapped_column(Text, comment="Artist the input says it is about")
    reviewed_work: Mapped[str | None] = mapped_column(Text, comment="Title of the reviewed work")
    rating: Mapped[float | None] = mapped_column(
        Float, comment="Rating as share of the best possible, 0 to 1"
    )
    kind: Mapped[str] = mapped_column(
        String(8),
        default="article",
        server_default="article",
        comment="article, review, post (of a thread), passage (of a list) or comments",
    )
    thread: Mapped[str | None] = mapped_column(
        Text, comment="URL of the page that a post, passage or comment belongs to"
    )
    text: Mapped[str] = mapped_column(Text, comment="Clean text")
    words: Mapped[int] = mapped_column(Integer, comment="Words of text")
    digest: Mapped[str] = mapped_column(String(64), comment="SHA-256 of label and folded text")
    added_at: Mapped[datetime] = mapped_column(UtcTime, comment="When the document was stored (UTC)")
    duplicate_of: Mapped[int | None] = mapped_column(
        ForeignKey("documents.id", ondelete="SET NULL"), comment="The original, when this is a copy"
    )


class DocumentBandRow(Base):
    """One band of a document's MinHash, for finding near copies."""

    __tablename__ = "document_bands"
    __table_args__ = ({"comment": "MinHash bands of documents, for finding near copies"},)

    band: Mapped[int] = mapped_column(RowId, primary_key=True, comment="Hash of band number and its values")
    document_id: Mapped[int] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, index=True, comment="The document"
    )


class ForgottenRow(Base):
    """Something that was forgotten on request and must not come back."""

    __tablename__ = "forgotten"
    __table_args__ = (
        CheckConstraint("kind IN ('url', 'host')", name="kind"),
        {"comment": "URLs and hosts that were forgotten on request and must not come back"},
    )

    kind: Mapped[str] = mapped_column(String(4), primary_key=True, comment="url or host")
    value: Mapped[str] = mapped_column(Text, primary_key=True, comment="Canonical URL, or host")
    forgotten_at: Mapped[datetime] = mapped_column(UtcTime, comment="When (UTC)")
