"""SQLite's columns take values of any type, whatever they are declared as: types that read what is there.

A value that does not fit comes back as it is stored, a string or a number: the row must show and stay editable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import Dialect as EngineDialect
from sqlalchemy.types import TypeEngine

from webadmin.dialects.catalog import Opaque

_DECLARED = re.compile(r"\s*([^(]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$")
_MAX_INTEGER = 2**63


class _Lenient(TypeEngine[Any]):
    """A mixin: what cannot be read as the type says comes back as it is stored."""

    def adapt(self, cls: Any, **kw: Any) -> Any:
        # The driver would put its own class of the type in place of this one.
        return super().adapt(type(self), **kw)

    def result_processor(self, dialect: EngineDialect, coltype: object) -> Any:
        process = self.reader(dialect, coltype)

        def lenient(value: Any) -> Any:
            try:
                return None if value is None else process(value)
            except (ValueError, TypeError, ArithmeticError):
                return value

        return lenient

    def reader(self, dialect: EngineDialect, coltype: object) -> Callable[[Any], Any]:
        """What turns a stored value that is not NULL into a Python one, or raises."""
        raise NotImplementedError


class LenientDateTime(_Lenient, sqlite.DATETIME):
    def reader(self, dialect: EngineDialect, coltype: object) -> Callable[[Any], Any]:
        return datetime.fromisoformat


class LenientDate(_Lenient, sqlite.DATE):
    def reader(self, dialect: EngineDialect, coltype: object) -> Callable[[Any], Any]:
        return lambda value: datetime.fromisoformat(value).date()


class LenientTime(_Lenient, sqlite.TIME):
    def reader(self, dialect: EngineDialect, coltype: object) -> Callable[[Any], Any]:
        return time.fromisoformat


class LenientJSON(_Lenient, sqlite.JSON):
    def reader(self, dialect: EngineDialect, coltype: object) -> Callable[[Any], Any]:
        return json.loads


class LenientNumeric(_Lenient, sa.Numeric[Any]):
    """Decimals, stored as SQLite stores numbers: whole ones exactly, others as floats."""

    def reader(self, dialect: EngineDialect, coltype: object) -> Callable[[Any], Any]:
        return _decimal

    def bind_processor(self, dialect: EngineDialect) -> Any:
        def process(value: Any) -> Any:
            if not isinstance(value, Decimal):
                return value
            whole = value.is_finite() and value == value.to_integral_value() and abs(value) < _MAX_INTEGER
            return int(value) if whole else float(value)

        return process


def _decimal(value: Any) -> Decimal:
    """A number as a decimal, with no more digits than it has."""
    if not isinstance(value, int | float):
        raise TypeError
    return Decimal(repr(value))


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
