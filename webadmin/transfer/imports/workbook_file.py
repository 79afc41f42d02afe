"""XLSX, by openpyxl (the extra ``xlsx``), which reads a sheet row by row.

A workbook is a ZIP archive of XML, and both can be made to be small in a file and huge in memory. So the archive is looked at
before anybody reads it: how large its parts say they are (``zipfile`` reads no further than that), how much they were packed, and
in the sheet itself how long one piece of it is.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from webadmin.text import format_number
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import FileForm, Problem
from webadmin.transfer.imports.source import (
    AT_ONCE,
    LETTERS,
    Batch,
    Limits,
    Refused,
    Source,
    broken_text,
    check_columns,
    check_rows,
    first_of,
    headings_of,
    ragged,
    shortened,
    size_of,
)
from webadmin.transfer.imports.workbook_texts import load, shared_texts

_TEXTS = 96 * 1024 * 1024
"""Bytes of the texts that several cells share, which are in memory while a workbook is read; unpacked."""
_OTHER_PARTS = 16 * 1024 * 1024
"""Bytes of a part that holds no rows, such as the styles; unpacked."""
_SHEETS = 4
"""Unpacked bytes of all sheets, in times the bytes that a file may have."""
_PACKED = 300
"""How many times larger than packed a large part can be. XML of rows comes to 50."""
_PARTS = 5_000
_LARGE = 4 * 1024 * 1024
_ROWS = 1_048_576
"""Rows that a sheet can have."""
_BLOCK = 64 * 1024
_FORMULA = re.compile(rb"<(?:[A-Za-z0-9]+:)?f[\s/>]")
_LONGEST_TAG = 40
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
"""What a formula comes to that cannot be computed."""


def is_available() -> bool:
    """Whether the library is installed."""
    return importlib.util.find_spec("openpyxl") is not None


class WorkbookFile(Source):
    """One sheet of a workbook. A formula is read as what the spreadsheet has last computed.

    Raises Refused without the library, for what is no workbook, and for one that is made to be large.
    """

    def __init__(self, file: BinaryIO, form: FileForm, limits: Limits) -> None:
        self._file, self._limits = file, limits
        names = sheets_of(file, limits)
        self.sheet = form.sheet or names[0]
        self.sheets = names if len(names) > 1 else ()
        self._formulas = check_archive(file, limits)
        try:
            self._texts = shared_texts(file, _TEXTS)
        except Exception as error:
            raise _unreadable(0) from error
        with self._sheet() as sheet:
            self._above, first = first_of(self._cells(sheet), padded=False)
        self.headings = headings_of(first, limits)

    def batches(self) -> Iterator[Batch]:
        """See :class:`Source`. A row without anything in it is none."""
        with contextlib.ExitStack() as stack:
            sheet = stack.enter_context(self._sheet())
            said = sheet.max_row or 0
            formulas: Iterator[Any] | None = None
            if self._formulas:
                formulas = self._cells(stack.enter_context(self._sheet(computed=False)))
            yield from self._batches(self._cells(sheet), formulas, said)

    def _batches(self, rows: Iterator[Any], formulas: Iterator[Any] | None, most: int) -> Iterator[Batch]:
        number = 0
        while some := _some(rows):
            beside = list(islice(formulas, len(some))) if formulas is not None else [()] * len(some)
            batch, taken = Batch(), []
            for row, written in zip(some, beside, strict=False):
                number += 1
                if number > self._above + 1 and (any(written) or any(cell is not None for cell in row)):
                    cells = self._padded(list(row))
                    problem = self._problem(number, cells, written)
                    if problem is None:
                        taken.append((number, cells))
                    else:
                        batch.problems.append(problem)
                        batch.left_out.append((number, cells))
            check_rows(number - 1, self._limits)
            batch.take(taken)
            batch.done = min(1.0, number / max(most, number))
            yield batch

    def _padded(self, cells: list[Any]) -> list[Any]:
        """As many cells as there are headings, and more only where something stands in them."""
        width = len(self.headings)
        while len(cells) > width and cells[-1] is None:
            cells.pop()
        cells += [None] * (width - len(cells))
        return [_unescaped(cell) if isinstance(cell, str) and "_x" in cell else cell for cell in cells]

    def _problem(self, number: int, cells: list[Any], written: Any) -> Problem | None:
        if len(cells) > len(self.headings):
            return ragged(number, cells, len(self.headings))
        for heading, cell, formula in zip(
            self.headings, cells, [*written, *[None] * len(cells)], strict=False
        ):
            if cell is None and formula is not None:
                message = _(
                    "“{column}” has a formula that was never computed. Open and save the file in a spreadsheet."
                )
                return Problem(
                    number, "", "formula", shortened(formula), message.format(column=shortened(heading))
                )
            if isinstance(cell, str) and cell.startswith("#") and cell in _ERRORS:
                message = _("“{column}” has a formula that could not be computed.")
                return Problem(number, "", "formula", cell, message.format(column=shortened(heading)))
        return broken_text(number, self.headings, cells)

    @contextlib.contextmanager
    def _sheet(self, *, computed: bool = True) -> Iterator[Any]:
        book = _opened(self._file, self._texts, computed=computed)
        try:
            if self.sheet not in book.sheetnames:
                raise Refused(_("This workbook has no sheet “{name}”.").format(name=shortened(self.sheet)))
            sheet = book[self.sheet]
            if not hasattr(sheet, "reset_dimensions"):
                raise Refused(_("“{name}” is a chart and no table.").format(name=shortened(self.sheet)))
            yield sheet
        finally:
            book.close()

    def _cells(self, sheet: Any) -> Iterator[tuple[Any, ...]]:
        # A sheet says how large it is, and rows are made as wide as it says.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        number = 0
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except Exception as error:  # openpyxl believes what stands in a file, and fails anywhere
                raise _unreadable(number) from error
            number += 1
            if number > _ROWS:
                raise Refused(_("This sheet has more rows than a sheet can have."))
            if len(row) > self._limits.columns:
                row = tuple(
                    row[: max((place for place, cell in enumerate(row, 1) if cell is not None), default=0)]
                )
                check_columns(len(row), self._limits)
            yield row


def _some(rows: Iterator[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    letters = 0
    for row in islice(rows, AT_ONCE):
        found.append(row)
        letters += sum([len(cell) for cell in row if isinstance(cell, str)])
        if letters > LETTERS:
            break
    return found


def _unescaped(text: str) -> str:
    """A text with the characters that XML has no way to write, or reads as others: ``_x000D_`` is a carriage return."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def sheets_of(file: BinaryIO, limits: Limits) -> tuple[str, ...]:
    """The names of a workbook's sheets. Raises Refused as :class:`WorkbookFile` does."""
    size_of(file, limits)
    check_archive(file, limits)
    book = _opened(file)
    try:
        names = tuple(book.sheetnames)
    finally:
        book.close()
    if not names:
        raise Refused(_("There are no sheets in this workbook."))
    return names


