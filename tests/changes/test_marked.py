"""Children that are marked as deleted with their parents, and come back with them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from tests.changes.judge import get
from tests.forms.posting import context, registry, statements, view_of
from webadmin import User
from webadmin.changes.apply import delete, restore
from webadmin.changes.deletion import NOT_ALLOWED, plan_deletion
from webadmin.changes.standing import InTheWay
from webadmin.errors import Forbidden, OptionsError
from webadmin.mixins import SoftDeleteMixin, unique_live
from webadmin.options.context import Context


class Base(DeclarativeBase):
    pass


class Author(SoftDeleteMixin, Base):
    __tablename__ = "author"
    id = mapped_column(sa.Integer, primary_key=True)
    books = relationship("Book", back_populates="author")


class Book(SoftDeleteMixin, Base):
    __tablename__ = "book"
    id = mapped_column(sa.Integer, primary_key=True)
    author_id = mapped_column(sa.ForeignKey("author.id"))
    title = mapped_column(sa.String(20))
    revision = mapped_column(sa.Integer, nullable=False)
    author = relationship(Author, back_populates="books")
    pages = relationship("Sheet")
    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (unique_live("uq_book_title", "title"),)


class Sheet(SoftDeleteMixin, Base):
    __tablename__ = "sheet"
    book_id = mapped_column(sa.ForeignKey("book.id"), primary_key=True)
    number = mapped_column(sa.Integer, primary_key=True)


class Plain(Base):
    __tablename__ = "plain"
    id = mapped_column(sa.Integer, primary_key=True)
    author_id = mapped_column(sa.ForeignKey("author.id"))
    author = relationship(Author, backref="plain")


CASCADES: dict[str, Any] = {
    "Author": {"soft_delete_cascade": [Author.books]},
    "Book": {"soft_delete_cascade": ["pages"]},
}
VIEWS = registry(Author, Book, Sheet, **CASCADES)


@pytest.fixture
def shelf(cleared: Engine) -> Engine:
    """Two authors with two books of two pages each."""
    Base.metadata.create_all(cleared)
    with cleared.begin() as connection:
        connection.execute(sa.insert(Author), [{"id": n} for n in (1, 2)])
        books = [{"id": n, "author_id": 1 + n // 3, "title": f"b{n}", "revision": 1} for n in (1, 2, 3, 4)]
        connection.execute(sa.insert(Book), books)
        connection.execute(
            sa.insert(Sheet), [{"book_id": n, "number": m} for n in (1, 2, 3, 4) for m in (1, 2)]
        )
    return cleared


def live(ctx: Context) -> tuple[list[Any], list[Any], int]:
    """Authors, books and how many pages are not deleted."""
    ctx.session.expire_all()
    authors = ctx.session.scalars(sa.select(Author.id).where(Author.deleted_at.is_(None)).order_by(Author.id))
    books = ctx.session.scalars(sa.select(Book.id).where(Book.deleted_at.is_(None)).order_by(Book.id))
    sheets = ctx.session.scalar(
        sa.select(sa.func.count()).select_from(Sheet).where(Sheet.deleted_at.is_(None))
    )
    return list(authors), list(books), sheets or 0


def test_they_go_and_come_back_together(shelf: Engine) -> None:
    """The plan counts the children that will be marked, and theirs; restored with the parent are those alone that went with it."""
    with context(shelf, VIEWS) as ctx:
        authors, books = view_of(ctx, Author), view_of(ctx, Book)
        delete(ctx, books, get(ctx, Book, 1))
        assert live(ctx) == ([1, 2], [2, 3, 4], 6)
        plan = plan_deletion(ctx, authors, get(ctx, Author, 1))
        assert [(item.label, item.rule, item.count, item.depth) for item in plan.marked] == [
            ("Books (author)", "soft", 1, 0),
            ("Sheets (book id)", "soft", 2, 1),
        ]
        assert plan.total == 4
        delete(ctx, authors, get(ctx, Author, 1))
        assert live(ctx) == ([2], [3, 4], 4)
        assert ctx.session.get_one(Book, 2).revision == 2  # whoever edits it is told
        ctx.session.commit()
        restore(ctx, authors, get(ctx, Author, 1))
        assert live(ctx) == ([1, 2], [2, 3, 4], 6)
        restore(ctx, books, get(ctx, Book, 1))
        assert live(ctx) == ([1, 2], [1, 2, 3, 4], 8)


def test_a_child_that_was_restored_meanwhile(shelf: Engine) -> None:
    """A child that came back by itself, and went again, does not come back with its parent."""
    with context(shelf, VIEWS) as ctx:
        authors, books = view_of(ctx, Author), view_of(ctx, Book)
        delete(ctx, authors, get(ctx, Author, 1))
        restore(ctx, books, get(ctx, Book, 1))
        delete(ctx, books, get(ctx, Book, 1))
        restore(ctx, authors, get(ctx, Author, 1))
        assert live(ctx) == ([1, 2], [2, 3, 4], 6)


def test_thousands(shelf: Engine) -> None:
    """A thousand chosen rows with two thousand children are a few statements."""
    with context(shelf, VIEWS) as ctx:
        ctx.session.execute(sa.insert(Author), [{"id": n} for n in range(10, 1010)])
        books = [
            {"id": n, "author_id": 10 + n // 2 - 50, "title": f"t{n}", "revision": 1}
            for n in range(100, 2100)
        ]
        ctx.session.execute(sa.insert(Book), books)
        ctx.session.commit()
        rows = list(ctx.session.scalars(sa.select(Author).where(Author.id >= 10)))
        with statements(ctx.session, "SELECT", "UPDATE") as sent:
            delete(ctx, view_of(ctx, Author), rows)
        assert live(ctx) == ([1, 2], [1, 2, 3, 4], 8)
        assert len(sent) < 30
        rows = list(ctx.session.scalars(sa.select(Author).where(Author.id >= 10)))
        with statements(ctx.session, "SELECT", "UPDATE") as sent:
            restore(ctx, view_of(ctx, Author), rows)
        assert len(live(ctx)[1]) == 2004
        assert len(sent) < 30


def test_a_child_in_the_way(shelf: Engine) -> None:
    """A child whose unique value somebody else has by now holds its parent back, and is named."""
    with context(shelf, VIEWS) as ctx:
        authors = view_of(ctx, Author)
        delete(ctx, authors, get(ctx, Author, 1))
        ctx.session.add(Book(id=9, title="b2"))
        ctx.session.commit()
        with pytest.raises(InTheWay, match="Title “b2” is now used by b2") as refused:
            restore(ctx, authors, get(ctx, Author, 1))
        assert (refused.value.view.model, refused.value.row.id, refused.value.names) == (Book, 2, ("title",))
        assert live(ctx) == ([2], [3, 4, 9], 4)


def test_rows_that_are_not_yours(shelf: Engine) -> None:
    """Children that a person may not delete, or restore, hold the parent back."""
    views = registry(Author, Book, Sheet, **CASCADES)
    person = User("Ada", grants=("author.*", "book.view", "sheet.*"))
    with context(shelf, views, user=person) as ctx:
        plan = plan_deletion(ctx, view_of(ctx, Author), get(ctx, Author, 1))
        assert [(item.label, item.rule) for item in plan.blocked] == [("Books (author)", NOT_ALLOWED)]
    with context(shelf, views) as ctx:
        delete(ctx, view_of(ctx, Author), get(ctx, Author, 1))
        ctx.session.commit()
    with context(shelf, views, user=person) as ctx, pytest.raises(Forbidden, match="not yours to restore"):
        restore(ctx, view_of(ctx, Author), get(ctx, Author, 1))


def test_relations_that_cannot_be_named() -> None:
    """The option names relations to soft children; what is wrong is said when the program starts."""
    wrong: dict[str, Any] = {
        "Author": {"soft_delete_cascade": ["plain"]},
        "Book": {"soft_delete_cascade": ["author", "nothing"]},
        "Plain": {"soft_delete_cascade": "author"},
    }
    with pytest.raises(OptionsError) as refused:
        registry(Author, Book, Sheet, Plain, **wrong).build()
    said = [f"{fault.view} {fault.value} {fault.remedy}" for fault in refused.value.faults]
    assert "AuthorView 'plain' Plain has no timestamp that marks a deleted row" in said
    assert "BookView 'author' name a relation to rows that point at this one" in said
    assert any(line.startswith("BookView 'nothing'") for line in said)
    assert "PlainView 'author' write a list" in said
