"""What the connections of one process have been doing: waits for the pool, what is open, the slowest statements with their pages.

Counters of this process since it was started; nothing is asked of the database for them.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout

PAGE: ContextVar[str] = ContextVar("webadmin.page", default="")
"""The page that this thread is making, as people name it; empty for work of its own."""
SLOW = 0.1
"""Seconds from which a statement is kept in mind."""
KEPT = 100
"""Statements kept in mind at most."""
_WAITS = 1000
_PLACE = "_webadmin_started"


@dataclass(slots=True)
class Slow:
    """A statement that took long, without its values."""

    sql: str
    page: str
    """Where it took longest."""
    count: int = 0
    longest: float = 0.0
    total: float = 0.0
    """Seconds."""
    last_at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))


@dataclass(frozen=True, slots=True)
class Open:
    """A transaction under way."""

    page: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Threads:
    """The threads that answer requests, and how many requests wait for one."""

    busy: int
    most: int
    waiting: int


class Watched:
    """What is seen of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._lock = threading.Lock()
        self._waits: deque[float] = deque(maxlen=_WAITS)
        self._slow: dict[str, Slow] = {}
        self._open: dict[int, tuple[str, float, int]] = {}
        self.timeouts = 0
        """Requests that got no connection in the time that the pool gives them."""
        self.invalidated = 0
        """Connections that turned out to be dead."""
        self.threads: Callable[[], Threads | None] = lambda: None
        self.also(engine)

    def also(self, engine: Engine) -> None:
        """See what is done over ``engine`` as well."""
        event.listen(engine.pool, "invalidate", self._invalidated)
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        event.listen(engine, "handle_error", self._failed)

    @contextmanager
    def connected(self, engine: Engine) -> Iterator[Connection]:
        """A connection of ``engine``'s pool; how long it was waited for and is kept is seen."""
        asked = time.perf_counter()
        try:
            connection = engine.connect()
        except PoolTimeout:
            with self._lock:
                self.timeouts += 1
            raise
        now = time.perf_counter()
        with self._lock:
            self._waits.append(now - asked)
            self._open[id(connection)] = (PAGE.get(), now, threading.get_ident())
        try:
            with connection:
                yield connection
        finally:
            with self._lock:
                del self._open[id(connection)]

    def wait(self, share: float) -> float | None:
        """Seconds that at most this ``share`` of the last thousand requests waited for a connection; None before the first."""
        with self._lock:
            waits = sorted(self._waits)
        return waits[min(int(len(waits) * share), len(waits) - 1)] if waits else None

    def longest_open(self) -> Open | None:
        """The oldest transaction under way, other than this thread's own."""
        own = threading.get_ident()
        with self._lock:
            others = [(since, page) for page, since, thread in self._open.values() if thread != own]
        since, page = min(others, default=(0.0, ""))
        return Open(page, time.perf_counter() - since) if others else None

    def slow(self) -> list[Slow]:
        """The slowest statements, the one that took longest first."""
        with self._lock:
            return sorted(self._slow.values(), key=lambda one: -one.longest)

    def _invalidated(self, *_about: Any) -> None:
        with self._lock:
            self.invalidated += 1

    def _before(
        self, _connection: Any, _cursor: Any, _sql: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        setattr(context, _PLACE, time.perf_counter())

    def _after(
        self, _connection: Any, _cursor: Any, sql: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        self._took(sql, time.perf_counter() - getattr(context, _PLACE))

    def _failed(self, failure: Any) -> None:
        """Statements that a time limit ended are the slowest of all."""
        started = getattr(failure.execution_context, _PLACE, None)
        if started is not None and failure.statement:
            self._took(failure.statement, time.perf_counter() - started)

    def _took(self, sql: str, seconds: float) -> None:
        if seconds < SLOW:
            return
        with self._lock:
            found = self._slow.get(sql)
            if found is None:
                if len(self._slow) >= KEPT:
                    least = min(self._slow.values(), key=lambda one: one.longest)
                    del self._slow[least.sql]
                found = self._slow[sql] = Slow(sql, PAGE.get())
            found.count += 1
            found.total += seconds
            found.last_at = dt.datetime.now(dt.UTC)
            if seconds >= found.longest:
                found.longest, found.page = seconds, PAGE.get()
