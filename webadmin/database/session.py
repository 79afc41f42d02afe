"""One database of the host's: its engine, its dialect, and one sync session per request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, cast

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool, QueuePool, StaticPool

from webadmin.database.stop import Stop
from webadmin.database.stored import as_stored
from webadmin.database.watched import Watched
from webadmin.dialects import Dialect, Timeouts, engine_options, for_engine, in_memory, sync_url
from webadmin.errors import Unavailable
from webadmin.text import gettext as _

_THREADS_WITHOUT_POOL = 15
_LONG = Timeouts(statement_ms=30 * 60 * 1000)
"""Of what is read for as long as a client takes it."""


class Database:
    """An engine with what webadmin needs to know of it.

    :param engine: a sync engine.
    :param factory: makes a session; by default plain sessions bound to ``engine``.
    :param owned: whether webadmin made the engine, and disposes of it.
    """

    def __init__(
        self, engine: Engine, *, factory: Callable[..., Session] | None = None, owned: bool = False
    ) -> None:
        self.engine = engine
        self._reading = as_stored(engine)
        self.watched = Watched(self._reading)
        self.dialect: Dialect = for_engine(engine)
        self.owned = owned
        # Most connections stay for pages, however many files are being read.
        self._long = BoundedSemaphore(max(1, self.capacity // 3))
        self._factory = factory or sessionmaker(engine, expire_on_commit=False)

    @classmethod
    def of(cls, source: Any) -> Database:
        """From what a host has: an ``Engine``, an ``AsyncEngine`` (a sync twin is made for the same address),
        a URL, or a ``sessionmaker`` (also an async one, through its engine)."""
        if isinstance(source, str | URL):
            return cls._from_url(source)
        if isinstance(source, Engine):
            return cls(_shared(source))
        async_engine = getattr(source, "sync_engine", None)
        if async_engine is not None:
            return cls._from_url(async_engine.url, async_engine.get_execution_options())
        source = getattr(
            source, "session_factory", source
        )  # of a scoped session: each request has one of its own
        options = getattr(source, "kw", None)
        if options is not None:
            bind = options.get("bind")
            if bind is None and options.get("binds"):
                bind = next(iter(options["binds"].values()))
            if isinstance(bind, Connection):
                bind = bind.engine
            if isinstance(bind, Engine):
                return cls(_shared(bind), factory=cast(Callable[..., Session], source))
            if bind is not None:
                return cls.of(bind)
        raise TypeError(
            "Admin(engine) takes a SQLAlchemy Engine, AsyncEngine, database URL or sessionmaker with a bind, "
            f"not {type(source).__name__}"
        )

    @classmethod
    def _from_url(cls, url: str | URL, options: Mapping[str, Any] | None = None) -> Database:
        address = sync_url(url)
        if in_memory(address):
            raise TypeError(
                "A database in memory cannot be shared with a second connection: pass the Engine itself, "
                "or the address of a file"
            )
        engine = create_engine(address, **engine_options(address))
        # Such as a translation of schemas; the isolation level goes with the driver.
        kept = {name: value for name, value in (options or {}).items() if name != "isolation_level"}
        return cls(engine.execution_options(**kept) if kept else engine, owned=True)

    @property
    def capacity(self) -> int:
        """How many connections the pool gives out at the same time: the number of requests that may run."""
        pool = self.engine.pool
        if isinstance(pool, StaticPool):
            return 1
        if isinstance(pool, NullPool):
            return _THREADS_WITHOUT_POOL
        if isinstance(pool, QueuePool):
            overflow = pool._max_overflow
            return pool.size() + overflow if overflow >= 0 else _THREADS_WITHOUT_POOL
        return 1

    @contextmanager
    def transaction(self, *, read_only: bool, timeouts: Timeouts) -> Iterator[Session]:
        """A session in a transaction that has begun with its limits.

        The caller commits; leaving without a commit rolls back. The connection goes back to the pool on leaving.
        """
        pool = self._reading.pool
        with self.watched.connected(self._reading) as connection:
            try:
                self.dialect.begin(connection, read_only=read_only, timeouts=timeouts)
                # Bound to the connection, not the engine: it outlives the commit, so that its limits can be taken off.
                with self._factory(bind=connection, binds=None) as session:
                    yield session
            finally:
                if not connection.closed and not connection.invalidated:
                    connection.rollback()
                    self.dialect.finish(connection)
                    if self._reading.pool is not pool:  # disposed of meanwhile: nobody would close it
                        connection.detach()

    @contextmanager
    def long_reading(self, stop: Stop) -> Iterator[Session]:
        """A session that reads for as long as somebody takes the rows, and is ended by ``stop``.

        Raises Unavailable when as many are under way as there may be.
        """
        if not self._long.acquire(blocking=False):
            raise Unavailable(
                _("Others are exporting just now, as many as can at once. Try again in a minute."),
                retry_after=60,
            )
        try:
            with (
                self.transaction(read_only=True, timeouts=_LONG) as session,
                stop.of(self.dialect, session.connection()),
            ):
                yield session
        finally:
            self._long.release()

    def dispose(self) -> None:
        """Close the pool when webadmin made it."""
        if self.owned:
            self.engine.dispose()


def _shared(engine: Engine) -> Engine:
    """``engine``, when all threads see the same database through it. Raises TypeError."""
    if in_memory(engine.url) and not isinstance(engine.pool, StaticPool):
        raise TypeError(
            "Each thread has a database of its own in this engine's memory: create it with poolclass=StaticPool and "
            'connect_args={"check_same_thread": False}, or use a file'
        )
    return engine
