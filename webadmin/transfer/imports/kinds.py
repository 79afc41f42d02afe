"""How the values of each kind of column are read.

Whole columns of plain numbers, times and texts go through functions of Python's own, after one pattern has seen that they are
such; others are read one by one, as forms read them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from webadmin.database.inspection import ColumnInfo, Kind
from webadmin.dialects import Dialect
from webadmin.forms.codecs import Codec, codec_for
from webadmin.forms.codecs.choices import GivenCodec
from webadmin.forms.codecs.text import UuidCodec, check_text
from webadmin.forms.codecs.times import DateTimeCodec
from webadmin.options.attributes import attribute_name
from webadmin.options.view import View
from webadmin.text import gettext as _
from webadmin.text import ngettext
from webadmin.transfer.formats import plain, written
from webadmin.transfer.imports.asked import FileForm, Reading
from webadmin.transfer.imports.choices import Choice, boolean, member
from webadmin.transfer.imports.numbers import exact, floating, plain_number, whole
from webadmin.transfer.imports.reader import Converter, Wrong, safe, spread
from webadmin.transfer.imports.structured import json_reader, list_reader
from webadmin.transfer.imports.times import clock, day, length, moment

_FORMULA = re.compile(r"=|[+\-@\t\r]+(?:[A-Za-z]{2,}[\w.]*\(|.*\|\s*['/].*!)", re.DOTALL)
"""A text that a spreadsheet computes, and not one that merely begins with a sign, such as a telephone number."""
_SIGNS = frozenset("'=+-@\t\r")
_SIGNED = re.compile("\x00['=+\\-@\t\r]")
_UUIDS = re.compile(r"(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\n)+")


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
        return Converter(Choice.of_given(GivenCodec(codec, given["choices"], given.get("coerce"))))
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
        if guarded and _SIGNED.search("\x00" + "\x00".join(texts)):
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


def _uuid(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    assert isinstance(codec, UuidCodec)
    make: Callable[[str], Any] = str if codec.as_text else UUID

    def plain(joined: str) -> bool:
        return _UUIDS.fullmatch(joined) is not None

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        return spread(values, list(map(make, texts))) if plain("\n".join(texts) + "\n") else None

    return Converter(lambda value: codec.parse(_as_text(value)), safe(quick), plain=plain)


def _bytes(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return Converter(lambda value: codec.parse(_as_text(value).strip().removeprefix("\\x")))


def _plain(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return Converter(lambda value: codec.parse(_as_text(value)))


def _list(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return list_reader(codec)


def _json(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return json_reader(codec, as_text=form.format in {"csv", "xlsx"})


_READERS: dict[Kind, Callable[[ColumnInfo, Codec, Reading, FileForm], Converter]] = {
    Kind.BOOLEAN: boolean, Kind.INTEGER: whole, Kind.NUMERIC: exact, Kind.FLOAT: floating, Kind.TEXT: _text,
    Kind.LONG_TEXT: _text, Kind.ENUM: member, Kind.DATE: day, Kind.TIME: clock, Kind.DATETIME: moment,
    Kind.INTERVAL: length, Kind.UUID: _uuid, Kind.JSON: _json, Kind.ARRAY: _list, Kind.BINARY: _bytes, Kind.OTHER: _plain,
}  # fmt: skip
