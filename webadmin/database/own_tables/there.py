"""Whether webadmin's own tables can be used, asked for once in a while."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlalchemy import exc
from sqlalchemy.engine import Connection

from webadmin.dialects import Dialect

_ASK_AGAIN = 60.0  # seconds until it is asked again whether the tables have come
_PATIENCE = 1000  # milliseconds


class There:
    """Whether ``tables`` can be used, as a process remembers it: once they are there, they stay."""

    def __init__(self, tables: Sequence[str]) -> None:
        self._tables = tables
        self._known: tuple[float, bool] | None = None

    def ask(self, dialect: Dialect, connection: Connection) -> bool:
        """Whether they can be used; where the database does not tell, no page fails because of that."""
        now = time.monotonic()
        known = self._known
        if known is None or (not known[1] and now - known[0] > _ASK_AGAIN):
            known = self._known = (now, self._asked(dialect, connection))
        return known[1]

    def forget(self) -> None:
        """Ask again the next time: they may be gone."""
        self._known = None

    def _asked(self, dialect: Dialect, connection: Connection) -> bool:
        try:
            with dialect.limited(connection, _PATIENCE):
                return dialect.may_use(connection, self._tables)
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            return False
