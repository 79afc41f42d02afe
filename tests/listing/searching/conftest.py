"""The letters in both databases, made once for a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.listing.searching.letters import fill
from tests.plugins.databases import database_of, file_of
from webadmin.demo.server import EmbeddedServer


@pytest.fixture(scope="module")
def letters_pg(server: EmbeddedServer) -> Iterator[Engine]:
    with database_of(server, fill) as engine:
        yield engine


@pytest.fixture(scope="module")
def letters_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with file_of(tmp_path_factory.mktemp("letters") / "letters.db", fill) as engine:
        yield engine


@pytest.fixture(params=["postgresql", "sqlite"])
def letters(request: pytest.FixtureRequest) -> Engine:
    """The letters; the test runs once for PostgreSQL and once for SQLite."""
    name = "letters_pg" if request.param == "postgresql" else "letters_sqlite"
    found: Engine = request.getfixturevalue(name)
    return found
