"""Tables that are tied to each other in every way."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, backref, mapped_column, relationship


def family(
    ondelete: str | None = None, *, nullable: bool = True, relation: dict[str, Any] | None = None
) -> tuple[Any, Any, Any]:
    """A base with a parent and a child; ``relation`` are the arguments of ``Parent.children``, None for none."""

    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id = mapped_column(sa.Integer, primary_key=True)

    class Child(Base):
        __tablename__ = "child"
        id = mapped_column(sa.Integer, primary_key=True)
        parent_id = mapped_column(sa.ForeignKey("parent.id", ondelete=ondelete), nullable=nullable)

    if relation is not None:
        Parent.children = relationship(Child, **relation)  # type: ignore[attr-defined]
    return Base, Parent, Child


ALL: dict[str, Any] = {"cascade": "all, delete-orphan"}
LEFT: dict[str, Any] = {"passive_deletes": True}


def tree(ondelete: str | None, relation: dict[str, Any] | None) -> tuple[Any, Any]:
    class Base(DeclarativeBase):
        pass

    class Node(Base):
        __tablename__ = "node"
        id = mapped_column(sa.Integer, primary_key=True)
        parent_id = mapped_column(sa.ForeignKey("node.id", ondelete=ondelete))
        if relation is not None:
            children = relationship("Node", backref=backref("parent", remote_side=[id]), **relation)

    return Base, Node


def shop() -> Any:
    """One of each: joined inheritance, links both ways, composite keys, a key without a constraint."""

    class Base(DeclarativeBase):
        pass

    class Person(Base):
        __tablename__ = "person"
        id = mapped_column(sa.Integer, primary_key=True)
        kind = mapped_column(sa.String(10))
        company_id = mapped_column(sa.ForeignKey("company.id"))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

    class Manager(Person):
        __tablename__ = "manager"
        id = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
        reports = relationship("Report", cascade="all, delete-orphan")
        __mapper_args__ = {"polymorphic_identity": "manager"}

    class Report(Base):
        __tablename__ = "report"
        id = mapped_column(sa.Integer, primary_key=True)
        manager_id = mapped_column(sa.ForeignKey("manager.id"), nullable=False)

    class Badge(Base):
        __tablename__ = "badge"
        id = mapped_column(sa.Integer, primary_key=True)
        person_id = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))

    class Company(Base):
        __tablename__ = "company"
        id = mapped_column(sa.Integer, primary_key=True)
        people = relationship(Person, cascade="all, delete-orphan")

    tagged = sa.Table(
        "tagged",
        Base.metadata,
        sa.Column("report_id", sa.ForeignKey("report.id"), primary_key=True),
        sa.Column("tag_id", sa.ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True),
    )

    class Tag(Base):
        __tablename__ = "tag"
        id = mapped_column(sa.Integer, primary_key=True)

    Report.tags = relationship(Tag, secondary=tagged, backref="reports")
    Base.models = (Person, Manager, Report, Badge, Company, Tag)
    return Base
