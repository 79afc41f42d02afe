"""Values of sort keys as they are carried outside the program's own types, to be sent back exactly as they came."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection


class Raw(sa.types.UserDefinedType[Any]):
    """Whatever the driver gives and takes, untouched."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "BLOB"


def captured(connection: Connection, stmt: sa.Select[Any]) -> tuple[str, Any]:
    """``stmt`` as the driver would get it, with its parameters; it is not run."""
    found: list[tuple[str, Any]] = []

    def instead(
        _c: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, _many: bool
    ) -> tuple[str, Any]:
        found.append((sql, parameters))
        return "SELECT 1", type(parameters)()

    # The ordinary way to the driver, so that every type has turned its value into the driver's.
    event.listen(connection, "before_cursor_execute", instead, retval=True)
    try:
        connection.execute(stmt).close()
    finally:
        event.remove(connection, "before_cursor_execute", instead)
    return found[-1]
