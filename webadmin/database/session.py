"""One database of the host's: its engine, its dialect, and one sync session per request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from sqlalchemy import exc
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from webadmin.database.capabilities import Capabilities
from webadmin.database.connections import capacity_of, given_back
from webadmin.database.engines import engine_of
from webadmin.database.pooler import Pooler
from webadmin.database.replica import Mark, Reads, Replica, Seen, now_marked
from webadmin.database.stop import Stop
from webadmin.database.stored import as_stored
from webadmin.database.watched import Watched
from webadmin.dialects import Dialect, Timeouts, for_engine
from webadmin.errors import Unavailable
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin")

_LONG = Timeouts(statement_ms=30 * 60 * 1000)
"""Of what is read for as long as a client takes it."""
_REPLICA_PATIENCE = 2
"""Seconds that a replica has for opening a connection: the primary would have answered meanwhile."""
MOST_BEHIND = 10.0
"""Seconds that a replica may be behind, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Servers:
    """What there is besides the server that is written to."""

    pooler: bool | None = None
    """Something between; None: nobody knows yet."""
    replica: Seen | None = None


class Database:
    """An engine with what webadmin needs to know of it.

    :param engine: a sync engine.
    :param factory: makes a session; by default plain sessions bound to ``engine``.
    :param owned: whether webadmin made the engine, and disposes of it.
    :param pooler: whether a pooler stands between the engine and the server; None: find out.
    :param without: capabilities of the database that are not to be used.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        factory: Callable[..., Session] | None = None,
        owned: bool = False,
        pooler: bool | None = None,
        without: Collection[str] = (),
    ) -> None:
        self.engine = engine
        self._reading = as_stored(engine)
        self.watched = Watched(self._reading)
        self.dialect: Dialect = for_engine(engine)
        self.owned = owned
        self.pooler = Pooler(engine, self.dialect, given=pooler, owned=owned)
        self.capabilities = Capabilities(self._reading, self.dialect, without)
        self.replica: Replica | None = None
        # Most connections stay for pages, however many files are being read.
        self._long = BoundedSemaphore(max(1, self.capacity // 3))
        self._factory = factory or sessionmaker(engine, expire_on_commit=False)

    @classmethod
    def of(cls, source: Any, *, pooler: bool | None = None, without: Collection[str] = ()) -> Database:
        """From what a host has: an ``Engine``, an ``AsyncEngine`` (a sync twin is made for the same address),
        a URL, or a ``sessionmaker`` (also an async one, through its engine)."""
        found = engine_of(source, pooler=pooler)
        return cls(found.engine, factory=found.factory, owned=found.owned, pooler=pooler, without=without)

    def read_from(self, source: Any, *, most_behind: float = MOST_BEHIND) -> None:
        """Let requests that only read go to a server that follows this one.

        :param source: as :meth:`of` takes it.
        :param most_behind: seconds that it may be behind.

        Raises TypeError where it cannot be one.
        """
        found = engine_of(source, patience=_REPLICA_PATIENCE)
        if not self.dialect.supports_replicas or found.engine.dialect.name != self.engine.dialect.name:
            raise TypeError(
                "a replica is a streaming replica of the same database; this database has none"
                if not self.dialect.supports_replicas
                else "a replica is a streaming replica of the same database, not one of another system"
            )
        # What was said of a pooler was said of the primary; no, though, means that nobody shall ask.
        given = False if self.pooler.given is False else None
        pooler = Pooler(found.engine, self.dialect, given=given, owned=found.owned)
        self.replica = Replica(found.engine, self.dialect, pooler, most_behind=most_behind, owned=found.owned)
        self.watched.also(self.replica.reading)

    @property
    def capacity(self) -> int:
        """How many connections the pool gives out at the same time: the number of requests that may run."""
        return capacity_of(self.engine.pool)

    @contextmanager
    def transaction(
        self, *, read_only: bool, timeouts: Timeouts, reads: Reads | None = None
    ) -> Iterator[Session]:
        """A session in a transaction that has begun with its limits.

        The caller commits; leaving without a commit rolls back. The connection goes back to the pool on leaving.

        :param reads: of a request that only reads, where it may read.
        """
        replica = self.replica
        if reads is not None:
            reads.on_replica = False
        if replica is not None and reads is not None and reads.after is not None and read_only:
            connection = replica.begun(timeouts, reads.after)
            if connection is not None:
                reads.on_replica = True
                try:
                    with (
                        connection,
                        given_back(replica.reading, connection, self.dialect),
                        self._on(connection) as session,
                    ):
                        yield session
                finally:
                    replica.release()
                return
        self.pooler.settle()
        with (
            self.watched.connected(self._reading) as connection,
            given_back(self._reading, connection, self.dialect),
        ):
            self.pooler.ask(connection)
            self.capabilities.ask(connection)
            self.dialect.begin(connection, read_only=read_only, timeouts=timeouts)
            with self._on(connection) as session:
                yield session

    def _on(self, connection: Connection) -> Session:
        # Bound to the connection, not the engine: it outlives the commit, so that its limits can be taken off.
        return self._factory(bind=connection, binds=None)

    @contextmanager
    def long_reading(self, stop: Stop, reads: Reads | None = None) -> Iterator[Session]:
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
                self.transaction(read_only=True, timeouts=_LONG, reads=reads) as session,
                stop.of(self.dialect, session.connection()),
            ):
                yield session
        finally:
            self._long.release()

    # -- the replica -------------------------------------------------------------------------------------

    def reads(self, mark: Mark | None) -> Reads:
        """Where somebody with this mark in their cookie may read, as far as can be told without asking."""
        replica = self.replica
        return Reads(replica.after(mark) if replica is not None and replica.is_tried else None)

    def mark(self) -> Mark | None:
        """What the cookie of somebody keeps who has just written and committed; None where nothing reads elsewhere."""
        if self.replica is None:
            return None
        return now_marked(self.end())

    def end(self) -> int | None:
        """Where the log ends now; None where that cannot be told."""
        try:
            with self._reading.connect() as connection:
                return self.dialect.written(connection)
        except exc.SQLAlchemyError:
            logger.debug("the end of the log is not known", exc_info=True)
            return None

    def unknown_mark(self) -> Mark | None:
        """As :meth:`mark`, for somebody of whom it is not known what they have written."""
        return now_marked(None) if self.replica is not None else None

    def servers(self, connection: Connection) -> Servers:
        """What there is besides the server that is written to, for people; ``connection`` is to that one."""
        if self.replica is None:
            return Servers(self.pooler.there)
        self.replica.ask()
        return Servers(self.pooler.there, self.replica.seen(self.dialect.written(connection)))

    def failed_on_replica(self, reads: Reads, error: BaseException) -> bool:
        """Whether what failed with ``error`` was read from the replica, and the primary may do better."""
        if not reads.on_replica or self.replica is None:
            return False
        kind = self.dialect.failure(error).kind
        if kind in _SAME_ANYWHERE:
            return False
        if kind in {"connection_lost", "pool_timeout", "too_many_connections"}:
            self.replica.failed(error)
        return True

    def dispose(self) -> None:
        """Close the pools that webadmin made."""
        if self.owned:
            self.engine.dispose()
        if self.replica is not None and self.replica.owned:
            self.replica.engine.dispose()


_SAME_ANYWHERE = {"statement_timeout", "lock_timeout", "out_of_range", "too_long", "invalid_value"}
"""Kinds of failures that have nothing to do with the server that was asked."""
