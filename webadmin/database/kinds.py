"""What a column holds, whatever the database calls its type."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine


class Kind(StrEnum):
    """What a column holds, whatever the database calls it."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMERIC = "numeric"
    FLOAT = "float"
    TEXT = "text"
    LONG_TEXT = "long_text"
    ENUM = "enum"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    INTERVAL = "interval"
    UUID = "uuid"
    JSON = "json"
    ARRAY = "array"
    BINARY = "binary"
    SEARCH_VECTOR = "search_vector"
    OTHER = "other"
    """A type that webadmin shows as text and does not edit."""


NUMBERS = frozenset({Kind.INTEGER, Kind.NUMERIC, Kind.FLOAT})
UNSORTABLE = frozenset({Kind.JSON, Kind.ARRAY, Kind.BINARY, Kind.SEARCH_VECTOR})
HEAVY = frozenset({Kind.BINARY, Kind.SEARCH_VECTOR})
"""Never loaded unless asked for."""

_LONG = 500

_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (sa.Enum, Kind.ENUM),
    (sa.Boolean, Kind.BOOLEAN),
    (sa.Integer, Kind.INTEGER),
    (sa.Float, Kind.FLOAT),
    (sa.Numeric, Kind.NUMERIC),
    (sa.DateTime, Kind.DATETIME),
    (sa.Date, Kind.DATE),
    (sa.Time, Kind.TIME),
    (sa.Uuid, Kind.UUID),
    (sa.ARRAY, Kind.ARRAY),
    (sa.JSON, Kind.JSON),
    (sa.LargeBinary, Kind.BINARY),
    (sa.types._Binary, Kind.BINARY),
    (sa.String, Kind.TEXT),
)


def kind_of(type_: TypeEngine[Any]) -> Kind:
    """The kind of a SQLAlchemy type; a TypeDecorator counts as what it wraps, a domain as its base."""
    if isinstance(type_, sa.Interval):
        return Kind.INTERVAL
    if isinstance(type_, sa.TypeDecorator):
        named = getattr(type_, "webadmin_kind", None)
        return Kind(named) if named else kind_of(type_.impl_instance)
    name = type(type_).__visit_name__
    if name == "DOMAIN":
        return kind_of(type_.data_type)  # type: ignore[attr-defined]
    if name in {"TSVECTOR", "BIT", "MONEY", "OID", "REGCLASS", "TSQUERY"}:
        return Kind.SEARCH_VECTOR if name == "TSVECTOR" else Kind.OTHER
    kind = next((kind for base, kind in _KINDS if isinstance(type_, base)), None)
    if kind is None:
        return Kind.INTERVAL if name == "INTERVAL" else Kind.OTHER
    if isinstance(type_, sa.Text) or (isinstance(type_, sa.String) and (type_.length or 0) > _LONG):
        return Kind.LONG_TEXT if kind is Kind.TEXT else kind
    return kind


def python_type(type_: TypeEngine[Any]) -> type | None:
    """What the ORM loads for this type, or None where the type does not say. One that wraps another and does not say
    itself counts as what it wraps."""
    try:
        found: type = type_.python_type
    except NotImplementedError:
        found = object
    if found is not object:
        return found
    if isinstance(type_, sa.TypeDecorator):
        return python_type(type_.impl_instance)
    inner = getattr(type_, "data_type", None)
    return python_type(inner) if isinstance(inner, TypeEngine) else None
