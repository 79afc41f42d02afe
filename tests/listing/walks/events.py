"""A table of events, large enough that a plan without an index shows, and how to stand in the middle of its list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.listing.conftest import context_of, params_of
from webadmin.listing import cursor
from webadmin.listing.fragment import Fragment
from webadmin.listing.ordering import order_for
from webadmin.listing.params import ListParams
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry

ROWS = 100_000


class Base(DeclarativeBase):
    pass


class Event(Base):
    """Few kinds, so that thousands share one; a time in one of ten rows missing; names that repeat."""

    __tablename__ = "events"
    __table_args__ = (
        sa.Index("ix_events_kind", "kind", "id"),
        sa.Index("ix_events_kind_at", "kind", "at", "id"),
        sa.Index("ix_events_at", "at", "id"),
        sa.Index("ix_events_name_kind", "name", "kind", "id"),
        sa.Index("ix_events_weight_kind", "weight", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    kind: Mapped[int]
    at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime)
    name: Mapped[str]
    weight: Mapped[int | None]


class Events(ModelView, model=Event):
    column_list = [Event.id, Event.kind]
    column_sortable_list = [Event.id, Event.kind, Event.at, Event.name, Event.weight]


def registry_of(*views: type[ModelView]) -> Registry:
    registry = Registry()
    for view in views:
        registry.add(view)
    return registry


def fill(engine: Engine, rows: int = ROWS) -> None:
    """The same rows in every database."""
    Base.metadata.create_all(engine)
    start = dt.datetime(2026, 1, 1)
    with engine.begin() as connection:
        for first in range(1, rows + 1, 10_000):
            some = range(first, min(first + 10_000, rows + 1))
            connection.execute(
                sa.insert(Event),
                [
                    {
                        "id": n,
                        "kind": n % 5,
                        "at": None if n % 10 == 0 else start + dt.timedelta(minutes=n * 7919 % rows),
                        "name": f"name {n * 31 % 997:03}",
                        "weight": None if n % 4 == 0 else n % 3,
                    }
                    for n in some
                ],
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def middle(context: Context, params: ListParams, offset: int) -> str:
    """The cursor of the row that so many others come before."""
    order = order_for(params.view, params.order)
    carried = [context.dialect.carried(key.expression) for key in order.keys]
    stmt = sa.select(*carried).order_by(*order.by()).limit(1).offset(offset)
    place = tuple(context.session.execute(stmt).one())
    return cursor.encode(context.secret, params, place)


def events_of(session: Session, query: str) -> tuple[Context, ListParams]:
    context = context_of(session, registry_of(Events))
    return context, params_of(context.registry.views["events"], query)


def walk(context: Context, params: ListParams) -> Iterator[Fragment]:
    """Piece after piece to the end."""
    while True:
        piece = Fragment.load(context, params.view, params)
        yield piece
        if piece.after is None:
            return
        params = params.changed(after=piece.after)


def walk_back(context: Context, params: ListParams, last: Fragment) -> Iterator[Fragment]:
    """From a piece to the beginning."""
    while last.before is not None:
        last = Fragment.load(context, params.view, params.changed(before=last.before))
        yield last


def ids_of(pieces: Any) -> list[str]:
    return [row.id for piece in pieces for row in piece.rows]
