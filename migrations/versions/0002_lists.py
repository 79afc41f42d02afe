"""Saved views, and what a person keeps of a list."""

import sqlalchemy as sa
from alembic import op

from webadmin.mixins import UtcDateTime, server_now

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webadmin_saved_view",
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("list_key", sa.String(200), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("person_name", sa.String(200), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False, server_default=server_now()),
        sa.Column("changed_at", UtcDateTime(), nullable=False, server_default=server_now()),
        sa.PrimaryKeyConstraint("id", name="pk_webadmin_saved_view"),
        sa.UniqueConstraint("list_key", "person", "name", name="uq_webadmin_saved_view_list_key_person_name"),
    )
    op.create_index("ix_webadmin_saved_view_list_key_shared", "webadmin_saved_view", ["list_key", "shared"])
    op.create_table(
        "webadmin_list_setting",
        sa.Column("list_key", sa.String(200), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False, server_default=server_now()),
        sa.PrimaryKeyConstraint("list_key", "person", name="pk_webadmin_list_setting"),
    )


def downgrade() -> None:
    """Take them away, with all that people have saved."""
    op.drop_table("webadmin_list_setting")
    op.drop_table("webadmin_saved_view")
