"""What a person is told when a real database refuses: the right status, and no word of the database's own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, exc
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from webadmin.database.failures import as_answer
from webadmin.database.session import Database
from webadmin.dialects import Failure, Timeouts, for_engine
from webadmin.errors import WebadminError

TIMEOUTS = Timeouts(statement_ms=400, lock_ms=150)


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "gadget"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(5), nullable=False, unique=True)
    size = mapped_column(sa.SmallInteger, sa.CheckConstraint("size < 100", name="small"))
    parent_id = mapped_column(sa.ForeignKey("gadget.id"))


@pytest.fixture
def database(engine: Engine) -> Database:
    """A database with one thing in it."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Thing(id=1, name="one"))
        session.commit()
    return Database.of(engine)


def failed(
    database: Database, act: Callable[[Session], Any], *, read_only: bool = False
) -> tuple[Failure, WebadminError]:
    """Why ``act`` failed, and the page for it."""
    with (
        pytest.raises((exc.SQLAlchemyError, OverflowError)) as raised,
        database.transaction(read_only=read_only, timeouts=TIMEOUTS) as session,
    ):
        act(session)
    failure = database.dialect.failure(raised.value)
    answer = as_answer(database.dialect, raised.value, reading=read_only)
    text = f"{answer.title} {answer.message}".lower()
    assert not [
        word
        for word in ("gadget", "sqlite", "psycopg", "constraint", "select", "insert", "error")
        if word in text
    ]
    with database.transaction(read_only=True, timeouts=TIMEOUTS) as session:  # the next request works
        assert session.scalar(sa.select(sa.func.count()).select_from(Thing)) == 1
    return failure, answer


def insert(**values: Any) -> Callable[[Session], Any]:
    return lambda session: session.execute(sa.insert(Thing).values(**{"id": 2, "name": "two", **values}))


def test_rules(database: Database) -> None:
    """Broken rules say which columns they are about, and answer 409."""
    failure, answer = failed(database, insert(name="one"))
    assert (failure.kind, failure.columns, answer.status) == ("unique", ("name",), 409)
    failure, answer = failed(database, insert(id=1))
    assert (failure.kind, failure.columns) == ("unique", ("id",))
    failure, answer = failed(database, insert(name=None))
    assert (failure.kind, failure.columns, answer.status) == ("not_null", ("name",), 409)
    failure, answer = failed(database, insert(parent_id=99))
    assert (failure.kind, answer.status) == ("foreign_key", 409)
    failure, answer = failed(database, insert(size=1000))
    assert (failure.kind, failure.constraint, answer.status) == ("check", "small", 409)


def test_values(database: Database) -> None:
    """Values that do not fit are 422 in a form, 400 in an address."""
    huge = sa.select(Thing).where(Thing.id == 2**70)
    failure, answer = failed(database, lambda session: session.scalars(huge).all(), read_only=True)
    assert failure.value
    assert answer.status == 400
    failure, answer = failed(database, insert(size=2**70))
    assert failure.value
    assert answer.status == 422
    if database.dialect.title == "PostgreSQL":
        assert failed(database, insert(name="much too long"))[0].kind == "too_long"
        assert failed(database, insert(name="a\x00"))[0].kind == "invalid_value"
        odd = sa.text("SELECT 'x'::int")
        assert failed(database, lambda session: session.execute(odd), read_only=True)[1].status == 400


def test_read_only(database: Database) -> None:
    """Writing where nothing may be written is 403."""
    failure, answer = failed(database, insert(), read_only=True)
    assert (failure.kind, answer.status) == ("read_only", 403)


def test_missing(database: Database) -> None:
    """A table that is not there is 503: a migration may be on its way."""
    failure, answer = failed(database, lambda session: session.execute(sa.text("SELECT * FROM nowhere")))
    assert (failure.kind, answer.status) == ("missing_object", 503)
    failure, _ = failed(database, lambda session: session.execute(sa.text("SELECT absent FROM gadget t")))
    assert failure.kind == "missing_object"


