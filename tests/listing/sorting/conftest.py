"""Goods in PostgreSQL and in SQLite, filled once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from tests.listing.sorting.goods import fill
from tests.plugins.databases import fresh_name, opened
from webadmin.demo.server import EmbeddedServer


@pytest.fixture(scope="module")
def goods_pg(server: EmbeddedServer) -> Iterator[Engine]:
    name = fresh_name()
    with opened(server.create_database(name, template="template1")) as engine:
        fill(engine)
        yield engine
    server.drop_database(name)


@pytest.fixture(scope="module")
def goods_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('goods') / 'goods.db'}")
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["postgresql", "sqlite"])
def goods(request: pytest.FixtureRequest) -> Engine:
    """The goods; a test runs once on each database."""
    name = "goods_pg" if request.param == "postgresql" else "goods_sqlite"
    engine: Engine = request.getfixturevalue(name)
    return engine
