"""CSV with any delimiter, quote and encoding, read in pieces."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from webadmin.text import format_number
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import FileForm, Problem
from webadmin.transfer.imports.decoding import Text
from webadmin.transfer.imports.source import (
    AT_ONCE,
    LETTERS,
    LONGEST_ROW,
    Batch,
    Limits,
    Refused,
    Source,
    broken_text,
    check_rows,
    first_of,
    headings_of,
    ragged,
    shortened,
    size_of,
    too_long,
)

_EMPTY = "\udc00"
"""Marks a field that is an empty text. Half a character, which no text that was read can hold; so is the next."""
_END = "\udc01"
_EXCEL = re.compile(r"\Asep=[^\r\n]\r?\n")
"""A first line by which Excel is told the delimiter."""


class CsvFile(Source):
    """:param form: how it is written. Raises Refused where the first row names no columns."""

    def __init__(self, file: BinaryIO, form: FileForm, limits: Limits) -> None:
        self._file, self._form, self._limits = file, form, limits
        self._size = size_of(file, limits)
        rows = self._rows(_Lines(file, form, limits))
        try:
            self._above, first = first_of((self._bare(row) for row in rows), padded=True)
        except csv.Error:
            raise _too_long(1, limits) from None
        self.headings = headings_of(first, limits)

    def _bare(self, row: list[str]) -> list[str | None]:
        """A row without our own marks; what is behind the last line is none."""
        if row and _END in row[-1]:
            row = [] if row == [_END] else [*row[:-1], row[-1].replace(_END, "").rstrip("\r\n")]
        return [_unmarked(cell, self._form.quote) for cell in row]

    def batches(self) -> Iterator[Batch]:
        """See :class:`Source`. Rows in which nothing stands are none, whether or not they have delimiters, but they count, as in a
        spreadsheet; where there is one column alone they are rows without a value."""
        lines = _Lines(self._file, self._form, self._limits)
        rows = self._rows(lines)
        number = 0
        while True:
            some: list[list[Any]] = []
            try:
                for row in islice(rows, AT_ONCE):
                    some.append(row)
                    if lines.letters > LETTERS:
                        break
            except csv.Error:  # those before it have been read
                raise _too_long(number + len(some) + 1, self._limits) from None
            if not some:
                return
            first = number + 1
            number += len(some)
            unclosed = self._take_end(some)
            if first <= self._above + 1:
                del some[: self._above + 2 - first]
                first = self._above + 2
            check_rows(number - 1, self._limits)
            batch = self._batch(first, some, lines, unclosed)
            batch.done = min(1.0, lines.read / (self._size or 1))
            yield batch

    def _rows(self, lines: _Lines) -> Iterator[list[str]]:
        quote = self._form.quote
        # Another program's own limit stays as large as it is.
        csv.field_size_limit(max(csv.field_size_limit(), self._limits.cell))
        how: dict[str, Any] = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
        return csv.reader(lines, delimiter=self._form.delimiter, **how)

    def _take_end(self, some: list[list[str]]) -> bool:
        """Take away what was set behind the last line. Whether it stands within a quote that was never closed."""
        if not some or not some[-1] or _END not in some[-1][-1]:
            return False
        last = some[-1]
        if last == [_END]:
            some.pop()
            return False
        last[-1] = last[-1].replace(_END, "")
        return True

    def _batch(self, first: int, some: list[list[Any]], lines: _Lines, unclosed: bool) -> Batch:
        width, quote = len(self.headings), self._form.quote
        # The reader's own limit may be another's, which is larger.
        long = lines.take_letters() > self._limits.cell
        batch = Batch([])
        if width == 1:
            some = [row or [""] for row in some]
        clean = not unclosed and not long and not lines.unreadable and set(map(len, some)) == {width}
        if clean and not lines.marked:
            batch.rows = [(number, row) for number, row in enumerate(some, first) if width == 1 or any(row)]
            for row in some:  # as they are: new lists are more for the garbage collector to go through
                if "" in row:
                    row[:] = [cell or None for cell in row]
            return batch
        for number, row in enumerate(some, first):
            cells = (
                [_unmarked(cell, quote) for cell in row] if lines.marked else [cell or None for cell in row]
            )
            if len(cells) > width and not any(cells[width:]):
                del cells[width:]
            last = unclosed and number == first + len(some) - 1
            if not last and (not cells or (width > 1 and all(cell is None for cell in cells))):
                continue
            problem = self._problem(number, cells, last, lines.unreadable)
            if problem is None:
                batch.rows.append((number, cells))
            else:
                batch.problems.append(problem)
                batch.left_out.append((number, cells))
        return batch

    def _problem(self, number: int, cells: list[Any], unclosed: bool, unreadable: bool) -> Problem | None:
        if unclosed:
            message = _("A quote begins in this row and is never closed; what follows it could not be read.")
            return Problem(number, "", "ragged", shortened(cells[-1]), message)
        if len(cells) != len(self.headings):
            return ragged(number, cells, len(self.headings))
        if any(cell is not None and len(cell) > self._limits.cell for cell in cells):
            return too_long(number, self._limits)
        return broken_text(number, self.headings, cells) if unreadable else None


def _unmarked(cell: str, quote: str) -> str | None:
    if _EMPTY not in cell:
        return cell or None
    return "" if cell == _EMPTY else cell.replace(quote + _EMPTY, quote)


def _too_long(number: int, limits: Limits) -> Refused:
    message = _(
        "Row {number} has a cell of more than {most} characters. Perhaps a quote in it was never closed."
    )
    return Refused(message.format(number=format_number(number), most=format_number(limits.cell)))


class _Lines:
    """The lines of a file, with ``_END`` behind the last.

    The reader of the csv module tells nothing from an empty text only since Python 3.12. Two quotes that stand where a
    whole field would stand are followed here by a mark. Where they are a field, that is then the field; where they are an
    escaped quote within one, the mark follows that quote, and both cases are told apart afterwards.
    """

    def __init__(self, file: BinaryIO, form: FileForm, limits: Limits) -> None:
        self._text, self._longest = Text(file, form.encoding), limits.cell * LONGEST_ROW
        self._quotes = form.quote * 2
        within, quotes = f"[^{re.escape(form.delimiter)}\r\n]", re.escape(self._quotes)
        # It begins with the quotes, so that it looks at nothing else.
        self._empty = re.compile(f"{quotes}(?<!{within}{quotes})(?!{within})")
        self.letters = self._before = 0
        """How many were read since :meth:`take_letters` was asked."""
        self.marked = False
        """Whether anything read so far was."""

    def __iter__(self) -> Iterator[str]:
        carry, first = "", True
        while True:
            block = self._text.read()
            text = carry + (block or "")
            # The last character is kept: it may be the first half of a line end.
            cut = len(text) if block is None else text.rfind("\n") + 1 or text.rfind("\r", 0, -1) + 1
            if not cut and len(text) > self._longest:
                raise csv.Error("a line is too long")
            whole, carry = text[:cut], text[cut:]
            if first and whole:
                whole, first = _EXCEL.sub("", whole), False
            if self._quotes and self._quotes in whole:
                whole, count = self._empty.subn(self._quotes + _EMPTY, whole)
                self.marked |= bool(count)
            self.letters += len(whole)
            yield from io.StringIO(whole, newline="")
            if block is None:
                yield _END
                return

    def take_letters(self) -> int:
        """How many letters the rows since the last time can have, at most: a piece is read before its rows are."""
        letters, self._before, self.letters = self._before + self.letters, self.letters, 0
        return letters

    @property
    def read(self) -> int:
        """The bytes that have been read."""
        return self._text.bytes

    @property
    def unreadable(self) -> bool:
        """Whether anything read so far was no text."""
        return self._text.broken
