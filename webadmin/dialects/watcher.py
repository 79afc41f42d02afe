"""Whether anything was written to a database since a moment, where no statement can tell by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Engine


class Watcher:
    """A connection of its own, outside the pool, that is asked for a number which every commit of others changes."""

    def __init__(self, engine: Engine, ask: Callable[[Any], int]) -> None:
        self._engine, self._ask = engine, ask
        self._connection: Any = None
        self._opened = 0
        self._lock = threading.Lock()

    def state(self) -> str | None:
        """The number as it is now; None when it cannot be had, such as while somebody commits."""
        with self._lock:
            try:
                if self._connection is None:
                    pooled = self._engine.raw_connection()
                    pooled.detach()
                    self._connection = pooled
                    self._opened += 1
                return f"{self._opened}:{self._ask(self._connection.dbapi_connection)}"
            except Exception:
                # Whatever is wrong with the database, pages say it by themselves; here it only means: not known.
                return None

    def close(self) -> None:
        """Give the connection back; the next question opens another."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
