"""CSV with any delimiter, quote and encoding, read in pieces."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, BinaryIO

from webadmin.text import format_number
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import FileForm, Problem
from webadmin.transfer.imports.csv_lines import END, Lines, unmarked
from webadmin.transfer.imports.source import (
    AT_ONCE,
    LETTERS,
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


class CsvFile(Source):
    """:param form: how it is written. Raises Refused where the first row names no columns."""

    def __init__(self, file: BinaryIO, form: FileForm, limits: Limits) -> None:
        self._file, self._form, self._limits = file, form, limits
        self._size = size_of(file, limits)
        lines = Lines(file, form, limits)
        rows = lines.reader(lines)
        try:
            self._above, first = first_of((self._bare(row) for row in rows), padded=True)
        except csv.Error:
            raise _too_long(1, limits) from None
        self.headings = headings_of(first, limits)

    def _bare(self, row: list[str]) -> list[str | None]:
        """A row without our own marks; what is behind the last line is none."""
        if row and END in row[-1]:
            row = [] if row == [END] else [*row[:-1], row[-1].replace(END, "").rstrip("\r\n")]
        return [unmarked(cell, self._form.quote) for cell in row]

    def batches(self) -> Iterator[Batch]:
        """See :class:`Source`. Rows in which nothing stands are none, whether or not they have delimiters, but they count, as in a
        spreadsheet; where there is one column alone they are rows without a value."""
        lines = Lines(self._file, self._form, self._limits)
        rows = lines.reader(lines)
        number = 0
        while self._load(lines, number):
            if number > self._above and (columns := lines.take_columns(len(self.headings))) is not None:
                for start in range(0, len(columns[0]), AT_ONCE):
                    some = [column[start : start + AT_ONCE] for column in columns]
                    numbers = range(number + 1, number + 1 + len(some[0]))
                    number += len(numbers)
                    yield self._told(Batch(numbers, some), number, lines)
                continue
            while read := self._some(rows, lines, number):
                unclosed = self._take_end(read)
                first, number = number + 1, number + len(read)
                if first <= self._above + 1:
                    del read[: self._above + 2 - first]
                    first = self._above + 2
                yield self._told(self._batch(first, read, lines, unclosed), number, lines)

    def _load(self, lines: Lines, number: int) -> bool:
        try:
            return lines.load()
        except csv.Error:
            raise _too_long(number + 1, self._limits) from None

    def _some(self, rows: Iterator[list[str]], lines: Lines, number: int) -> list[list[Any]]:
        """The next rows of the block, and where the last of them goes beyond it, as much more as belongs to that."""
        some: list[list[Any]] = []
        try:
            while len(some) < AT_ONCE:
                lines.between = True
                if (row := next(rows, None)) is None:
                    break
                some.append(row)
                if lines.letters > LETTERS:
                    break
        except csv.Error:  # those before it have been read
            raise _too_long(number + len(some) + 1, self._limits) from None
        return some

    def _told(self, batch: Batch, number: int, lines: Lines) -> Batch:
        check_rows(number - 1, self._limits)
        batch.done = min(1.0, lines.bytes / (self._size or 1))
        return batch

    def _take_end(self, some: list[list[str]]) -> bool:
        """Take away what was set behind the last line. Whether it stands within a quote that was never closed."""
        if not some or not some[-1] or END not in some[-1][-1]:
            return False
        last = some[-1]
        if last == [END]:
            some.pop()
            return False
        last[-1] = last[-1].replace(END, "")
        return True

    def _batch(self, first: int, some: list[list[Any]], lines: Lines, unclosed: bool) -> Batch:
        width, quote = len(self.headings), self._form.quote
        # The reader's own limit may be another's, which is larger.
        long = lines.take_letters() > self._limits.cell
        batch, taken = Batch(), []
        if width == 1:
            some = [row or [""] for row in some]
        clean = not unclosed and not long and not lines.unreadable and set(map(len, some)) == {width}
        if clean and not lines.marked:
            taken = [(number, row) for number, row in enumerate(some, first) if width == 1 or any(row)]
            for row in some:  # as they are: new lists are more for the garbage collector to go through
                if "" in row:
                    row[:] = [cell or None for cell in row]
            batch.take(taken)
            return batch
        for number, row in enumerate(some, first):
            cells = (
                [unmarked(cell, quote) for cell in row] if lines.marked else [cell or None for cell in row]
            )
            if len(cells) > width and not any(cells[width:]):
                del cells[width:]
            last = unclosed and number == first + len(some) - 1
            if not last and (not cells or (width > 1 and all(cell is None for cell in cells))):
                continue
            problem = self._problem(number, cells, last, lines.unreadable)
            if problem is None:
                taken.append((number, cells))
            else:
                batch.problems.append(problem)
                batch.left_out.append((number, cells))
        batch.take(taken)
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


def _too_long(number: int, limits: Limits) -> Refused:
    message = _(
        "Row {number} has a cell of more than {most} characters. Perhaps a quote in it was never closed."
    )
    return Refused(message.format(number=format_number(number), most=format_number(limits.cell)))
