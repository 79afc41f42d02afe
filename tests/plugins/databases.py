"""Databases for tests: real PostgreSQL and SQLite files, empty and of one's own, or rolled back after each test."""

from __future__ import annotations

import fcntl
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

from webadmin.demo.server import EmbeddedServer

BOTH = ("postgresql", "sqlite")
_numbers = itertools.count(1)


def run_folder() -> Path:
    """The folder of this test run, shared by all workers."""
    return Path(os.environ["WEBADMIN_TEST_FOLDER"])


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Hold a lock of this name, so that one worker at a time does what is inside."""
    with (run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fresh_name() -> str:
    """A database name that no other test of this run has."""
    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine, disposed of at the end."""
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def database_of(server: EmbeddedServer, fill: Callable[[Engine], object]) -> Iterator[Engine]:
    """An engine on a new PostgreSQL database that ``fill`` has filled; dropped at the end."""
    name = fresh_name()
    with opened(server.create_database(name, template="template1")) as engine:
        fill(engine)
        yield engine
    server.drop_database(name)


@contextmanager
def file_of(path: Path, fill: Callable[[Engine], object]) -> Iterator[Engine]:
    """An engine on a new SQLite file that ``fill`` has filled."""
    with opened(f"sqlite:///{path}") as engine:
        fill(engine)
        yield engine


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """The PostgreSQL server of this run; fast instead of safe."""
    with EmbeddedServer(run_folder() / "server", durable=False) as started:
        yield started


@pytest.fixture
def pg_url(server: EmbeddedServer) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own."""
    name = fresh_name()
    yield server.create_database(name, template="template1")
    server.drop_database(name)


@pytest.fixture
def pg_engine(pg_url: str) -> Iterator[Engine]:
    """An engine on an empty PostgreSQL database of the test's own."""
    with opened(pg_url) as engine:
        yield engine


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file of the test's own that does not exist yet."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """An engine on an empty SQLite file of the test's own."""
    with opened(sqlite_url) as engine:
        yield engine


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest) -> Engine:
    """An engine on an empty database of the test's own; the test runs once for PostgreSQL and once for SQLite."""
    name = "pg_engine" if request.param == "postgresql" else "sqlite_engine"
    found: Engine = request.getfixturevalue(name)
    return found


@pytest.fixture(scope="session")
def rolled_back_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Engine]]:
    """For each dialect one empty database that nothing is ever committed to."""
    engines: dict[str, Engine] = {}

    def get(dialect: str) -> Engine:
        if dialect not in engines:
            if dialect == "postgresql":
                url = request.getfixturevalue("server").create_database(fresh_name())
            else:
                url = f"sqlite:///{tmp_path_factory.mktemp('rolled-back') / 'test.db'}"
            engines[dialect] = begin_for_real(create_engine(url))
        return engines[dialect]

    yield get
    for made in engines.values():
        made.dispose()


def begin_for_real(engine: Engine) -> Engine:
    """Let SQLAlchemy begin SQLite's transactions, since the driver leaves tables and savepoints out of its own."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back at the end, tables and all."""
    with engine.connect() as connection:
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()


@pytest.fixture(params=BOTH)
def connection(
    request: pytest.FixtureRequest, rolled_back_engine: Callable[[str], Engine]
) -> Iterator[Connection]:
    """A connection to an empty database, rolled back after the test; once for PostgreSQL and once for SQLite.

    The cheap way, for tests that need no second connection.
    """
    with rolled_back(rolled_back_engine(request.param)) as connected:
        yield connected


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session on ``connection``; it may commit, and all of it is rolled back after the test."""
    with Session(connection, join_transaction_mode="create_savepoint") as opened_session:
        yield opened_session
