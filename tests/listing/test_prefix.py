"""Rows to choose from in tables too large to be looked through: found along an index, and cut before they are sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.listing.conftest import statements
from webadmin import ModelView, User
from webadmin.dialects import for_engine
from webadmin.listing.lookup import search_rows
from webadmin.mixins import SoftDeleteMixin, live_index
from webadmin.options.context import Context
from webadmin.options.registry import Registry

ROWS = 30_000


class Base(DeclarativeBase):
    pass


class Town(SoftDeleteMixin, Base):
    __tablename__ = "towns"
    __table_args__ = (live_index("ix_towns_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str]


class Street(Base):
    """Found without regard to capitals, by an expression's index."""

    __tablename__ = "streets"
    __table_args__ = (sa.Index("ix_streets_name", sa.text("lower(name)")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class TownView(ModelView, model=Town):
    def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
        return stmt.where(Town.country != "hidden")


@pytest.fixture(scope="module")
def large(rolled_back_engine: Callable[[str], Engine]) -> Callable[[str], Any]:
    """A session on towns and streets, on either database."""

    @contextmanager
    def opened(dialect: str) -> Iterator[Context]:
        engine = rolled_back_engine(dialect)
        with engine.connect() as connection:
            transaction = connection.begin()
            Base.metadata.create_all(connection)
            with Session(connection) as session:
                names = [f"Town {n:05}" for n in range(ROWS)]
                towns = [
                    {"name": name, "country": "hidden" if n % 7 == 0 else "open"}
                    for n, name in enumerate(names)
                ]
                session.execute(sa.insert(Town), towns)
                session.execute(sa.insert(Street), [{"name": f"{n:05} Road"} for n in range(ROWS)])
                session.execute(
                    sa.insert(Street), [{"name": "Elm Street"}, {"name": "elm walk"}, {"name": "ÉLM"}]
                )
                session.execute(sa.text("ANALYZE towns" if dialect == "postgresql" else "ANALYZE"))
                session.execute(sa.text("ANALYZE streets" if dialect == "postgresql" else "ANALYZE"))
                registry = Registry()
                registry.add(TownView)
                registry.add(type("StreetView", (ModelView,), {"model": Street}))
                yield Context(session, for_engine(engine), User("ann"), registry)
            transaction.rollback()

    return opened


def plan(context: Context, sent: list[str], parameters: Any) -> str:
    """How the database runs the last statement."""
    explain = "EXPLAIN " if context.session.get_bind().dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    raw = context.session.connection().exec_driver_sql(explain + sent[-1], parameters[-1])
    return "\n".join(" ".join(map(str, row)) for row in raw)


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_along_an_index(large: Callable[[str], Any], dialect: str) -> None:
    """A million rows are not read for a letter: the statement walks an index, and stays within the person's scope."""
    with large(dialect) as context:
        parameters: list[Any] = []
        sa.event.listen(
            context.session.get_bind(),
            "before_cursor_execute",
            lambda c, cu, s, p, *rest: parameters.append(p),
        )
        for model, words, label in ((Town, "town 00012", "Town 00012"), (Street, "ELM s", "Elm Street")):
            search_rows(context, model, "x")
            with statements(context.session) as sent:
                found, _more = search_rows(context, model, words, limit=3)
            assert [choice.label for choice in found] == [label]
            assert len(sent) == 1
            explained = plan(context, sent, parameters)
            assert f"ix_{model.__tablename__}_name" in explained
            assert "Seq Scan" not in explained
            assert f"SCAN {model.__tablename__}" not in explained
        assert search_rows(context, Town, "Town 00014", limit=3) == ([], False), "a hidden one is not offered"
        found, more = search_rows(context, Town, "Town 000", limit=5)
        assert (len(found), more) == (5, True)
        assert [choice.label for choice in found] == sorted(choice.label for choice in found)
        key = context.session.scalars(sa.select(Town.id).where(Town.name == "Town 00015")).one()
        assert [choice.label for choice in search_rows(context, Town, str(key))[0]] == ["Town 00015"]
