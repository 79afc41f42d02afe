"""From what a host has to an engine, and the engines that webadmin makes by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from webadmin.dialects import engine_options, in_memory, sync_url


@dataclass(frozen=True, slots=True)
class Source:
    """An engine, and whether webadmin made it; ``factory`` makes sessions, where the host has a way of its own."""

    engine: Engine
    factory: Callable[..., Session] | None = None
    owned: bool = False


def engine_of(source: Any, *, pooler: bool | None = None, patience: int = 10) -> Source:
    """The engine of an ``Engine``, an ``AsyncEngine`` (a sync twin is made for the same address), a URL, or a
    ``sessionmaker`` (also an async one, through its engine). Raises TypeError for anything else.

    :param pooler: whether a pooler is known to stand before the database at a URL.
    :param patience: seconds that an engine made here waits for a connection to be opened.
    """
    if isinstance(source, str | URL):
        return _made(source, {}, pooler, patience)
    if isinstance(source, Engine):
        return Source(_shared(source))
    async_engine = getattr(source, "sync_engine", None)
    if async_engine is not None:
        return _made(async_engine.url, async_engine.get_execution_options(), pooler, patience)
    # Of a scoped session: each request has one of its own.
    source = getattr(source, "session_factory", source)
    options = getattr(source, "kw", None)
    if options is not None:
        bind = options.get("bind")
        if bind is None and options.get("binds"):
            bind = next(iter(options["binds"].values()))
        if isinstance(bind, Connection):
            bind = bind.engine
        if isinstance(bind, Engine):
            return Source(_shared(bind), cast(Callable[..., Session], source))
        if bind is not None:
            return engine_of(bind, pooler=pooler, patience=patience)
    raise TypeError(
        "Admin(engine) takes a SQLAlchemy Engine, AsyncEngine, database URL or sessionmaker with a bind, "
        f"not {type(source).__name__}"
    )


def _made(url: str | URL, options: Mapping[str, Any], pooler: bool | None, patience: int) -> Source:
    address = sync_url(url)
    if in_memory(address):
        raise TypeError(
            "A database in memory cannot be shared with a second connection: pass the Engine itself, "
            "or the address of a file"
        )
    engine = create_engine(address, **engine_options(address, pooler=bool(pooler), patience=patience))
    # Such as a translation of schemas; the isolation level goes with the driver.
    kept = {name: value for name, value in options.items() if name != "isolation_level"}
    return Source(engine.execution_options(**kept) if kept else engine, owned=True)


def _shared(engine: Engine) -> Engine:
    """``engine``, when all threads see the same database through it. Raises TypeError."""
    if in_memory(engine.url) and not isinstance(engine.pool, StaticPool):
        raise TypeError(
            "Each thread has a database of its own in this engine's memory: create it with poolclass=StaticPool and "
            'connect_args={"check_same_thread": False}, or use a file'
        )
    return engine
