"""Connections of a pool: how many there can be, and how one goes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool, Pool, QueuePool, StaticPool

from webadmin.dialects import Dialect

_WITHOUT_POOL = 15
"""Connections at the same time where nothing limits them."""


def capacity_of(pool: Pool) -> int:
    """How many connections ``pool`` gives out at the same time, overflow and all."""
    if isinstance(pool, StaticPool):
        return 1
    if isinstance(pool, NullPool):
        return _WITHOUT_POOL
    if isinstance(pool, QueuePool):
        overflow = pool._max_overflow
        return pool.size() + overflow if overflow >= 0 else _WITHOUT_POOL
    return 1


@contextmanager
def given_back(engine: Engine, connection: Connection, dialect: Dialect) -> Iterator[None]:
    """Within, ``connection`` of ``engine`` is used for a transaction of ``dialect``'s. Afterwards it is as it came, to be
    closed, and what was not committed is undone."""
    pool = engine.pool
    try:
        yield
    finally:
        if not connection.closed and not connection.invalidated:
            connection.rollback()
            dialect.finish(connection)
            if engine.pool is not pool:  # disposed of meanwhile: nobody would close it
                connection.detach()
