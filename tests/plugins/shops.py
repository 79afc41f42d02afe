"""The demo's shop, filled once a run and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests.plugins.databases import (
    BOTH,
    begin_for_real,
    fresh_name,
    only_one,
    opened,
    rolled_back,
    run_folder,
)
from webadmin.demo.server import EmbeddedServer

ORDERS = 200
_TEMPLATE = "shop"


def fill(url: str) -> None:
    """Make the shop in an empty database."""
    # Imported here, so that a fault in the shop stops only the tests that need it.
    from webadmin.demo.seed import seed

    with opened(url) as engine:
        seed(engine, orders=ORDERS, progress=None)


@pytest.fixture(scope="session")
def shop_template(server: EmbeddedServer) -> str:
    """The name of the PostgreSQL database that holds the filled shop; made by the first worker that asks."""
    with (
        only_one("shop-postgresql"),
        psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as plain,
    ):
        if not plain.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone():
            server.drop_database("unfinished")
            fill(server.create_database("unfinished"))
            plain.execute(f'ALTER DATABASE unfinished RENAME TO "{_TEMPLATE}"')
    return _TEMPLATE


@pytest.fixture(scope="session")
def shop_file() -> Path:
    """The SQLite file that holds the filled shop; made by the first worker that asks."""
    finished = run_folder() / "shop.db"
    with only_one("shop-sqlite"):
        if not finished.exists():
            unfinished = run_folder() / "unfinished.db"
            unfinished.unlink(missing_ok=True)
            fill(f"sqlite:///{unfinished}")
            unfinished.rename(finished)
    return finished


@contextmanager
def _pg_copy(server: EmbeddedServer, template: str) -> Iterator[str]:
    name = fresh_name()
    yield server.create_database(name, template=template)
    server.drop_database(name)


@pytest.fixture
def shop_pg(server: EmbeddedServer, shop_template: str) -> Iterator[Engine]:
    """An engine on the test's own copy of the shop in PostgreSQL."""
    with _pg_copy(server, shop_template) as url, opened(url) as engine:
        yield engine


@pytest.fixture
def shop_sqlite(shop_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine on the test's own copy of the shop in an SQLite file."""
    copy = shutil.copy(shop_file, tmp_path / "shop.db")
    with opened(f"sqlite:///{copy}") as engine:
        yield engine


@pytest.fixture(params=BOTH)
def shop(request: pytest.FixtureRequest) -> Engine:
    """An engine on the test's own copy of the shop; the test runs once for PostgreSQL and once for SQLite."""
    found: Engine = request.getfixturevalue("shop_pg" if request.param == "postgresql" else "shop_sqlite")
    return found


@pytest.fixture(scope="session")
def kept_shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Engine]]:
    """For each dialect one copy of the shop a worker, that nothing is ever committed to."""
    engines: dict[str, Engine] = {}

    def get(dialect: str) -> Engine:
        if dialect not in engines:
            if dialect == "postgresql":
                template = request.getfixturevalue("shop_template")
                url = request.getfixturevalue("server").create_database(fresh_name(), template=template)
            else:
                copy = tmp_path_factory.mktemp("kept") / "shop.db"
                url = f"sqlite:///{shutil.copy(request.getfixturevalue('shop_file'), copy)}"
            engines[dialect] = begin_for_real(create_engine(url))
        return engines[dialect]

    yield get
    for made in engines.values():
        made.dispose()


@pytest.fixture(params=BOTH)
def shop_session(request: pytest.FixtureRequest, kept_shop: Callable[[str], Engine]) -> Iterator[Session]:
    """A session on the filled shop that is rolled back after the test: the cheap way, for a single connection."""
    with (
        rolled_back(kept_shop(request.param)) as connection,
        Session(connection, join_transaction_mode="create_savepoint") as session,
    ):
        yield session
