"""A session for each request, whatever the host has; connections go back as they came."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, scoped_session, sessionmaker
from sqlalchemy.pool import NullPool, StaticPool

from webadmin.database.session import Database
from webadmin.dialects import Timeouts

TIMEOUTS = Timeouts(statement_ms=300, lock_ms=200)


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "thing"
    id = mapped_column(sa.Integer, primary_key=True)
    parent_id = mapped_column(sa.ForeignKey("thing.id"))


def add(database: Database, id: int) -> None:
    with database.transaction(read_only=False, timeouts=TIMEOUTS) as session:
        session.add(Thing(id=id))
        session.commit()


def ids(database: Database) -> list[int]:
    with database.transaction(read_only=True, timeouts=TIMEOUTS) as session:
        return list(session.scalars(sa.select(Thing.id).order_by(Thing.id)))


def works(database: Database) -> None:
    """Writing, reading, rolling back, and nothing written while only reading."""
    Base.metadata.create_all(database.engine)
    add(database, 1)
    with database.transaction(read_only=False, timeouts=TIMEOUTS) as session:
        session.add(Thing(id=2))
        session.flush()
    with (
        pytest.raises(sa.exc.DBAPIError) as raised,
        database.transaction(read_only=True, timeouts=TIMEOUTS) as session,
    ):
        session.execute(sa.insert(Thing).values(id=3))
    assert database.dialect.failure(raised.value).kind == "read_only"
    assert ids(database) == [1]
    add(database, 4)
    assert ids(database) == [1, 4]
    with (
        pytest.raises(sa.exc.IntegrityError),
        database.transaction(read_only=False, timeouts=TIMEOUTS) as session,
    ):
        session.execute(sa.insert(Thing).values(id=5, parent_id=99))


def test_engine(engine: Engine) -> None:
    """An engine is used as it is, and not disposed of."""
    database = Database.of(engine)
    works(database)
    assert database.engine is engine
    assert database.capacity == 15
    database.dispose()
    assert engine.pool.checkedin() == 1  # type: ignore[attr-defined]


def test_url(engine: Engine) -> None:
    """From an address an engine of one's own is made."""
    database = Database.of(engine.url)
    works(database)
    database.dispose()
    assert Database.of(engine.url.render_as_string(hide_password=False)).owned


def test_async(engine: Engine) -> None:
    """An async engine, and an async sessionmaker, get a sync twin on the same database; options of statements stay."""
    driver = "postgresql+psycopg" if engine.dialect.name == "postgresql" else "sqlite+aiosqlite"
    pytest.importorskip("aiosqlite") if "aio" in driver else None
    theirs = create_async_engine(engine.url.set(drivername=driver)).execution_options(logging_token="x")
    for source in (theirs, async_sessionmaker(theirs)):
        database = Database.of(source)
        assert database.engine.get_execution_options()["logging_token"] == "x"
        database.dispose()
    database = Database.of(theirs)
    works(database)
    database.dispose()


def test_sessionmaker(engine: Engine) -> None:
    """A sessionmaker's own class and options are used, and one that spreads classes over engines stays on this one."""

    class Mine(Session):
        pass

    factory = sessionmaker(engine, class_=Mine, expire_on_commit=False)
    for source in (factory, scoped_session(factory), sessionmaker(binds={Thing: engine}, class_=Mine)):
        database = Database.of(source)
        with database.transaction(read_only=True, timeouts=TIMEOUTS) as session:
            assert isinstance(session, Mine)
        works(database)
        Base.metadata.drop_all(engine)


def test_translated_schemas(engine: Engine) -> None:
    """An engine that puts another schema in place of one still does."""

    class Elsewhere(DeclarativeBase):
        pass

    class Note(Elsewhere):
        __tablename__ = "note"
        __table_args__ = {"schema": "theirs"}
        id = mapped_column(sa.Integer, primary_key=True)

    translated = engine.execution_options(schema_translate_map={"theirs": None})
    Elsewhere.metadata.create_all(translated)
    with Database.of(translated).transaction(read_only=False, timeouts=TIMEOUTS) as session:
        session.add(Note(id=1))
        session.commit()
        assert session.scalar(sa.select(sa.func.count()).select_from(Note)) == 1


