"""From a loaded value to the cell that a page shows."""

from __future__ import annotations

import datetime as dt
import enum
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from markupsafe import Markup

from webadmin.database.inspection import ColumnInfo, Kind, inspect_model
from webadmin.options.context import Context
from webadmin.options.labels import model_label
from webadmin.options.view import ShownColumn, View
from webadmin.rendering.cells import Cell
from webadmin.rendering.urls import Urls
from webadmin.text import (
    format_ago,
    format_date,
    format_datetime,
    format_number,
    format_time,
    humanize,
    localize,
)
from webadmin.text import gettext as _

EMPTY = "–"
LIST_LENGTH = 200
"""Characters of a text that a list shows at most; the rest is on the row's page."""
_TITLE_LENGTH = 1000
_MONEY = ("total", "amount", "price", "balance", "cost", "payment", "revenue", "fee", "charge", "subtotal")
_TONES = {
    "ok": {
        "paid",
        "active",
        "done",
        "complete",
        "completed",
        "approved",
        "delivered",
        "success",
        "succeeded",
        "published",
        "open",
    },
    "bad": {"failed", "payment_failed", "error", "rejected", "blocked", "overdue", "lost", "fraud"},
    "warn": {"on_hold", "hold", "late", "refunded", "suspended", "attention", "returned"},
    "info": {"shipped", "sent", "processing", "in_progress", "packed", "running"},
}
_TONE_OF = {word: tone for tone, words in _TONES.items() for word in words}

CellMaker = Callable[[Any, Mapping[str, Any]], Cell]
"""``(row, extras) -> Cell``; extras hold to-many counts and search highlights by column name."""


class Cells:
    """Makes the cells of one page: knows the view, where related rows live and whether this is a list or a detail."""

    def __init__(self, context: Context, view: View, urls: Urls, *, detail: bool = False) -> None:
        self._context = context
        self._view = view
        self._urls = urls
        self._detail = detail
        options = view.options
        self._by_type = dict(
            options.column_type_formatters_detail if detail else options.column_type_formatters
        )

    def maker(self, column: ShownColumn) -> CellMaker:
        """A function from a row to this column's cell; what does not depend on the row is decided here, once."""
        attribute = column.attribute
        if column.formatter is not None:
            return self._formatted(column)
        if attribute.relation is not None:
            return self._to_many(column) if attribute.relation.uselist else self._to_one(column)
        info = attribute.column
        name = column.name
        kind = _cell_kind(info, name) if info is not None else "text"
        by_type = self._by_type
        path = name.split(".")

        def make(row: Any, extras: Mapping[str, Any]) -> Cell:
            highlight = extras.get(name)
            if highlight is not None:
                return Cell(name, kind, highlight)
            value = row
            for part in path:
                value = getattr(value, part) if value is not None else None
            if by_type and type(value) in by_type:
                return _given(name, kind, by_type[type(value)](value))
            return self.value(name, kind, value)

        return make

    def value(self, name: str, kind: str, value: Any) -> Cell:
        """The cell of a plain value."""
        if value is None or value == "" or value == []:
            return Cell(name, kind, EMPTY, empty=True)
        write = _WRITERS.get(kind)
        if write is not None:
            try:
                return write(name, value, self._detail)
            except (TypeError, ValueError, AttributeError, OverflowError):
                pass  # a type that holds something else than it promises is shown as text
        return _text(name, kind, value, self._detail)

    def _formatted(self, column: ShownColumn) -> CellMaker:
        formatter, attribute, name = column.formatter, column.attribute, column.name
        assert formatter is not None
        info = attribute.column
        kind = _cell_kind(info, name) if info is not None else "text"
        given = attribute.last if not attribute.path else attribute.name

        def make(row: Any, extras: Mapping[str, Any]) -> Cell:
            return _given(name, kind, formatter(row, given))

        return make

    def _to_one(self, column: ShownColumn) -> CellMaker:
        attribute, name = column.attribute, column.name
        assert attribute.relation is not None
        target = attribute.relation.target
        view = self._context.view_of(target)
        label = view.row_label if view is not None else model_label(target)
        soft_delete = view.soft_delete if view is not None else inspect_model(target).soft_delete
        links = view is not None and not view.keyless and view.options.can_view_details
        plain = name in self._view.options.__dict__.get("non_link_related_fields", ())

        def make(row: Any, extras: Mapping[str, Any]) -> Cell:
            related = attribute.value(row)
            if related is None:
                return Cell(name, "relation", EMPTY, empty=True)
            href = (
                self._urls.row(view, view.id_of(related))
                if links and view is not None and not plain
                else None
            )
            deleted = soft_delete is not None and getattr(related, soft_delete, None) is not None
            return Cell(name, "relation", extras.get(name) or label(related), href=href, deleted=deleted)

        return make

    def _to_many(self, column: ShownColumn) -> CellMaker:
        attribute, name = column.attribute, column.name
        relation = attribute.relation
        assert relation is not None
        view = self._context.view_of(relation.target)
        back = reverse_filter(self._view, relation.name, view)

        def make(row: Any, extras: Mapping[str, Any]) -> Cell:
            count = int(extras.get(name) or 0)
            href = None
            if view is not None and back is not None and count:
                href = self._urls.filtered(view, [(back, self._view.id_of(row))])
            return Cell(name, "relations", format_number(count), href=href, empty=count == 0)

        return make


