"""Shelves, books and tags to change, and what is written down of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from tests.forms.posting import context, registry
from webadmin.auth.user import User
from webadmin.changes.record import record, written_down
from webadmin.database.own_tables.changes import TABLES, change, change_row
from webadmin.database.own_tables.migrate import upgrade
from webadmin.database.own_tables.there import There
from webadmin.options.context import Context


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelf"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    books = relationship("Book", passive_deletes=True)


class Book(Base):
    __tablename__ = "book"
    id = mapped_column(sa.Integer, primary_key=True)
    title = mapped_column(sa.String(20))
    price = mapped_column(sa.Numeric(10, 2))
    password = mapped_column(sa.String(20))
    cover = mapped_column(sa.LargeBinary)
    shelf_id = mapped_column(sa.ForeignKey("shelf.id", ondelete="CASCADE"))
    sequel_id = mapped_column(sa.ForeignKey("book.id", ondelete="SET NULL"))
    version = mapped_column(sa.Integer, nullable=False)
    tags = relationship("Tag", secondary="book_tag")
    __mapper_args__ = {"version_id_col": version}


class Tag(Base):
    __tablename__ = "tag"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))


links = sa.Table(
    "book_tag",
    Base.metadata,
    sa.Column("book_id", sa.ForeignKey("book.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
)

Row = tuple[str, str, str, dict[str, Any] | None, dict[str, Any] | None, str]


def fill(cleared: Engine) -> None:
    """Two shelves with three books, of which the second follows the first."""
    Base.metadata.create_all(cleared)
    upgrade(cleared)
    with context(cleared, registry(Book, Shelf, Tag)) as ctx:
        ctx.session.add_all(
            [Shelf(id=1, name="a"), Shelf(id=2, name="b"), Tag(id=1, name="x"), Tag(id=2, name="y")]
        )
        ctx.session.flush()
        ctx.session.add_all(
            [
                Book(id=1, title="one", price=Decimal("12.10"), password="p", cover=b"c", shelf_id=1),
                Book(id=3, title="three", shelf_id=2),
            ]
        )
        ctx.session.flush()
        ctx.session.add(Book(id=2, title="two", shelf_id=2, sequel_id=1))
        ctx.session.flush()
        ctx.session.execute(sa.insert(links), [{"book_id": 1, "tag_id": 1}])
        ctx.session.commit()


@contextmanager
def recording(engine: Engine, *, user: User | None = None, **options: Any) -> Iterator[Context]:
    """A transaction that is written down and committed; ``options`` are those of the views, by the model's name."""
    with context(engine, registry(Book, Shelf, Tag, **options), user=user) as ctx:
        record(ctx, There(TABLES))
        yield ctx
        written_down(ctx)
        ctx.session.commit()


def rows(engine: Engine, of: UUID | None = None) -> list[Row]:
    """What is written down, in all changes or in one, in order; records as dicts, numbers as they are written."""
    stmt = sa.select(
        change_row.c.table_name,
        change_row.c.row_key,
        change_row.c.kind,
        sa.cast(change_row.c.before, sa.Text),
        sa.cast(change_row.c.after, sa.Text),
        change_row.c.redacted,
    ).order_by(change_row.c.change_id, change_row.c.step, change_row.c.table_name, change_row.c.row_key)
    counting = sa.select(change.c.row_count)
    if of is not None:
        stmt, counting = stmt.where(change_row.c.change_id == of), counting.where(change.c.id == of)
    with engine.connect() as connection:
        found = connection.execute(stmt).all()
        counts = connection.execute(counting).scalars().all()
    assert sum(counts) == len(found)
    return [
        (t, k, kind, _read(before), _read(after), redacted) for t, k, kind, before, after, redacted in found
    ]


def last(engine: Engine) -> UUID:
    """The id of the last change."""
    with engine.connect() as connection:
        return connection.execute(sa.select(change.c.id).order_by(change.c.id.desc()).limit(1)).scalar_one()


def content(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the bookshop, without the versions that count changes and what is not kept."""
    left_out = {"version", "password", "cover"}
    with engine.connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    sa.select(*(c for c in table.columns if c.name not in left_out)).order_by(
                        *table.primary_key
                    )
                )
            ]
            for table in Base.metadata.sorted_tables
        }


def _read(text: str | None) -> dict[str, Any] | None:
    return None if text is None else json.loads(text, parse_float=str)
