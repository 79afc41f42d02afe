"""The tables of people: accounts, what they may do, their sessions and failed logins, and what was changed about them."""

from __future__ import annotations

import sqlalchemy as sa

from webadmin.database.own_tables.base import PREFIX, metadata
from webadmin.mixins import UtcDateTime, server_now

NAME = 200
"""Characters of a name."""
EMAIL = 320
SUBJECT = 600
"""Characters that name a person to another system: its address and, after a space, their name there (255 at most)."""
ADDRESS = 60
"""Characters of a network address."""
AGENT = 300
"""Characters kept of what a browser says of itself."""


def _of(table: str, column: str = "id") -> sa.ForeignKey:
    return sa.ForeignKey(f"{PREFIX}{table}.{column}", ondelete="CASCADE")


account = sa.Table(
    f"{PREFIX}account",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.String(NAME), nullable=False),
    sa.Column("name_key", sa.String(NAME), nullable=False, unique=True),
    sa.Column("full_name", sa.String(NAME), nullable=False, server_default=""),
    sa.Column("email", sa.String(EMAIL), nullable=False, server_default=""),
    sa.Column("password_hash", sa.String(300)),
    sa.Column("password_changed_at", UtcDateTime()),
    sa.Column("must_change_password", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("subject", sa.String(SUBJECT), unique=True),
    sa.Column("totp_secret", sa.String(300)),
    sa.Column("totp_confirmed_at", UtcDateTime()),
    sa.Column("totp_step", sa.BigInteger),
    sa.Column("created_at", UtcDateTime(), nullable=False, server_default=server_now()),
    sa.Column("disabled_at", UtcDateTime()),
    sa.Column("last_login_at", UtcDateTime()),
    sa.Column("last_login_address", sa.String(ADDRESS), nullable=False, server_default=""),
)
"""Somebody who may log in. ``name`` is what they type, ``name_key`` the same as it is compared; ``password_hash`` is null where
another system knows the person, who is ``subject`` there. ``totp_secret`` is encrypted, and counts once it is confirmed;
``totp_step`` is the last step of time whose code was used."""

role = sa.Table(
    f"{PREFIX}role",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.String(NAME), nullable=False, unique=True),
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("needs_second_factor", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", UtcDateTime(), nullable=False, server_default=server_now()),
)
"""A named set of grants."""

role_grant = sa.Table(
    f"{PREFIX}role_grant",
    metadata,
    sa.Column("role_id", sa.Uuid, _of("role"), primary_key=True),
    sa.Column("name", sa.String(NAME), primary_key=True),
)
"""What a role may do: ``orders.change``, ``*.view``, ``*``."""

account_role = sa.Table(
    f"{PREFIX}account_role",
    metadata,
    sa.Column("account_id", sa.Uuid, _of("account"), primary_key=True),
    sa.Column("role_id", sa.Uuid, _of("role"), primary_key=True),
    sa.Index(None, "role_id"),
)

account_grant = sa.Table(
    f"{PREFIX}account_grant",
    metadata,
    sa.Column("account_id", sa.Uuid, _of("account"), primary_key=True),
    sa.Column("name", sa.String(NAME), primary_key=True),
)
"""What a person may do besides their roles."""

session = sa.Table(
    f"{PREFIX}session",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("id", sa.Uuid, nullable=False, unique=True),
    sa.Column("account_id", sa.Uuid, _of("account")),
    sa.Column("name", sa.String(NAME), nullable=False, server_default=""),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("pending", sa.String(20), nullable=False, server_default=""),
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("seen_at", UtcDateTime(), nullable=False),
    sa.Column("factor_at", UtcDateTime()),
    sa.Column("ends_at", UtcDateTime(), nullable=False),
    sa.Column("address", sa.String(ADDRESS), nullable=False, server_default=""),
    sa.Column("agent", sa.String(AGENT), nullable=False, server_default=""),
    sa.Column("unsent", sa.Text),
    sa.Index(None, "account_id"),
    sa.Index(None, "ends_at"),
)
"""One login of one browser. The token is in the cookie alone; ``id`` names the session to people. ``name`` stands for the person
where there is no account: whoever logged in with the terminal's token. ``kind`` says how: ``password``, ``terminal``, ``oidc``;
``pending`` what is still to be done before any page is shown: ``second_factor``, ``password``, or nothing; ``factor_at`` when a second
factor was given, here or where another system has one; ``unsent`` is a form that was sent after the login before had ended, as JSON,
for the person to send again."""

recovery_code = sa.Table(
    f"{PREFIX}recovery_code",
    metadata,
    sa.Column("account_id", sa.Uuid, _of("account"), primary_key=True),
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("used_at", UtcDateTime()),
)
"""Codes that stand in for a lost second factor, each once."""

login_attempt = sa.Table(
    f"{PREFIX}login_attempt",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", UtcDateTime(), nullable=False),
    sa.Index(None, "last_at"),
)
"""Failed logins by what they have in common; ``key`` is the hash of an account's name, an address, or both. How long to wait follows
from how many there were and when the last was."""

event = sa.Table(
    f"{PREFIX}account_event",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("at", UtcDateTime(), nullable=False, server_default=server_now()),
    sa.Column("who", sa.String(NAME), nullable=False),
    sa.Column("who_id", sa.String(NAME), nullable=False),
    sa.Column("subject", sa.String(10), nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    sa.Column("subject_name", sa.String(NAME), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("request_id", sa.String(40), nullable=False),
    sa.Index(None, "subject_id", "id"),
)
"""What was done with an account or a role (``subject``), by whom; never a secret. ``id`` follows time; ``detail`` is JSON. No foreign
key leads from here: an entry outlives what it is about."""

TABLES = tuple(
    table.name
    for table in (
        account,
        role,
        role_grant,
        account_role,
        account_grant,
        session,
        recovery_code,
        login_attempt,
        event,
    )
)
