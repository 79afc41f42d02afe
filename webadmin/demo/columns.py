"""The base class of the demo's shop, and column types that mean the same on PostgreSQL and on SQLite."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

FIRST_ORDER_NUMBER = 1_000_001


class Base(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def money(digits: int = 12) -> sa.types.TypeEngine[Decimal]:
    """An amount with two decimals; SQLite, which has no decimals, keeps the nearest float."""
    plain = sa.Float(asdecimal=True, decimal_return_scale=2)
    return sa.Numeric(digits, 2).with_variant(plain, "sqlite")


def json_object() -> sa.types.TypeEngine[Any]:
    """A JSON value; JSONB in PostgreSQL."""
    return sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def texts() -> sa.types.TypeEngine[Any]:
    """A list of texts: an array, or a JSON list in SQLite."""
    return ARRAY(sa.Text()).with_variant(sa.JSON(none_as_null=True), "sqlite")


class OrderStatus(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    PACKED = "packed"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    WEB = "web"
    APP = "app"
    PHONE = "phone"
    SALES_REP = "sales_rep"


def _values(members: type[StrEnum]) -> list[str]:
    return [member.value for member in members]


def statuses() -> sa.Enum:
    """An enum type of the database's own, where it has such."""
    return sa.Enum(OrderStatus, name="order_status", values_callable=_values, metadata=Base.metadata)


def channels() -> sa.Enum:
    """A text with a check, on every database."""
    return sa.Enum(
        Channel, name="channel", values_callable=_values, native_enum=False, create_constraint=True
    )


order_numbers = sa.Sequence("order_number", start=FIRST_ORDER_NUMBER, metadata=Base.metadata)


class next_order_number(FunctionElement[str]):  # noqa: N801 - reads as a function in statements
    """The number of the next order, ``A-1020001``, as a default of the column."""

    type = sa.String()
    inherit_cache = True


@compiles(next_order_number)
def _from_sequence(element: next_order_number, compiler: SQLCompiler, **kw: Any) -> str:
    return f"'A-' || nextval('{order_numbers.name}')"


@compiles(next_order_number, "sqlite")
def _from_last_key(element: next_order_number, compiler: SQLCompiler, **kw: Any) -> str:
    # No sequences there; one writer at a time, so nobody else takes the same number.
    return f"(SELECT 'A-' || ({FIRST_ORDER_NUMBER} + coalesce(max(id), 0)) FROM orders)"  # noqa: S608
