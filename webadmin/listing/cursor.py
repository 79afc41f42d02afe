"""A place in a list as text for an address: the values of the order's keys in one row."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
import math
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from webadmin.database.inspection import Kind, kind_of, python_type
from webadmin.dialects import Dialect
from webadmin.errors import BadRequest
from webadmin.listing.fits import in_utc, sendable
from webadmin.listing.ordering import Order, OrderKey
from webadmin.listing.parsing import Sort
from webadmin.options.view import View
from webadmin.text import gettext as _

Place = tuple[Any, ...]


def encode(view: View, sort: Sort, place: Place) -> str:
    """``place`` as text that only this list in this order takes back."""
    texts = [None if value is None else _text(value) for value in place]
    packed = json.dumps([_digest(view, sort), *texts], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def decode(view: View, sort: Sort, order: Order, text: str, dialect: Dialect) -> Place:
    """The place that ``text`` stands for. Raises BadRequest for one that is broken or of another list or order."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = json.loads(packed)
    except (ValueError, binascii.Error, RecursionError):
        raise _broken() from None
    if not isinstance(found, list) or len(found) != len(order.keys) + 1 or found[0] != _digest(view, sort):
        raise _broken()
    try:
        return tuple(_value(key, part, dialect) for key, part in zip(order.keys, found[1:], strict=True))
    except (ValueError, TypeError, OverflowError, InvalidOperation, KeyError):
        raise _broken() from None


def _broken() -> BadRequest:
    return BadRequest(
        _("The place in the list that the address names does not exist in it. Start at its beginning.")
    )


def _digest(view: View, sort: Sort) -> str:
    order = json.dumps([view.key, [[name, descending] for name, descending in sort]])
    return hashlib.blake2s(order.encode(), digest_size=4).hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return f"{value.days}:{value.seconds}:{value.microseconds}"
    if isinstance(value, bytes):
        return value.hex()
    return repr(value) if isinstance(value, float) else str(value)


def _value(key: OrderKey, text: Any, dialect: Dialect) -> Any:
    if text is None:
        if not key.nullable:
            raise ValueError
        return None
    if not isinstance(text, str) or not sendable(text):
        raise ValueError
    type_ = key.expression.type
    kind = kind_of(type_)
    if kind is Kind.INTEGER:
        number = int(text[:30])
        bits = 8 * dialect.integer_bytes(type_) - 1
        if not -(1 << bits) <= number < (1 << bits):
            raise ValueError
        return number
    if kind is Kind.ENUM:
        return _member(type_, text)
    return _converted(kind, python_type(type_), text)


def _converted(kind: Kind, loaded: type | None, text: str) -> Any:
    if kind is Kind.BOOLEAN:
        return {"1": True, "0": False}[text]
    if kind in {Kind.NUMERIC, Kind.FLOAT} and loaded is Decimal:
        number = Decimal(text)
        if not number.is_finite() or abs(number.adjusted()) > 300:
            raise ValueError
        return number
    if kind in {Kind.NUMERIC, Kind.FLOAT}:
        value = float(text)
        if math.isnan(value):
            raise ValueError
        return value
    if kind is Kind.BINARY:
        return bytes.fromhex(text)
    if kind is Kind.UUID:
        return str(UUID(text)) if loaded is str else UUID(text)
    if kind is Kind.INTERVAL:
        days, seconds, microseconds = (int(part[:12]) for part in text.split(":"))
        return dt.timedelta(days, seconds, microseconds)
    if kind is Kind.DATETIME:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is not None and not in_utc(moment):
            raise ValueError
        return moment
    if kind in {Kind.DATE, Kind.TIME}:
        return (dt.date if kind is Kind.DATE else dt.time).fromisoformat(text)
    return text


def _member(type_: Any, text: str) -> Any:
    inner: Any = type_.impl_instance if isinstance(type_, sa.TypeDecorator) else type_
    if inner.enum_class is not None:
        return inner.enum_class[text]
    if text not in inner.enums:
        raise ValueError
    return text


def bound(keys: Sequence[OrderKey], values: Sequence[Any]) -> list[Any]:
    """The values as parameters of their own column's type: one written by another type may compare differently."""
    return [
        sa.bindparam(None, value, type_=key.expression.type, unique=True)
        for key, value in zip(keys, values, strict=True)
    ]
