"""Databases to import into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.plugins.databases import BOTH, begin_for_real, fresh_name, opened
from tests.transfer.imports.store import Base, Store, fill
from webadmin.database.own_tables.base import metadata as own_tables
from webadmin.demo.server import EmbeddedServer


@pytest.fixture(scope="module", params=BOTH)
def kept_engine(
    request: pytest.FixtureRequest, server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine for a whole file of tests, once for PostgreSQL and once for SQLite."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("imports") / "store.db"
        engine = begin_for_real(sa.create_engine(f"sqlite:///{path}"))
        yield engine
        engine.dispose()
        return
    with opened(server.create_database(fresh_name(), template="template1")) as engine:
        yield engine


@pytest.fixture(scope="module")
def kept_store(kept_engine: Engine) -> Store:
    """The store's tables."""
    Base.metadata.create_all(kept_engine)
    own_tables.create_all(kept_engine)
    return Store(kept_engine)


@pytest.fixture
def store(kept_store: Store) -> Store:
    """The store as it is at first."""
    empty(kept_store.engine, [*Base.metadata.sorted_tables, *own_tables.sorted_tables])
    fill(kept_store.engine)
    return kept_store


def empty(engine: Engine, tables: Sequence[sa.Table]) -> None:
    """Take all rows out, and count from 1 again."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            names = ", ".join(table.name for table in tables)
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
            return
        for table in reversed(tables):
            connection.execute(sa.delete(table))
