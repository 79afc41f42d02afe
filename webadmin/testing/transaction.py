"""An admin that works inside one transaction of a test's, which is rolled back at the end."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from webadmin.database.own_tables.there import There
from webadmin.database.replica import Reads
from webadmin.database.session import Database
from webadmin.dialects import Timeouts
from webadmin.jobs import attach
from webadmin.listing.pagemap.store import PageMaps
from webadmin.saved.shelf import Shelf
from webadmin.site import Admin
from webadmin.transfer.imports.runner import Desk

_PATIENCE = Timeouts(statement_ms=3_600_000, lock_ms=10_000)
"""Of the test's own statements."""


@contextmanager
def rolled_back(admin: Admin) -> Iterator[Connection]:
    """While within, all requests of ``admin`` run in one transaction, which is rolled back at the end.

    Each request has a savepoint of its own: what it keeps is seen by the next one and by the test through the connection
    that is given, and by nobody else. Requests run one after the other. May be nested: what happened within the inner one
    is rolled back at its end.
    """
    before = admin.runtime
    outer = before.database
    with outer.transaction(read_only=False, timeouts=_PATIENCE) as session:
        connection = session.connection()
        joined = _Joined(outer, connection)
        # What is remembered of the database outside of the transaction is not true inside of it.
        admin.runtime = replace(
            before,
            database=joined,
            maps=_NoMaps(joined),
            shelf=Shelf(),
            history=_unasked(before.history),
            accounts=_unasked(before.accounts),
            limiter=None,
            desk=Desk(),
        )
        attach(admin.runtime)  # in a thread of their own, jobs would not see the transaction
        try:
            yield connection
        finally:
            admin.runtime = before


def _unasked(tables: There) -> There:
    again = copy.copy(tables)
    again.forget()
    return again


class _Joined(Database):
    """A database whose transactions are savepoints on one connection."""

    capacity = 1

    def __init__(self, outer: Database, connection: Connection) -> None:
        self.engine, self.dialect, self.owned = outer.engine, outer.dialect, False
        self.pooler, self.replica, self.watched = outer.pooler, None, outer.watched
        self._factory = outer._factory
        self._connection = connection
        self._lock = threading.RLock()

    @contextmanager
    def transaction(
        self, *, read_only: bool, timeouts: Timeouts, reads: Reads | None = None
    ) -> Iterator[Session]:
        """See :meth:`Database.transaction`."""
        connection = self._connection
        with self._lock:
            savepoint = connection.begin_nested()
            try:
                # A transaction that only reads is one for as long as its savepoint.
                self.dialect.begin(connection, read_only=read_only, timeouts=timeouts)
                with self._factory(
                    bind=connection, binds=None, join_transaction_mode="create_savepoint"
                ) as session:
                    yield session
            except BaseException:
                savepoint.rollback()
                raise
            else:
                savepoint.commit()
            finally:
                self.dialect.begin(connection, read_only=False, timeouts=_PATIENCE)


class _NoMaps(PageMaps):
    """Without maps, which a thread makes on a connection of its own."""

    def want(self, *_asked: Any) -> None:
        return
