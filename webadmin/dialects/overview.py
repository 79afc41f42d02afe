"""What a database tells of itself: how large its tables are, how their indexes are used, who else is connected."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Place = tuple[str | None, str]
"""Schema, None for the connection's own, and name."""


_VALUE = re.compile(
    r"""("(?:[^"]|"")*"?)|\be'(?:[^'\\]|\\.|'')*'?|'(?:[^']|'')*'?|\$(\w*)\$.*?(?:\$\2\$|\Z)|(?<![\w$])\d+(?:\.\d+)?""",
    re.IGNORECASE | re.DOTALL,
)
"""A name in quotes, or a value as it stands in a statement; the last one may have been cut off."""


@dataclass(frozen=True, slots=True)
class TableSize:
    """A table as large as the database says; None for what it does not."""

    schema: str | None
    name: str
    kind: str = "table"
    rows: int | None = None
    """About how many."""
    bytes: int | None = None
    """With its indexes."""
    index_bytes: int | None = None
    dead_rows: int | None = None
    """Old versions of rows that take up space."""
    vacuumed_at: dt.datetime | None = None
    analyzed_at: dt.datetime | None = None

    @property
    def place(self) -> Place:
        return self.schema, self.name


@dataclass(frozen=True, slots=True)
class IndexUse:
    """An index with its use."""

    name: str
    definition: str
    bytes: int | None = None
    scans: int | None = None
    """How often it was read since the statistics began."""
    last_used_at: dt.datetime | None = None
    is_unique: bool = False
    is_valid: bool = True
    counted_since: dt.datetime | None = None
    """When the statistics began; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection of somebody's to the same database."""

    id: str
    application: str
    state: str
    since: dt.datetime | None
    """When it came into this state."""
    waits_for: str
    blocked_by: tuple[str, ...]
    statement: str
    """As the server shows it, cut and without the values in it; empty where it may not be seen."""
    own: bool
    """It belongs to the same account."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A sequence or the like, and how much of it is used up."""

    name: str
    share: float
    """From 0 to 1."""


@dataclass(frozen=True, slots=True)
class Server:
    """The database as a whole."""

    name: str
    version: str
    bytes: int | None = None
    since: dt.datetime | None = None
    """When the server was started."""
    settings: Sequence[tuple[str, str]] = ()
    """Those that matter for an admin."""
    extensions: Sequence[tuple[str, str]] = ()
    """Name and version."""
    types: Sequence[tuple[str, str]] = ()
    """Types of its own with their values."""
    counters: Sequence[Counter] = field(default_factory=tuple)
    """Those of which more than half is used up."""


class Overview:
    """The part of a dialect that tells of the database itself. Here what SQLAlchemy's inspector knows of any."""

    def server(self, connection: Connection) -> Server:
        """The database as a whole."""
        return Server(connection.engine.url.database or "", "")

    def table_sizes(self, connection: Connection) -> list[TableSize]:
        """Its tables and views, by name."""
        inspector = sa.inspect(connection)
        found = [TableSize(None, name) for name in inspector.get_table_names()]
        return sorted(
            [*found, *(TableSize(None, name, "view") for name in inspector.get_view_names())],
            key=lambda table: table.name,
        )

    def index_uses(self, connection: Connection, table: Place) -> list[IndexUse]:
        """The indexes of a table."""
        inspector = sa.inspect(connection)
        return [
            IndexUse(
                str(index["name"]),
                ", ".join(str(name) for name in index["column_names"]),
                is_unique=bool(index["unique"]),
            )
            for index in inspector.get_indexes(table[1], schema=table[0])
        ]

    def connected(self, connection: Connection) -> list[Connected] | None:
        """Who is connected to it; None where the system has no connections."""
        return None


def valueless(statement: str) -> str:
    """A statement without the values in it: passwords, and rows that are not for everybody who may see the database."""
    return _VALUE.sub(lambda found: found[1] or "?", statement)
