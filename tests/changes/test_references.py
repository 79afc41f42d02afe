"""Who acts on which foreign key."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from webadmin.changes.references import acts, database_edges, database_rule, edges, key_columns
from webadmin.demo import models


@pytest.mark.parametrize(
    ("ondelete", "nullable", "rule"),
    [
        (None, True, "restrict"),
        ("NO ACTION", True, "restrict"),
        ("restrict", True, "restrict"),
        ("cascade", False, "cascade"),
        ("SET NULL", True, "set null"),
        ("SET NULL", False, "restrict"),
        ("SET NULL (b)", True, "set null"),
        ("SET DEFAULT", False, "set default"),
    ],
)
def test_database_rule(ondelete: str | None, nullable: bool, rule: str) -> None:
    """What the foreign key says; setting null what cannot be null is a refusal."""
    metadata = sa.MetaData()
    sa.Table(
        "parent",
        metadata,
        sa.Column("a", sa.Integer, primary_key=True),
        sa.Column("b", sa.Integer, primary_key=True),
    )
    key = sa.ForeignKeyConstraint(["a", "b"], ["parent.a", "parent.b"], ondelete=ondelete)
    columns = (
        sa.Column("a", sa.Integer, nullable=nullable and "(" not in (ondelete or "")),
        sa.Column("b", sa.Integer, nullable=nullable),
    )
    sa.Table("child", metadata, *columns, key)
    assert database_rule(key) == rule


def rules(model: Any) -> dict[str, str]:
    return {f"{edge.child.name}.{edge.child_columns[0].name}": edge.rule for edge in edges(sa.inspect(model))}


def test_shop() -> None:
    """The shop's own rules, from foreign keys and relationships together."""
    assert rules(models.Customer) == {"orders.customer_id": "restrict", "reviews.customer_id": "set null"}
    assert rules(models.Order) == {"order_lines.order_id": "cascade"}
    assert rules(models.Tag) == {"product_tags.tag_id": "unlink"}
    assert rules(models.Category) == {"categories.parent_id": "restrict", "products.category_id": "set null"}
    assert rules(models.Product) == {
        "order_lines.product_id": "restrict", "product_tags.product_id": "unlink", "reviews.product_id": "cascade",
    }  # fmt: skip


def test_by_the_database_alone() -> None:
    """For rows that the database itself deletes only the foreign keys count."""

    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id = mapped_column(sa.Integer, primary_key=True)
        children = relationship("Child", cascade="all")

    class Child(Base):
        __tablename__ = "child"
        id = mapped_column(sa.Integer, primary_key=True)
        parent_id = mapped_column(sa.ForeignKey("parent.id"))

    mapper = sa.inspect(Parent)
    (edge,) = edges(mapper)
    assert (edge.rule, edge.mapper, edge.model) == ("cascade", sa.inspect(Child), Child)
    (edge,) = database_edges(Parent.__table__, Base.registry)
    assert (edge.rule, edge.mapper, edge.model) == ("restrict", None, Child)
    assert [(act.relation.key, act.by_mapper) for act in acts(mapper)] == [("children", True)]


def test_a_table_that_is_not_there() -> None:
    """A foreign key to a table that the program does not know leads nowhere."""

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id = mapped_column(sa.Integer, primary_key=True)

    sa.Table(
        "loose",
        Base.metadata,
        sa.Column("x", sa.ForeignKey("elsewhere.id")),
        sa.Column("y", sa.ForeignKey("thing.id")),
    )
    assert rules(Thing) == {"loose.y": "restrict"}


def test_key_columns() -> None:
    """A table without a primary key is told apart by what its mapper was given."""

    class Base(DeclarativeBase):
        pass

    class Report(Base):
        __table__ = sa.Table("report", Base.metadata, sa.Column("day", sa.Date), sa.Column("sum", sa.Integer))
        __mapper_args__ = {"primary_key": [__table__.c.day]}

    table: Any = Report.__table__
    assert key_columns(table) == ()
    assert key_columns(table, sa.inspect(Report)) == (table.c.day,)