def test_too_slow(database: Database) -> None:
    """A statement over its time is 503."""
    text = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000000) SELECT count(*) FROM n"
    failure, answer = failed(database, lambda session: session.execute(sa.text(text)))
    assert (failure.kind, answer.status) == ("statement_timeout", 503)


def test_locked(database: Database) -> None:
    """Rows that somebody else holds are 503, soon to be tried again."""
    holding = database.engine.connect()
    begun = holding.begin()
    holding.execute(sa.update(Thing).values(size=5))
    try:
        write = sa.update(Thing).values(size=6)
        with (
            pytest.raises(exc.DBAPIError) as raised,
            database.transaction(read_only=False, timeouts=TIMEOUTS) as session,
        ):
            session.execute(write)
    finally:
        begun.rollback()
        holding.close()
    answer = as_answer(database.dialect, raised.value, reading=False)
    assert database.dialect.failure(raised.value).kind == "lock_timeout"
    assert (answer.status, answer.retry_after) == (503, 2)


def test_full_pool(engine: Engine) -> None:
    """More requests than connections are 503."""
    small = sa.create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    with small.connect(), pytest.raises(exc.TimeoutError) as raised:
        small.connect()
    answer = as_answer(for_engine(small), raised.value, reading=True)
    assert (answer.status, answer.retry_after) == (503, 3)
    small.dispose()


def test_lost(database: Database) -> None:
    """A connection that the server ended is 503, and the next request gets another."""
    if database.dialect.title != "PostgreSQL":
        pytest.skip("there is no server")

    def act(session: Session) -> None:
        pid = session.scalar(sa.text("SELECT pg_backend_pid()"))
        with database.engine.connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        session.execute(sa.text("SELECT 1"))

    failure, answer = failed(database, act, read_only=True)
    assert (failure.kind, answer.status) == ("connection_lost", 503)


def test_unreachable() -> None:
    """A server that is not there is 503, a file that cannot be opened as well."""
    for url in ("postgresql+psycopg://nobody@127.0.0.1:1/x", "sqlite:////nowhere/at/all.db"):
        engine = sa.create_engine(url)
        with pytest.raises(exc.OperationalError) as raised:
            engine.connect()
        answer = as_answer(for_engine(engine), raised.value, reading=True)
        assert (answer.status, answer.retry_after) == (503, 5)


def test_permission(database: Database) -> None:
    """What the account of the database may not do is 403."""
    if database.dialect.title != "PostgreSQL":
        pytest.skip("there are no accounts")
    statements = ("SET LOCAL ROLE pg_monitor", "SELECT * FROM gadget")
    failure, answer = failed(
        database, lambda session: [session.execute(sa.text(text)) for text in statements]
    )
    assert (failure.kind, answer.status) == ("permission", 403)


def test_deadlock(pg_engine: Engine) -> None:
    """Of two changes that wait for each other one is 503, to be tried again."""
    Base.metadata.create_all(pg_engine)
    with Session(pg_engine) as session:
        session.add_all([Thing(id=1, name="one"), Thing(id=2, name="two")])
        session.commit()
    database = Database.of(pg_engine)
    met, errors = threading.Barrier(2), []

    def change(first: int, second: int) -> None:
        try:
            with database.transaction(read_only=False, timeouts=Timeouts(9000, 9000)) as session:
                session.execute(sa.update(Thing).where(Thing.id == first).values(size=1))
                met.wait(10)
                session.execute(sa.update(Thing).where(Thing.id == second).values(size=1))
        except exc.DBAPIError as error:
            errors.append(error)

    threads = [threading.Thread(target=change, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [database.dialect.failure(error).kind for error in errors] == ["deadlock"]
    assert as_answer(database.dialect, errors[0], reading=False).retry_after == 1


def test_anything_else(database: Database) -> None:
    """What nobody thought of is 500, in words that say nothing of it."""
    failure, answer = failed(database, lambda session: session.execute(sa.text("SELEKT 1")))
    assert (failure.kind, answer.status) == ("other", 500)
