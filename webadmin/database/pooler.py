"""A pooler between an engine and its server, such as PgBouncer: whether there is one, and what follows from it.

A pooler that shares sessions by the transaction gives the next transaction of a connection another session of the server.
Nothing may be left in a session then, prepared statements first of all, and a pool of ours would only hold its places.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from webadmin.dialects import Dialect

logger = logging.getLogger("webadmin")


class Pooler:
    """What is known of a pooler before the server of ``engine``, asked for once in a process.

    :param given: whether there is one; None: find out on the first connection.
    :param owned: webadmin made the engine, and may give it another pool.
    """

    def __init__(self, engine: Engine, dialect: Dialect, *, given: bool | None, owned: bool) -> None:
        self.given = given
        self.there = given
        """None: nobody knows yet."""
        self._engine, self._dialect, self._owned = engine, dialect, owned
        self._lock = threading.Lock()
        dialect.unprepared = dialect.unprepared or bool(given)
        if owned and given is not False:
            event.listen(engine, "connect", self._meet)

    def ask(self, connection: Connection) -> None:
        """Find out over ``connection``, in which nothing has begun, unless it is known."""
        if self.there is not None:
            return
        try:
            self._learn(self._dialect.through_pooler(connection.connection.driver_connection))
        except Exception:
            # Whatever is wrong with the connection, its transaction says so by itself in a moment.
            logger.debug("whether there is a pooler could not be found out", exc_info=True)

    def settle(self) -> None:
        """Let an engine of webadmin's own keep no connections any more where there is a pooler that does."""
        pool = self._engine.pool
        if not (self.there and self._owned) or isinstance(pool, NullPool):
            return
        with self._lock:
            if self._engine.pool is pool:
                self._engine.pool = NullPool(
                    pool._creator,
                    logging_name=pool._orig_logging_name,
                    _dispatch=pool.dispatch,
                    dialect=pool._dialect,
                )
                pool.dispose()

    def _meet(self, raw: Any, _record: Any) -> None:
        if self.there is None:
            try:
                self._learn(self._dialect.through_pooler(raw))
            except Exception:
                logger.debug("whether there is a pooler could not be found out", exc_info=True)
        if self.there:
            self._dialect.stop_preparing(raw)

    def _learn(self, there: bool) -> None:
        with self._lock:
            if self.there is not None:
                return
            self._dialect.unprepared = self._dialect.unprepared or there
            self.there = there
        if there and not self._owned and not isinstance(self._engine.pool, NullPool):
            logger.warning(
                "a pooler stands before the database, and the engine keeps connections of its own: create it with "
                'poolclass=NullPool and connect_args={"prepare_threshold": None}'
            )
        elif there:
            logger.info(
                "a pooler stands before the database: nothing is prepared, and no connections are kept"
            )
