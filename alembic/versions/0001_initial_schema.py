"""initial schema

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa

import store.types
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table(
        "artists",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Number of the artist in this database",
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="Name as it is shown"),
        sa.Column("key", sa.Text(), nullable=False, comment="Name reduced to what two spellings share"),
        sa.Column("mbid", sa.String(length=36), nullable=True, comment="MusicBrainz identifier"),
        sa.Column("disambiguation", sa.Text(), nullable=True, comment="What tells artists of one name apart"),
        sa.Column("country", sa.Text(), nullable=True, comment="ISO 3166 code or name of country or area"),
        sa.Column("begin", sa.String(length=10), nullable=True, comment="Birth or founding, ISO 8601"),
        sa.Column("end", sa.String(length=10), nullable=True, comment="Death or dissolution, ISO 8601"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artists")),
        sa.UniqueConstraint("mbid", name=op.f("uq_artists_mbid")),
        comment="The registry of artists",
    )
    with op.batch_alter_table("artists", schema=None) as batch_op:
        batch_op.create_index("ix_artists_key", ["key"], unique=False)

    op.create_table(
        "forgotten",
        sa.Column("kind", sa.String(length=4), nullable=False, comment="url or host"),
        sa.Column("value", sa.Text(), nullable=False, comment="Canonical URL, or host"),
        sa.Column("forgotten_at", store.types.UtcTime(), nullable=False, comment="When (UTC)"),
        sa.CheckConstraint("kind IN ('url', 'host')", name=op.f("ck_forgotten_kind")),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_forgotten")),
        comment="URLs and hosts that were forgotten on request and must not come back",
    )
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False, comment="scheme://host:port"),
        sa.Column(
            "robots_status",
            sa.Integer(),
            nullable=True,
            comment="HTTP status of robots.txt; 0 when it could not be reached",
        ),
        sa.Column("robots_txt", sa.Text(), nullable=True, comment="Text of robots.txt"),
        sa.Column(
            "robots_fetched_at", store.types.UtcTime(), nullable=True, comment="When it was fetched (UTC)"
        ),
        sa.Column(
            "not_before",
            store.types.UtcTime(),
            nullable=True,
            comment="No request before this moment (UTC): Retry-After or backoff",
        ),
        sa.Column("failures", sa.Integer(), nullable=False, comment="Failures in a row"),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
        comment="Hosts: robots.txt and pace",
    )
    op.create_table(
        "releases",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Number of the release",
        ),
        sa.Column("created", store.types.UtcTime(), nullable=False, comment="When its building began (UTC)"),
        sa.Column("state", sa.String(length=8), nullable=False, comment="building or ready"),
        sa.Column("engine", sa.String(length=16), nullable=False, comment="local or spark"),
        sa.Column("parameters", sa.JSON(), nullable=False, comment="Methods, parameters and seeds"),
        sa.Column(
            "input_digest", sa.String(length=64), nullable=False, comment="Digest of all input and parameters"
        ),
        sa.Column("documents", sa.Integer(), nullable=False, comment="Documents it rests on"),
        sa.Column("artists", sa.Integer(), nullable=False, comment="Artists with a vector"),
        sa.Column("terms", sa.Integer(), nullable=False, comment="Distinct descriptor terms"),
        sa.Column("metrics", sa.JSON(), nullable=False, comment="What was measured while building"),
        sa.CheckConstraint("state IN ('building', 'ready')", name=op.f("ck_releases_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        comment="Releases; the published one is named in published_release",
    )
    op.create_table(
        "sources",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Number of the source",
        ),
        sa.Column("url", sa.Text(), nullable=False, comment="Canonical URL of feed, sitemap or home page"),
        sa.Column("kind", sa.String(length=8), nullable=False, comment="feed, sitemap or site"),
        sa.Column("scope", sa.Text(), nullable=True, comment="URL prefix that followed links must share"),
        sa.Column("interval_seconds", sa.Integer(), nullable=False, comment="Seconds between two rounds"),
        sa.Column(
            "added_at", store.types.UtcTime(), nullable=False, comment="When the source was added (UTC)"
        ),
        sa.Column(
            "round_started_at", store.types.UtcTime(), nullable=True, comment="Start of the last round (UTC)"
        ),
        sa.Column(
            "round_finished_at",
            store.types.UtcTime(),
            nullable=True,
            comment="End of the latest round (UTC); empty while one is under way",
        ),
        sa.Column(
            "due_at", store.types.UtcTime(), nullable=False, comment="When the next round is due (UTC)"
        ),
        sa.Column(
            "error", sa.Text(), nullable=True, comment="Why the latest round could not read the source"
        ),
        sa.CheckConstraint("kind IN ('feed', 'sitemap', 'site')", name=op.f("ck_sources_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("url", name=op.f("uq_sources_url")),
        comment="Feeds, sitemaps and sites to crawl",
    )
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sources_due_at"), ["due_at"], unique=False)

    op.create_table(
        "words",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Number of the word",
        ),
        sa.Column("word", sa.Text(), nullable=False, comment="Lower-cased form"),
        sa.Column("contexts", sa.Integer(), nullable=False, comment="Contexts that were tagged"),
        sa.Column("noun", sa.Integer(), nullable=False, comment="… as common noun"),
        sa.Column("adjective", sa.Integer(), nullable=False, comment="… as adjective"),
        sa.Column("proper", sa.Integer(), nullable=False, comment="… as proper noun"),
        sa.Column("verb", sa.Integer(), nullable=False, comment="… as verb"),
        sa.Column("other", sa.Integer(), nullable=False, comment="… as anything else"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_words")),
        sa.UniqueConstraint("word", name=op.f("uq_words_word")),
        comment="Word forms; tagged counts are what spaCy said in sampled contexts",
    )
    op.create_table(
        "artist_aliases",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Number of the alias",
        ),
        sa.Column(
            "artist_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The artist so called",
        ),
        sa.Column("alias", sa.Text(), nullable=False, comment="The other name"),
        sa.Column(
            "key", sa.Text(), nullable=False, comment="The other name reduced to what two spellings share"
        ),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["artists.id"],
            name=op.f("fk_artist_aliases_artist_id_artists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artist_aliases")),
        sa.UniqueConstraint("artist_id", "alias", name=op.f("uq_artist_aliases_artist_id_alias")),
        comment="Other names of artists",
    )
    with op.batch_alter_table("artist_aliases", schema=None) as batch_op:
        batch_op.create_index("ix_artist_aliases_key", ["key"], unique=False)

    op.create_table(
        "pages",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Number of the page",
        ),
        sa.Column("url", sa.Text(), nullable=False, comment="Canonical URL"),
        sa.Column("host", sa.Text(), nullable=False, comment="scheme://host:port"),
        sa.Column(
            "source_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The source it was found through",
        ),
        sa.Column("role", sa.String(length=8), nullable=False, comment="feed, sitemap or page"),
        sa.Column("depth", sa.Integer(), nullable=False, comment="Links between the source and this page"),
        sa.Column("priority", sa.Integer(), nullable=False, comment="Lower is fetched first"),
        sa.Column(
            "state", sa.String(length=8), nullable=False, comment="queued, fetched, failed, refused or gone"
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="Why it failed or was refused, in words"),
        sa.Column(
            "due_at",
            store.types.UtcTime(),
            nullable=False,
            comment="Not to be fetched before this moment (UTC)",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="Failed attempts in a row"),
        sa.Column("http_status", sa.Integer(), nullable=True, comment="Status of the latest answer"),
        sa.Column("content_type", sa.Text(), nullable=True, comment="Content-Type of the latest answer"),
        sa.Column("etag", sa.Text(), nullable=True, comment="ETag of the latest body"),
        sa.Column("last_modified", sa.Text(), nullable=True, comment="Last-Modified of the latest body"),
        sa.Column("redirected_to", sa.Text(), nullable=True, comment="Canonical URL the page redirects to"),
        sa.Column("canonical_url", sa.Text(), nullable=True, comment="URL it names canonical"),
        sa.Column(
            "content_digest", sa.String(length=64), nullable=True, comment="SHA-256 of the latest body"
        ),
        sa.Column(
            "fetched_at", store.types.UtcTime(), nullable=True, comment="When the latest answer came (UTC)"
        ),
        sa.Column(
            "changed_at", store.types.UtcTime(), nullable=True, comment="When the body last changed (UTC)"
        ),
        sa.Column(
            "extracted_digest",
            sa.String(length=64),
            nullable=True,
            comment="Digest of the body that was last turned into a document",
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'fetched', 'failed', 'refused', 'gone')", name=op.f("ck_pages_state")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_pages_source_id_sources"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("url", name=op.f("uq_pages_url")),
        comment="The frontier: every URL met, and what became of it",
    )
    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pages_canonical_url"), ["canonical_url"], unique=False)
        batch_op.create_index(
            "ix_pages_extraction_digest", ["extracted_digest", "content_digest"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_pages_host"), ["host"], unique=False)
        batch_op.create_index("ix_pages_queue", ["state", "host", "priority", "id"], unique=False)
        batch_op.create_index("ix_pages_source_id_state", ["source_id", "state"], unique=False)

    op.create_table(
        "published_release",
        sa.Column("id", sa.Integer(), nullable=False, comment="Always 1"),
        sa.Column(
            "release_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The release shown",
        ),
        sa.Column(
            "published_at", store.types.UtcTime(), nullable=False, comment="When it was switched to (UTC)"
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_published_release_one_row")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_published_release_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_release")),
        comment="One row: the release that the views show",
    )
    op.create_table(
        "release_activity",
        sa.Column(
            "release_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The release",
        ),
        sa.Column(
            "artist_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The artist",
        ),
        sa.Column("week", sa.Date(), nullable=False, comment="Monday of the week"),
        sa.Column(
            "documents", sa.Integer(), nullable=False, comment="Documents about the artist in the week"
        ),
        sa.Column("sources", sa.Integer(), nullable=False, comment="Sources that wrote about it in the week"),
        sa.Column(
            "familiarity", sa.Float(), nullable=False, comment="0 to 1: how widely written about, up to then"
        ),
        sa.Column("buzz", sa.Float(), nullable=False, comment="0 to 1: how much more than usual in the week"),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["artists.id"],
            name=op.f("fk_release_activity_artist_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_activity_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "artist_id", "week", name=op.f("pk_release_activity")),
        comment="Writing about artists, week by week",
    )
    with op.batch_alter_table("release_activity", schema=None) as batch_op:
        batch_op.create_index("ix_release_activity_artist_id", ["artist_id"], unique=False)

    op.create_table(
        "release_descriptors",
        sa.Column(
            "release_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The release",
        ),
        sa.Column(
            "artist_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The artist",
        ),
        sa.Column(
            "term_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The term",
        ),
        sa.Column("weight", sa.Float(), nullable=False, comment="0 to 1, comparable between artists"),
        sa.Column("frequency", sa.Integer(), nullable=False, comment="Occurrences in text about the artist"),
        sa.Column(
            "documents", sa.Integer(), nullable=False, comment="Documents that use it about the artist"
        ),
        sa.Column("sources", sa.Integer(), nullable=False, comment="Independent sources that do"),
        sa.Column("first_seen", sa.Date(), nullable=True, comment="Earliest publication that does"),
        sa.Column("last_seen", sa.Date(), nullable=True, comment="Latest publication that does"),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["artists.id"],
            name=op.f("fk_release_descriptors_artist_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_descriptors_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "artist_id", "term_id", name=op.f("pk_release_descriptors")),
        comment="Which artist is described with which term, and how strongly",
    )
    with op.batch_alter_table("release_descriptors", schema=None) as batch_op:
        batch_op.create_index("ix_release_descriptors_artist_id", ["artist_id"], unique=False)
        batch_op.create_index(
            "ix_release_descriptors_term", ["release_id", "term_id", "weight"], unique=False
        )

    op.create_table(
        "release_neighbours",
        sa.Column(
            "release_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The release",
        ),
        sa.Column(
            "artist_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The artist",
        ),
        sa.Column("rank", sa.Integer(), nullable=False, comment="1 is the nearest"),
        sa.Column(
            "neighbour_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The similar artist",
        ),
        sa.Column("similarity", sa.Float(), nullable=False, comment="0 to 1"),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["artists.id"],
            name=op.f("fk_release_neighbours_artist_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["neighbour_id"],
            ["artists.id"],
            name=op.f("fk_release_neighbours_neighbour_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_neighbours_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "artist_id", "rank", name=op.f("pk_release_neighbours")),
        comment="Similar artists, nearest first",
    )
    with op.batch_alter_table("release_neighbours", schema=None) as batch_op:
        batch_op.create_index("ix_release_neighbours_artist_id", ["artist_id"], unique=False)
        batch_op.create_index("ix_release_neighbours_neighbour_id", ["neighbour_id"], unique=False)

    op.create_table(
        "release_terms",
        sa.Column(
            "release_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The release",
        ),
        sa.Column(
            "term_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Number of the term in the release",
        ),
        sa.Column("term", sa.Text(), nullable=False, comment="The term, lower-cased"),
        sa.Column("kind", sa.String(length=3), nullable=False, comment="n1, n2, n3, np or adj"),
        sa.Column(
            "facet",
            sa.String(length=10),
            nullable=False,
            comment="genre, mood, instrument, era, place, theme or other",
        ),
        sa.Column("artists", sa.Integer(), nullable=False, comment="Artists described with it"),
        sa.Column("idf", sa.Float(), nullable=False, comment="Inverse document frequency over artists"),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_terms_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "term_id", name=op.f("pk_release_terms")),
        comment="Descriptor terms of a release",
    )
    with op.batch_alter_table("release_terms", schema=None) as batch_op:
        batch_op.create_index("ix_release_terms_term", ["release_id", "term"], unique=False)

    op.create_table(
        "release_vectors",
        sa.Column(
            "release_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The release",
        ),
        sa.Column(
            "artist_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The artist",
        ),
        sa.Column("dimensions", sa.Integer(), nullable=False, comment="Length of the vector"),
        sa.Column("vector", store.types.Vector(), nullable=False, comment="Unit length; float32"),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["artists.id"],
            name=op.f("fk_release_vectors_artist_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_vectors_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "artist_id", name=op.f("pk_release_vectors")),
        comment="One vector for each artist with enough text",
    )
    with op.batch_alter_table("release_vectors", schema=None) as batch_op:
        batch_op.create_index("ix_release_vectors_artist_id", ["artist_id"], unique=False)

    op.create_table(
        "release_words",
        sa.Column(
            "release_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The release",
        ),
        sa.Column("word", sa.Text(), nullable=False, comment="The word, lower-cased"),
        sa.Column("vector", sa.LargeBinary(), nullable=False, comment="float32, little-endian, unit length"),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_words_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "word", name=op.f("pk_release_words")),
        comment="word2vec vectors of the release's frequent words",
    )
    op.create_table(
        "documents",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Number of the document",
        ),
        sa.Column("url", sa.Text(), nullable=False, comment="Canonical URL"),
        sa.Column(
            "page_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The page it was extracted from",
        ),
        sa.Column("source", sa.Text(), nullable=False, comment="Host or collection it came from"),
        sa.Column("title", sa.Text(), nullable=True, comment="Title"),
        sa.Column("author", sa.Text(), nullable=True, comment="Author as named by the page"),
        sa.Column("published", sa.Date(), nullable=True, comment="Day of publication, if believable"),
        sa.Column("language", sa.String(length=8), nullable=True, comment="ISO 639-1 code of the language"),
        sa.Column("label", sa.Text(), nullable=True, comment="Artist the input says it is about"),
        sa.Column("reviewed_work", sa.Text(), nullable=True, comment="Title of the reviewed work"),
        sa.Column(
            "rating", sa.Float(), nullable=True, comment="Rating as share of the best possible, 0 to 1"
        ),
        sa.Column("text", sa.Text(), nullable=False, comment="Clean text"),
        sa.Column("words", sa.Integer(), nullable=False, comment="Words of text"),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of label and folded text"),
        sa.Column(
            "added_at", store.types.UtcTime(), nullable=False, comment="When the document was stored (UTC)"
        ),
        sa.Column(
            "duplicate_of",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The original, when this is a copy",
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"],
            ["documents.id"],
            name=op.f("fk_documents_duplicate_of_documents"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_documents_page_id_pages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("url", name=op.f("uq_documents_url")),
        comment="Clean texts, one for each real text; copies point to their original",
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index("ix_documents_digest", ["digest"], unique=False)
        batch_op.create_index("ix_documents_duplicate_of", ["duplicate_of"], unique=False)
        batch_op.create_index(batch_op.f("ix_documents_page_id"), ["page_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_documents_source"), ["source"], unique=False)

    op.create_table(
        "page_bodies",
        sa.Column(
            "page_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The page",
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="Body, compressed with zlib"),
        sa.Column(
            "charset", sa.String(length=40), nullable=True, comment="Charset of the Content-Type header"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_page_bodies_page_id_pages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_page_bodies")),
        comment="Raw bodies of pages, as last fetched",
    )
    op.create_table(
        "document_bands",
        sa.Column(
            "band",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Hash of band number and its values",
        ),
        sa.Column(
            "document_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The document",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_document_bands_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("band", "document_id", name=op.f("pk_document_bands")),
        comment="MinHash bands of documents, for finding near copies",
    )
    with op.batch_alter_table("document_bands", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_bands_document_id"), ["document_id"], unique=False)

    op.create_table(
        "mentions",
        sa.Column(
            "document_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The document",
        ),
        sa.Column(
            "artist_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The artist",
        ),
        sa.Column(
            "start",
            sa.Integer(),
            nullable=False,
            comment="First character of the name in the text; -1 in title or label",
        ),
        sa.Column("end", sa.Integer(), nullable=False, comment="Character after the name"),
        sa.Column(
            "role", sa.String(length=8), nullable=False, comment="subject (the text is about it) or passage"
        ),
        sa.Column("first_sentence", sa.Integer(), nullable=False, comment="First sentence of the passage"),
        sa.Column("last_sentence", sa.Integer(), nullable=False, comment="Last sentence of the passage"),
        sa.Column("confidence", sa.Float(), nullable=False, comment="0 to 1: how surely the name means it"),
        sa.ForeignKeyConstraint(
            ["artist_id"], ["artists.id"], name=op.f("fk_mentions_artist_id_artists"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_mentions_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", "artist_id", "start", name=op.f("pk_mentions")),
        comment="Which passages of which documents are about which artist",
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index("ix_mentions_artist_id", ["artist_id"], unique=False)

    op.create_table(
        "mined_documents",
        sa.Column(
            "document_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The document",
        ),
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of what was read: text, title, label, registry, reader",
        ),
        sa.Column(
            "tokens", sa.LargeBinary(), nullable=False, comment="zlib of uint32: word number × 4 + case"
        ),
        sa.Column(
            "sentences",
            sa.LargeBinary(),
            nullable=False,
            comment="zlib of int32 triples: first token, first character, end character",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_mined_documents_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_mined_documents")),
        comment="Documents read by the miner: their words as numbers",
    )
    op.create_table(
        "release_evidence",
        sa.Column(
            "release_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The release",
        ),
        sa.Column(
            "artist_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The artist",
        ),
        sa.Column(
            "term_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The term",
        ),
        sa.Column(
            "document_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The document quoted",
        ),
        sa.Column(
            "start", sa.Integer(), nullable=False, comment="First character of the sentence in the text"
        ),
        sa.Column("end", sa.Integer(), nullable=False, comment="Character after the sentence"),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["artists.id"],
            name=op.f("fk_release_evidence_artist_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_release_evidence_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_evidence_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "release_id", "artist_id", "term_id", "document_id", name=op.f("pk_release_evidence")
        ),
        comment="Sentences in which a descriptor stands",
    )
    with op.batch_alter_table("release_evidence", schema=None) as batch_op:
        batch_op.create_index("ix_release_evidence_artist_id", ["artist_id"], unique=False)
        batch_op.create_index("ix_release_evidence_document_id", ["document_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("release_evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_release_evidence_document_id")
        batch_op.drop_index("ix_release_evidence_artist_id")

    op.drop_table("release_evidence")
    op.drop_table("mined_documents")
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.drop_index("ix_mentions_artist_id")

    op.drop_table("mentions")
    with op.batch_alter_table("document_bands", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_bands_document_id"))

    op.drop_table("document_bands")
    op.drop_table("page_bodies")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documents_source"))
        batch_op.drop_index(batch_op.f("ix_documents_page_id"))
        batch_op.drop_index("ix_documents_duplicate_of")
        batch_op.drop_index("ix_documents_digest")

    op.drop_table("documents")
    op.drop_table("release_words")
    with op.batch_alter_table("release_vectors", schema=None) as batch_op:
        batch_op.drop_index("ix_release_vectors_artist_id")

    op.drop_table("release_vectors")
    with op.batch_alter_table("release_terms", schema=None) as batch_op:
        batch_op.drop_index("ix_release_terms_term")

    op.drop_table("release_terms")
    with op.batch_alter_table("release_neighbours", schema=None) as batch_op:
        batch_op.drop_index("ix_release_neighbours_neighbour_id")
        batch_op.drop_index("ix_release_neighbours_artist_id")

    op.drop_table("release_neighbours")
    with op.batch_alter_table("release_descriptors", schema=None) as batch_op:
        batch_op.drop_index("ix_release_descriptors_term")
        batch_op.drop_index("ix_release_descriptors_artist_id")

    op.drop_table("release_descriptors")
    with op.batch_alter_table("release_activity", schema=None) as batch_op:
        batch_op.drop_index("ix_release_activity_artist_id")

    op.drop_table("release_activity")
    op.drop_table("published_release")
    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.drop_index("ix_pages_source_id_state")
        batch_op.drop_index("ix_pages_queue")
        batch_op.drop_index(batch_op.f("ix_pages_host"))
        batch_op.drop_index("ix_pages_extraction_digest")
        batch_op.drop_index(batch_op.f("ix_pages_canonical_url"))

    op.drop_table("pages")
    with op.batch_alter_table("artist_aliases", schema=None) as batch_op:
        batch_op.drop_index("ix_artist_aliases_key")

    op.drop_table("artist_aliases")
    op.drop_table("words")
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sources_due_at"))

    op.drop_table("sources")
    op.drop_table("releases")
    op.drop_table("hosts")
    op.drop_table("forgotten")
    with op.batch_alter_table("artists", schema=None) as batch_op:
        batch_op.drop_index("ix_artists_key")

    op.drop_table("artists")
