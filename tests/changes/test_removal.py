"""Rows that go together: trees, circles, thousands."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from tests.changes.families import ALL, LEFT, family, tree
from tests.changes.judge import carried_out, filled, get, planned
from tests.forms.posting import statements, view_of
from webadmin.changes.apply import delete


@pytest.mark.parametrize(
    ("ondelete", "relation"), [("CASCADE", None), ("CASCADE", {}), ("CASCADE", LEFT), (None, ALL)]
)
@pytest.mark.parametrize("chosen", [(1,), (1, 2), (2, 1), (1, 4), (1, 12), (1, 2, 3, 4, 5)])
def test_trees(cleared: Engine, ondelete: str | None, relation: Any, chosen: tuple[int, ...]) -> None:
    """A whole tree goes with its root, however deep, also when rows further down are chosen as well."""
    base, node = tree(ondelete, relation)
    rows = [node(id=n, parent_id=n - 1 or None) for n in range(1, 13)]
    with filled(cleared, base, *rows) as ctx:
        said = carried_out(ctx, get(ctx, node, *chosen))
        assert said == {"cascade": {"node": 12 - len(chosen)}}


@pytest.mark.parametrize(
    ("ondelete", "relation"),
    [(None, {}), (None, None), (None, {"passive_deletes": "all"}), ("RESTRICT", None)],
)
def test_chosen_rows_do_not_block(cleared: Engine, ondelete: str | None, relation: Any) -> None:
    """Rows that point at each other stand in nobody's way when all of them are deleted, in whatever order."""
    base, node = tree(ondelete, relation)
    rows = [node(id=id, parent_id=parent) for id, parent in ((1, None), (5, None), (2, 1), (3, 1), (4, 2))]
    with filled(cleared, base, *rows) as ctx:
        assert carried_out(ctx, get(ctx, node, 1, 2, 3, 4)) == {}
        assert ctx.session.scalars(sa.select(node.id)).all() == [5]


@pytest.mark.parametrize(
    ("ondelete", "relation", "said"),
    [
        ("CASCADE", None, {"cascade": {"node": 1}}),
        (None, ALL, {"cascade": {"node": 1}}),
        (None, {}, {"set null": {"node": 1}}),
        ("SET NULL", {}, {"set null": {"node": 1}}),
    ],
)
def test_circles(cleared: Engine, ondelete: str | None, relation: Any, said: Any) -> None:
    """Two rows that point at each other can be deleted, one or both."""
    base, node = tree(ondelete, relation)
    with filled(cleared, base, node(id=1), node(id=2)) as ctx:
        ctx.session.execute(sa.update(node).values(parent_id=3 - node.id))
        ctx.session.commit()
    with filled(cleared, base) as ctx:
        assert carried_out(ctx, get(ctx, node, 1)) == said
    with filled(cleared, base) as ctx:
        assert carried_out(ctx, get(ctx, node, 1, 2)) == {}


@pytest.mark.parametrize("known", [True, False])
def test_circles_of_tables(cleared: Engine, known: bool) -> None:
    """Two tables that point at each other: what is nullable is cut, and the rows go together."""

    class Base(DeclarativeBase):
        pass

    class Team(Base):
        __tablename__ = "team"
        id = mapped_column(sa.Integer, primary_key=True)
        captain_id = mapped_column(sa.ForeignKey("player.id", use_alter=True, name="fk_team_captain"))
        if known:
            captain = relationship("Player", foreign_keys=captain_id)
        players = relationship("Player", foreign_keys="Player.team_id", cascade="all, delete-orphan")

    class Player(Base):
        __tablename__ = "player"
        id = mapped_column(sa.Integer, primary_key=True)
        team_id = mapped_column(sa.ForeignKey("team.id"), nullable=False)

    with filled(cleared, Base) as ctx:
        ctx.session.add_all([Team(id=1), Team(id=2)])
        ctx.session.flush()
        ctx.session.add_all(Player(id=n, team_id=1 + n // 3) for n in (1, 2, 3))
        ctx.session.flush()
        ctx.session.execute(sa.update(Team).values(captain_id=sa.case((Team.id == 1, 1), else_=3)))
        ctx.session.commit()
    with filled(cleared, Base) as ctx:
        assert carried_out(ctx, get(ctx, Team, 1)) == {"cascade": {"player": 2}}
        assert ctx.session.scalars(sa.select(Player.id)).all() == [3]


@pytest.mark.parametrize(("ondelete", "relation"), [("CASCADE", LEFT), (None, ALL), (None, {})])
def test_thousands(cleared: Engine, ondelete: str | None, relation: Any) -> None:
    """Thousands of children are dealt with in a few statements: those that go are counted to the last, others up to a cap."""
    base, parent, child = family(ondelete, relation=relation)
    with filled(cleared, base, parent(id=1)) as ctx:
        ctx.session.execute(sa.insert(child), [{"id": n, "parent_id": 1} for n in range(12_000)])
        ctx.session.commit()
        found = get(ctx, parent, 1)
        plan = planned(ctx, found)
        (reached,) = plan.deleted or plan.unlinked
        assert reached.count == (12_000 if plan.deleted else 10_001)
        assert reached.count_text == ("12,000" if plan.deleted else "10,000+")
        assert not plan.refused
        delete(ctx, view_of(ctx, parent), found)
        left = ctx.session.scalar(
            sa.select(sa.func.count()).select_from(child).where(child.parent_id.is_not(None))
        )
        assert left == 0


def test_a_chain_through_the_mapper(cleared: Engine) -> None:
    """Hundreds of rows with children of their own are loaded by the hundred, not one by one."""

    class Base(DeclarativeBase):
        pass

    class A(Base):
        __tablename__ = "a"
        id = mapped_column(sa.Integer, primary_key=True)

    class B(Base):
        __tablename__ = "b"
        id = mapped_column(sa.Integer, primary_key=True)
        a_id = mapped_column(sa.ForeignKey("a.id"))

    class C(Base):
        __tablename__ = "c"
        id = mapped_column(sa.Integer, primary_key=True)
        b_id = mapped_column(sa.ForeignKey("b.id"))

    A.bs = relationship(B, cascade="all")  # type: ignore[attr-defined]
    B.cs = relationship(C, cascade="all")  # type: ignore[attr-defined]
    with filled(cleared, Base, A(id=1)) as ctx:
        ctx.session.execute(sa.insert(B), [{"id": n, "a_id": 1} for n in range(900)])
        ctx.session.execute(sa.insert(C), [{"id": n, "b_id": n} for n in range(900)])
        ctx.session.commit()
        found = get(ctx, A, 1)
        with statements(ctx.session, "SELECT") as sent:
            assert carried_out(ctx, found) == {"cascade": {"b": 900, "c": 900}}
        assert len(sent) < 40
