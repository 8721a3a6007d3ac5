"""Sources, hosts, pages and jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, key_column
from store.types import UtcTime


class SourceRow(Base):
    """A feed, sitemap or site to crawl."""

    __tablename__ = "sources"
    __table_args__ = (
        CheckConstraint("kind IN ('feed', 'sitemap', 'site')", name="kind"),
        {"comment": "Feeds, sitemaps and sites to crawl"},
    )

    id: Mapped[int] = key_column("Number of the source")
    url: Mapped[str] = mapped_column(Text, unique=True, comment="Canonical URL of feed, sitemap or home page")
    kind: Mapped[str] = mapped_column(String(8), comment="feed, sitemap or site")
    scope: Mapped[str | None] = mapped_column(Text, comment="URL prefix that followed links must share")
    interval_seconds: Mapped[int] = mapped_column(Integer, comment="Seconds between two rounds")
    added_at: Mapped[datetime] = mapped_column(UtcTime, comment="When the source was added (UTC)")
    round_started_at: Mapped[datetime | None] = mapped_column(
        UtcTime, comment="Start of the last round (UTC)"
    )
    round_finished_at: Mapped[datetime | None] = mapped_column(
        UtcTime, comment="End of the latest round (UTC); empty while one is under way"
    )
    due_at: Mapped[datetime] = mapped_column(UtcTime, index=True, comment="When the next round is due (UTC)")
    error: Mapped[str | None] = mapped_column(Text, comment="Why the latest round could not read the source")
    revisit_seconds: Mapped[int | None] = mapped_column(
        Integer, comment="Seconds to the next round, as learnt from how often it brings something new"
    )


class HostRow(Base):
    """What is known of one host: its robots.txt and its pace."""

    __tablename__ = "hosts"
    __table_args__ = ({"comment": "Hosts: robots.txt and pace"},)

    host: Mapped[str] = mapped_column(Text, primary_key=True, comment="scheme://host:port")
    robots_status: Mapped[int | None] = mapped_column(
        Integer, comment="HTTP status of robots.txt; 0 when it could not be reached"
    )
    robots_txt: Mapped[str | None] = mapped_column(Text, comment="Text of robots.txt")
    robots_fetched_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="When it was fetched (UTC)")
    not_before: Mapped[datetime | None] = mapped_column(
        UtcTime, comment="No request before this moment (UTC): Retry-After or backoff"
    )
    failures: Mapped[int] = mapped_column(Integer, default=0, comment="Failures in a row")
    tdm_status: Mapped[int | None] = mapped_column(
        Integer, comment="HTTP status of /.well-known/tdmrep.json; 0 when it could not be reached"
    )
    tdm_text: Mapped[str | None] = mapped_column(Text, comment="Text of /.well-known/tdmrep.json")
    tdm_fetched_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="When it was fetched (UTC)")


class DomainRow(Base):
    """One registered domain: the unit that one crawl process at a time works on, at one rate."""

    __tablename__ = "domains"
    __table_args__ = ({"comment": "Registered domains: whose turn it is, and who crawls them now"},)

    domain: Mapped[str] = mapped_column(
        Text, primary_key=True, comment="Registered domain, or address and port"
    )
    ready_at: Mapped[datetime | None] = mapped_column(
        UtcTime, index=True, comment="When its first queued page is due (UTC); empty when none is queued"
    )
    not_before: Mapped[datetime | None] = mapped_column(
        UtcTime, comment="No request before this moment (UTC): its pace, or a pause it asked for"
    )
    lease_holder: Mapped[str | None] = mapped_column(Text, comment="The crawl process that works on it")
    lease_until: Mapped[datetime | None] = mapped_column(
        UtcTime, comment="When the lease ends unless renewed (UTC)"
    )
    pages: Mapped[int] = mapped_column(
        Integer, default=0, server_default="0", comment="URLs known, as last counted"
    )


class PageRow(Base):
    """One URL of the frontier and what became of it."""

    __tablename__ = "pages"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'fetched', 'failed', 'refused', 'gone')", name="state"),
        Index("ix_pages_queue", "state", "domain", "priority", "id"),
        Index("ix_pages_source_id_state", "source_id", "state", "due_at"),
        Index("ix_pages_extraction_digest", "extracted_digest", "content_digest"),
        {"comment": "The frontier: every URL met, and what became of it"},
    )

    id: Mapped[int] = key_column("Number of the page")
    url: Mapped[str] = mapped_column(Text, unique=True, comment="Canonical URL")
    host: Mapped[str] = mapped_column(Text, index=True, comment="scheme://host:port")
    domain: Mapped[str] = mapped_column(
        Text, server_default="", comment="Registered domain, whose pages share one rate"
    )
    source_id: Mapped[int] = mapped_column(
        ForeignKey("sources.id", ondelete="CASCADE"), comment="The source it was found through"
    )
    role: Mapped[str] = mapped_column(String(8), default="page", comment="feed, sitemap or page")
    depth: Mapped[int] = mapped_column(Integer, comment="Links between the source and this page")
    priority: Mapped[int] = mapped_column(Integer, comment="Lower is fetched first")
    state: Mapped[str] = mapped_column(String(8), comment="queued, fetched, failed, refused or gone")
    reason: Mapped[str | None] = mapped_column(Text, comment="Why it failed or was refused, in words")
    due_at: Mapped[datetime] = mapped_column(
        UtcTime, comment="Queued: not to be fetched before this moment; else when to look again (UTC)"
    )
    attempts: Mapped[int] = mapped_column(Integer, default=0, comment="Failed attempts in a row")
    http_status: Mapped[int | None] = mapped_column(Integer, comment="Status of the latest answer")
    content_type: Mapped[str | None] = mapped_column(Text, comment="Content-Type of the latest answer")
    etag: Mapped[str | None] = mapped_column(Text, comment="ETag of the latest body")
    last_modified: Mapped[str | None] = mapped_column(Text, comment="Last-Modified of the latest body")
    redirected_to: Mapped[str | None] = mapped_column(Text, comment="Canonical URL the page redirects to")
    canonical_url: Mapped[str | None] = mapped_column(Text, index=True, comment="URL it names canonical")
    content_digest: Mapped[str | None] = mapped_column(String(64), comment="SHA-256 of the latest body")
    fetched_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="When the latest answer came (UTC)")
    changed_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="When the body last changed (UTC)")
    extracted_digest: Mapped[str | None] = mapped_column(
        String(64), comment="Digest of the body that was last turned into a document"
    )
    found_at: Mapped[datetime | None] = mapped_column(UtcTime, comment="When the URL was met first (UTC)")
    revisit_seconds: Mapped[int | None] = mapped_column(
        Integer, comment="Seconds between visits, as learnt from how often it changes"
    )
    misses: Mapped[int] = mapped_column(
        Integer, default=0, server_default="0", comment="Answers 404 in a row"
    )
    missing_since: Mapped[datetime | None] = mapped_column(UtcTime, comment="The first of them (UTC)")
    restrictions: Mapped[str | None] = mapped_column(
        Text, comment="Wishes of the page that are heeded while it is used: noarchive"
    )


class PageBodyRow(Base):
    """The raw body of a page."""

    __tablename__ = "page_bodies"
    __table_args__ = ({"comment": "Raw bodies of pages, as last fetched"},)

    page_id: Mapped[int] = mapped_column(
        ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True, comment="The page"
    )
    body: Mapped[bytes] = mapped_column(LargeBinary, comment="Body, compressed with zlib")
    charset: Mapped[str | None] = mapped_column(String(40), comment="Charset of the Content-Type header")


class JobLockRow(Base):
    """Who does a job that only one process at a time may do."""

    __tablename__ = "job_locks"
    __table_args__ = ({"comment": "Jobs under way; a lock that is not renewed ends by itself"},)

    name: Mapped[str] = mapped_column(Text, primary_key=True, comment="The job")
    holder: Mapped[str] = mapped_column(Text, comment="host:process:random of the process that does it")
    taken_at: Mapped[datetime] = mapped_column(UtcTime, comment="When it began (UTC)")
    expires_at: Mapped[datetime] = mapped_column(UtcTime, comment="When the lock ends unless renewed (UTC)")


class JobRunRow(Base):
    """One run of a job, for the operator who reads a report now and then."""

    __tablename__ = "job_runs"
    __table_args__ = (
        Index("ix_job_runs_job_started_at", "job", "started_at"),
        {"comment": "What jobs did, run by run"},
    )

    id: Mapped[int] = key_column("Number of the run")
    job: Mapped[str] = mapped_column(Text, comment="crawl, extract or mine")
    holder: Mapped[str] = mapped_column(Text, comment="host:process:random of the process that did it")
    started_at: Mapped[datetime] = mapped_column(UtcTime, comment="When it began (UTC)")
    finished_at: Mapped[datetime | None] = mapped_column(
        UtcTime, comment="When it ended (UTC); empty while under way, or when the process died"
    )
    outcome: Mapped[str | None] = mapped_column(String(16), comment="done, interrupted or failed")
    report: Mapped[dict[str, Any]] = mapped_column(JSON, comment="What it did, as counts by measure")
