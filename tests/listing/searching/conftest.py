"""The letters in both databases, made once for a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from tests.listing.searching.letters import fill
from tests.plugins.databases import fresh_name, opened
from webadmin.demo.server import EmbeddedServer


@pytest.fixture(scope="module")
def letters_pg(server: EmbeddedServer) -> Iterator[Engine]:
    name = fresh_name()
    with opened(server.create_database(name, template="template1")) as engine:
        fill(engine)
        yield engine
    server.drop_database(name)


@pytest.fixture(scope="module")
def letters_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('letters') / 'letters.db'}")
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["postgresql", "sqlite"])
def letters(request: pytest.FixtureRequest) -> Engine:
    """The letters; the test runs once for PostgreSQL and once for SQLite."""
    name = "letters_pg" if request.param == "postgresql" else "letters_sqlite"
    found: Engine = request.getfixturevalue(name)
    return found
