"""What the server of one engine can do, asked for once in a process; what it cannot is done without."""

from __future__ import annotations

import copy
import logging
import threading
from collections.abc import Collection

from sqlalchemy.engine import Connection, Engine

from webadmin.dialects import Dialect

logger = logging.getLogger("webadmin")


class Capabilities:
    """
    :param engine: the one that webadmin reads and writes through.
    :param without: names of capabilities that are not to be used though they may be there.
    """

    def __init__(self, engine: Engine, dialect: Dialect, without: Collection[str] = ()) -> None:
        self._engine, self._dialect = engine, dialect
        self._lock = threading.Lock()
        self._asked = False
        self._give_up(frozenset(without))

    def ask(self, connection: Connection) -> None:
        """Find out over ``connection``, in which nothing has begun, unless it is known."""
        if self._asked:
            return
        with self._lock:
            if self._asked:
                return
            try:
                missing = self._dialect.lacking(connection)
            except Exception:
                # Whatever is wrong with the connection, its transaction says so by itself in a moment.
                logger.debug("what the database can do could not be found out", exc_info=True)
                return
            self._asked = True
            if missing:
                logger.warning("the database cannot do: %s", ", ".join(sorted(missing)))
                self._give_up(missing)

    def _give_up(self, names: frozenset[str]) -> None:
        self._dialect.give_up(names)
        if "cursors" in names:
            # Of this engine alone: the host's own goes on as it is.
            own = copy.copy(self._engine.dialect)
            own.supports_server_side_cursors = False
            self._engine.dialect = own
