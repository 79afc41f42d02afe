"""Along foreign keys of every shape."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from tests.changes.families import shop
from tests.changes.judge import carried_out, filled, get, lines, planned
from tests.forms.posting import view_of
from webadmin.changes.apply import delete
from webadmin.errors import Conflict


def test_joined_inheritance(cleared: Engine) -> None:
    """A row of a subclass goes in all its tables, and what points at either of them counts."""
    base = shop()
    person, manager, report, badge, company, tag = base.models
    rows = [
        company(id=1), person(id=1, company_id=1), manager(id=2, company_id=1), manager(id=3), badge(id=1, person_id=1),
        badge(id=2, person_id=2), tag(id=1), report(id=1, manager_id=2), report(id=2, manager_id=2),
    ]  # fmt: skip
    with filled(cleared, base, *rows) as ctx:
        tagged = ctx.session.get_one(report, 1)
        tagged.tags = get(ctx, tag, 1)
        ctx.session.commit()
    deep = {"set null": {"badge": 1}, "cascade": {"report": 2}, "unlink": {"tagged": 1}}
    with filled(cleared, base) as ctx:
        assert carried_out(ctx, get(ctx, manager, 2)) == deep
    with filled(cleared, base) as ctx:  # the same row, seen as a person
        assert carried_out(ctx, get(ctx, person, 2)) == deep
    with filled(cleared, base) as ctx:
        assert carried_out(ctx, get(ctx, person, 1)) == {"set null": {"badge": 1}}
    with filled(cleared, base) as ctx:
        assert carried_out(ctx, get(ctx, company, 1)) == {
            "cascade": {"person": 2, "report": 2},
            "set null": {"badge": 2},
            "unlink": {"tagged": 1},
        }
    with filled(cleared, base) as ctx:
        assert carried_out(ctx, get(ctx, tag, 1)) == {"unlink": {"tagged": 1}}


def test_links_to_oneself(cleared: Engine) -> None:
    """Links of a table with itself go, from whichever side they are deleted; those that no mapper knows block."""

    def base(*, backref: str | None) -> tuple[Any, Any]:
        class Base(DeclarativeBase):
            pass

        links = sa.Table(
            "friends",
            Base.metadata,
            sa.Column("one_id", sa.ForeignKey("person.id"), primary_key=True),
            sa.Column("other_id", sa.ForeignKey("person.id"), primary_key=True),
        )

        class Person(Base):
            __tablename__ = "person"
            id = mapped_column(sa.Integer, primary_key=True)
            friends = relationship(
                "Person", links, backref=backref, primaryjoin=id == links.c.one_id, secondaryjoin=id == links.c.other_id
            )  # fmt: skip

        return Base, Person

    both, person = base(backref="friend_of")
    with filled(cleared, both, first := person(id=1), person(id=2, friends=[first])) as ctx:
        assert carried_out(ctx, get(ctx, person, 1)) == {"unlink": {"friends": 1}}
    with filled(cleared, both) as ctx:
        assert carried_out(ctx, get(ctx, person, 1, 2)) == {"unlink": {"friends": 1}}
    one_sided, person = base(backref=None)
    with filled(cleared, one_sided) as ctx:
        assert lines(planned(ctx, get(ctx, person, 1))) == {"restrict": {"friends": 1}}
        assert carried_out(ctx, get(ctx, person, 2)) == {"unlink": {"friends": 1}}


def test_the_far_end_goes_too(cleared: Engine) -> None:
    """A relationship to one row, or to many through links, that is told to delete does; the plan says so."""

    class Base(DeclarativeBase):
        pass

    links = sa.Table(
        "links",
        Base.metadata,
        sa.Column("box_id", sa.ForeignKey("box.id"), primary_key=True),
        sa.Column("label_id", sa.ForeignKey("label.id"), primary_key=True),
    )

    class Lid(Base):
        __tablename__ = "lid"
        id = mapped_column(sa.Integer, primary_key=True)

    class Label(Base):
        __tablename__ = "label"
        id = mapped_column(sa.Integer, primary_key=True)

    class Box(Base):
        __tablename__ = "box"
        id = mapped_column(sa.Integer, primary_key=True)
        lid_id = mapped_column(sa.ForeignKey("lid.id"))
        lid = relationship(Lid, cascade="all, delete-orphan", single_parent=True)
        labels = relationship(Label, links, cascade="all, delete")

    one, two, rest = Label(id=1), Label(id=2), Label(id=3)
    boxes = [Box(id=1, lid=Lid(id=1), labels=[one, two]), Box(id=2, lid=Lid(id=2), labels=[rest])]
    with filled(cleared, Base, *boxes) as ctx:
        said = carried_out(ctx, get(ctx, Box, 1))
        assert said == {"cascade": {"lid": 1, "label": 2}, "unlink": {"links": 2}}


def test_composite_keys(cleared: Engine) -> None:
    """A foreign key of two columns that leads to no primary key is followed like any other; half of one leads nowhere."""

    class Base(DeclarativeBase):
        pass

    class Place(Base):
        __tablename__ = "place"
        id = mapped_column(sa.Integer, primary_key=True)
        country = mapped_column(sa.String(2))
        code = mapped_column(sa.String(9))
        __table_args__ = (sa.UniqueConstraint("country", "code"),)

    class Visit(Base):
        __tablename__ = "visit"
        year = mapped_column(sa.Integer, primary_key=True)
        number = mapped_column(sa.Integer, primary_key=True)
        country = mapped_column(sa.String(2))
        code = mapped_column(sa.String(9))
        __table_args__ = (sa.ForeignKeyConstraint(["country", "code"], ["place.country", "place.code"]),)

    class Photo(Base):
        __tablename__ = "photo"
        id = mapped_column(sa.Integer, primary_key=True)
        year = mapped_column(sa.Integer)
        number = mapped_column(sa.Integer)
        __table_args__ = (
            sa.ForeignKeyConstraint(["year", "number"], ["visit.year", "visit.number"], ondelete="CASCADE"),
        )

    Place.visits = relationship(Visit, cascade="all")  # type: ignore[attr-defined]
    rows = [
        Place(id=1, country="DE", code="B"), Place(id=2, country="DE", code="C"), Visit(year=1, number=1, country="DE", code="B"),
        Visit(year=1, number=2, country="DE"), Visit(year=2, number=1, country="DE", code="C"),
        Photo(id=1, year=1, number=1), Photo(id=2, year=1), Photo(id=3, year=1, number=2),
    ]  # fmt: skip
    with filled(cleared, Base, *rows) as ctx:
        assert carried_out(ctx, get(ctx, Place, 1)) == {"cascade": {"visit": 1, "photo": 1}}


def test_no_constraint(cleared: Engine) -> None:
    """A relationship that no foreign key of the database stands behind is in the plan too."""

    class Base(DeclarativeBase):
        pass

    class Shelf(Base):
        __tablename__ = "shelf"
        id = mapped_column(sa.Integer, primary_key=True)
        books = relationship("Book", primaryjoin="Shelf.id == foreign(Book.shelf_id)")
        notes = relationship("Note", primaryjoin="Shelf.id == foreign(Note.shelf_id)", cascade="all")

    class Book(Base):
        __tablename__ = "book"
        id = mapped_column(sa.Integer, primary_key=True)
        shelf_id = mapped_column(sa.Integer)

    class Note(Base):
        __tablename__ = "note"
        id = mapped_column(sa.Integer, primary_key=True)
        shelf_id = mapped_column(sa.Integer)

    rows = [Shelf(id=1), Book(id=1, shelf_id=1), Note(id=1, shelf_id=1), Note(id=2)]
    with filled(cleared, Base, *rows) as ctx:
        assert carried_out(ctx, get(ctx, Shelf, 1)) == {"set null": {"book": 1}, "cascade": {"note": 1}}


def test_below_the_database(cleared: Engine) -> None:
    """What hangs on rows that the database itself deletes is not deleted by any mapper: it blocks."""

    class Base(DeclarativeBase):
        pass

    class Top(Base):
        __tablename__ = "top"
        id = mapped_column(sa.Integer, primary_key=True)

    class Middle(Base):
        __tablename__ = "middle"
        id = mapped_column(sa.Integer, primary_key=True)
        top_id = mapped_column(sa.ForeignKey("top.id", ondelete="CASCADE"))

    class Low(Base):
        __tablename__ = "low"
        id = mapped_column(sa.Integer, primary_key=True)
        middle_id = mapped_column(sa.ForeignKey("middle.id"))

    Top.middles = relationship(Middle, passive_deletes=True)  # type: ignore[attr-defined]
    Middle.lows = relationship(Low, cascade="all")  # type: ignore[attr-defined]
    with filled(cleared, Base, Top(id=1), Middle(id=1, top_id=1), Low(id=1, middle_id=1)) as ctx:
        found = get(ctx, Top, 1)
        assert lines(planned(ctx, found)) == {"cascade": {"middle": 1}, "restrict": {"low": 1}}
        with pytest.raises(Conflict):
            delete(ctx, view_of(ctx, Top), found)
        assert carried_out(ctx, get(ctx, Middle, 1)) == {"cascade": {"low": 1}}


def test_two_ways(cleared: Engine) -> None:
    """Rows that are reached on two ways count once; those that go do not also lose their link, and do not block."""

    class Base(DeclarativeBase):
        pass

    class Top(Base):
        __tablename__ = "top"
        id = mapped_column(sa.Integer, primary_key=True)

    class Side(Base):
        __tablename__ = "side"
        id = mapped_column(sa.Integer, primary_key=True)
        top_id = mapped_column(sa.ForeignKey("top.id", ondelete="CASCADE"))

    class Low(Base):
        __tablename__ = "low"
        id = mapped_column(sa.Integer, primary_key=True)
        top_id = mapped_column(sa.ForeignKey("top.id", ondelete="CASCADE"))
        side_id = mapped_column(sa.ForeignKey("side.id", ondelete="CASCADE"))
        seen_id = mapped_column(sa.ForeignKey("side.id", ondelete="SET NULL"))
        last_id = mapped_column(sa.ForeignKey("side.id"))

    rows = [
        Top(id=1),
        Side(id=1, top_id=1),
        Low(id=1, top_id=1, side_id=1, seen_id=1, last_id=1),
        Low(id=2, seen_id=1),
    ]
    with filled(cleared, Base, *rows) as ctx:
        found = get(ctx, Top, 1)
        plan = planned(ctx, found)
        assert plan.total == 3
        assert carried_out(ctx, found) == {"cascade": {"side": 1, "low": 1}, "set null": {"low": 1}}
