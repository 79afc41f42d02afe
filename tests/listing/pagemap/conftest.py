"""A table of one's own with maps over it, small enough to be looked through and cut into many pieces."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tests.listing.conftest import params_of
from tests.plugins.databases import run_folder
from webadmin.auth.user import User
from webadmin.database.session import Database
from webadmin.demo.server import EmbeddedServer
from webadmin.dialects import Timeouts
from webadmin.listing import counts, pages
from webadmin.listing.listing import Listing
from webadmin.listing.pagemap import build, store
from webadmin.listing.pagemap.store import PageMaps
from webadmin.listing.pagemap.writes import follow
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry


class Base(DeclarativeBase):
    pass


def _live(name: str, *columns: str) -> sa.Index:
    where = sa.text("deleted_at IS NULL")
    return sa.Index(name, *columns, postgresql_where=where, sqlite_where=where)


class Item(Base):
    """A row with a sort column of every kind that matters."""

    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    score: Mapped[int | None]
    name: Mapped[str]
    group: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    token: Mapped[UUID]
    deleted_at: Mapped[dt.datetime | None]
    __table_args__ = (
        _live("ix_items_score", "score", "id"),
        _live("ix_items_name", "name", "id"),
        _live("ix_items_group", "group", "score", "id"),
        _live("ix_items_at", "at", "id"),
        _live("ix_items_group_at", "group", "at", "id"),
        _live("ix_items_token", "token", "id"),
    )


class Pair(Base):
    """A row whose key has two parts."""

    __tablename__ = "pairs"
    left: Mapped[str] = mapped_column(primary_key=True)
    right: Mapped[int] = mapped_column(primary_key=True)


class ItemView(ModelView, model=Item):
    column_sortable_list = (Item.id, Item.score, Item.name, Item.at, Item.token, Item.group)
    column_searchable_list = (Item.name,)
    column_filters = (Item.group,)
    page_size = 5
    page_size_options = (5,)


class PairView(ModelView, model=Pair):
    page_size = 5
    page_size_options = (5,)


class Desk:
    """Reads pages as the admin does."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.database = Database(engine)
        self.maps = PageMaps(self.database)
        self.registry = Registry()
        self.registry.add(ItemView)
        self.registry.add(PairView)

    @contextmanager
    def context(self, *, read_only: bool = True) -> Iterator[Context]:
        """A context in a transaction of its own."""
        with self.database.transaction(read_only=read_only, timeouts=Timeouts()) as session:
            yield Context(session, self.database.dialect, User("someone"), self.registry, maps=self.maps)

    def load(self, query: str = "", key: str = "items") -> Listing:
        view = self.registry.views[key]
        with self.context() as context:
            return Listing.load(context, view, params_of(view, query))

    def mapped(self, query: str = "", key: str = "items") -> Listing:
        """The page after a map has been made."""
        self.load(query, key)
        assert self.maps.wait(20)
        return self.load(query, key)

    def change(self, action: str, number: int, values: dict[str, Any]) -> None:
        """What somebody does through the admin: in a savepoint, as saving a form does."""
        with self.context(read_only=False) as context:
            follow(self.maps, context)
            session = context.session
            with session.begin_nested():
                if action == "insert":
                    session.add(Item(**values))
                else:
                    row = session.get_one(Item, number, with_for_update=True)
                    for name, value in values.items():
                        setattr(row, name, value)
                    if action == "delete":
                        session.delete(row)
                session.flush()
            session.commit()

    def execute(self, stmt: Any, values: Any = None) -> None:
        """What somebody else does, past the admin."""
        with self.engine.begin() as connection:
            connection.execute(stmt, values)


def item(number: int, **values: Any) -> dict[str, Any]:
    """The values of a row."""
    return {
        "id": number,
        "score": None if number % 5 == 0 else number * 7 % 13,
        "name": f"n{number * 31 % 89:02}",
        "group": number % 3,
        "at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=number * 17 % 400),
        "token": UUID(int=number * 0x123456789ABCDEF01234567 % (1 << 128)),
        "deleted_at": None,
    } | values


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """A server that nobody else writes to: transactions are numbered through all its databases."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with EmbeddedServer(run_folder() / f"quiet-{name}", durable=False) as started:
        engine = sa.create_engine(started.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text("ALTER SYSTEM SET autovacuum = off"))
            connection.execute(sa.text("SELECT pg_reload_conf()"))
        engine.dispose()
        yield started


def small(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk over 200 items, with leaps of 7 rows; small lists are taken for large ones."""
    monkeypatch.setattr(build, "LEAP", 7)
    monkeypatch.setattr(build, "SLICE", 4)
    monkeypatch.setattr(counts, "SMALL", 1)
    monkeypatch.setattr(pages, "_NEAR", 3)
    monkeypatch.setattr(pages, "_DEEP_FOUND", 10)
    monkeypatch.setattr(store, "_PAUSE", 0.0)
    monkeypatch.setattr(store, "REST", 0)
    monkeypatch.setattr(store, "_QUIET_SHARE", 0)
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Item), [item(number) for number in range(1, 201)])
        connection.execute(sa.insert(Pair), [{"left": f"l{n % 4}", "right": n} for n in range(60)])
        connection.execute(sa.text("ANALYZE"))
        if engine.dialect.name == "postgresql":
            # As on a large table, an index wins over sorting.
            for setting in ("enable_sort", "enable_seqscan", "enable_bitmapscan"):
                connection.execute(sa.text(f'ALTER DATABASE "{engine.url.database}" SET {setting} = off'))
    engine.dispose()
    made = Desk(engine)
    yield made
    made.maps.close()


@pytest.fixture
def desk(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk; the test runs on PostgreSQL and on SQLite."""
    yield from small(engine, monkeypatch)


@pytest.fixture
def own(pg_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk on a database whose statements say what they see."""
    yield from small(pg_engine, monkeypatch)