def reverse_filter(view: View, relation_name: str, target: View | None) -> str | None:
    """The filter of ``target``'s list that selects the rows of one parent, when that list may be filtered so."""
    if target is None:
        return None
    relation = view.info.relations[relation_name]
    back = relation.property.back_populates
    if back and back in target.filters:
        return back
    for name, option in target.filters.items():
        other = option.attribute.relation
        if (
            other is not None
            and other.target is view.model
            and other.many_to_one
            and other.local == relation.remote
        ):
            return name
    return None


def _cell_kind(info: ColumnInfo | None, name: str) -> str:
    if info is None:
        return "text"
    if info.kind in {Kind.NUMERIC, Kind.FLOAT} and any(word in name.lower() for word in _MONEY):
        return "money"
    if info.kind is Kind.INTEGER and (info.primary_key or info.foreign_key or "year" in name.lower()):
        return "identifier"
    return _KIND_NAMES.get(info.kind, "text")


_KIND_NAMES = {
    Kind.BOOLEAN: "boolean", Kind.INTEGER: "number", Kind.NUMERIC: "number", Kind.FLOAT: "number", Kind.ENUM: "status",
    Kind.DATE: "date", Kind.TIME: "time", Kind.DATETIME: "datetime", Kind.INTERVAL: "interval", Kind.UUID: "uuid",
    Kind.JSON: "json", Kind.ARRAY: "array", Kind.BINARY: "binary", Kind.OTHER: "other",
}  # fmt: skip


def _given(name: str, kind: str, result: Any) -> Cell:
    if result is None or result == "":
        return Cell(name, kind, EMPTY, empty=True)
    text = (
        result
        if isinstance(result, str)
        else Markup(result.__html__())
        if hasattr(result, "__html__")
        else str(result)
    )
    return Cell(name, kind, text)


def _text(name: str, kind: str, value: Any, detail: bool) -> Cell:
    text = humanize(value.name) if isinstance(value, enum.Enum) else str(value)
    if detail or len(text) <= LIST_LENGTH:
        return Cell(name, kind, text)
    return Cell(name, kind, text[:LIST_LENGTH] + "…", title=text[:_TITLE_LENGTH])


def _boolean(name: str, value: Any, detail: bool) -> Cell:
    return Cell(
        name,
        "boolean",
        _("Yes") if value else _("No"),
        tone="ok" if value else "",
        machine=str(bool(value)).lower(),
    )


