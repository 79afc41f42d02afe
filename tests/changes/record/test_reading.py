"""Reading the history: whose changes, which rows, and values in the types of the columns."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tests.changes.record.bookshop import Book, Shelf, Tag, last, recording
from tests.forms.posting import context, registry
from webadmin import User
from webadmin.changes.record import describe, record, written_down
from webadmin.changes.record.entries import Asked
from webadmin.changes.record.reading import History
from webadmin.database.own_tables.changes import TABLES, change, change_row
from webadmin.database.own_tables.migrate import upgrade
from webadmin.database.own_tables.there import There
from webadmin.errors import NotFound
from webadmin.options.context import Context

NOW = dt.datetime(2026, 11, 21, 12, 30, 15, 250000, tzinfo=dt.UTC)


class Base(DeclarativeBase):
    pass


class Odd(Base):
    """A key of three kinds, with what a key may hold, and values that JSON has no types for."""

    __tablename__ = "odd"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    amount: Mapped[Decimal | None] = mapped_column(sa.Numeric(20, 4))
    at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    meta: Mapped[dict[str, object] | None] = mapped_column(sa.JSON)


class Being(Base):
    __tablename__ = "being"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "being"}


class Cat(Being):
    __tablename__ = "cat"
    id: Mapped[int] = mapped_column(sa.ForeignKey("being.id"), primary_key=True)
    lives: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "cat"}


def changed(ctx: Context, model: type, kind: str = "change", label: str = "it") -> None:
    view = ctx.registry.for_model(model)
    assert view is not None
    describe(ctx, kind, view, label=label)  # type: ignore[arg-type]


def test_values_come_back_as_they_were(cleared: Engine) -> None:
    """In the types of their columns, whatever the key is made of; and by that key the row's timeline is found."""
    Base.metadata.create_all(cleared)
    upgrade(cleared)
    key = (uuid4(), 'a/b, ~"[1, 2]" %_é', dt.date(2026, 1, 2))
    now = NOW if cleared.dialect.name == "postgresql" else NOW.replace(tzinfo=None)
    values = {"amount": Decimal("12345678.9100"), "at": now, "meta": {"a": [1, None, "ü"]}}
    other = (key[0], key[1] + "x", key[2])
    for content, kind in ((values, "create"), (values | {"amount": None}, "change")):
        with context(cleared, registry(Odd)) as ctx:
            record(ctx, There(TABLES))
            for place in (key, other):
                ctx.session.merge(Odd(id=place[0], name=place[1], day=place[2], **content))
            changed(ctx, Odd, kind)
            written_down(ctx)
            ctx.session.commit()
    with context(cleared, registry(Odd)) as ctx:
        view = ctx.registry.for_model(Odd)
        assert view is not None
        (second, first), more = History(ctx).timeline(view, key, there=True)
        assert more is None
        (made,), (set_,) = first.rows, second.rows
        assert made.kind == "insert"
        assert made.key == key
        assert {name: made.after[name] for name in values} == values
        assert set_.names == ("amount",)
        assert (set_.before["amount"], set_.after["amount"]) == (values["amount"], None)


def test_a_column_of_another_type_by_now(books: Engine) -> None:
    """What was written down is told as it stands where the database cannot read it as the column is today."""
    with recording(books) as ctx:
        ctx.session.get_one(Book, 1).price = Decimal("13.10")
        changed(ctx, Book)
    text = '{"id": 1, "price": "cheap"}'
    with books.begin() as connection:
        connection.execute(sa.update(change_row).values(before=text))
    with recording(books) as ctx:
        reading = History(ctx)
        (row,), _following = reading.rows(reading.change(last(books)))
        assert row.before["price"] == "cheap"


def test_rows_of_several_tables(cleared: Engine) -> None:
    """A row that stands in two tables has one timeline, and its change has a row for each of them."""
    Base.metadata.create_all(cleared)
    upgrade(cleared)
    with context(cleared, registry(Cat, Being)) as ctx:
        record(ctx, There(TABLES))
        ctx.session.add(Cat(id=1, name="Tom", lives=9))
        changed(ctx, Cat, "create")
        written_down(ctx)
        ctx.session.commit()
    with context(cleared, registry(Cat, Being)) as ctx:
        for model, names in ((Cat, {"name", "lives"}), (Being, {"name"})):
            view = ctx.registry.for_model(model)
            assert view is not None
            (moment,), _more = History(ctx).timeline(view, (1,), there=True)
            assert names <= {name for row in moment.rows for name in row.after}


def test_pages_and_questions(books: Engine) -> None:
    """Changes are read on from where a page ended, and found by who, what and when."""
    for number, name in enumerate(["Ana", "Bo", "Ana"]):
        with recording(books, user=User(name)) as ctx:
            ctx.session.get_one(Book, 1).title = f"title {number}"
            changed(ctx, Book, "change", f"Book 100% {number}")
    with recording(books, user=User("Ana")) as ctx:
        ctx.session.add(Tag(id=7, name="z"))
        changed(ctx, Tag, "create", "z")
    with recording(books) as ctx:
        reading = History(ctx)
        first, before = reading.changes(Asked(), limit=3)
        rest, end = reading.changes(Asked(), before=before, limit=3)
        assert [entry.label for entry in [*first, *rest]] == [
            "z",
            "Book 100% 2",
            "Book 100% 1",
            "Book 100% 0",
        ]
        assert end is None
        for asked, count in (
            (Asked(who="ana"), 3), (Asked(list_key="tag"), 1), (Asked(list_key="nothing"), 0), (Asked(kind="create"), 1),
            (Asked(text="100%"), 3), (Asked(text="100_"), 0), (Asked(since=NOW + dt.timedelta(days=9000)), 0), (Asked(until=NOW - dt.timedelta(days=9000)), 0),
        ):  # fmt: skip
            assert len(reading.changes(asked)[0]) == count, asked
        with pytest.raises(NotFound):
            reading.change(uuid4())


def test_lists_that_are_not_there_any_more(books: Engine) -> None:
    """A change of a list or a table that the admin has no more is nobody's to see, and stands in nobody's way."""
    with recording(books) as ctx:
        ctx.session.get_one(Shelf, 1).name = "new"
        changed(ctx, Shelf)
    with books.begin() as connection:
        connection.execute(sa.update(change_row).values(table_name="gone"))
    with recording(books) as ctx:
        reading = History(ctx)
        (entry,), _more = reading.changes(Asked())
        assert reading.rows(entry) == ([], None)
        assert reading.counts(entry) == {}
    with books.begin() as connection:
        connection.execute(sa.update(change).values(list_key="gone"))
    with recording(books) as ctx:
        assert History(ctx).changes(Asked()) == ([], None)
        with pytest.raises(NotFound):
            History(ctx).change(last(books))
