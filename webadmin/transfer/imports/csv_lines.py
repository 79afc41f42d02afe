"""The lines of a CSV file, a block at a time: most blocks hold no quote, and are taken apart as they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO

from webadmin.transfer.imports.asked import FileForm
from webadmin.transfer.imports.decoding import Text
from webadmin.transfer.imports.source import LONGEST_ROW, Limits

EMPTY = "\udc00"
"""Marks a field that is an empty text. Half a character, which no text that was read can hold; so is the next."""
END = "\udc01"
_EXCEL = re.compile(r"\Asep=[^\r\n]\r?\n")
"""A first line by which Excel is told the delimiter."""
_FEW = 4
"""One line out of so many may have a quote."""


class Lines:
    """An iterator over the lines of ``file``, with ``END`` behind the last, for a reader of the csv module.

    That reader tells nothing from an empty text only since Python 3.12. Two quotes that stand where a
    whole field would stand are followed here by ``EMPTY``. Where they are a field, that is then the field; where they are an
    escaped quote within one, the mark follows that quote, and both cases are told apart afterwards.
    """

    def __init__(self, file: BinaryIO, form: FileForm, limits: Limits) -> None:
        self._text, self._limits, self._delimiter = Text(file, form.encoding), limits, form.delimiter
        self._quotes = form.quote * 2
        within, quotes = f"[^{re.escape(form.delimiter)}\r\n]", re.escape(self._quotes)
        # It begins with the quotes, so that it looks at nothing else.
        self._empty = re.compile(f"{quotes}(?<!{within}{quotes})(?!{within})")
        self._carry, self._begun, self._over = "", False, False
        self._block = ""
        self._left: Iterator[str] = iter(())
        self.letters = self._before = 0
        """How many were read since :meth:`take_letters` was asked."""
        self.marked = False
        """Whether any field of the block was."""
        self.between = False
        """Said by who asks for a row: where the block ends, he is told so. Within a row the next block goes on."""

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        while (line := next(self._left, None)) is None:
            if self.between or not self._read():
                raise StopIteration
        self.between = False
        return line

    def load(self) -> bool:
        """Go on to the next block of whole lines; False at the end. Raises csv.Error for a line that is too long."""
        self.marked = False
        return self._read()

    def take_columns(self, width: int) -> list[list[str | None]] | None:
        """The fields of the block column by column, if each line is a row of ``width`` fields in which something stands, and most
        are without a quote. None for a block that has to be read by the rules of CSV from its beginning to its end."""
        block, delimiter, quote = self._block, self._delimiter, self._quotes[:1]
        if self.unreadable or len(block) > self._limits.cell:
            return None
        if "\r" in block:
            block = block.replace("\r\n", "\n")
        lines = block.split("\n")
        if lines.pop() or "\r" in block:
            return None
        if width > 1 and delimiter * (width - 1) in lines:
            return None
        quoted = [place for place, line in enumerate(lines) if quote and quote in line]
        if len(quoted) > len(lines) // _FEW:
            return None
        rows = self._rows_of([lines[place] for place in quoted], width)
        if rows is None:
            return None
        instead = delimiter.join(END * width)
        for place in quoted:
            lines[place] = instead
        # Each line end becomes a field of its own: one that is not where it has to be tells of a row of another length.
        cells = f"{delimiter}\n{delimiter}".join(lines).split(delimiter)
        if len(cells) != len(lines) * (width + 1) - 1 or set(cells[width :: width + 1]) - {"\n"}:
            return None
        columns: list[list[str | None]] = []
        for number in range(width):
            column: list[Any] = cells[number :: width + 1]
            columns.append([cell or None for cell in column] if "" in column else column)
            for place, row in zip(quoted, rows, strict=True):
                columns[number][place] = unmarked(row[number], quote)
        self._left = iter(())
        self.letters = self._before = 0  # none of them belongs to a row that is still to come
        return columns

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Rows of the csv module from ``lines``."""
        # Another program's own limit stays as large as it is.
        csv.field_size_limit(max(csv.field_size_limit(), self._limits.cell))
        quote = self._quotes[:1]
        how: dict[str, Any] = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
        return csv.reader(lines, delimiter=self._delimiter, **how)

    def _rows_of(self, lines: list[str], width: int) -> list[list[str]] | None:
        """Rows of ``lines`` if each of them is one: where a quote is left open, it takes in the next."""
        rows = list(self.reader([*lines, END]))
        whole = len(rows) == len(lines) + 1 and rows.pop() == [END]
        return rows if whole and set(map(len, rows)) <= {width} else None

    def take_letters(self) -> int:
        """How many letters the rows since the last time can have, at most: a block is read before its rows are."""
        letters, self._before, self.letters = self._before + self.letters, self.letters, 0
        return letters

    @property
    def bytes(self) -> int:
        """How many have been read."""
        return self._text.bytes

    @property
    def unreadable(self) -> bool:
        """Whether anything read so far was no text."""
        return self._text.broken

    def _read(self) -> bool:
        if self._over:
            return False
        more = self._text.read()
        text = self._carry + (more or "")
        # The last character is kept: it may be the first half of a line end.
        cut = len(text) if more is None else text.rfind("\n") + 1 or text.rfind("\r", 0, -1) + 1
        if not cut and len(text) > self._limits.cell * LONGEST_ROW:
            raise csv.Error("a line is too long")
        block, self._carry, self._over = text[:cut], text[cut:], more is None
        if block and not self._begun:
            block, self._begun = _EXCEL.sub("", block), True
        if self._quotes and self._quotes in block:
            block, count = self._empty.subn(self._quotes + EMPTY, block)
            self.marked |= bool(count)
        self.letters += len(block)
        lines = io.StringIO(block, newline="")
        self._block, self._left = block, chain(lines, [END]) if self._over else lines
        return True


def unmarked(cell: str, quote: str) -> str | None:
    """A field without our marks; None for nothing."""
    if EMPTY not in cell:
        return cell or None
    return "" if cell == EMPTY else cell.replace(quote + EMPTY, quote)
