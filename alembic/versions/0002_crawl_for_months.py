"""crawl for months

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa

import store.types
from alembic import op
from store.domains import domain_of

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "domains",
        sa.Column("domain", sa.Text(), nullable=False, comment="Registered domain, or address and port"),
        sa.Column(
            "ready_at",
            store.types.UtcTime(),
            nullable=True,
            comment="When its first queued page is due (UTC); empty when none is queued",
        ),
        sa.Column(
            "not_before",
            store.types.UtcTime(),
            nullable=True,
            comment="No request before this moment (UTC): its pace, or a pause it asked for",
        ),
        sa.Column("lease_holder", sa.Text(), nullable=True, comment="The crawl process that works on it"),
        sa.Column(
            "lease_until",
            store.types.UtcTime(),
            nullable=True,
            comment="When the lease ends unless renewed (UTC)",
        ),
        sa.Column(
            "pages", sa.Integer(), server_default="0", nullable=False, comment="URLs known, as last counted"
        ),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_domains")),
        comment="Registered domains: whose turn it is, and who crawls them now",
    )
    with op.batch_alter_table("domains", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_domains_ready_at"), ["ready_at"], unique=False)

    op.create_table(
        "job_locks",
        sa.Column("name", sa.Text(), nullable=False, comment="The job"),
        sa.Column(
            "holder", sa.Text(), nullable=False, comment="host:process:random of the process that does it"
        ),
        sa.Column("taken_at", store.types.UtcTime(), nullable=False, comment="When it began (UTC)"),
        sa.Column(
            "expires_at",
            store.types.UtcTime(),
            nullable=False,
            comment="When the lock ends unless renewed (UTC)",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_locks")),
        comment="Jobs under way; a lock that is not renewed ends by itself",
    )
    op.create_table(
        "job_runs",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Number of the run",
        ),
        sa.Column("job", sa.Text(), nullable=False, comment="crawl, extract or mine"),
        sa.Column(
            "holder", sa.Text(), nullable=False, comment="host:process:random of the process that did it"
        ),
        sa.Column("started_at", store.types.UtcTime(), nullable=False, comment="When it began (UTC)"),
        sa.Column(
            "finished_at",
            store.types.UtcTime(),
            nullable=True,
            comment="When it ended (UTC); empty while under way, or when the process died",
        ),
        sa.Column("outcome", sa.String(length=16), nullable=True, comment="done, interrupted or failed"),
        sa.Column("report", sa.JSON(), nullable=False, comment="What it did, as counts by measure"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
        comment="What jobs did, run by run",
    )
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.create_index("ix_job_runs_job_started_at", ["job", "started_at"], unique=False)

    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.String(length=8),
                server_default="article",
                nullable=False,
                comment="article, review, post (of a thread), passage (of a list) or comments",
            )
        )
        batch_op.add_column(
            sa.Column(
                "thread",
                sa.Text(),
                nullable=True,
                comment="URL of the page that a post, passage or comment belongs to",
            )
        )

    with op.batch_alter_table("hosts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "tdm_status",
                sa.Integer(),
                nullable=True,
                comment="HTTP status of /.well-known/tdmrep.json; 0 when it could not be reached",
            )
        )
        batch_op.add_column(
            sa.Column("tdm_text", sa.Text(), nullable=True, comment="Text of /.well-known/tdmrep.json")
        )
        batch_op.add_column(
            sa.Column(
                "tdm_fetched_at", store.types.UtcTime(), nullable=True, comment="When it was fetched (UTC)"
            )
        )

    with op.batch_alter_table("mined_documents", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "musicality",
                sa.Float(),
                server_default="1",
                nullable=False,
                comment="Probability that the text is about music, 0 to 1",
            )
        )

    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "domain",
                sa.Text(),
                server_default="",
                nullable=False,
                comment="Registered domain, whose pages share one rate",
            )
        )
        batch_op.add_column(
            sa.Column(
                "found_at", store.types.UtcTime(), nullable=True, comment="When the URL was met first (UTC)"
            )
        )
        batch_op.add_column(
            sa.Column(
                "revisit_seconds",
                sa.Integer(),
                nullable=True,
                comment="Seconds between visits, as learnt from how often it changes",
            )
        )
        batch_op.add_column(
            sa.Column(
                "misses", sa.Integer(), server_default="0", nullable=False, comment="Answers 404 in a row"
            )
        )
        batch_op.add_column(
            sa.Column(
                "missing_since", store.types.UtcTime(), nullable=True, comment="The first of them (UTC)"
            )
        )
        batch_op.add_column(
            sa.Column(
                "restrictions",
                sa.Text(),
                nullable=True,
                comment="Wishes of the page that are heeded while it is used: noarchive",
            )
        )
        batch_op.drop_index(batch_op.f("ix_pages_queue"))
        batch_op.create_index("ix_pages_queue", ["state", "domain", "priority", "id"], unique=False)
        batch_op.drop_index(batch_op.f("ix_pages_source_id_state"))
        batch_op.create_index("ix_pages_source_id_state", ["source_id", "state", "due_at"], unique=False)

    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "revisit_seconds",
                sa.Integer(),
                nullable=True,
                comment="Seconds to the next round, as learnt from how often it brings something new",
            )
        )
    _comment_due("Queued: not to be fetched before this moment; else when to look again (UTC)")
    _fill_domains()
    _turn_bands_of_copies()


def _turn_bands_of_copies() -> None:
    """Bands of copies are kept as complements (store.documents); turning them twice changes nothing."""
    op.execute(
        "UPDATE document_bands SET band = -1 - band WHERE document_id IN (SELECT d.id FROM documents d WHERE "
        "NOT EXISTS (SELECT 1 FROM documents o WHERE o.digest = d.digest AND o.duplicate_of IS NULL))"
    )


def _comment_due(comment: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        op.execute(f"COMMENT ON COLUMN pages.due_at IS '{comment}'")


def _fill_domains() -> None:
    """Give pages their domain, and domains with queued pages their turn."""
    connection = op.get_bind()
    hosts = connection.execute(
        sa.text(
            "SELECT host, count(*), min(CASE WHEN state = 'queued' THEN due_at END) FROM pages GROUP BY host"
        )
    ).all()
    domains = {}
    for host, pages, due in hosts:
        domain = domain_of(host)
        connection.execute(
            sa.text("UPDATE pages SET domain = :domain WHERE host = :host"), {"domain": domain, "host": host}
        )
        known, ready = domains.get(domain, (0, None))
        domains[domain] = (
            known + pages,
            min((value for value in (ready, due) if value is not None), default=None),
        )
    for domain, (pages, ready) in domains.items():
        connection.execute(
            sa.text("INSERT INTO domains (domain, pages, ready_at) VALUES (:domain, :pages, :ready)"),
            {"domain": domain, "pages": pages, "ready": ready},
        )


def downgrade() -> None:
    _turn_bands_of_copies()
    # Not in batches: on SQLite these copy a table, and dropping the old one would delete what refers to it.
    with op.batch_alter_table("pages") as batch_op:
        batch_op.drop_index("ix_pages_source_id_state")
        batch_op.create_index("ix_pages_source_id_state", ["source_id", "state"], unique=False)
        batch_op.drop_index("ix_pages_queue")
        batch_op.create_index("ix_pages_queue", ["state", "host", "priority", "id"], unique=False)
    _comment_due("Not to be fetched before this moment (UTC)")
    for table, columns in _ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in ("job_runs", "job_locks", "domains"):
        op.drop_table(table)


_ADDED = {
    "sources": ("revisit_seconds",),
    "pages": ("restrictions", "missing_since", "misses", "revisit_seconds", "found_at", "domain"),
    "mined_documents": ("musicality",),
    "hosts": ("tdm_fetched_at", "tdm_text", "tdm_status"),
    "documents": ("thread", "kind"),
}
