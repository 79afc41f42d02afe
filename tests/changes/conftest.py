"""A database for tests that commit and make tables of their own, without a new PostgreSQL database for each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.changes.record.bookshop import fill
from tests.plugins.databases import BOTH, fresh_name, opened
from webadmin.demo.server import EmbeddedServer


@pytest.fixture(scope="module")
def kept_pg_engine(server: EmbeddedServer) -> Iterator[Engine]:
    """An engine on one PostgreSQL database for a whole file of tests."""
    with opened(server.create_database(fresh_name(), template="template1")) as engine:
        yield engine


@pytest.fixture(params=BOTH)
def cleared(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on an empty database, emptied again after the test; once for PostgreSQL and once for SQLite."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_engine")
        return
    engine: Engine = request.getfixturevalue("kept_pg_engine")
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@pytest.fixture
def books(cleared: Engine) -> Engine:
    """Two shelves with three books, of which the second follows the first."""
    fill(cleared)
    return cleared
