"""Whatever a transaction changes is written down in it: rows of the unit of work, links, statements, what the database does."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import Engine

from tests.changes.record.bookshop import Base, Book, Shelf, Tag, last, links, recording, rows
from webadmin.changes.statements import delete_rows, insert_rows, update_rows
from webadmin.database.own_tables.changes import change
from webadmin.listing.scope import many, rewritten


def test_update(books: Engine) -> None:
    """Of a changed row what differs, with its key; the version that the mapper counts as well."""
    with recording(books) as ctx:
        ctx.session.get_one(Book, 1).title = "uno"
    assert rows(books) == [
        (
            "book",
            "1",
            "update",
            {"id": 1, "title": "one", "version": 1},
            {"id": 1, "title": "uno", "version": 2},
            "",
        )
    ]


def test_secrets_and_bytes(books: Engine) -> None:
    """Of secrets and of bytes is only said that they changed."""
    with recording(books) as ctx:
        book = ctx.session.get_one(Book, 1)
        book.password, book.cover = "other", b"other"
    [row] = rows(books)
    assert row[5] == "cover,password"
    assert row[4] == {"id": 1, "version": 2}


def test_insert_and_delete(books: Engine) -> None:
    """New rows whole, deleted ones too, with what the database takes along and cuts: links, and the book that followed."""
    with recording(books) as ctx:
        ctx.session.add(Book(id=9, title="nine", price=Decimal("1.50")))
    [(table, key, kind, before, after, redacted)] = rows(books)
    assert (table, key, kind, before, redacted) == ("book", "9", "insert", None, "cover,password")
    assert after is not None
    assert Decimal(after["price"]) == Decimal("1.5")
    with recording(books) as ctx:
        ctx.session.delete(ctx.session.get_one(Shelf, 1))
    assert [(row[0], row[1], row[2]) for row in rows(books)[1:]] == [
        ("book", "1", "delete"),
        ("book", "2", "update"),
        ("book_tag", rows(books)[3][1], "delete"),
        ("shelf", "1", "delete"),
    ]
    assert rows(books)[2][3:5] == ({"id": 2, "sequel_id": 1}, {"id": 2, "sequel_id": None})


def test_links(books: Engine) -> None:
    """Rows of a link table, by a collection and by statements."""
    with recording(books) as ctx:
        ctx.session.get_one(Book, 1).tags = [ctx.session.get_one(Tag, 2)]
    with recording(books) as ctx:
        insert_rows(ctx, links, [{"book_id": 3, "tag_id": 1}])
        delete_rows(ctx, links, links.c.book_id == 1)
    assert [(row[0], row[2], row[3], row[4]) for row in rows(books) if row[0] == "book_tag"] == [
        ("book_tag", "delete", {"book_id": 1, "tag_id": 1}, None),
        ("book_tag", "insert", None, {"book_id": 1, "tag_id": 2}),
        ("book_tag", "insert", None, {"book_id": 3, "tag_id": 1}),
        ("book_tag", "delete", {"book_id": 1, "tag_id": 2}, None),
    ]


def test_statements(books: Engine) -> None:
    """Set-based changes, ours and a host's, without the rows that stay as they are; parameters are understood."""
    with recording(books) as ctx:
        update_rows(ctx, Book.__table__, {"title": "three"}, Book.__table__.c.shelf_id == 2)  # type: ignore[arg-type]
        ctx.session.execute(
            sa.update(Shelf).where(Shelf.id == sa.bindparam("own")).values(name="c"), {"own": 2}
        )
        ctx.session.execute(sa.update(Shelf), [{"id": 1, "name": "d"}])
        ctx.session.execute(sa.delete(Tag).where(Tag.name == "y"))
    assert [(row[0], row[1], row[2], (row[4] or {}).get("name")) for row in rows(books)] == [
        ("book", "2", "update", None),
        ("book", "3", "update", None),
        ("shelf", "2", "update", "c"),
        ("shelf", "1", "update", "d"),
        ("tag", "2", "delete", None),
    ]


def test_nothing_and_rolled_back(books: Engine) -> None:
    """What was set and set back, and what a savepoint took back, is not written down; a change of nothing leaves nothing."""
    with recording(books) as ctx:
        shelf = ctx.session.get_one(Shelf, 1)
        shelf.name = "z"
        ctx.session.flush()
        shelf.name = "a"
        with ctx.session.begin_nested() as savepoint:
            ctx.session.add(Shelf(id=7))
            ctx.session.get_one(Shelf, 2).name = "z"
            ctx.session.flush()
            savepoint.rollback()
    assert rows(books) == []
    with books.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(change)) == 0


def test_steps(books: Engine) -> None:
    """A row that is changed by hand, by a statement and by hand again is in three steps, each from where the last ended."""
    with recording(books) as ctx:
        shelf = ctx.session.get_one(Shelf, 1)
        shelf.name = "1"
        ctx.session.execute(sa.update(Shelf).values(name=Shelf.name + "2"))
        ctx.session.refresh(shelf)
        shelf.name += "3"
    assert [(row[3] or {})["name"] + (row[4] or {})["name"] for row in rows(books) if row[1] == "1"] == [
        "a1",
        "112",
        "12123",
    ]


def test_rows_that_were_locked(books: Engine) -> None:
    """What a row was like when it was locked is believed for as long as it is true: not behind a statement, nor a savepoint."""
    with recording(books) as ctx:
        view = ctx.registry.for_model(Shelf)
        assert view is not None
        one, two = many(ctx, view, [(1,), (2,)], lock=True)
        ctx.session.execute(sa.update(Shelf).where(Shelf.id == 1).values(name="1"))
        ctx.session.refresh(one)
        one.name += "2"
        two.name = "3"
    assert [((row[3] or {})["name"], (row[4] or {})["name"]) for row in rows(books)] == [
        ("a", "1"),
        ("1", "12"),
        ("b", "3"),
    ]
    with recording(books) as ctx:
        with ctx.session.begin_nested() as savepoint:
            ctx.session.execute(sa.update(Shelf).where(Shelf.id == 2).values(name="not kept"))
            many(ctx, view, [(2,)], lock=True)
            savepoint.rollback()
        many(ctx, view, [(1,)], lock=True)[0].name = "12"
        ctx.session.get_one(Shelf, 2).name = "4"
    [(_table, _key, _kind, before, after, _redacted)] = rows(books, last(books))
    assert (before, after) == ({"id": 2, "name": "3"}, {"id": 2, "name": "4"})


def test_new_key(books: Engine) -> None:
    """A row that gets another key is one row still."""
    with recording(books) as ctx:
        ctx.session.get_one(Tag, 2).id = 5
    assert rows(books) == [("tag", "5", "update", {"id": 2}, {"id": 5}, "")]


def test_without_tables(cleared: Engine) -> None:
    """Where the tables are missing nothing is written down and nothing fails."""
    Base.metadata.create_all(cleared)
    with recording(cleared) as ctx:
        ctx.session.add(Shelf(id=1))


def test_unseen_by_scope(books: Engine) -> None:
    """That a transaction is written down is no sign that a host rewrites its statements."""
    with recording(books) as ctx:
        assert not rewritten(ctx)
        sa.event.listen(ctx.session, "do_orm_execute", lambda _state: None)
        assert rewritten(ctx)
