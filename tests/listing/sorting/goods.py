"""A table of goods with indexes for some of its sorts, and what the admin sends to read its lists."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, func
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from tests.listing.conftest import context_of, params_of
from webadmin.listing.params import ListParams
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry

ROWS = 20_000


class Base(DeclarativeBase):
    pass


class State(enum.Enum):
    NEW = "new"
    OLD = "old"


class Maker(Base):
    __tablename__ = "makers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)


class Good(Base):
    """A row in twenty deleted, one in ten without a nick; names in both cases."""

    __tablename__ = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    nick: Mapped[str | None]
    price: Mapped[int]
    cost: Mapped[int | None]
    state: Mapped[State] = mapped_column(sa.Enum(State, native_enum=False, create_constraint=False))
    made_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime | None]
    note: Mapped[str]
    maker_id: Mapped[int] = mapped_column(sa.ForeignKey("makers.id"), index=True)
    deleted_at: Mapped[dt.datetime | None]
    maker: Mapped[Maker] = relationship()


_LIVE: dict[str, Any] = {name: Good.deleted_at.is_(None) for name in ("postgresql_where", "sqlite_where")}
INDEXES = (
    sa.Index("ix_goods_lower_name", func.lower(Good.name), Good.id, **_LIVE),
    sa.Index("ix_goods_margin", (Good.price - Good.cost), Good.id),
    sa.Index("ix_goods_any_name", func.coalesce(Good.nick, "none"), Good.id),
    sa.Index("ix_goods_seen_at", Good.seen_at, Good.id, **_LIVE),
    sa.Index("ix_goods_made_at", Good.made_at),
    sa.Index("ix_goods_state", Good.state),
    sa.Index("ix_goods_price_made_at", Good.price, Good.made_at.desc(), Good.id.desc()),
)

LOWER = func.lower(Good.name)
MARGIN = (Good.price - Good.cost).label("margin")
ANY_NAME = func.coalesce(Good.nick, "none")


class Goods(ModelView, model=Good):
    column_list = [Good.name, Good.nick, Good.price, Good.state, "maker", Good.made_at]
    column_labels = {"margin": "Margin"}
    column_sortable_list = [
        Good.id, LOWER, MARGIN, ANY_NAME, func.length(Good.note), Good.price, Good.cost, Good.seen_at, Good.made_at,
        Good.state, "maker.name", "maker", func.lower(Maker.name),
    ]  # fmt: skip
    column_filters = [Good.state, Good.price]


def registry_of(*views: type[ModelView]) -> Registry:
    registry = Registry()
    for view in views or (Goods,):
        registry.add(view)
    return registry


def good(n: int) -> dict[str, Any]:
    """The values of a row."""
    start = dt.datetime(2026, 1, 1)
    word = f"thing {n * 7919 % 1009:04}"
    return {
        "id": n,
        "name": word.upper() if n % 3 == 0 else word.title() if n % 3 == 1 else word,
        "nick": None if n % 10 == 0 else f"nick {n * 31 % 997:03}",
        "price": n * 13 % 5003,
        "cost": None if n % 7 == 0 else n * 17 % 4001,
        "state": State.NEW if n % 2 else State.OLD,
        "made_at": start + dt.timedelta(minutes=n * 7919 % ROWS),
        "seen_at": None if n % 4 == 0 else start + dt.timedelta(minutes=n * 7907 % ROWS),
        "note": "x" * (n % 50),
        "maker_id": n % 20 + 1,
        "deleted_at": start if n % 20 == 0 else None,
    }


def fill(engine: Engine, rows: int = ROWS) -> None:
    """The same rows in every database, with statistics."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            sa.insert(Maker), [{"id": n, "name": f"Maker {n * 7 % 20:02}"} for n in range(1, 21)]
        )
        for first in range(1, rows + 1, 10_000):
            some = range(first, min(first + 10_000, rows + 1))
            connection.execute(sa.insert(Good), [good(n) for n in some])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def goods_of(session: Session, query: str, *views: type[ModelView]) -> tuple[Context, ListParams]:
    """A context for somebody who may do everything, and the parameters of a list of goods."""
    context = context_of(session, registry_of(*views))
    return context, params_of(context.registry.views["goods"], query)


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's steps."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes_of(below)
