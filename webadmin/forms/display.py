"""What a form shows and does not edit."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import Kind, ModelInfo
from webadmin.forms.codecs.interval import format_interval
from webadmin.forms.related import Related
from webadmin.options.context import Context
from webadmin.options.uploads import file_name
from webadmin.text import format_date, format_datetime, format_number
from webadmin.text import gettext as _

_EMPTY = "–"


def shown_text(context: Context, info: ModelInfo, row: Any, name: str, value: Any) -> tuple[str, bool]:
    """The value of an attribute as text, and whether it needs the whole width. Of a binary column its size is shown, which
    the database tells without sending the content."""
    column = info.columns.get(name)
    if column is not None and column.kind is Kind.BINARY:
        size = stored_size(context, info, row, name, value)
        return _EMPTY if size is None else format_bytes(size), False
    text = plain_text(value)
    return text, len(text) > 80 or "\n" in text


def stored_size(context: Context, info: ModelInfo, row: Any, name: str, value: Any) -> int | None:
    """How many bytes a binary column holds; None where it is empty."""
    size: int | None
    if name in sa.inspect(row).unloaded:
        key = [column.column == getattr(row, column.name) for column in info.key]
        column: sa.ColumnElement[Any] = info.columns[name].column
        size = context.session.scalar(sa.select(sa.func.length(column)).where(*key))
    else:
        size = len(value) if value is not None else None
    return size


def format_bytes(size: int) -> str:
    """A size in words: ``812 bytes``, ``12.3 kB``."""
    amount: float = size
    for unit in (_("{size} bytes"), _("{size} kB"), _("{size} MB")):
        if amount < 1000:
            return unit.format(size=format_number(round(amount, 1) if amount != int(amount) else int(amount)))
        amount /= 1000
    return _("{size} GB").format(size=format_number(round(amount, 1)))


def plain_text(value: Any) -> str:
    """A value of any kind as people read it."""
    if (name := file_name(value)) is not None:
        return name
    if value is None or value == "" or value == []:
        return _EMPTY
    if isinstance(value, Related):
        return value.label
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.datetime):
        return format_datetime(value)
    if isinstance(value, dt.date):
        return format_date(value)
    if isinstance(value, dt.timedelta):
        return format_interval(value)
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return json.dumps(dict(value), indent=2, ensure_ascii=False, default=str)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return ", ".join(plain_text(member) for member in value)
    return str(value)
