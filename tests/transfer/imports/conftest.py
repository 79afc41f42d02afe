"""Databases to import into."""

from __future__ import annotations

from collections.abc import Iterator

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


@pytest.fixture
def store(kept_engine: Engine) -> Iterator[Store]:
    """The store as it is at first."""
    fill(kept_engine)
    yield Store(kept_engine)
    Base.metadata.drop_all(kept_engine)
    own_tables.drop_all(kept_engine)
