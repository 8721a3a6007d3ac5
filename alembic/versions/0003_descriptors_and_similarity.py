"""descriptors and similarity

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa

import store.types
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_artists",
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
        sa.Column("words", sa.Integer(), nullable=False, comment="Words of text about the artist"),
        sa.Column("documents", sa.Integer(), nullable=False, comment="Documents about the artist"),
        sa.Column("sources", sa.Integer(), nullable=False, comment="Independent sources of them"),
        sa.Column("familiarity", sa.Float(), nullable=False, comment="0 to 1: how widely written about"),
        sa.Column("buzz", sa.Float(), nullable=False, comment="0 to 1: how much more than usual, lately"),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["artists.id"],
            name=op.f("fk_release_artists_artist_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_artists_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "artist_id", name=op.f("pk_release_artists")),
        comment="How much was written about each artist, and how lately",
    )
    with op.batch_alter_table("release_artists", schema=None) as batch_op:
        batch_op.create_index("ix_release_artists_artist_id", ["artist_id"], unique=False)

    op.create_table(
        "release_candidates",
        sa.Column(
            "release_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The release",
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="The name as most often written"),
        sa.Column("score", sa.Float(), nullable=False, comment="0 to 1: how surely it names an artist"),
        sa.Column("mentions", sa.Integer(), nullable=False, comment="How often it is written"),
        sa.Column("documents", sa.Integer(), nullable=False, comment="Documents that name it"),
        sa.Column("sources", sa.Integer(), nullable=False, comment="Independent sources that do"),
        sa.Column("first_seen", sa.Date(), nullable=True, comment="Earliest publication that does"),
        sa.Column("last_seen", sa.Date(), nullable=True, comment="Latest publication that does"),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_candidates_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "name", name=op.f("pk_release_candidates")),
        comment="Names that writers treat as artists and the registry lacks",
    )
    op.create_table(
        "release_overrides",
        sa.Column(
            "release_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The release",
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="Place in the file, from 1"),
        sa.Column(
            "kind",
            sa.String(length=20),
            nullable=False,
            comment="alias, unlink, block_term, rename_term, pin or forbid",
        ),
        sa.Column("subject", sa.Text(), nullable=False, comment="The artist or the term it is about"),
        sa.Column("object", sa.Text(), nullable=True, comment="The other artist, name, term or URL, if any"),
        sa.Column("note", sa.Text(), nullable=True, comment="Why, as the editor says"),
        sa.Column(
            "applied", sa.Integer(), nullable=False, comment="Mentions, descriptors or neighbours it changed"
        ),
        sa.Column(
            "artist_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The artist it is about, if any",
        ),
        sa.Column(
            "other_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The artist pinned or forbidden, if any",
        ),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["artists.id"],
            name=op.f("fk_release_overrides_artist_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["artists.id"],
            name=op.f("fk_release_overrides_other_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_overrides_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "number", name=op.f("pk_release_overrides")),
        comment="Editors' overrides, and what each did in the release",
    )
    with op.batch_alter_table("release_overrides", schema=None) as batch_op:
        batch_op.create_index("ix_release_overrides_artist_id", ["artist_id"], unique=False)
        batch_op.create_index("ix_release_overrides_other_id", ["other_id"], unique=False)

    op.create_table(
        "release_term_weeks",
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
        sa.Column("week", sa.Date(), nullable=False, comment="Monday of the week"),
        sa.Column("documents", sa.Integer(), nullable=False, comment="Documents of the week that use it"),
        sa.Column("sources", sa.Integer(), nullable=False, comment="Sources of the week that do"),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["artists.id"],
            name=op.f("fk_release_term_weeks_artist_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_term_weeks_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "release_id", "artist_id", "term_id", "week", name=op.f("pk_release_term_weeks")
        ),
        comment="Use of descriptors about artists, week by week",
    )
    with op.batch_alter_table("release_term_weeks", schema=None) as batch_op:
        batch_op.create_index("ix_release_term_weeks_artist_id", ["artist_id"], unique=False)
        batch_op.create_index("ix_release_term_weeks_term", ["release_id", "term_id", "week"], unique=False)

    op.create_table(
        "release_candidate_evidence",
        sa.Column(
            "release_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The release",
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="The candidate"),
        sa.Column(
            "document_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The document quoted",
        ),
        sa.Column("start", sa.Integer(), nullable=False, comment="First character of the sentence"),
        sa.Column("end", sa.Integer(), nullable=False, comment="Character after the sentence"),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_release_candidate_evidence_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_candidate_evidence_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "release_id", "name", "document_id", "start", name=op.f("pk_release_candidate_evidence")
        ),
        comment="Sentences that name a candidate",
    )
    with op.batch_alter_table("release_candidate_evidence", schema=None) as batch_op:
        batch_op.create_index("ix_release_candidate_evidence_document_id", ["document_id"], unique=False)

    op.create_table(
        "release_comparisons",
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
            comment="The artist the text is about",
        ),
        sa.Column(
            "other_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The artist it is compared with",
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
            name=op.f("fk_release_comparisons_artist_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_release_comparisons_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["artists.id"],
            name=op.f("fk_release_comparisons_other_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_comparisons_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "release_id", "artist_id", "other_id", "document_id", name=op.f("pk_release_comparisons")
        ),
        comment="Sentences in which writers compare an artist with another",
    )
    with op.batch_alter_table("release_comparisons", schema=None) as batch_op:
        batch_op.create_index("ix_release_comparisons_artist_id", ["artist_id"], unique=False)
        batch_op.create_index("ix_release_comparisons_document_id", ["document_id"], unique=False)
        batch_op.create_index("ix_release_comparisons_other_id", ["other_id"], unique=False)

    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "first_token",
                sa.Integer(),
                nullable=True,
                comment="Compared: first token of the clause that compares; else empty",
            )
        )
        batch_op.add_column(
            sa.Column(
                "last_token",
                sa.Integer(),
                nullable=True,
                comment="Compared: token after the clause that compares; else empty",
            )
        )

    with op.batch_alter_table("release_descriptors", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "inferred",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="Whether only texts about the most similar artists say so",
            )
        )

    with op.batch_alter_table("release_terms", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "direction",
                store.types.Vector(),
                nullable=True,
                comment="What weight 1 of the term adds to an artist's vector; for explanations",
            )
        )
    _comment({column: new for column, (_, new) in _REWORDED.items()})


def _comment(comments: dict[str, str]) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        for column, comment in comments.items():
            op.execute(f"COMMENT ON COLUMN {column} IS '{comment}'")


_REWORDED = {
    "mentions.role": (
        "subject (the text is about it) or passage",
        "subject (the text is about it), passage, or compared (the subject is likened to it)",
    ),
    "release_vectors.vector": (
        "Unit length; float32",
        "Length near 1: hubs are shorter, those in few lists longer; float32",
    ),
}


def downgrade() -> None:
    _comment({column: old for column, (old, _) in _REWORDED.items()})
    # Not in batches: on SQLite these copy a table, and dropping the old one would delete what refers to it.
    for table, columns in _ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in _CREATED:
        op.drop_table(table)


_ADDED = {
    "mentions": ("last_token", "first_token"),
    "release_descriptors": ("inferred",),
    "release_terms": ("direction",),
}
_CREATED = (
    "release_comparisons",
    "release_candidate_evidence",
    "release_term_weeks",
    "release_overrides",
    "release_candidates",
    "release_artists",
)
