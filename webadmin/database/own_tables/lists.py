"""The tables of what people keep of lists: saved views, and settings per person and list."""

from __future__ import annotations

import sqlalchemy as sa

from webadmin.database.own_tables.base import PREFIX, metadata
from webadmin.mixins import UtcDateTime, server_now

NAME = 60
"""Characters of a saved view's name."""
KEY = 200
"""Characters of a list's key and of what stands for a person."""

saved_view = sa.Table(
    f"{PREFIX}saved_view",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("list_key", sa.String(KEY), nullable=False),
    sa.Column("person", sa.String(KEY), nullable=False),
    sa.Column("person_name", sa.String(KEY), nullable=False),
    sa.Column("name", sa.String(NAME), nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime(), nullable=False, server_default=server_now()),
    sa.Column(
        "changed_at", UtcDateTime(), nullable=False, server_default=server_now(), onupdate=server_now()
    ),
    sa.UniqueConstraint("list_key", "person", "name"),
    sa.Index(None, "list_key", "shared"),
)
"""``id`` is random, so that no address ever leads to another view than it was made for."""

list_setting = sa.Table(
    f"{PREFIX}list_setting",
    metadata,
    sa.Column("list_key", sa.String(KEY), primary_key=True),
    sa.Column("person", sa.String(KEY), primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column(
        "changed_at", UtcDateTime(), nullable=False, server_default=server_now(), onupdate=server_now()
    ),
)
"""``content`` is JSON, written and read as a whole: columns, rows per page, switches, the default view, the order."""
