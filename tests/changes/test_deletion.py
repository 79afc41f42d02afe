"""The plan of a deletion says what happens: every rule, compared with the deletion itself."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, mapped_column

from tests.changes.families import ALL, LEFT, family
from tests.changes.judge import carried_out, filled, get, lines, planned
from tests.forms.posting import view_of
from webadmin.changes.apply import delete
from webadmin.errors import Conflict


@pytest.mark.parametrize(
    ("ondelete", "nullable", "relation", "rule"),
    [
        ("CASCADE", True, None, "cascade"),
        ("CASCADE", True, LEFT, "cascade"),
        ("CASCADE", True, {}, "cascade"),
        ("CASCADE", False, {}, "cascade"),
        ("CASCADE", False, ALL | LEFT, "cascade"),
        ("CASCADE", False, ALL, "cascade"),
        (None, False, ALL, "cascade"),
        (None, False, ALL | LEFT, "cascade"),
        ("RESTRICT", False, ALL, "cascade"),
        ("SET NULL", True, None, "set null"),
        ("SET NULL", True, {}, "set null"),
        ("SET NULL", True, LEFT, "set null"),
        ("SET NULL", False, ALL, "cascade"),
        (None, True, {}, "set null"),
        (None, True, {"lazy": "selectin"}, "set null"),
        (None, True, {"lazy": "dynamic"}, "set null"),
        ("CASCADE", True, {"lazy": "dynamic", "passive_deletes": True}, "cascade"),
        ("CASCADE", True, {"lazy": "write_only", "passive_deletes": True}, "cascade"),
        ("CASCADE", True, {"lazy": "selectin"}, "cascade"),
        ("CASCADE", True, {"uselist": False}, "cascade"),
        (None, False, ALL | {"uselist": False}, "cascade"),
    ],
)
def test_what_happens(
    cleared: Engine, ondelete: str | None, nullable: bool, relation: Any, rule: str
) -> None:
    """Children that go or lose their link do so just as the plan says, whoever acts on them."""
    base, parent, child = family(ondelete, nullable=nullable, relation=relation)
    few = relation is not None and relation.get("uselist") is False
    children = [child(id=n, parent_id=1) for n in range(1, 2 if few else 4)] + [child(id=9, parent_id=2)]
    with filled(cleared, base, parent(id=1), parent(id=2), *children) as ctx:
        assert carried_out(ctx, get(ctx, parent, 1)) == {rule: {"child": 1 if few else 3}}


@pytest.mark.parametrize(
    ("ondelete", "nullable", "relation"),
    [
        (None, True, None),
        (None, False, None),
        ("RESTRICT", True, {}),
        ("NO ACTION", True, {}),
        (None, False, {}),
        (None, True, LEFT),
        (None, True, {"passive_deletes": "all"}),
        ("SET NULL", False, {}),
        (None, True, {"viewonly": True}),
    ],
)
def test_what_stands_in_the_way(cleared: Engine, ondelete: str | None, nullable: bool, relation: Any) -> None:
    """Children that the database would refuse to leave alone block, and deleting in spite of it is refused in words."""
    base, parent, child = family(ondelete, nullable=nullable, relation=relation)
    rows = [parent(id=1), child(id=1, parent_id=1), child(id=2, parent_id=1)]
    with filled(cleared, base, *rows) as ctx:
        found = get(ctx, parent, 1)
        assert lines(planned(ctx, found)) == {"restrict": {"child": 2}}
        with pytest.raises(Conflict, match="still point at"):
            delete(ctx, view_of(ctx, parent), found)
        assert ctx.session.scalar(sa.select(sa.func.count()).select_from(parent)) == 1


def test_nothing_refers(cleared: Engine) -> None:
    """A row that nothing points at goes alone."""
    base, parent, child = family()
    with filled(cleared, base, parent(id=1), child(id=1)) as ctx:
        assert carried_out(ctx, get(ctx, parent, 1)) == {}


def test_soft_deleted_children(cleared: Engine) -> None:
    """Children that are marked as deleted are still there: they go, or stand in the way, like any other."""

    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id = mapped_column(sa.Integer, primary_key=True)
        deleted_at = mapped_column(sa.DateTime)

    class Child(Base):
        __tablename__ = "child"
        id = mapped_column(sa.Integer, primary_key=True)
        parent_id = mapped_column(sa.ForeignKey("parent.id"))
        deleted_at = mapped_column(sa.DateTime)

    rows = [Parent(id=1), Child(id=1, parent_id=1, deleted_at=sa.func.current_timestamp())]
    with filled(cleared, Base, *rows) as ctx:
        found = get(ctx, Parent, 1)
        assert planned(ctx, found).soft
        assert lines(planned(ctx, found)) == {}
        plan = planned(ctx, found, purge=True)
        assert lines(plan) == {"restrict": {"child": 1}}
        assert plan.blocked[0].examples == (("Child 1", "1"),)


def test_fingerprint(cleared: Engine) -> None:
    """It changes when other rows are reached, also when there are just as many."""
    base, parent, child = family("CASCADE")
    with filled(cleared, base, parent(id=1), child(id=1, parent_id=1), child(id=2)) as ctx:
        found = get(ctx, parent, 1)
        first = planned(ctx, found).fingerprint
        assert planned(ctx, found).fingerprint == first
        ctx.session.execute(sa.update(child).values(parent_id=sa.case((child.id == 2, 1))))
        assert planned(ctx, found).fingerprint != first
