"""Who changed a row last, column by column."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.changes.record.bookshop import Book, recording
from webadmin import User
from webadmin.changes.record.last import last_change


def test_last(books: Engine) -> None:
    """Each column by whoever set it last; secrets too; one that nobody has set is left out."""
    with recording(books, user=User("Bo")) as ctx:
        book = ctx.session.get_one(Book, 1)
        book.title, book.password = "a", "b"
    with recording(books, user=User("Cy")) as ctx:
        ctx.session.get_one(Book, 1).title = "c"
        ctx.session.get_one(Book, 2).price = 3
    with recording(books) as ctx:
        view = ctx.registry.for_model(Book)
        assert view is not None
        row = ctx.session.get_one(Book, 1)
        found = last_change(ctx, view, row, ["title", "password", "price", "shelf_id"])
        assert {name: last.person for name, last in found.items()} == {"title": "Cy", "password": "Bo"}
        assert found["title"].at > found["password"].at
