"""INSERT that says what happens to a row that is there already: one statement, so that nobody comes in between."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert(connection: Connection, table: sa.Table) -> Any:
    """An INSERT into ``table`` with ``on_conflict_do_update`` and ``returning``.

    Raises NotImplementedError for a system that has none.
    """
    found = _INSERTS.get(connection.dialect.name)
    if found is None:
        raise NotImplementedError(f"{connection.dialect.name} has no INSERT … ON CONFLICT")
    return found(table)
