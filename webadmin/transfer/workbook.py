"""XLSX, by XlsxWriter (the extra ``xlsx``), which keeps one row in memory at a time."""

from __future__ import annotations

import datetime as dt
import enum
import importlib.util
import re
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from webadmin.errors import BadRequest
from webadmin.text import gettext as _
from webadmin.text import localize
from webadmin.transfer.asked import Export
from webadmin.transfer.formats import Rows, written

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROWS = 1_048_576
"""Rows that a sheet can have."""
_TEXT = 32_767
"""Characters that a cell can have."""
_DIGITS = 15
"""Digits that a number of a spreadsheet keeps."""
_UNKNOWN_TO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CHUNK = 256 * 1024


def is_available() -> bool:
    """Whether the library is installed."""
    return importlib.util.find_spec("xlsxwriter") is not None


def check_available() -> None:
    """Raise BadRequest where it is not."""
    if not is_available():
        raise BadRequest(
            _("Excel files need webadmin's extra xlsx, which is not installed here. Export CSV instead."),
            link="./",
        )


def workbook(export: Export, rows: Rows) -> Iterator[bytes]:
    """A workbook, in pieces once it is complete; sheets follow one another where one cannot hold all rows.

    Texts are texts, whatever they begin with; times are the person's, since a cell knows no zone.
    """
    with tempfile.TemporaryDirectory(prefix="webadmin-") as folder:
        path = Path(folder) / "export.xlsx"
        _write(export, rows, path, folder)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _write(export: Export, rows: Rows, path: Path, folder: str) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": folder})
    try:
        bold = book.add_format({"bold": True})
        formats = {
            dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            dt.date: book.add_format({"num_format": "yyyy-mm-dd"}),
            dt.time: book.add_format({"num_format": "hh:mm:ss"}),
        }
        sheet, at = None, _ROWS
        for some in rows:
            for row in some:
                if sheet is None or at == _ROWS:
                    sheet, at = _sheet(book, export, bold), 1
                _write_row(sheet, at, row, formats)
                at += 1
        if sheet is None:
            _sheet(book, export, bold)
    finally:
        book.close()


def _sheet(book: Any, export: Export, bold: Any) -> Any:
    sheet = book.add_worksheet()
    for place, text in enumerate(export.headings):
        sheet.write_string(0, place, _text(text), bold)
    sheet.freeze_panes(1, 0)
    return sheet


def _write_row(sheet: Any, at: int, row: Sequence[Any], formats: dict[type, Any]) -> None:
    for place, value in enumerate(row):
        if value is None:
            continue
        if isinstance(value, bool):
            sheet.write_boolean(at, place, value)
        elif _is_number(value):
            sheet.write_number(at, place, value)
        elif isinstance(value, dt.datetime | dt.date | dt.time) and _is_known(value):
            local = localize(value).replace(tzinfo=None) if isinstance(value, dt.datetime) else value
            sheet.write_datetime(at, place, local, formats[type(value)])
        else:
            sheet.write_string(at, place, _text(value))


def _is_number(value: Any) -> bool:
    """Whether it is a number of which a spreadsheet keeps every digit."""
    if isinstance(value, enum.Enum) or not isinstance(value, int | float | Decimal):
        return False
    if isinstance(value, float):
        return value - value == 0  # neither infinite nor no number
    digits = len(Decimal(value).normalize().as_tuple().digits)
    return digits <= _DIGITS and Decimal(value).is_finite()


def _is_known(value: dt.datetime | dt.date | dt.time) -> bool:
    if isinstance(value, dt.time):
        return value.tzinfo is None
    return value.year > 1900


def _text(value: Any) -> str:
    text = value if isinstance(value, str) and not isinstance(value, enum.Enum) else written(value)
    text = _UNKNOWN_TO_XML.sub("\ufffd", text)
    return text if len(text) <= _TEXT else text[: _TEXT - 1] + "…"
