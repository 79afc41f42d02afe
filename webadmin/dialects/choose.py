"""The dialect of an engine, and the sync twin of an async URL."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.pool import NullPool

from webadmin.dialects.base import Dialect
from webadmin.dialects.postgresql import PostgreSQL
from webadmin.dialects.sqlite import SQLite

_DIALECTS: dict[str, type[Dialect]] = {"postgresql": PostgreSQL, "sqlite": SQLite}

_SYNC_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgresql+asyncpg": "postgresql+psycopg",
    "postgresql+psycopg_async": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "sqlite+aiosqlite": "sqlite",
}


def for_engine(engine: Engine) -> Dialect:
    """The dialect object for ``engine``; systems without a class of their own get the portable one."""
    return _DIALECTS.get(engine.dialect.name, Dialect)()


def sync_url(url: URL | str) -> URL:
    """``url`` with a sync driver in place of an async or unnamed one, and its options in that driver's words."""
    url = make_url(url)
    driver = _SYNC_DRIVERS.get(url.drivername)
    if driver is None:
        return url
    query = dict(url.query)
    if url.drivername == "postgresql+asyncpg" and "ssl" in query:
        query["sslmode"] = query.pop("ssl")
    for option in ("prepared_statement_cache_size", "statement_cache_size"):
        query.pop(option, None)
    return url.set(drivername=driver, query=query)


def engine_options(url: URL, *, pooler: bool = False, patience: int = 10) -> dict[str, Any]:
    """Arguments of ``create_engine`` that suit a server of the web: a bounded pool that survives restarts.

    :param pooler: a pooler before the database keeps connections, and shares them by the transaction.
    :param patience: seconds for opening a connection.
    """
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"check_same_thread": False, "timeout": 5}}
    connect: dict[str, Any] = {"connect_timeout": patience}
    if pooler:
        if url.get_driver_name() == "psycopg":
            connect["prepare_threshold"] = None
        return {"poolclass": NullPool, "connect_args": connect}
    return {
        "pool_size": 5,
        "max_overflow": 10,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "pool_timeout": 30,
        "connect_args": connect,
    }


def in_memory(url: URL) -> bool:
    """The database at ``url`` lives in one connection's memory, so that no other connection can see it."""
    if url.get_backend_name() != "sqlite":
        return False
    # Memory with a name and a shared cache is seen by every connection.
    named = url.query.get("mode") == "memory" and url.query.get("cache") != "shared"
    return url.database in {None, "", ":memory:"} or named
