"""The history: what was changed on each occasion, and every row before and after."""

import sqlalchemy as sa
from alembic import op

from webadmin.dialects.records import Record
from webadmin.mixins import COUNTED, UtcDateTime, server_now

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webadmin_change",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False, server_default=server_now()),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("person_name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("list_key", sa.String(200), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("action", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("request_id", sa.String(40), nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("undoes", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="pk_webadmin_change"),
    )
    op.create_index("ix_webadmin_change_list_key_id", "webadmin_change", ["list_key", "id"])
    op.create_index("ix_webadmin_change_person_id", "webadmin_change", ["person", "id"])
    op.create_index("ix_webadmin_change_undoes", "webadmin_change", ["undoes"])
    op.create_table(
        "webadmin_change_row",
        sa.Column("id", COUNTED, sa.Identity(), nullable=False),
        sa.Column("change_id", sa.Uuid, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("table_name", sa.String(200), nullable=False),
        sa.Column("row_key", sa.Text, nullable=False),
        sa.Column("kind", sa.String(6), nullable=False),
        sa.Column("before", Record()),
        sa.Column("after", Record()),
        sa.Column("redacted", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_webadmin_change_row"),
    )
    op.create_index("ix_webadmin_change_row_change_id_step", "webadmin_change_row", ["change_id", "step"])
    op.create_index(
        "ix_webadmin_change_row_table_name_row_key_id",
        "webadmin_change_row",
        ["table_name", "row_key", "id"],
    )


def downgrade() -> None:
    """Take them away, with the whole history."""
    op.drop_table("webadmin_change_row")
    op.drop_table("webadmin_change")
