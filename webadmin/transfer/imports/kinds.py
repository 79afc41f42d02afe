"""How the values of each kind of column are read.

Whole columns of plain numbers, times and texts go through functions of Python's own, after one pattern has seen that they are
such; others are read one by one, as forms read them.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from webadmin.database.inspection import ColumnInfo, Kind
from webadmin.dialects import Dialect
from webadmin.forms.codecs import Codec, codec_for
from webadmin.forms.codecs.choices import NO_CHOICE, GivenCodec
from webadmin.forms.codecs.numbers import DecimalCodec, IntegerCodec
from webadmin.forms.codecs.text import UuidCodec, check_text
from webadmin.forms.codecs.times import DateTimeCodec
from webadmin.listing.filters.choices import token
from webadmin.options.attributes import attribute_name
from webadmin.options.view import View
from webadmin.text import choice_label, ngettext
from webadmin.text import gettext as _
from webadmin.transfer.formats import plain, written
from webadmin.transfer.imports.asked import FileForm, Reading
from webadmin.transfer.imports.numbers import plain_number
from webadmin.transfer.imports.reader import Converter, Quick, Wrong
from webadmin.transfer.imports.structured import json_reader, list_reader
from webadmin.transfer.imports.times import iso_clock, iso_day, iso_moment

YES = frozenset(
    {
        "true",
        "t",
        "yes",
        "y",
        "1",
        "on",
        "ja",
        "j",
        "wahr",
        "oui",
        "vrai",
        "sí",
        "si",
        "sì",
        "verdadero",
        "vero",
    }
)
NO = frozenset({"false", "f", "no", "n", "0", "off", "nein", "falsch", "non", "faux", "falso"})
"""What people and spreadsheets write; the language of the request adds its own."""
_FORMULA = re.compile(r"=|[+\-@\t\r].*(?:\|.*!|\b[A-Za-z]{2,}\()", re.DOTALL)
"""A text that a spreadsheet computes, and not one that merely begins with a sign, such as a telephone number."""
_SIGNS = frozenset("'=+-@\t\r")
_ISO_DAYS = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}\n)+")
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
_UTC_MOMENTS = re.compile(rf"(?:{_MOMENT}(?:\+00(?::00)?|Z)\n)+")
_CLOCK_MOMENTS = re.compile(rf"(?:{_MOMENT}\n)+")
_UUIDS = re.compile(r"(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\n)+")
_WHOLES = re.compile(r"(?:-?[0-9]{1,19}\n)+")
_FLOATS = re.compile(r"(?:-?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:e[+-]?[0-9]{1,2})?\n)+")


def reader_of(
    column: ColumnInfo, reading: Reading, form: FileForm, dialect: Dialect, view: View | None = None
) -> Converter:
    """What reads a column of a file that goes to ``column``.

    :param view: whose ``form_args`` say more about the column; None where it is another view's.
    """
    codec = codec_for(column, dialect)
    given = _form_args(view, column.name)
    if codec is None:
        return Converter(_refuse)
    if "choices" in given:
        return Converter(_Choice.of_given(GivenCodec(codec, given["choices"], given.get("coerce"))))
    if isinstance(codec, DateTimeCodec):
        codec.fixed_zone = given.get("display_timezone")
    return _READERS[column.kind](column, codec, reading, form)


def can_be_read(column: ColumnInfo, dialect: Dialect) -> bool:
    """Whether texts of a file can become values of ``column``."""
    return column.kind in _READERS and codec_for(column, dialect) is not None


def _form_args(view: View | None, name: str) -> dict[str, Any]:
    if view is None:
        return {}
    args = {attribute_name(key): value for key, value in view.options.form_args.items()}
    return dict(args.get(name, {}))


def _refuse(value: Any) -> Any:
    raise Wrong("type", _("This column cannot be imported."))


# Texts ------------------------------------------------------------------------------------------------------------


def _text(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    longest, guarded = codec.maxlength, form.format == "csv"

    def one(value: Any) -> str:
        text = _as_text(value)
        if guarded:
            text = _unguarded(text)
        check_text(text)
        if longest is not None and len(text) > longest:
            message = ngettext("At most {most} character.", "At most {most} characters.", longest)
            raise Wrong(
                "long", (message + " " + _("This has {count}.")).format(most=longest, count=len(text))
            )
        return text

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        # Texts of files have been looked at as text before: what is left is their length, and how they begin.
        if longest is not None and max(map(len, texts)) > longest:
            return None
        if guarded and not _SIGNS.isdisjoint([text[:1] for text in texts]):
            return None
        return list(values)

    return Converter(one, quick if guarded else None, blanks=True)


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        raise ValueError(_("This is a list or an object; here stands a text."))
    if isinstance(value, float):
        return plain_number(value, ".")
    return written(value)


def _unguarded(text: str) -> str:
    """A text of a CSV file without the apostrophe that keeps spreadsheets from computing it. Raises Wrong for a formula."""
    if text[:1] in _SIGNS and text:
        if _FORMULA.match(text):
            message = _("This is a formula. Put an apostrophe before it if it is meant as a text.")
            raise Wrong("formula", message)
        return plain(text)
    return text


# Numbers ----------------------------------------------------------------------------------------------------------


def _whole(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    assert isinstance(codec, IntegerCodec)

    def one(value: Any) -> Any:
        text = plain_number(value, reading.decimal)
        return codec.parse(re.sub(r"\.0+$", "", text))

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        if _WHOLES.fullmatch("\n".join(texts) + "\n") is None:
            return None
        numbers = list(map(int, texts))
        if min(numbers) < codec.lowest or max(numbers) > codec.highest:
            return None
        return _spread(values, numbers)

    return Converter(one, _safe(quick))


def _exact(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    assert isinstance(codec, DecimalCodec)
    scale = 20 if codec.scale is None or codec.scale < 0 else min(codec.scale, 100)
    digits = 20 if codec.precision is None else max(1, min(codec.precision, 100) - scale)
    rest = rf"(?:{re.escape(reading.decimal)}[0-9]{{1,{scale}}})?" if scale else ""
    pattern = re.compile(rf"(?:-?[0-9]{{1,{digits}}}{rest}\n)+")

    def one(value: Any) -> Any:
        return codec.parse(plain_number(value, reading.decimal))

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        joined = "\n".join(texts) + "\n"
        if pattern.fullmatch(joined) is None:
            return None
        if reading.decimal == ",":
            texts = joined.replace(",", ".").splitlines()
        return _spread(values, list(map(Decimal, texts)))

    return Converter(one, _safe(quick))


def _floating(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    def one(value: Any) -> Any:
        if isinstance(value, float):
            return codec.parse(repr(float(value)))
        return codec.parse(plain_number(value, reading.decimal))

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        if reading.decimal == "," or _FLOATS.fullmatch("\n".join(texts) + "\n") is None:
            return None
        return _spread(values, list(map(float, texts)))

    return Converter(one, _safe(quick))


# Choices ----------------------------------------------------------------------------------------------------------


def _boolean(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    yes, no = YES | {_("Yes").casefold()}, NO | {_("No").casefold()}

    def one(value: Any) -> bool:
        if isinstance(value, str):
            word = value.strip().casefold()
            if word in yes or word in no:
                return word in yes
        elif value in (0, 1):
            return bool(value)
        raise Wrong("choice", _("Write yes or no."))

    return Converter(one)


class _Choice:
    """One of a few values, by what is stored or by its label."""

    def __init__(self, exact: dict[str, Any], labels: dict[str, Any]) -> None:
        self._exact, self._labels = exact, {label.casefold(): value for label, value in labels.items()}
        self._known = ", ".join(list(labels)[:20])

    @classmethod
    def of_enum(cls, column: ColumnInfo) -> _Choice:
        exact: dict[str, Any] = {}
        for member in column.choices:
            if isinstance(member, enum.Enum):
                exact.setdefault(str(member.value), member)
                exact.setdefault(member.name, member)
        exact |= {token(member): member for member in column.choices}
        return cls(exact, {choice_label(member): member for member in reversed(column.choices)})

    @classmethod
    def of_given(cls, codec: GivenCodec) -> _Choice:
        pairs = [(text, label) for text, label in codec.choices]
        exact = {text: codec.parse(text) for text, _label in pairs if text}
        return cls(exact, {label: exact[text] for text, label in reversed(pairs) if text})

    def __call__(self, value: Any) -> Any:
        text = _as_text(value).strip()
        found = self._exact.get(text, self._labels.get(text.casefold(), _NONE))
        if found is _NONE:
            raise Wrong("choice", f"{_(NO_CHOICE)} {self._known}")
        return found


_NONE = object()


def _enum(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return Converter(_Choice.of_enum(column))


# Times ------------------------------------------------------------------------------------------------------------


def _day(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    def one(value: Any) -> Any:
        return codec.parse(iso_day(value, reading.dates))

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        if _ISO_DAYS.fullmatch("\n".join(texts) + "\n") is None:
            return None
        return _spread(values, list(map(dt.date.fromisoformat, texts)))

    return Converter(one, _safe(quick))


def _moment(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    assert isinstance(codec, DateTimeCodec)
    pattern = _UTC_MOMENTS if codec.timezone else _CLOCK_MOMENTS

    def one(value: Any) -> Any:
        return codec.parse(iso_moment(value, reading.dates))

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        if pattern.fullmatch("\n".join(texts) + "\n") is None:
            return None
        return _spread(values, list(map(dt.datetime.fromisoformat, texts)))

    return Converter(one, _safe(quick))


def _clock(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return Converter(lambda value: codec.parse(iso_clock(value)))


def _length(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    def one(value: Any) -> Any:
        if isinstance(value, dt.timedelta):
            return value
        if isinstance(value, dt.time):  # a cell of a workbook that is written as a time of day
            return dt.timedelta(
                hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
            )
        return codec.parse(_as_text(value))

    return Converter(one)


# Others -----------------------------------------------------------------------------------------------------------


def _uuid(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    assert isinstance(codec, UuidCodec)
    make: Callable[[str], Any] = str if codec.as_text else UUID

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        if _UUIDS.fullmatch("\n".join(texts) + "\n") is None:
            return None
        return _spread(values, list(map(make, texts)))

    return Converter(lambda value: codec.parse(_as_text(value)), _safe(quick))


def _bytes(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return Converter(lambda value: codec.parse(_as_text(value).strip().removeprefix("\\x")))


def _plain(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return Converter(lambda value: codec.parse(_as_text(value)))


def _list(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return list_reader(codec)


def _json(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return json_reader(codec, as_text=form.format in {"csv", "xlsx"})


_READERS: dict[Kind, Callable[[ColumnInfo, Codec, Reading, FileForm], Converter]] = {
    Kind.BOOLEAN: _boolean, Kind.INTEGER: _whole, Kind.NUMERIC: _exact, Kind.FLOAT: _floating, Kind.TEXT: _text,
    Kind.LONG_TEXT: _text, Kind.ENUM: _enum, Kind.DATE: _day, Kind.TIME: _clock, Kind.DATETIME: _moment,
    Kind.INTERVAL: _length, Kind.UUID: _uuid, Kind.JSON: _json, Kind.ARRAY: _list, Kind.BINARY: _bytes, Kind.OTHER: _plain,
}  # fmt: skip


def _spread(values: Sequence[Any], made: Sequence[Any]) -> list[Any]:
    """``made`` in the places of ``values`` that are not None."""
    if len(made) == len(values):
        return list(made)
    left = iter(made)
    return [None if value is None else next(left) for value in values]


def _safe(quick: Quick) -> Quick:
    """``quick``, which gives way to the slow path where a text only looked plain: there is no 30th of February."""

    def guarded(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        try:
            return quick(values, texts)
        except (ValueError, ArithmeticError):
            return None

    return guarded
