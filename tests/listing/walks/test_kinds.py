"""Walks through columns of every kind, with values that Python does not have."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.listing.conftest import context_of, params_of
from tests.listing.walks.events import ids_of, registry_of, walk, walk_back
from webadmin.explain.capture import capture
from webadmin.listing.ordering import order_for
from webadmin.options.model_view import ModelView


class Base(DeclarativeBase):
    pass


class State(enum.Enum):
    NEW = "new"
    OLD = "old"


class Sample(Base):
    __tablename__ = "samples"

    code: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    part: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    flag: Mapped[bool | None]
    state: Mapped[State | None]
    text: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 3))
    measure: Mapped[float | None]
    day: Mapped[dt.date | None]
    hour: Mapped[dt.time | None]
    at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    span: Mapped[dt.timedelta | None]


class Samples(ModelView, model=Sample):
    column_list = [Sample.part]
    column_sortable_list = [
        Sample.code, Sample.part, Sample.flag, Sample.state, Sample.text, Sample.amount, Sample.measure, Sample.day,
        Sample.hour, Sample.at, Sample.span,
    ]  # fmt: skip


NAMES = ("flag", "state", "text", "amount", "measure", "day", "hour", "at", "span", "part", "code")
SORTS = [
    *(f"{name}:{way}" for name in NAMES for way in ("asc", "desc")),
    "flag,state:desc,at", "state:desc,amount:desc,day", "part:desc,code", "text,part:desc,code", "day:desc,text,span:desc",
]  # fmt: skip


def _samples() -> list[dict[str, Any]]:
    found = []
    for n in range(60):
        some = {
            "code": UUID(int=n * 7919 % 61),
            "part": ("a", "A,b", "ä/'", "", "a b")[n % 5],
            "flag": (True, False, None)[n % 3],
            "state": (State.NEW, None, State.OLD, State.OLD)[n % 4],
            "text": (None, "", "x" * 300, "Ünï", "%_\\'\"", "a", "A")[n % 7],
            "amount": None if n % 6 == 0 else Decimal(n % 9) / 8,
            "measure": None if n % 5 == 0 else (n % 8) / 3,
            "day": None if n % 4 == 0 else dt.date(2026, 1, 1 + n % 9),
            "hour": None if n % 7 == 0 else dt.time(n % 12, 30, 5, n),
            "at": None if n % 8 == 0 else dt.datetime(2026, 1, 1 + n % 6, 12, tzinfo=dt.UTC),
            "span": None if n % 9 == 0 else dt.timedelta(days=n % 5, microseconds=n % 2),
        }
        found.append(some)
    return found


def _check(session: Session, view: type[ModelView], sort: str) -> None:
    context = context_of(session, registry_of(view))
    (found,) = context.registry.views.values()
    params = params_of(found, f"sort={sort}&per_page=7")
    order = order_for(found, params.order)
    key = [getattr(found.model, column.name) for column in found.info.key]
    rows = session.execute(sa.select(*key).order_by(*order.by())).all()
    expected = [found.id_of(_Row(found, row)) for row in rows]
    pieces = list(walk(context, params))
    assert ids_of(pieces) == expected, sort
    back = list(walk_back(context, params, pieces[-1]))
    assert ids_of([*reversed(back), pieces[-1]]) == expected, f"{sort} backwards"


class _Row:
    def __init__(self, view: Any, values: Any) -> None:
        for column, value in zip(view.info.key, values, strict=True):
            setattr(self, column.name, value)


@pytest.fixture
def samples(connection: Connection, session: Session) -> Session:
    Base.metadata.create_all(connection, [Sample.__table__])  # type: ignore[list-item]
    session.execute(sa.insert(Sample), _samples())
    return session


@pytest.mark.parametrize("sort", SORTS)
def test_every_kind(samples: Session, sort: str) -> None:
    """Each row comes once and in the database's own order, forwards and backwards, below a key of two columns."""
    _check(samples, Samples, sort)


class Odd(Base):
    """What PostgreSQL has and Python has not."""

    __tablename__ = "odd"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[Any] = mapped_column(sa.Date, nullable=True)
    at: Mapped[Any] = mapped_column(sa.DateTime(timezone=True), nullable=True)
    local: Mapped[Any] = mapped_column(sa.DateTime, nullable=True)
    hour: Mapped[Any] = mapped_column(sa.Time, nullable=True)
    span: Mapped[Any] = mapped_column(sa.Interval, nullable=True)
    amount: Mapped[Any] = mapped_column(sa.Numeric, nullable=True)
    measure: Mapped[Any] = mapped_column(sa.Double, nullable=True)
    place: Mapped[Any] = mapped_column(pg.INET, nullable=True)
    period: Mapped[Any] = mapped_column(pg.DATERANGE, nullable=True)
    bits: Mapped[Any] = mapped_column(pg.BIT(3), nullable=True)


