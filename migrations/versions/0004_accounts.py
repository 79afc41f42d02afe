"""People: accounts, roles, grants, sessions, recovery codes, failed logins, and what was changed about them."""

import sqlalchemy as sa
from alembic import op

from webadmin.mixins import UtcDateTime, server_now

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webadmin_account",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", sa.String(200), nullable=False),
        sa.Column("full_name", sa.String(200), nullable=False, server_default=""),
        sa.Column("email", sa.String(320), nullable=False, server_default=""),
        sa.Column("password_hash", sa.String(300)),
        sa.Column("password_changed_at", UtcDateTime()),
        sa.Column("must_change_password", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("subject", sa.String(600)),
        sa.Column("totp_secret", sa.String(300)),
        sa.Column("totp_confirmed_at", UtcDateTime()),
        sa.Column("totp_step", sa.BigInteger),
        sa.Column("created_at", UtcDateTime(), nullable=False, server_default=server_now()),
        sa.Column("disabled_at", UtcDateTime()),
        sa.Column("last_login_at", UtcDateTime()),
        sa.Column("last_login_address", sa.String(60), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_webadmin_account"),
        sa.UniqueConstraint("name_key", name="uq_webadmin_account_name_key"),
        sa.UniqueConstraint("subject", name="uq_webadmin_account_subject"),
    )
    op.create_table(
        "webadmin_role",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.Text, nullable=False, server_default=""),
        sa.Column("needs_second_factor", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", UtcDateTime(), nullable=False, server_default=server_now()),
        sa.PrimaryKeyConstraint("id", name="pk_webadmin_role"),
        sa.UniqueConstraint("name", name="uq_webadmin_role_name"),
    )
    op.create_table(
        "webadmin_role_grant",
        sa.Column("role_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("role_id", "name", name="pk_webadmin_role_grant"),
        _to("role_grant", "role_id", "role"),
    )
    op.create_table(
        "webadmin_account_role",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("role_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "role_id", name="pk_webadmin_account_role"),
        _to("account_role", "account_id", "account"),
        _to("account_role", "role_id", "role"),
    )
    op.create_index("ix_webadmin_account_role_role_id", "webadmin_account_role", ["role_id"])
    op.create_table(
        "webadmin_account_grant",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_webadmin_account_grant"),
        _to("account_grant", "account_id", "account"),
    )
    op.create_table(
        "webadmin_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("name", sa.String(200), nullable=False, server_default=""),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("pending", sa.String(20), nullable=False, server_default=""),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("factor_at", UtcDateTime()),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("address", sa.String(60), nullable=False, server_default=""),
        sa.Column("agent", sa.String(300), nullable=False, server_default=""),
        sa.Column("unsent", sa.Text),
        sa.PrimaryKeyConstraint("token_hash", name="pk_webadmin_session"),
        sa.UniqueConstraint("id", name="uq_webadmin_session_id"),
        _to("session", "account_id", "account"),
    )
    op.create_index("ix_webadmin_session_account_id", "webadmin_session", ["account_id"])
    op.create_index("ix_webadmin_session_ends_at", "webadmin_session", ["ends_at"])
    op.create_table(
        "webadmin_recovery_code",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name="pk_webadmin_recovery_code"),
        _to("recovery_code", "account_id", "account"),
    )
    op.create_table(
        "webadmin_login_attempt",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_webadmin_login_attempt"),
    )
    op.create_index("ix_webadmin_login_attempt_last_at", "webadmin_login_attempt", ["last_at"])
    op.create_table(
        "webadmin_account_event",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False, server_default=server_now()),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("who_id", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("subject_name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("request_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webadmin_account_event"),
    )
    op.create_index("ix_webadmin_account_event_subject_id_id", "webadmin_account_event", ["subject_id", "id"])


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"webadmin_{target}.id"],
        name=f"fk_webadmin_{table}_{column}",
        ondelete="CASCADE",
    )


def downgrade() -> None:
    """Take them away, with every account."""
    for name in (
        "account_event",
        "login_attempt",
        "recovery_code",
        "session",
        "account_grant",
        "account_role",
        "role_grant",
        "role",
        "account",
    ):
        op.drop_table(f"webadmin_{name}")
