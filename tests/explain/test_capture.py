from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

from webadmin.explain.capture import capture


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    written_books: Mapped[list[Book]] = relationship()


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("author.id"))


@pytest.fixture
def library(engine: Engine) -> Iterator[Session]:
    """A session on three authors with a book each."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Author(id=n, name=f"a{n}", written_books=[Book(id=n)]) for n in range(3))
        session.commit()
        yield session


def test_statements_with_values_times_and_labels(library: Session) -> None:
    """What is sent is listed in order, with its values, its time and the label that it carries."""
    labelled = sa.select(Author).where(Author.name == "a1").execution_options(webadmin_label="Page of rows")
    with capture(library) as captured:
        library.execute(labelled).all()
        library.execute(sa.text("SELECT 1")).all()
    first, second = captured
    assert (first.label, second.label) == ("Page of rows", "Statement 2")
    assert "FROM author" in first.sql
    assert list(first.parameters.values() if isinstance(first.parameters, dict) else first.parameters) == [
        "a1"
    ]
    assert first.seconds > 0
    assert not first.failed
    assert (first.rows, second.rows) == (1, 1)


def test_to_many_loads_are_labelled_by_relation(library: Session) -> None:
    """A to-many load, which shares the options of its statement, is named after its relation."""
    statement = sa.select(Author).options(selectinload(Author.written_books))
    with capture(library) as captured:
        library.scalars(statement, execution_options={"webadmin_label": "Page of rows"}).all()
    assert [one.label for one in captured] == ["Page of rows", "Written books of these rows"]


def test_only_this_connection(library: Session, engine: Engine) -> None:
    """What other connections of the same engine send is not mixed in, and nothing is heard afterwards."""
    with capture(library) as captured, engine.connect() as other:
        other.execute(sa.text("SELECT 2"))
        library.execute(sa.text("SELECT 1"))
    library.execute(sa.text("SELECT 3"))
    assert [one.sql for one in captured] == ["SELECT 1"]


def test_a_statement_that_was_changed_on_its_way(library: Session) -> None:
    """A listener that changes a statement after us is heeded: what is listed is what was sent."""

    def change(
        _c: object, _cursor: object, sql: str, parameters: object, *_rest: object
    ) -> tuple[str, object]:
        return sql.replace("1", "2"), parameters

    with capture(library) as captured:
        event.listen(library.connection(), "before_cursor_execute", change, retval=True)
        assert library.execute(sa.text("SELECT 1")).scalar() == 2
    assert [one.sql for one in captured] == ["SELECT 2"]


def test_bookkeeping_is_left_out(library: Session) -> None:
    """Savepoints are no statements of the page."""
    with capture(library) as captured, library.begin_nested():
        library.execute(sa.text("SELECT 1"))
    assert [one.sql for one in captured] == ["SELECT 1"]
    assert captured[0].label == "Statement 1"


def test_a_failed_statement_stays(library: Session) -> None:
    """A statement that fails is listed as failed, with the time until then."""
    with pytest.raises(sa.exc.DBAPIError), capture(library) as captured:  # noqa: PT012
        library.execute(sa.text("SELECT 1"))
        library.execute(sa.text("SELECT nothing FROM nowhere"))
    assert [one.failed for one in captured] == [False, True]
    assert captured[1].seconds > 0
