"""A table of random rows, and what Python makes of them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from webadmin.auth.user import User
from webadmin.dialects import for_engine
from webadmin.listing.groups.asked import Asked, read
from webadmin.mixins import UtcDateTime
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry


class Base(DeclarativeBase):
    pass


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Place(Base):
    __tablename__ = "places"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    secret: Mapped[bool] = mapped_column(default=False)

    def __str__(self) -> str:
        return self.name


class Reading(Base):
    __tablename__ = "readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[Decimal | None] = mapped_column(
        sa.Numeric(12, 2).with_variant(sa.Float(asdecimal=True, decimal_return_scale=2), "sqlite")
    )
    huge: Mapped[int | None] = mapped_column(sa.BigInteger)
    number: Mapped[int | None]
    heat: Mapped[float | None]
    colour: Mapped[Colour | None] = mapped_column(
        sa.Enum(Colour, values_callable=lambda members: [member.value for member in members])
    )
    good: Mapped[bool | None]
    note: Mapped[str | None]
    at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    local: Mapped[datetime | None] = mapped_column(sa.DateTime())
    day: Mapped[date | None]
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    place_id: Mapped[int | None] = mapped_column(sa.ForeignKey("places.id"))
    place: Mapped[Place | None] = relationship()


class ReadingView(ModelView, model=Reading):
    column_list = ["id", "amount", "huge", "number", "heat", "colour", "good", "note", "at", "place"]
    column_filters = [
        "colour",
        "good",
        "note",
        "number",
        "at",
        "local",
        "day",
        "place",
        "place.name",
        "amount",
    ]
    column_summary_list = ["amount", "huge", "number", "heat", "at", "day"]


class PlaceView(ModelView, model=Place):
    pass


NUMBERS = ("amount", "huge", "number", "heat")


def fill(session: Session, seed: int, size: int) -> list[Reading]:
    """Random rows; some values are missing. Gives those that live."""
    dice = random.Random(seed)
    session.add_all(Place(id=n, name=f"Place {n}", secret=n == 2) for n in (1, 2, 3))
    start = datetime(2025, 10, 1, tzinfo=UTC)

    def maybe(value: Any) -> Any:
        return None if dice.random() < 0.15 else value

    rows = []
    for number in range(1, size + 1):
        at = start + timedelta(minutes=dice.randrange(60 * 24 * 400))
        rows.append(
            Reading(
                id=number,
                amount=maybe(Decimal(dice.randrange(-50_000, 2_000_000)) / 100),
                huge=maybe(dice.randrange(2**60, 2**61)) if dice.random() < 0.5 else maybe(dice.randrange(9)),
                number=maybe(dice.randrange(-5, 6)),
                heat=maybe(dice.uniform(-30, 40)),
                colour=maybe(dice.choice(list(Colour))),
                good=maybe(dice.random() < 0.5),
                note=maybe(dice.choice(["a", "b", "", " padded", "Ünïcode & <b>", "a" * 30])),
                at=maybe(at),
                local=maybe(at.replace(tzinfo=None)),
                day=maybe(at.date()),
                place_id=maybe(dice.randrange(1, 4)),
                deleted_at=start if dice.random() < 0.1 else None,
            )
        )
    session.add_all(rows)
    session.flush()
    return [row for row in rows if row.deleted_at is None]


def measure(name: str, rows: Iterable[Any]) -> Any:
    """A measure of rows, exactly, by Python; None for no value."""
    function, _dot, column = name.partition(".")
    if function == "count":
        return len(list(rows))
    values = sorted(value for row in rows if (value := getattr(row, column)) is not None)
    if not values:
        return None
    if function in {"min", "max"}:
        return values[0] if function == "min" else values[-1]
    exact = [Fraction(value) for value in values]
    if function == "median":
        middle = len(exact) // 2
        return exact[middle] if len(exact) % 2 else (exact[middle - 1] + exact[middle]) / 2
    return sum(exact) if function == "sum" else sum(exact) / len(exact)


def same(found: Any, expected: Any, *, exact: bool) -> bool:
    """Whether a database's number is Python's; floats may differ in their last digits."""
    if found is None or expected is None or not isinstance(expected, int | float | Decimal | Fraction):
        return bool(found == expected)
    one, other = Fraction(found), Fraction(expected)
    # Averages that never end are cut somewhere.
    near = Fraction(1, 10**12) if exact else Fraction(1, 10**9)
    return abs(one - other) <= near * max(1, abs(other))


def start(value: Any, unit: str, zone: str) -> str | None:
    """When the span began in which a value lies, on the calendar of a zone."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if value.tzinfo:
        value = value.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if unit == "hour":
        return value.strftime("%Y-%m-%d %H:00:00")
    if unit == "week":
        value -= timedelta(days=value.weekday())
    month = {"year": 1, "quarter": (value.month - 1) // 3 * 3 + 1}.get(unit, value.month)
    day = value.day if unit in {"day", "week"} else 1
    return datetime(value.year, month, day).strftime("%Y-%m-%d %H:%M:%S")


def context_of(session: Session, *views: type[ModelView]) -> Context:
    registry = Registry()
    for view in views or (ReadingView, PlaceView):
        registry.add(view)
    bind: Any = session.get_bind()
    return Context(session, for_engine(bind.engine), User("someone"), registry)


def pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def asked_for(context: Context, query: str) -> Asked:
    """What the query string asks of the readings."""
    found = read(context.registry.views["readings"], pairs(query), spans=True)
    assert found is not None
    return found