def _number(name: str, value: Any, detail: bool) -> Cell:
    return Cell(name, "number", format_number(value), machine=str(value))


def _identifier(name: str, value: Any, detail: bool) -> Cell:
    return Cell(name, "number", str(value), machine=str(value))


def _money(name: str, value: Any, detail: bool) -> Cell:
    places = 2
    if isinstance(value, Decimal):
        places = max(2, -int(value.as_tuple().exponent))
    return Cell(name, "money", format_number(value, places), machine=str(value))


def _status(name: str, value: Any, detail: bool) -> Cell:
    word = value.name if isinstance(value, enum.Enum) else str(value)
    text = humanize(word) if word.isidentifier() or word.isupper() else word
    return Cell(name, "status", text, tone=_TONE_OF.get(word.lower(), ""), machine=word)


def _date(name: str, value: dt.date, detail: bool) -> Cell:
    machine = value.isoformat()  # before the words: it is what says that a value is no date
    return Cell(name, "date", format_date(value), machine=machine)


def _time(name: str, value: dt.time, detail: bool) -> Cell:
    return Cell(
        name, "time", value.strftime("%H:%M:%S" if value.second else "%H:%M"), machine=value.isoformat()
    )


def _datetime(name: str, value: dt.datetime, detail: bool) -> Cell:
    local = localize(value)
    absolute = f"{local:%Y-%m-%d %H:%M:%S}" + (f" {local.tzname()}" if local.tzinfo else "")
    if detail:
        return Cell(
            name,
            "datetime",
            format_datetime(value),
            title=absolute,
            secondary=format_ago(value),
            machine=local.isoformat(),
        )
    return Cell(
        name,
        "datetime",
        format_ago(value),
        title=absolute,
        secondary=format_time(local),
        machine=local.isoformat(),
    )


def interval_text(value: dt.timedelta) -> str:
    """``2 days 03:00:00``, the form that forms read back."""
    sign = "-" if value < dt.timedelta() else ""
    value = abs(value)
    hours, rest = divmod(value.seconds, 3600)
    clock = f"{hours:02}:{rest // 60:02}:{rest % 60:02}" + (
        f".{value.microseconds:06}" if value.microseconds else ""
    )
    days = f"{value.days} day{'s' if value.days != 1 else ''} " if value.days else ""
    return f"{sign}{days}{clock}"


def _interval(name: str, value: dt.timedelta, detail: bool) -> Cell:
    return Cell(name, "interval", interval_text(value))


def _uuid(name: str, value: UUID, detail: bool) -> Cell:
    text = str(value)
    return Cell(name, "uuid", text) if detail else Cell(name, "uuid", f"{text[:8]}…{text[-4:]}", title=text)


def _json(name: str, value: Any, detail: bool) -> Cell:
    text = json.dumps(value, ensure_ascii=False, indent=2 if detail else None, default=str)
    return _text(name, "json", text, detail)


def _array(name: str, value: Sequence[Any], detail: bool) -> Cell:
    items = tuple(EMPTY if item is None else str(item) for item in value)
    shown = items if detail else items[:6]
    return Cell(
        name,
        "array",
        ", ".join(shown),
        items=shown,
        title=", ".join(items) if len(items) > len(shown) else None,
    )


def _binary(name: str, value: bytes, detail: bool) -> Cell:
    size = len(value)
    text = _("{count} bytes").format(count=format_number(size)) if size < 1024 else f"{size / 1024:,.1f} kB"
    return Cell(name, "binary", text)


_WRITERS: dict[str, Callable[[str, Any, bool], Cell]] = {
    "boolean": _boolean, "number": _number, "identifier": _identifier, "money": _money, "status": _status, "date": _date,
    "time": _time, "datetime": _datetime, "interval": _interval, "uuid": _uuid, "json": _json, "array": _array,
    "binary": _binary,
}  # fmt: skip
