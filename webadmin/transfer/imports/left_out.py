"""Rows that cannot be taken, as a file: each with what is wrong with it, to be put right and imported again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from webadmin.text import gettext as _
from webadmin.transfer.formats import BOM, harmless, plain, written
from webadmin.transfer.imports.asked import FileForm, Problem
from webadmin.transfer.imports.source import UNREADABLE, Exact, Source

_NUMBER = re.compile(r"[\d.,:/ \u00a0+-]*%?")
"""What may begin with a sign and is no formula, but a number or a date as people write them."""


def reasons_of(problems: Iterable[Problem], labels: Mapping[str, str]) -> dict[int, str]:
    """What is wrong with each row in one text, by its number. ``labels``: how columns are called."""
    found: dict[int, list[str]] = {}
    for one in problems:
        label = labels.get(one.name, one.name)
        text = f"{label}: {one.message}" if label else one.message
        texts = found.setdefault(one.row, [])
        if text not in texts:
            texts.append(text)
    return {row: " ".join(texts) for row, texts in found.items()}


def left_out(source: Source, form: FileForm, reasons: Mapping[int, str]) -> Iterator[bytes]:
    """CSV of the rows that ``reasons`` names, with the delimiter that the file has and one column more. Spreadsheets compute
    nothing in it, and find its encoding."""
    heading = _("Problem")
    places = [place for place, name in enumerate(source.headings) if name != heading]
    delimiter = form.delimiter if form.format == "csv" else ","
    yield BOM + _line([*(source.headings[place] for place in places), heading], delimiter)
    for batch in source.batches():
        found = [row for row in (*batch.rows, *batch.left_out) if row[0] in reasons]
        for number, values in sorted(found, key=lambda row: row[0]):
            shown = [_cell(value, guarded=form.format == "csv") for value in values]
            cells = [shown[place] if place < len(shown) else None for place in places]
            more = shown[len(source.headings) :]
            yield _line([*cells, reasons[number], *more], delimiter)


def _cell(value: Any, *, guarded: bool) -> str | None:
    """:param guarded: a text may have the apostrophe that keeps spreadsheets from computing it."""
    if value is None:
        return None
    text = value if isinstance(value, str) else value.text if isinstance(value, Exact) else written(value)
    text = text.replace(UNREADABLE, "\ufffd").replace("\x00", "\ufffd")
    return text if _NUMBER.fullmatch(text) else harmless(plain(text) if guarded else text)


def _line(cells: Sequence[str | None], delimiter: str) -> bytes:
    return (delimiter.join([_field(cell, delimiter) for cell in cells]) + "\r\n").encode("utf-8", "replace")


def _field(cell: str | None, delimiter: str) -> str:
    if cell is None:
        return ""
    quoted = not cell or any(mark in cell for mark in (delimiter, '"', "\r", "\n"))
    return '"' + cell.replace('"', '""') + '"' if quoted else cell
