"""Which codec a column has."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from webadmin.database.inspection import ColumnInfo, Kind, kind_of, python_type
from webadmin.dialects import Dialect
from webadmin.forms.codecs.base import Codec, plain_type
from webadmin.forms.codecs.choices import BooleanCodec, EnumCodec
from webadmin.forms.codecs.interval import IntervalCodec
from webadmin.forms.codecs.numbers import DecimalCodec, FloatCodec, IntegerCodec
from webadmin.forms.codecs.structured import ArrayCodec, JsonCodec
from webadmin.forms.codecs.text import HexCodec, NetworkCodec, TextCodec, UuidCodec
from webadmin.forms.codecs.times import DateCodec, DateTimeCodec, TimeCodec

_ONE_LINE = frozenset(
    [
        "name",
        "firstname",
        "lastname",
        "surname",
        "fullname",
        "title",
        "label",
        "subject",
        "email",
        "mail",
        "phone",
        "telephone",
        "mobile",
        "fax",
        "code",
        "number",
        "no",
        "ref",
        "reference",
        "slug",
        "sku",
        "username",
        "login",
        "user",
        "password",
        "url",
        "link",
        "website",
        "host",
        "domain",
        "city",
        "town",
        "country",
        "district",
        "state",
        "region",
        "province",
        "street",
        "address",
        "zip",
        "postcode",
        "postal",
        "locale",
        "language",
        "currency",
        "timezone",
        "type",
        "kind",
        "category",
        "status",
        "color",
        "colour",
        "key",
        "token",
        "hash",
        "filename",
        "path",
        "version",
        "unit",
        "brand",
        "manufacturer",
        "isbn",
    ]
)


def codec_for(column: ColumnInfo, dialect: Dialect) -> Codec | None:
    """The codec of a column; None for one that a form shows and does not edit."""
    type_ = plain_type(column.column.type)
    if column.kind is Kind.ARRAY:
        return _array(column, type_, dialect)
    if column.kind is Kind.JSON:
        return JsonCodec(nullable=column.nullable)
    if column.kind is Kind.ENUM:
        return EnumCodec(column.choices)
    kind = column.kind
    if kind is Kind.LONG_TEXT and _one_line(column.name):
        kind = Kind.TEXT
    return _plain(kind, column.column.type, dialect)


def _one_line(name: str) -> bool:
    """A text without a limit whose name says that it is short: many databases have no other texts. What holds several
    lines all the same gets a field of several lines."""
    words = re.findall(r"[a-z]+", name.lower())
    return bool(words) and words[-1] in _ONE_LINE


def _plain(kind: Kind, declared: TypeEngine[Any], dialect: Dialect) -> Codec | None:
    type_: Any = plain_type(declared)
    if kind in {Kind.TEXT, Kind.LONG_TEXT}:
        return TextCodec(getattr(type_, "length", None), long=kind is Kind.LONG_TEXT)
    if kind is Kind.INTEGER:
        return IntegerCodec(_bits(type_, dialect))
    if kind is Kind.NUMERIC:
        return DecimalCodec(type_.precision, type_.scale)
    if kind is Kind.DATETIME:
        return DateTimeCodec(timezone=bool(getattr(type_, "timezone", False)))
    if kind is Kind.TIME:
        return TimeCodec(timezone=bool(getattr(type_, "timezone", False)))
    if kind is Kind.UUID:
        return UuidCodec(as_text=python_type(declared) is str)
    if kind is Kind.OTHER and type(type_).__visit_name__ in {"INET", "CIDR"}:
        return NetworkCodec(network=type(type_).__visit_name__ == "CIDR")
    if kind is Kind.BINARY:
        return HexCodec()
    simple: dict[Kind, type[Codec]] = {
        Kind.FLOAT: FloatCodec,
        Kind.BOOLEAN: BooleanCodec,
        Kind.DATE: DateCodec,
        Kind.INTERVAL: IntervalCodec,
    }
    return simple[kind]() if kind in simple else None


def _array(column: ColumnInfo, type_: TypeEngine[Any], dialect: Dialect) -> Codec | None:
    if (getattr(type_, "dimensions", None) or 1) > 1:
        return None
    item = getattr(type_, "item_type", None)
    if item is None:
        return ArrayCodec(TextCodec())
    kind = column.item_kind or kind_of(item)
    if kind is Kind.ENUM:
        inner: Any = plain_type(item)
        return ArrayCodec(EnumCodec(list(inner.enum_class) if inner.enum_class is not None else inner.enums))
    codec = _plain(kind, item, dialect)
    return ArrayCodec(codec) if codec is not None else None


def _bits(type_: TypeEngine[Any], dialect: Dialect) -> int:
    if isinstance(type_, sa.BigInteger) or dialect.integers_are_wide:
        return 64
    return 16 if isinstance(type_, sa.SmallInteger) else 32
