"""The odd schema on both databases; tests roll back what they write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.database.reflection.odd import load_postgresql, load_sqlite
from tests.plugins.databases import fresh_name
from webadmin.demo.server import EmbeddedServer


@pytest.fixture(scope="module")
def odd_pg(server: EmbeddedServer) -> Iterator[Engine]:
    """The odd schema on PostgreSQL; tests roll back what they write."""
    name = fresh_name()
    engine = load_postgresql(server.create_database(name))
    yield engine
    engine.dispose()
    server.drop_database(name)


@pytest.fixture(scope="module")
def odd_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The odd schema in an SQLite file; tests roll back what they write."""
    engine = load_sqlite(tmp_path_factory.mktemp("odd") / "odd.db")
    yield engine
    engine.dispose()


@pytest.fixture(params=["postgresql", "sqlite"])
def odd(request: pytest.FixtureRequest) -> Engine:
    """The odd schema; the test runs once for PostgreSQL and once for SQLite."""
    found: Engine = request.getfixturevalue("odd_pg" if request.param == "postgresql" else "odd_sqlite")
    return found
