"""Goods in PostgreSQL and in SQLite, filled once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.listing.sorting.goods import fill
from tests.plugins.databases import database_of, file_of
from webadmin.demo.server import EmbeddedServer


@pytest.fixture(scope="module")
def goods_pg(server: EmbeddedServer) -> Iterator[Engine]:
    with database_of(server, fill) as engine:
        yield engine


@pytest.fixture(scope="module")
def goods_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with file_of(tmp_path_factory.mktemp("goods") / "goods.db", fill) as engine:
        yield engine


@pytest.fixture(params=["postgresql", "sqlite"])
def goods(request: pytest.FixtureRequest) -> Engine:
    """The goods; a test runs once on each database."""
    name = "goods_pg" if request.param == "postgresql" else "goods_sqlite"
    engine: Engine = request.getfixturevalue(name)
    return engine
