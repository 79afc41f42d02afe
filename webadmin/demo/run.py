"""The demo as a program: its database, created and filled, and the app around it."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import sqlalchemy as sa
from sqlalchemy import create_engine, exc
from sqlalchemy.engine import Engine, make_url

from webadmin.demo.saved_views import prepare
from webadmin.demo.seed import SeedError, is_seeded, seed
from webadmin.demo.server import EmbeddedServer, EmbeddedServerError, default_folder
from webadmin.dialects import engine_options, sync_url
from webadmin.errors import DatabaseUnreachable

__all__ = ["EmbeddedServerError", "SeedError", "database", "replica"]

Progress = Callable[[str, int, int], None]


@contextlib.contextmanager
def database(url: str | None, rows: int, progress: Progress | None = None) -> Iterator[Engine]:
    """An engine on the shop with ``rows`` orders, seeded where it is not; without ``url`` on the embedded server,
    which stops when the last program that uses it has left.

    Raises EmbeddedServerError, DatabaseUnreachable or SeedError with one clear line.
    """
    logging.getLogger("psycopg").setLevel(
        logging.ERROR
    )  # stopped while it seeds, it warns of a broken pipeline
    with contextlib.ExitStack() as stack:
        if url is None:
            server = stack.enter_context(EmbeddedServer(default_folder()))
            name = f"shop_{rows}"
            with contextlib.suppress(psycopg.errors.DuplicateDatabase):
                server.create_database(name)
            url = server.url(name)
        engine = _engine(url)
        stack.callback(engine.dispose)
        if not is_seeded(engine, rows):
            seed(engine, rows, progress)
        prepare(engine)
        yield engine


@contextlib.contextmanager
def replica(engine: Engine) -> Iterator[Engine]:
    """An engine on a streaming replica of the embedded server that ``engine`` is on; it is made now, and gone at the end.

    Raises EmbeddedServerError.
    """
    with (
        EmbeddedServer(default_folder()) as server,
        tempfile.TemporaryDirectory(prefix="webadmin-replica-", ignore_cleanup_errors=True) as folder,
        EmbeddedServer(Path(folder), durable=False, following=server) as standby,
    ):
        copied = _engine(standby.url(str(engine.url.database)))
        try:
            yield copied
        finally:
            copied.dispose()


def _engine(url: str) -> Engine:
    try:
        address = sync_url(make_url(url))
        engine = create_engine(address, **engine_options(address))
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except (exc.ArgumentError, exc.NoSuchModuleError, ModuleNotFoundError, TypeError, ValueError):
        raise DatabaseUnreachable(
            "this is not the address of a database that webadmin can open; "
            "write postgresql://user:password@host/name or sqlite:///file.db"
        ) from None
    except exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise DatabaseUnreachable(f"the database cannot be opened: {reason}") from None
    return engine