def check_archive(file: BinaryIO, limits: Limits) -> bool:
    """Whether there are formulas in a workbook. Raises Refused for one that would take too much memory, or is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
                raise Refused(_("This is no Excel workbook. Save it as .xlsx or as CSV."))
            if len(parts) > _PARTS or len(names) < len(parts):
                raise _too_large()
            sheets = [part for part in parts if "worksheets/" in part.filename.lower()]
            _check_sizes([part for part in parts if part not in sheets], sheets, limits)
            found = [_has_formulas(archive, part, limits) for part in sheets]
            return any(found)
    except Refused:
        raise
    except Exception as error:  # every way to pack has errors of its own
        raise _unreadable(0) from error


def _check_sizes(others: list[zipfile.ZipInfo], sheets: list[zipfile.ZipInfo], limits: Limits) -> None:
    for part in [*others, *sheets]:
        if part.flag_bits & 1:
            raise Refused(_("This workbook has a password. Save it without one."))
        if part.file_size > _LARGE and part.file_size > _PACKED * max(1, part.compress_size):
            raise _too_large()
    texts = [part for part in others if part.filename.lower().endswith("sharedstrings.xml")]
    if sum(part.file_size for part in texts) > _TEXTS:
        raise _too_large()
    # Pictures and the like are not read.
    if any(
        part.file_size > _OTHER_PARTS
        for part in others
        if part not in texts and part.filename.endswith((".xml", ".rels"))
    ):
        raise _too_large()
    if sum(part.file_size for part in sheets) > _SHEETS * limits.bytes:
        raise _too_large()


def _has_formulas(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits) -> bool:
    """Whether a sheet has formulas. Raises Refused where a piece of it is longer than a cell can be."""
    found, since, before = False, 0, b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            found = found or _FORMULA.search(before + block) is not None
            # Every letter takes some bytes, and special ones are written out: &quot;
            since = since + len(block) if b"<" not in block else len(block) - block.rfind(b"<")
            if since > limits.cell * 6 + _BLOCK:
                raise _too_large()
            before = block[-_LONGEST_TAG:]
    return found


def _opened(file: BinaryIO, texts: list[str] | None = None, *, computed: bool = True) -> Any:
    if not is_available():
        raise Refused(
            _("Excel files need webadmin's extra xlsx, which is not installed here. Save the file as CSV.")
        )
    try:
        return load(file, texts, computed=computed)
    except Exception as error:
        raise _unreadable(0) from error


def _unreadable(number: int) -> Refused:
    if number:
        message = _("This workbook is broken behind row {number}. Save it again in a spreadsheet, or as CSV.")
        return Refused(message.format(number=format_number(number)))
    return Refused(_("This workbook cannot be read. Save it again in a spreadsheet as .xlsx, or as CSV."))


def _too_large() -> Refused:
    return Refused(_("This workbook is too large once it is unpacked. Save it as CSV."))
