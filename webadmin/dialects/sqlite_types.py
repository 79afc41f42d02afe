"""SQLite's columns take values of any type, whatever they are declared as: types that read what is there.

A value that does not fit comes back as it is stored, a string or a number: the row must show and stay editable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import Dialect as EngineDialect
from sqlalchemy.types import TypeEngine

from webadmin.dialects.catalog import Opaque

_DECLARED = re.compile(r"\s*([^(]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$")
_MAX_INTEGER = 2**63


def _or_as_stored(process: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    if process is None:
        return None

    def lenient(value: Any) -> Any:
        try:
            return process(value)
        except (ValueError, TypeError, ArithmeticError):
            return value

    return lenient


class LenientDateTime(sqlite.DATETIME):
    def result_processor(self, dialect: EngineDialect, coltype: object) -> Any:
        return _or_as_stored(datetime_of)


class LenientDate(sqlite.DATE):
    def result_processor(self, dialect: EngineDialect, coltype: object) -> Any:
        return _or_as_stored(lambda value: None if value is None else datetime.fromisoformat(value).date())


class LenientTime(sqlite.TIME):
    def result_processor(self, dialect: EngineDialect, coltype: object) -> Any:
        return _or_as_stored(lambda value: None if value is None else time.fromisoformat(value))


class LenientJSON(sqlite.JSON):
    def result_processor(self, dialect: EngineDialect, coltype: object) -> Any:
        return _or_as_stored(super().result_processor(dialect, coltype))


class LenientNumeric(sa.Numeric[Any]):
    """Decimals, stored as SQLite stores numbers: whole ones exactly, others as floats."""

    def result_processor(self, dialect: EngineDialect, coltype: object) -> Any:
        return decimal_of

    def bind_processor(self, dialect: EngineDialect) -> Any:
        def process(value: Any) -> Any:
            if not isinstance(value, Decimal):
                return value
            whole = value.is_finite() and value == value.to_integral_value() and abs(value) < _MAX_INTEGER
            return int(value) if whole else float(value)

        return process


def datetime_of(value: Any) -> datetime | None:
    """A time out of ISO 8601 text; those with a zone too. Raises for anything else."""
    return None if value is None else datetime.fromisoformat(value)


def decimal_of(value: Any) -> Any:
    """A number as a decimal, with no more digits than it has; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return Decimal(repr(value))
    except InvalidOperation:
        return value


_EXACT: dict[str, Callable[[], TypeEngine[Any]]] = {
    "BOOL": sa.Boolean, "BOOLEAN": sa.Boolean, "BIT": sa.Boolean,
    "DATE": LenientDate, "DATETIME": LenientDateTime, "TIMESTAMP": LenientDateTime, "TIME": LenientTime,
    "JSON": LenientJSON, "JSONB": LenientJSON,
    "BIGINT": sa.BigInteger, "SMALLINT": sa.SmallInteger,
    "UUID": sa.Text, "STRING": sa.Text,
}  # fmt: skip


def declared_type(declared: str) -> TypeEngine[Any] | None:
    """The type that a column's declaration asks for; None when it asks for nothing that can be told."""
    found = _DECLARED.match(declared.upper())
    name, length, scale = found.groups() if found else (declared.upper(), None, None)
    if name in _EXACT:
        return _EXACT[name]()
    if "INT" in name and "POINT" not in name and "INTERVAL" not in name:
        return sa.Integer()
    if "CHAR" in name or "CLOB" in name or "TEXT" in name:
        return sa.String(int(length)) if length else sa.Text()
    if "BLOB" in name:
        return sa.LargeBinary()
    if "REAL" in name or "FLOA" in name or "DOUB" in name:
        return sa.Float()
    if name in {"NUMERIC", "DECIMAL", "DEC", "NUMBER", "MONEY"}:
        return LenientNumeric(int(length) if length else None, int(scale) if scale else None)
    return None


def fitting_type(declared: TypeEngine[Any] | None, values: Sequence[Any]) -> TypeEngine[Any]:
    """The type for a column: as declared when ``values`` (a sample, shortened texts) fit, else as they are."""
    there = [value for value in values if value is not None]
    if declared is not None and all(_fits(declared, value) for value in there):
        return declared
    kinds = {type(value) for value in there}
    if not kinds or kinds == {str}:
        return sa.Text()
    if kinds == {int}:
        return sa.BigInteger()
    if kinds <= {int, float}:
        return LenientNumeric() if isinstance(declared, sa.Numeric) else sa.Float()
    return sa.LargeBinary() if kinds == {bytes} else Opaque("mixed")


def _fits(declared: TypeEngine[Any], value: Any) -> bool:
    if isinstance(declared, sa.DateTime | sa.Date | sa.Time):
        parse = (datetime, date, time)[(isinstance(declared, sa.Date)) + 2 * isinstance(declared, sa.Time)]
        try:
            (datetime if parse is date else parse).fromisoformat(value)
        except (ValueError, TypeError):
            return False
        return True
    if isinstance(declared, sa.Boolean):
        return value in (0, 1) and not isinstance(value, str | bytes)
    if isinstance(declared, sa.Integer):
        return isinstance(value, int)
    if isinstance(declared, sa.Numeric | sa.Float):
        return isinstance(value, int | float)
    if isinstance(declared, sa.LargeBinary):
        return isinstance(value, bytes)
    return isinstance(declared, sa.JSON) or isinstance(value, str)
