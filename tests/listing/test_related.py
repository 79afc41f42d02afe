"""Numbers of related rows: beside each row where an index finds them, else by a statement for all rows."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, relationship

from tests.listing.conftest import context_of, params_of, registry_of, statements
from webadmin.auth.user import User
from webadmin.demo.models import Order, OrderLine
from webadmin.listing.listing import Listing
from webadmin.listing.related import number_beside
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView


@pytest.mark.parametrize(
    ("key", "relation", "beside"),
    [("orders", "lines", True), ("categories", "children", True), ("products", "tags", False)],
)
def test_where_numbers_come_from(context: Context, key: str, relation: str, beside: bool) -> None:
    """An index that begins with the foreign key is asked beside each row; a link table by a statement of its own."""
    view = context.registry.views[key]
    assert (number_beside(context, view, view.info.relations[relation]) is not None) is beside
    params = params_of(view, f"columns={next(iter(view.info.columns))},{relation}")
    with statements(context.session) as sent:
        Listing.load(context, view, params)
    assert sum("relation" in sql for sql in sent) == (0 if beside else 1)


def test_restricted_rows_are_counted_apart(shop_session: Any) -> None:
    """Only the lines that the person may see count; such a number is never kept for somebody else."""

    class Lines(ModelView, model=OrderLine):
        def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
            return stmt.where(OrderLine.position == 1)

    class Orders(ModelView, model=Order):
        column_list = ["number", "lines"]

    context = context_of(shop_session, registry_of(Lines, Orders))
    view = context.registry.views["orders"]
    assert number_beside(context, view, view.info.relations["lines"]) is None
    rows = Listing.load(context, view, params_of(view, "")).rows
    assert max(row.to_many["lines"] for row in rows) == 1


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id = sa.orm.mapped_column(sa.Integer, primary_key=True)
    some = relationship("Partial", foreign_keys="Partial.parent_id")
    none = relationship("Bare", foreign_keys="Bare.parent_id")


class Partial(Base):
    __tablename__ = "partial"
    id = sa.orm.mapped_column(sa.Integer, primary_key=True)
    parent_id = sa.orm.mapped_column(sa.ForeignKey("parent.id"))
    __table_args__ = (sa.Index("ix_partial", "parent_id", postgresql_where=sa.text("id > 5")),)


class Bare(Base):
    __tablename__ = "bare"
    id = sa.orm.mapped_column(sa.Integer, primary_key=True)
    parent_id = sa.orm.mapped_column(sa.ForeignKey("parent.id"))


@pytest.mark.parametrize("relation", ["some", "none"])
def test_no_index_of_all_rows(context: Context, relation: str) -> None:
    """Without an index, or with one of some rows only, the table is read once and not for each row."""
    registry = type(context.registry)()
    for model in (Parent, Partial, Bare):
        registry.add(type(f"{model.__name__}View", (ModelView,), {"model": model}))
    view = registry.views["parent"]
    there = Context(context.session, context.dialect, context.user, registry)
    assert number_beside(there, view, view.info.relations[relation]) is None
