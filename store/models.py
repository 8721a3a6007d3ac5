"""The schema. Consumers read the views of `store.views`; these tables are free to change by migration."""

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
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from store.types import RowId, UtcTime, Vector

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


def _key(comment: str) -> Mapped[int]:
    return mapped_column(RowId, primary_key=True, comment=comment)


# --- registry ---------------------------------------------------------------------------------------------


class ArtistRow(Base):
    """One artist of the registry."""

    __tablename__ = "artists"
    __table_args__ = (
        Index("ix_artists_key", "key"),
        Index("ix_artists_name", "name"),
        {"comment": "The registry of artists"},
    )

    id: Mapped[int] = _key("Number of the artist in this database")
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

    id: Mapped[int] = _key("Number of the alias")
    artist_id: Mapped[int] = mapped_column(
        ForeignKey("artists.id", ondelete="CASCADE"), comment="The artist so called"
    )
    alias: Mapped[str] = mapped_column(Text, comment="The other name")
    key: Mapped[str] = mapped_column(Text, comment="The other name reduced to what two spellings share")


# --- crawl ------------------------------------------------------------------------------------------------


class SourceRow(Base):
    """A feed, sitemap or site to crawl."""

    __tablename__ = "sources"
    __table_args__ = (
        CheckConstraint("kind IN ('feed', 'sitemap', 'site')", name="kind"),
        {"comment": "Feeds, sitemaps and sites to crawl"},
    )

    id: Mapped[int] = _key("Number of the source")
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

    id: Mapped[int] = _key("Number of the page")
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

    id: Mapped[int] = _key("Number of the run")
    job: Mapped[str] = mapped_column(Text, comment="crawl, extract or mine")
    holder: Mapped[str] = mapped_column(Text, comment="host:process:random of the process that did it")
    started_at: Mapped[datetime] = mapped_column(UtcTime, comment="When it began (UTC)")
    finished_at: Mapped[datetime | None] = mapped_column(
        UtcTime, comment="When it ended (UTC); empty while under way, or when the process died"
    )
    outcome: Mapped[str | None] = mapped_column(String(16), comment="done, interrupted or failed")
    report: Mapped[dict[str, Any]] = mapped_column(JSON, comment="What it did, as counts by measure")


# --- documents --------------------------------------------------------------------------------------------


class DocumentRow(Base):
    """One real text."""

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_duplicate_of", "duplicate_of"),
        Index("ix_documents_digest", "digest"),
        {"comment": "Clean texts, one for each real text; copies point to their original"},
    )

    id: Mapped[int] = _key("Number of the document")
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


# --- mining, document by document -------------------------------------------------------------------------


class WordRow(Base):
    """One word form met in the documents."""

    __tablename__ = "words"
    __table_args__ = ({"comment": "Word forms; tagged counts are what spaCy said in sampled contexts"},)

    id: Mapped[int] = _key("Number of the word")
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


# --- releases ---------------------------------------------------------------------------------------------


class ReleaseRow(Base):
    """One consistent set of descriptors, vectors and neighbours."""

    __tablename__ = "releases"
    __table_args__ = (
        CheckConstraint("state IN ('building', 'ready')", name="state"),
        {"comment": "Releases; the published one is named in published_release"},
    )

    id: Mapped[int] = _key("Number of the release")
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


def _release() -> Mapped[int]:
    return mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True, comment="The release"
    )


def _artist(comment: str = "The artist") -> Mapped[int]:
    return mapped_column(ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True, comment=comment)


class ReleaseTermRow(Base):
    """A term of a release."""

    __tablename__ = "release_terms"
    __table_args__ = (
        Index("ix_release_terms_term", "release_id", "term"),
        {"comment": "Descriptor terms of a release"},
    )

    release_id: Mapped[int] = _release()
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

    release_id: Mapped[int] = _release()
    artist_id: Mapped[int] = _artist()
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

    release_id: Mapped[int] = _release()
    artist_id: Mapped[int] = _artist()
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

    release_id: Mapped[int] = _release()
    artist_id: Mapped[int] = _artist()
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

    release_id: Mapped[int] = _release()
    artist_id: Mapped[int] = _artist()
    dimensions: Mapped[int] = mapped_column(Integer, comment="Length of the vector")
    vector: Mapped[Any] = mapped_column(
        Vector, comment="Length near 1: hubs are shorter, those in few lists longer; float32"
    )


class ReleaseActivityRow(Base):
    """How much was written about an artist in a week."""

    __tablename__ = "release_activity"
    __table_args__ = (
        Index("ix_release_activity_artist_id", "artist_id"),
        {"comment": "Writing about artists, week by week"},
    )

    release_id: Mapped[int] = _release()
    artist_id: Mapped[int] = _artist()
    week: Mapped[date] = mapped_column(Date, primary_key=True, comment="Monday of the week")
    documents: Mapped[int] = mapped_column(Integer, comment="Documents about the artist in the week")
    sources: Mapped[int] = mapped_column(Integer, comment="Sources that wrote about it in the week")
    familiarity: Mapped[float] = mapped_column(Float, comment="0 to 1: how widely written about, up to then")
    buzz: Mapped[float] = mapped_column(Float, comment="0 to 1: how much more than usual in the week")


class ReleaseWordRow(Base):
    """The word vectors of a release, for search by words that are no descriptor."""

    __tablename__ = "release_words"
    __table_args__ = ({"comment": "word2vec vectors of the release's frequent words"},)

    release_id: Mapped[int] = _release()
    word: Mapped[str] = mapped_column(Text, primary_key=True, comment="The word, lower-cased")
    vector: Mapped[bytes] = mapped_column(LargeBinary, comment="float32, little-endian, unit length")


class ReleaseArtistRow(Base):
    """How much a release knows of an artist."""

    __tablename__ = "release_artists"
    __table_args__ = (
        Index("ix_release_artists_artist_id", "artist_id"),
        {"comment": "How much was written about each artist, and how lately"},
    )

    release_id: Mapped[int] = _release()
    artist_id: Mapped[int] = _artist()
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

    release_id: Mapped[int] = _release()
    artist_id: Mapped[int] = _artist("The artist the text is about")
    other_id: Mapped[int] = _artist("The artist it is compared with")
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

    release_id: Mapped[int] = _release()
    artist_id: Mapped[int] = _artist()
    term_id: Mapped[int] = mapped_column(RowId, primary_key=True, comment="The term")
    week: Mapped[date] = mapped_column(Date, primary_key=True, comment="Monday of the week")
    documents: Mapped[int] = mapped_column(Integer, comment="Documents of the week that use it")
    sources: Mapped[int] = mapped_column(Integer, comment="Sources of the week that do")


class ReleaseCandidateRow(Base):
    """A name that writers treat as an artist and the registry lacks."""

    __tablename__ = "release_candidates"
    __table_args__ = ({"comment": "Names that writers treat as artists and the registry lacks"},)

    release_id: Mapped[int] = _release()
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

    release_id: Mapped[int] = _release()
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

    release_id: Mapped[int] = _release()
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

    release_id: Mapped[int] = _release()
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

    release_id: Mapped[int] = _release()
    artist_id: Mapped[int] = _artist()
    x: Mapped[float] = mapped_column(Float, comment="From left to right, about -1 to 1")
    y: Mapped[float] = mapped_column(Float, comment="From bottom to top, in the same unit")
    region_id: Mapped[int | None] = mapped_column(RowId, comment="The finest region it is in, if any")
