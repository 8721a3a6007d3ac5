"""map of artists

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "release_regions",
        sa.Column("release_id", _NUMBER, nullable=False, comment="The release"),
        sa.Column("region_id", _NUMBER, nullable=False, comment="Number of the region"),
        sa.Column("parent_id", _NUMBER, nullable=True, comment="The coarser region around it, if any"),
        sa.Column(
            "level",
            sa.Integer(),
            nullable=False,
            comment="0 for the coarsest regions, 1, or 2 for the finest",
        ),
        sa.Column("x", sa.Float(), nullable=False, comment="Where it is densest, from left to right"),
        sa.Column("y", sa.Float(), nullable=False, comment="Where it is densest, from bottom to top"),
        sa.Column("artists", sa.Integer(), nullable=False, comment="Artists in it"),
        sa.Column(
            "label", sa.Text(), nullable=False, comment="Its name: two or three terms that tell it apart"
        ),
        sa.Column("terms", sa.JSON(), nullable=False, comment="Terms that tell it apart, the best first"),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_regions_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "region_id", name=op.f("pk_release_regions")),
        comment="Neighbourhoods of the map of artists, at three levels",
    )
    op.create_table(
        "release_map",
        sa.Column("release_id", _NUMBER, nullable=False, comment="The release"),
        sa.Column("artist_id", _NUMBER, nullable=False, comment="The artist"),
        sa.Column("x", sa.Float(), nullable=False, comment="From left to right, about -1 to 1"),
        sa.Column("y", sa.Float(), nullable=False, comment="From bottom to top, in the same unit"),
        sa.Column("region_id", _NUMBER, nullable=True, comment="The finest region it is in, if any"),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["artists.id"],
            name=op.f("fk_release_map_artist_id_artists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_map_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "artist_id", name=op.f("pk_release_map")),
        comment="Where each artist stands on the map of all artists",
    )
    with op.batch_alter_table("release_map", schema=None) as batch_op:
        batch_op.create_index("ix_release_map_artist_id", ["artist_id"], unique=False)
    # For the views, which are asked by name.
    op.create_index("ix_artists_name", "artists", ["name"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_artists_name", "artists")
    op.drop_table("release_map")
    op.drop_table("release_regions")
