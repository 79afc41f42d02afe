"""Statements sent again and again, and what has them sent; on SQLite, since neither asks the database anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

from webadmin import ModelView
from webadmin.explain.capture import Captured, capture
from webadmin.explain.origin import functions_of
from webadmin.explain.repeats import fold, repeated
from webadmin.options.causes import caused_by
from webadmin.options.registry import Registry


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(deferred=True)
    books: Mapped[list[Book]] = relationship(back_populates="author")

    def __str__(self) -> str:
        return f"{self.name}: {len(self.books)}"


class Book(Base):
    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books")


def stock(row: Author, name: str) -> str:
    session = sa.inspect(row).session
    assert session is not None
    return str(session.scalar(sa.select(sa.func.count()).where(Book.author_id == row.id)))


class AuthorView(ModelView, model=Author):
    column_formatters = {Author.id: stock}


@pytest.fixture
def library() -> Iterator[Session]:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Author(id=n, name=f"a{n}", books=[Book(id=n)]) for n in range(1, 5))
        session.commit()
        session.expunge_all()
        yield session
    engine.dispose()


def seen(session: Session) -> list[Captured]:
    """What is sent for a list whose host's code asks for each row."""
    registry = Registry()
    registry.add(AuthorView)
    known = functions_of(registry.views.values())
    with capture(session, lambda: known) as captured:
        for author in session.scalars(sa.select(Author)).all():
            str(author)
            stock(author, "id")
    return captured


def test_row_by_row(library: Session) -> None:
    """Each text stands there once, with how often and where it was sent; what loads by itself is called by its relation, with
    the option or the method of the model that touches it."""
    captured = seen(library)
    folded = fold(captured)
    assert [(one.count, one.order) for one in folded] == [
        (1, "1"),
        (4, "2 … 11"),
        (4, "3 … 12"),
        (4, "4 … 13"),
    ]
    assert sum(one.seconds for one in folded) == pytest.approx(sum(one.seconds for one in captured))
    first, columns, books, counts = folded
    assert repeated(first) is None
    assert [one.each[0].relation for one in folded] == ["", "columns of Author", "Author.books", ""]
    assert [one.each[0].origin.option for one in folded[1:]] == [
        "Author.__str__",
        "Author.__str__",
        'AuthorView.column_formatters["id"]',
    ]
    for one in (columns, books, counts):
        assert one.for_each_row
        told = repeated(one)
        assert told is not None
        assert (told[0], told[3]) == ("n_plus_one", "warn")
    _kind, title, text, _tone = repeated(books) or ("",) * 4
    assert title == "N+1: Author.books is read row by row, in 4 statements."
    assert text.startswith("Load it together with the rows")
    assert "test_repeats.Author.__str__, line " in text
    assert "N+1: one statement for each row, 4 in all." in (repeated(counts) or ("",) * 4)


def test_loaded_with_the_rows(library: Session) -> None:
    """A relation that is loaded for all rows at once is no N+1, and what follows the advice has none."""
    with capture(library) as captured:
        options = (selectinload(Author.books), sa.orm.undefer(Author.name))
        assert [str(author) for author in library.scalars(sa.select(Author).options(*options))]
    assert [(one.count, one.each[0].relation, repeated(one)) for one in fold(captured)] == [(1, "", None)] * 2


def test_the_same_question(library: Session) -> None:
    """A host's code that asks the same again is told so; statements that nobody of the host's sends are counted alone."""
    with capture(library) as captured:
        for _time in range(3):
            library.connection().execute(sa.text("SELECT 1"))
    (one,) = fold(captured)
    assert (one.count, one.order) == (3, "1, 2, 3")
    assert repeated(one) == (
        "repeated",
        "Sent 3 times with the same values.",
        f"The answer is the same each time: ask once, and keep it while the page is made. It is sent by {captured[0].origin.code}.",
        "info",
    )
    ours = Captured("SELECT 1", ())
    assert repeated(fold([ours, ours])[0]) is None


def test_marks(library: Session) -> None:
    """A statement is there for all options that functions on the way to it are marked with, under the nearest label."""

    @caused_by("column_filters", label=lambda: "Names")
    def inner() -> None:
        library.connection().execute(sa.text("SELECT 2"))

    @caused_by("column_list", "column_filters", label=lambda: "All")
    def outer() -> None:
        inner()

    with capture(library) as captured:
        outer()
    assert captured[0].label == "Names"
    assert captured[0].origin.cause.options == ("column_filters", "column_list")
