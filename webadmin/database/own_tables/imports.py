"""The tables of imports: what was asked for and how far it is, the file in pieces, what is wrong with its rows, and what
headings were taken for."""

from __future__ import annotations

import sqlalchemy as sa

from webadmin.database.own_tables.base import PREFIX, metadata
from webadmin.mixins import UtcDateTime, server_now

TEXT = 200
"""Characters of names, headings and keys of lists."""
STATE = 12
"""Characters of a state's name."""

import_ = sa.Table(
    f"{PREFIX}import",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("list_key", sa.String(TEXT), nullable=False),
    sa.Column("person", sa.String(TEXT), nullable=False),
    sa.Column("person_data", sa.Text, nullable=False),
    sa.Column("file_name", sa.String(TEXT), nullable=False),
    sa.Column("byte_count", sa.BigInteger, nullable=False),
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("state", sa.String(STATE), nullable=False),
    sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("total", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("result", sa.Text, nullable=False, server_default=""),
    sa.Column("message", sa.Text, nullable=False, server_default=""),
    sa.Column("fingerprint", sa.String(TEXT), nullable=False, server_default=""),
    sa.Column("skip_failed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("change_id", sa.Uuid),
    sa.Column("worker", sa.String(40), nullable=False, server_default=""),
    sa.Column("stop", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", UtcDateTime(), nullable=False, server_default=server_now()),
    sa.Column("submitted_at", UtcDateTime()),
    sa.Column("beat_at", UtcDateTime()),
    sa.Column("ended_at", UtcDateTime()),
    sa.Index(None, "list_key", "person", "id"),
    sa.Index(None, "created_at"),
)
"""One file of one person for one list. ``state`` is new, checking, ready, running, done or failed; ``person_data`` is who
asks, for a worker elsewhere, and ``asked`` how the file is read and where its columns go, both as JSON; ``result`` what the check or the
import has found, as JSON. ``worker`` is whoever works on it just now, and says that it lives by ``beat_at``; ``stop`` tells it to give up.
``message`` is how far it is, and without a worker why it is no further; in words.
``id`` follows time."""

import_part = sa.Table(
    f"{PREFIX}import_part",
    metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""The file, in pieces that any process can read one by one."""

import_problem = sa.Table(
    f"{PREFIX}import_problem",
    metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("row_number", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(TEXT), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
)
"""Why rows cannot be taken, in the order of the file."""

import_mapping = sa.Table(
    f"{PREFIX}import_mapping",
    metadata,
    sa.Column("list_key", sa.String(TEXT), primary_key=True),
    sa.Column("heading", sa.String(TEXT), primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column(
        "changed_at", UtcDateTime(), nullable=False, server_default=server_now(), onupdate=server_now()
    ),
)
"""What a heading of a file was taken for the last time, as JSON; under the empty heading, how rows were found and what became of them."""

TABLES = (import_.name, import_part.name, import_problem.name, import_mapping.name)
