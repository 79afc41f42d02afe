"""Imports: what was asked for and how far it is, the file in pieces, problems of its rows, and what headings were taken for."""

import sqlalchemy as sa
from alembic import op

from webadmin.mixins import UtcDateTime, server_now

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webadmin_import",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("list_key", sa.String(200), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("person_data", sa.Text, nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("byte_count", sa.BigInteger, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("total", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("result", sa.Text, nullable=False, server_default=""),
        sa.Column("message", sa.Text, nullable=False, server_default=""),
        sa.Column("fingerprint", sa.String(200), nullable=False, server_default=""),
        sa.Column("skip_failed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("change_id", sa.Uuid),
        sa.Column("worker", sa.String(40), nullable=False, server_default=""),
        sa.Column("stop", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", UtcDateTime(), nullable=False, server_default=server_now()),
        sa.Column("submitted_at", UtcDateTime()),
        sa.Column("beat_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_webadmin_import"),
    )
    op.create_index("ix_webadmin_import_list_key_person_id", "webadmin_import", ["list_key", "person", "id"])
    op.create_index("ix_webadmin_import_created_at", "webadmin_import", ["created_at"])
    op.create_table(
        "webadmin_import_part",
        sa.Column("import_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "number", name="pk_webadmin_import_part"),
    )
    op.create_table(
        "webadmin_import_problem",
        sa.Column("import_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("row_number", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "number", name="pk_webadmin_import_problem"),
    )
    op.create_table(
        "webadmin_import_mapping",
        sa.Column("list_key", sa.String(200), nullable=False),
        sa.Column("heading", sa.String(200), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False, server_default=server_now()),
        sa.PrimaryKeyConstraint("list_key", "heading", name="pk_webadmin_import_mapping"),
    )


def downgrade() -> None:
    """Take them away, with the files of imports that are not done yet."""
    for name in ("import_mapping", "import_problem", "import_part", "import"):
        op.drop_table(f"webadmin_{name}")