def test_pools(tmp_path: Path) -> None:
    """How many requests may run at once follows from the pool."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert Database.of(sa.create_engine(url, pool_size=3, max_overflow=4)).capacity == 7
    assert Database.of(sa.create_engine(url, pool_size=3, max_overflow=-1)).capacity == 15
    unpooled = Database.of(sa.create_engine(url, poolclass=NullPool))
    assert unpooled.capacity == 15
    works(unpooled)


def test_memory() -> None:
    """A database in memory works where all threads share it, and is refused where each has its own."""
    shared = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    database = Database.of(shared)
    assert database.capacity == 1
    works(database)
    seen: list[Any] = []
    thread = threading.Thread(target=lambda: seen.append(ids(database)))
    thread.start()
    thread.join()
    assert seen == [[1, 4]]
    shared.dispose()
    for source in (
        sa.create_engine("sqlite://"),
        "sqlite://",
        "sqlite:///:memory:",
        sessionmaker(sa.create_engine("sqlite://")),
    ):
        with pytest.raises(TypeError, match="memory"):
            Database.of(source)


@pytest.mark.parametrize("source", [None, 5, object(), sessionmaker()])
def test_anything_else(source: Any) -> None:
    """Something that leads to no database is refused in words."""
    with pytest.raises(TypeError, match="takes a SQLAlchemy Engine"):
        Database.of(source)


def test_autocommit(engine: Engine) -> None:
    """An engine that commits every statement does not do so here, and does so again afterwards."""
    theirs = sa.create_engine(engine.url, isolation_level="AUTOCOMMIT")
    works(Database.of(theirs))
    with theirs.connect() as connection:
        connection.execute(sa.insert(Thing).values(id=50))
    assert 50 in ids(Database.of(engine))
    theirs.dispose()


def test_an_engine_that_begins(sqlite_engine: Engine) -> None:
    """The recipe of SQLAlchemy's documentation, in which the engine begins transactions itself."""
    event.listen(sqlite_engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(sqlite_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    works(Database.of(sqlite_engine))


def slow(dialect: str) -> sa.TextClause:
    """A statement that takes seconds."""
    if dialect == "postgresql":
        return sa.text("SELECT pg_sleep(3)")
    return sa.text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000000) SELECT count(*) FROM n"
    )


def test_limits_come_off(engine: Engine) -> None:
    """A statement is stopped in time; afterwards the same connection has no limit and may write."""
    theirs = sa.create_engine(engine.url, pool_size=1, max_overflow=0)
    database = Database.of(theirs)
    Base.metadata.create_all(theirs)
    for read_only in (True, False):
        begun = time.monotonic()
        with (
            pytest.raises(sa.exc.DBAPIError) as raised,
            database.transaction(read_only=read_only, timeouts=TIMEOUTS) as session,
        ):
            session.execute(slow(engine.dialect.name))
        assert time.monotonic() - begun < 2
        assert database.dialect.failure(raised.value).kind == "statement_timeout"
        with theirs.begin() as connection:
            if engine.dialect.name == "postgresql":
                assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "0"
                assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "0"
                assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
            else:
                assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 0
                time.sleep(0.35)
                wait = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT count(*) FROM n"
                assert connection.exec_driver_sql(wait).scalar() == 200_000
            connection.execute(sa.insert(Thing).values(id=int(read_only) + 70))
    theirs.dispose()


def test_disposed_of_meanwhile(engine: Engine) -> None:
    """A connection that is out while the engine's pool is given up is closed, not left to the garbage collector."""
    database = Database(engine)
    with database.transaction(read_only=True, timeouts=TIMEOUTS) as session:
        theirs = session.connection().connection.driver_connection
        engine.dispose()
    assert theirs is not None
    with pytest.raises(Exception, match=r"closed"):
        theirs.cursor().execute("SELECT 1")
