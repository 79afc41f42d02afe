"""Rows of several tables in one statement: order, limits and numbers of each are its own."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.listing.conftest import statements
from webadmin import ModelView, User
from webadmin.dialects import for_engine
from webadmin.listing.together import Wanted, read_together, rows_by_id
from webadmin.options.context import Context
from webadmin.options.registry import Registry


class Base(DeclarativeBase):
    pass


class Tool(Base):
    __tablename__ = "tools"

    shelf: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)


class Machine(Base):
    __tablename__ = "machines"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "machine"}


class Crane(Machine):
    """In the table of all machines."""

    __mapper_args__ = {"polymorphic_identity": "crane"}


class Digger(Machine):
    """In a table of its own beside it."""

    __tablename__ = "diggers"

    id: Mapped[int] = mapped_column(ForeignKey("machines.id"), primary_key=True)
    depth: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "digger"}


class ToolView(ModelView, model=Tool):
    def scope(self, stmt: sa.Select[tuple[Tool]], user: User) -> sa.Select[tuple[Tool]]:
        return stmt.where(Tool.shelf < 9)


@pytest.fixture
def context(session: Session) -> Context:
    Base.metadata.create_all(session.connection())
    session.add_all([Tool(shelf=n, place=place) for n in (1, 2, 9) for place in "abc"])
    session.add_all([Machine(id=1), Crane(id=2), Crane(id=3), Digger(id=4, depth=7)])
    session.flush()
    session.expunge_all()
    registry = Registry()
    registry.add(ToolView)
    bind = session.get_bind()
    return Context(session, for_engine(bind.engine), User("ann"), registry)


def test_each_as_it_is_wanted(context: Context) -> None:
    """Rows of two tables come in their orders, some of them, with their numbers, and none of one does not lose the other."""
    tools = Wanted(
        sa.select(Tool), Tool, order=[Tool.place.desc(), Tool.shelf], limit=4, offset=1, counted=100
    )
    none = Wanted(sa.select(Machine).where(Machine.id > 99), Machine, limit=5, counted=3)
    some = Wanted(sa.select(Machine), Machine, limit=2, counted=3)
    with statements(context.session) as sent:
        first, second, third = read_together(context, [tools, none, some], "Rows")
    assert len(sent) == 1
    assert [(row.shelf, row.place) for row in first.rows] == [(2, "c"), (9, "c"), (1, "b"), (2, "b")]
    assert [row.id for row in third.rows] == [1, 2]
    assert (first.count, second.rows, second.count, third.count) == (9, [], 0, 3)


def test_subclasses(context: Context) -> None:
    """Rows of classes that share a table with others, or have one beside it, are read as well."""
    wanted = [Wanted(sa.select(model), model, counted=10) for model in (Crane, Tool, Digger)]
    cranes, tools, diggers = read_together(context, wanted, "Rows")
    assert [row.id for row in cranes.rows] == [2, 3]
    assert (len(tools.rows), tools.count) == (9, 9)
    assert [(row.id, row.depth) for row in diggers.rows] == [(4, 7)]


def test_by_their_ids(context: Context) -> None:
    """Rows of any models by id, within what the person may see; what can be no id of theirs is none."""
    with statements(context.session) as sent:
        found = rows_by_id(
            context, {Tool: ["1,a", "9,a", "1", "x,a", "5,a"], Machine: ["3", "a\x00", "9" * 30]}
        )
    assert len(sent) == 1
    assert {text: row.shelf for text, row in found[Tool].items()} == {"1,a": 1}
    assert list(found[Machine]) == ["3"]
    assert rows_by_id(context, {}) == {}
