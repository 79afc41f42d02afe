"""A change is taken back as far as its rows stand as it left them, whatever it was and however many rows it had."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.changes.record.bookshop import Book, Shelf, Tag, content, last, recording, rows
from webadmin import User
from webadmin.changes.record import describe
from webadmin.changes.statements import update_rows
from webadmin.changes.undo.doing import undo
from webadmin.changes.undo.plan import plan_undo
from webadmin.database.own_tables.changes import change
from webadmin.errors import Conflict, Forbidden, NotFound
from webadmin.options.context import Context


def by(engine: Engine, work: Callable[[Context], Any], **options: Any) -> UUID:
    """A change that somebody made in the list of books; its id."""
    with recording(engine, **options) as ctx:
        view = ctx.registry.for_model(Book)
        assert view is not None
        describe(ctx, "change", view, label="books")
        work(ctx)
    return last(engine)


def until_somebody_waits(engine: Engine) -> None:
    """Return when a statement waits for a lock."""
    waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(waiting):
            time.sleep(0.01)


def taken_back(engine: Engine, id: UUID, *, chosen: tuple[int, ...] = (), **options: Any) -> int:
    with recording(engine, **options) as ctx:
        return undo(ctx, plan_undo(ctx, id), chosen=chosen, reason="a mistake")


def retitle(ctx: Context) -> None:
    ctx.session.get_one(Book, 1).title = "uno"


def remove_shelf(ctx: Context) -> None:
    ctx.session.delete(ctx.session.get_one(Shelf, 1))


def remove_all(ctx: Context) -> None:
    for model in (Shelf, Tag):
        for row in ctx.session.scalars(sa.select(model)):
            if model is Shelf or row.id == 2:
                ctx.session.delete(row)


def make(ctx: Context) -> None:
    shelf = Shelf(id=5, name="new")
    ctx.session.add(shelf)
    ctx.session.flush()
    ctx.session.add(
        Book(id=8, title="eight", shelf_id=5, price=Decimal("0.10"), tags=[ctx.session.get_one(Tag, 1)])
    )


def relink(ctx: Context) -> None:
    ctx.session.get_one(Book, 1).tags = [ctx.session.get_one(Tag, 2)]


def raise_all(ctx: Context) -> None:
    update_rows(ctx, Book.__table__, {"price": sa.func.coalesce(Book.price, 0) + 1}, sa.true())  # type: ignore[arg-type]


def in_steps(ctx: Context) -> None:
    retitle(ctx)
    raise_all(ctx)
    ctx.session.expire_all()
    ctx.session.get_one(Book, 1).title += "!"
    remove_shelf(ctx)


def take_a_place(ctx: Context) -> None:
    """Of what nothing depends on: changed before one goes, and its key taken by another."""
    ctx.session.get_one(Tag, 1).name = "first"
    ctx.session.delete(ctx.session.get_one(Tag, 2))
    ctx.session.flush()
    ctx.session.add(Tag(id=2, name="another"))
    ctx.session.flush()
    ctx.session.get_one(Tag, 1).name = "second"


def come_and_go(ctx: Context) -> None:
    """Rows and links of which nothing is left alone for long."""
    session = ctx.session
    one, book = session.get_one(Tag, 1), session.get_one(Book, 1)
    book.tags = []
    session.delete(session.get_one(Tag, 2))
    session.flush()
    session.add(Tag(id=2, name="back"))
    book.tags = [one]
    session.flush()
    session.delete(session.get_one(Tag, 2))
    one.name = "other"
    session.flush()
    book.tags = []


@pytest.mark.parametrize(
    "work",
    [retitle, remove_shelf, remove_all, make, relink, raise_all, in_steps, take_a_place, come_and_go],
    ids=lambda work: work.__name__,
)
def test_there_and_back(books: Engine, work: Callable[[Context], None]) -> None:
    """Any change, taken back, leaves everything as it was; and taken back once more, as it had made it."""
    before = content(books)
    id = by(books, work)
    after = content(books)
    assert after != before
    assert taken_back(books, id) > 0
    assert content(books) == before
    assert taken_back(books, last(books)) > 0
    assert content(books) == after


def test_several_steps_are_planned_once(books: Engine) -> None:
    """A row that a change has touched again and again stands as the last time has left it."""
    id = by(books, in_steps)
    with recording(books) as ctx:
        assert set(plan_undo(ctx, id).counts) == {"ready"}


def test_another_type(books: Engine) -> None:
    """A column that cannot hold any more what was written down is said in words."""
    if books.dialect.name == "sqlite":
        pytest.skip("columns hold anything there")
    id = by(books, remove_shelf)
    with books.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE book ALTER COLUMN title TYPE integer USING 1")
    with pytest.raises(Conflict, match="another type"):
        taken_back(books, id)


def test_what_is_said(books: Engine) -> None:
    """Taking back is a change of its own that names the other one, with a reason."""
    id = by(books, retitle)
    taken_back(books, id)
    with books.connect() as connection:
        stmt = sa.select(
            change.c.kind, change.c.undoes, change.c.reason, change.c.label, change.c.person_name
        )
        assert connection.execute(stmt.where(change.c.id == last(books))).one() == (
            "undo",
            id,
            "a mistake",
            "books",
            "Ada",
        )


def test_moved_on(books: Engine) -> None:
    """A row that somebody has changed since is left as it is, unless it is chosen; other columns do not matter."""
    id = by(books, raise_all)
    with recording(books) as ctx:
        ctx.session.get_one(Book, 1).price = Decimal("99.00")
        ctx.session.get_one(Book, 2).title = "zwei"
    with recording(books) as ctx:
        plan = plan_undo(ctx, id)
        assert dict(plan.counts) == {"ready": 2, "moved": 1}
        [left] = plan.left
        assert left.state == "moved"
    assert taken_back(books, id, chosen=(left.id + 1000,)) == 2
    assert content(books)["book"][0][2] == Decimal("99.00")
    assert content(books)["book"][1][1:3] == ("zwei", None)
    assert taken_back(books, id, chosen=(left.id,)) == 1
    assert content(books)["book"][0][2] == Decimal("12.10")


def test_moved_on_at_the_same_moment(books: Engine) -> None:
    """A row that somebody is changing while the change is taken back stays as they make it, and the others go back."""
    if books.dialect.name == "sqlite":
        pytest.skip("writers wait for each other there")
    id = by(books, raise_all)
    with ThreadPoolExecutor(1) as other, books.connect() as theirs:
        theirs.execute(sa.update(Book).where(Book.id == 1).values(price=Decimal("99.00")))
        undoing = other.submit(taken_back, books, id)
        until_somebody_waits(books)
        theirs.commit()
        assert undoing.result(timeout=30) == 2
    assert [row[2] for row in content(books)["book"]] == [Decimal("99.00"), None, None]
    assert {row[1] for row in rows(books, last(books))} == {"2", "3"}


def test_standing(books: Engine) -> None:
    """Rows that are gone, there again, or used by others by now are said and left alone."""
    made, gone, removed = (
        by(books, make),
        by(books, retitle),
        by(books, lambda ctx: ctx.session.delete(ctx.session.get_one(Tag, 2))),
    )
    with recording(books) as ctx:
        ctx.session.add(Book(id=20, shelf_id=5))
        ctx.session.add(Tag(id=2, name="again"))
        ctx.session.execute(sa.delete(Book).where(Book.id == 1))
    with recording(books) as ctx:
        assert dict(plan_undo(ctx, made).counts) == {"ready": 2, "used": 1}
        assert dict(plan_undo(ctx, gone).counts) == {"gone": 1}
        assert dict(plan_undo(ctx, removed).counts) == {"there": 1}
    with pytest.raises(Conflict):
        taken_back(books, removed)
    assert ("20", "again") not in rows(books)


def test_rights(books: Engine) -> None:
    """Whoever may not change rows may not take changes of them back, in any direction; nor those of rows not theirs."""
    changed, made, removed = by(books, retitle), by(books, make), by(books, remove_shelf)
    for id, grants in (
        (changed, {"*.view"}),
        (made, {"*.view", "*.change"}),
        (removed, {"*.view", "*.change", "*.delete"}),
    ):
        with pytest.raises(Forbidden):
            taken_back(books, id, user=User("Bo", grants=grants))
    with pytest.raises(NotFound):
        taken_back(books, uuid4())

    def own(_view: Any, stmt: Any, _user: Any) -> Any:
        return stmt.where(Book.shelf_id == 2)

    only_second = {"Book": {"scope": own}}
    other = by(books, lambda ctx: setattr(ctx.session.get_one(Book, 3), "title", "drei"))
    third = by(books, raise_all)
    with recording(books, **only_second) as ctx:
        assert dict(plan_undo(ctx, third).counts) == {"ready": 2, "hidden": 1}
        assert plan_undo(ctx, other).ready == 1
    with pytest.raises(Forbidden):
        taken_back(books, removed, **only_second)
    assert [row[0] for row in content(books)["shelf"]] == [2, 5]


def test_hidden_rows(books: Engine) -> None:
    """Rows outside the person's scope stay as they are, chosen or not."""
    id = by(books, raise_all)
    scope = {"Book": {"scope": lambda _view, stmt, _user: stmt.where(Book.shelf_id == 2)}}
    with recording(books, **scope) as ctx:
        plan = plan_undo(ctx, id)
        assert dict(plan.counts) == {"ready": 2, "hidden": 1}
    assert taken_back(books, id, chosen=tuple(row.id for row in plan.left), **scope) == 2
    assert content(books)["book"][0][2] == Decimal("13.10")


def test_few_statements(books: Engine) -> None:
    """A change of five thousand rows is written down, planned and taken back by as many statements as one of three."""
    with recording(books) as ctx:
        ctx.session.connection().execute(sa.insert(Book), [{"id": n, "version": 1} for n in range(100, 5100)])
    sent: list[str] = []
    sa.event.listen(books, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    id = by(books, raise_all)
    assert len(sent) <= 12, sent
    sent.clear()
    assert taken_back(books, id) == 5003
    assert len(sent) <= 16, sent
