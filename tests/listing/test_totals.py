"""Totals that are counted again when something was committed, and only then."""

from __future__ import annotations

import time
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from tests.listing.conftest import params_of, statements
from webadmin.auth.user import User
from webadmin.dialects import for_engine
from webadmin.listing.listing import Listing
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry


class Base(DeclarativeBase):
    pass


class Box(Base):
    __tablename__ = "box"
    id: Mapped[int] = mapped_column(primary_key=True)


class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    box_id: Mapped[int | None] = mapped_column(sa.ForeignKey("box.id"))
    box: Mapped[Box | None] = relationship()


class BoxView(ModelView, model=Box):
    pass


class ThingView(ModelView, model=Thing):
    column_filters = ["name", "box"]
    column_list = ["name"]
    page_size = 5


class SomeThings(ThingView, model=Thing):
    def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
        return stmt.where(Thing.id > 0)


def _insert(engine: Engine, *names: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.insert(Thing), [{"name": name} for name in names])


class Lists:
    """Reads pages as requests do, each in a transaction of its own."""

    def __init__(self, engine: Engine, view: type[ModelView] = ThingView) -> None:
        self.engine, self.dialect, self.registry = engine, for_engine(engine), Registry()
        self.registry.add(view)
        self.registry.add(BoxView)

    def load(self, query: str = "", *, fresh: bool = False) -> tuple[int, bool]:
        """The total, and whether it was counted."""
        view = self.registry.views["thing"]
        with Session(self.engine) as session, statements(session) as sent:
            context = Context(session, self.dialect, User("someone"), self.registry)
            listing = Listing.load(context, view, params_of(view, query), fresh=fresh)
            assert listing.exact
            return listing.total, any("count(" in sql for sql in sent)

    def keeps(self, total: int, query: str = "") -> bool:
        """Whether a look finds ``total`` without counting. Tests beside this one write to the same server, so it may
        take several."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            found, counted = self.load(query)
            assert found == total
            if not counted:
                return True
        return False


@pytest.fixture
def things(pg_engine: Engine) -> Engine:
    Base.metadata.create_all(pg_engine)
    _insert(pg_engine, *(f"thing {number % 2}" for number in range(20)))
    with pg_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ALTER TABLE thing SET (autovacuum_enabled = off)")
        connection.exec_driver_sql("ANALYZE thing")
    return pg_engine


def test_a_total_is_kept_while_nothing_is_committed(things: Engine) -> None:
    """The second look at a list counts nothing; each filter has a total of its own."""
    lists = Lists(things)
    assert lists.load() == (20, True)
    assert lists.keeps(20, "page=2")
    assert lists.load("name=thing 1") == (10, True)
    assert lists.keeps(10, "name=thing 1&page=2")


def test_a_commit_is_seen_at_once(things: Engine) -> None:
    """Rows of another connection count from their commit on, not before and not later."""
    lists = Lists(things)
    assert lists.keeps(20)
    with things.connect() as other:
        other.execute(sa.insert(Thing).values(name="new"))
        assert lists.load()[0] == 20
        other.commit()
    assert lists.load() == (21, True)
    with things.begin() as other:
        other.execute(sa.delete(Thing).where(Thing.name == "new"))
    assert lists.load() == (20, True)
    assert lists.keeps(20)


def test_a_transaction_that_began_before(things: Engine) -> None:
    """A total that was counted while a transaction ran is counted again once that has ended."""
    lists = Lists(things)
    with things.connect() as other:
        other.execute(sa.insert(Thing).values(name="new"))
        assert lists.keeps(20)
        other.commit()
    assert lists.load() == (21, True)


def test_a_writing_transaction_counts_itself(things: Engine) -> None:
    """Within a transaction that has written, what it sees is what it counts."""
    lists = Lists(things)
    lists.load()
    view = lists.registry.views["thing"]
    with Session(things) as session:
        session.add(Thing(name="own"))
        session.flush()
        context = Context(session, lists.dialect, User("someone"), lists.registry)
        assert Listing.load(context, view, params_of(view, "")).total == 21
    assert lists.load() == (20, True)


@pytest.mark.parametrize(("view", "query"), [(SomeThings, ""), (ThingView, "box.null=true")])
def test_what_is_always_counted(things: Engine, view: type[ModelView], query: str) -> None:
    """A scope may differ between people, and a filter may look at other tables."""
    lists = Lists(things, view)
    assert lists.load(query) == (20, True)
    assert lists.load(query) == (20, True)


def test_a_fresh_look(things: Engine) -> None:
    """The panel that shows what a page's statements cost gets all of them."""
    lists = Lists(things)
    lists.load()
    assert lists.load(fresh=True) == (20, True)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE thing ENABLE ROW LEVEL SECURITY",
        "CREATE TABLE more () INHERITS (thing)",
        "ALTER TABLE thing RENAME TO stored; CREATE VIEW thing AS SELECT * FROM stored",
    ],
)
def test_tables_that_the_database_does_not_vouch_for(things: Engine, change: str) -> None:
    """Rows that depend on who asks, or lie in other tables, are counted each time."""
    with things.begin() as connection:
        connection.exec_driver_sql(change)
    lists = Lists(things)
    assert lists.load() == (20, True)
    assert lists.load() == (20, True)


def test_other_databases_do_not_tell(sqlite_engine: Engine) -> None:
    """Where the database has no word for it, every look counts."""
    Base.metadata.create_all(sqlite_engine)
    _insert(sqlite_engine, *(str(number) for number in range(20)))
    lists = Lists(sqlite_engine)
    assert [lists.load(), lists.load()] == [(20, True), (20, True)]
