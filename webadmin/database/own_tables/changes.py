"""The tables of the history: what was changed on one occasion, and each row before and after."""

from __future__ import annotations

import sqlalchemy as sa

from webadmin.database.own_tables.base import PREFIX, metadata
from webadmin.dialects.records import Record
from webadmin.mixins import COUNTED, UtcDateTime, server_now

TEXT = 200
"""Characters of names, labels and keys of lists."""
REASON = 1000
"""Characters of a person's reason."""

INSERT, UPDATE, DELETE = "insert", "update", "delete"
"""What became of a row."""

change = sa.Table(
    f"{PREFIX}change",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("at", UtcDateTime(), nullable=False, server_default=server_now()),
    sa.Column("person", sa.String(TEXT), nullable=False),
    sa.Column("person_name", sa.String(TEXT), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("list_key", sa.String(TEXT), nullable=False),
    sa.Column("label", sa.String(TEXT), nullable=False),
    sa.Column("action", sa.String(TEXT), nullable=False),
    sa.Column("reason", sa.String(REASON), nullable=False),
    sa.Column("request_id", sa.String(40), nullable=False),
    sa.Column("address", sa.String(60), nullable=False),
    sa.Column("row_count", sa.Integer, nullable=False),
    sa.Column("undoes", sa.Uuid),
    sa.Index(None, "list_key", "id"),
    sa.Index(None, "person", "id"),
    sa.Index(None, "undoes"),
)
"""One request that changed something. ``id`` follows time, so that the newest is the last; ``person`` is the account's key."""

change_row = sa.Table(
    f"{PREFIX}change_row",
    metadata,
    sa.Column("id", COUNTED, sa.Identity(), primary_key=True),
    sa.Column("change_id", sa.Uuid, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("table_name", sa.String(TEXT), nullable=False),
    sa.Column("row_key", sa.Text, nullable=False),
    sa.Column("kind", sa.String(6), nullable=False),
    sa.Column("before", Record()),
    sa.Column("after", Record()),
    sa.Column("redacted", sa.Text, nullable=False, server_default=""),
    sa.Index(None, "change_id", "step"),
    sa.Index(None, "table_name", "row_key", "id"),
)
"""One row that was changed: ``insert``, ``update`` or ``delete``. ``before`` and ``after`` hold its key, and of an update the
columns that differ; ``redacted`` names, parted by commas, columns that changed and whose content is not kept. Steps follow
one another, and a row is in each at most once. No foreign key leads to the
change: it would be looked up for each of a hundred thousand rows, and nobody else writes here."""

TABLES = (change.name, change_row.name)
