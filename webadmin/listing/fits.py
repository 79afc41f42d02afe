"""Whether a value can stand in a column, asked before the database would refuse it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from webadmin.database.inspection import ColumnInfo, Kind
from webadmin.dialects import Dialect

_UTC = dt.UTC


def fits(dialect: Dialect, column: ColumnInfo, value: Any) -> bool:
    """Whether comparing ``column`` with ``value`` is something that the database can do."""
    if value is None:
        return False
    if isinstance(value, str):
        return sendable(value) and (column.kind is not Kind.UUID or _is_uuid(value))
    if column.kind is Kind.INTEGER and isinstance(value, int):
        return fits_integer(dialect, column, value)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return in_utc(value)
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value.adjusted()) < 300
    return True


def fits_integer(dialect: Dialect, column: ColumnInfo, value: int) -> bool:
    """Whether a whole number is within the range of an integer column."""
    bits = 8 * dialect.integer_bytes(column.column.type) - 1
    return -(1 << bits) <= value < (1 << bits)


def sendable(text: str) -> bool:
    """Whether ``text`` can be sent to a database: no NUL, nothing that is not a character."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return True


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def in_utc(value: dt.datetime) -> bool:
    """Whether a time with a zone still lies in the years 1 to 9999 when it is written in UTC."""
    try:
        value.astimezone(_UTC)
    except (OverflowError, ValueError):
        return False
    return True