ODD = {
    "day": ["infinity", "-infinity", "0044-03-15 BC", "2026-01-01", "9999-12-31", "20000-01-01", None],
    "at": ["infinity", "-infinity", "0044-03-15 12:00+00 BC", "2026-01-01 00:00:00.000001+01", "20000-01-01 00:00+00", None],
    "local": ["infinity", "-infinity", "0044-03-15 12:00 BC", "2026-01-01 00:00:00.000001", "20000-01-01 00:00", None],
    "hour": ["24:00", "00:00", "23:59:59.999999", "12:00", None],
    "span": ["1 year", "360 days", "361 days", "364 days 23:59", "1 mon", "30 days", "-1 mon", "200000 years", None],
    "amount": ["NaN", "Infinity", "-Infinity", "1e400", "0.1", "-0.1000", "12345678901234567890.123456789", None],
    "measure": ["NaN", "Infinity", "-Infinity", "0.1", "1e-300", "-0", "0", None],
    "place": ["10.0.0.1", "10.0.0.0/8", "::1", "192.168.0.1/24", None],
    "period": ["empty", "[2026-01-01,2026-02-01)", "(,2026-01-01)", "[2026-01-01,)", None],
    "bits": ["101", "000", "111", None],
}  # fmt: skip


class Odds(ModelView, model=Odd):
    column_list = [Odd.id]
    column_sortable_list = [getattr(Odd, name) for name in ODD]


@pytest.fixture
def odd(pg_engine: Engine) -> Session:
    Base.metadata.create_all(pg_engine, [Odd.__table__])  # type: ignore[list-item]
    session = Session(pg_engine)
    names = ", ".join(ODD)
    for n in range(50):
        values = [found[n % len(found)] for found in ODD.values()]
        literals = ", ".join("NULL" if value is None else f"'{value}'" for value in values)
        session.connection().exec_driver_sql(f"INSERT INTO odd (id, {names}) VALUES ({n}, {literals})")
    return session


def test_values_that_python_has_not(odd: Session) -> None:
    """Infinite dates and numbers, years before Christ, midnight at the day's end, months: nothing is lost on the way."""
    with odd:
        for name in ODD:
            for way in ("asc", "desc"):
                _check(odd, Odds, f"{name}:{way}")
        _check(odd, Odds, "at:desc,day:asc,amount:desc")


class Reading(Base):
    """Parted by time."""

    __tablename__ = "readings"
    __table_args__ = {"postgresql_partition_by": "RANGE (at)"}

    at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    worth: Mapped[int] = mapped_column(index=True)


class Readings(ModelView, model=Reading):
    column_list = [Reading.id]
    column_sortable_list = [Reading.at, Reading.worth]


@pytest.mark.parametrize("sort", ["at", "at:desc", "worth:desc", "worth,at:desc", "at:desc,worth"])
def test_partitions(pg_engine: Engine, sort: str) -> None:
    """A table in parts is walked as one, and parts that lie before the place are not looked at."""
    Base.metadata.create_all(pg_engine, [Reading.__table__])  # type: ignore[list-item]
    with pg_engine.begin() as connection:
        for month in range(1, 7):
            connection.exec_driver_sql(
                f"CREATE TABLE readings_{month} PARTITION OF readings"
                f" FOR VALUES FROM ('2026-{month:02}-01') TO ('2026-{month + 1:02}-01')"
            )
        connection.execute(
            sa.insert(Reading),
            [{"at": dt.datetime(2026, 1 + n % 6, 1 + n % 20), "id": n, "worth": n % 7} for n in range(120)],
        )
    with Session(pg_engine) as session:
        _check(session, Readings, sort)
        if sort != "at":
            return
        context = context_of(session, registry_of(Readings))
        params = params_of(context.registry.views["readings"], "sort=at&per_page=50")
        first = next(iter(walk(context, params)))
        with capture(session) as sent:
            list(walk(context, params.changed(after=first.after)))
        (plan,) = context.dialect.explain(
            session.connection(), sent[0].sql, sent[0].parameters, analyze=False
        )
        assert _parts(_below_limit(plan["Plan"])) == {f"readings_{month}" for month in range(3, 7)}


def _below_limit(node: dict[str, Any]) -> dict[str, Any]:
    if node["Node Type"] == "Limit":
        return node
    return next((found for child in node.get("Plans", ()) if (found := _below_limit(child))), {})


def _parts(node: dict[str, Any]) -> set[str]:
    own = {node["Relation Name"]} if "Relation Name" in node else set()
    return own.union(*(_parts(child) for child in node.get("Plans", ())))
