"""Rows as they come out of a file, whatever its format, and the limits that all formats share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Any, BinaryIO

from webadmin.errors import Unprocessable
from webadmin.text import format_number
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import Problem

AT_ONCE = 2000
"""Rows in memory."""
LETTERS = 4 * 1024 * 1024
"""After as many letters there are no more rows in memory, however few they are."""
LONGEST_ROW = 4
"""How long a row can be at most, in times the longest cell."""
_TITLES = 3
"""Rows with a single text in them, such as what a list is called, that may stand above the headings."""
_ABOVE = 10_000
"""Rows within which a heading has to come: a file may be nothing but line ends."""
SHORTENED = 100
"""Characters of a value that a problem shows."""
UNREADABLE = "\udcff"
"""Stands for a byte that is no text in the file's encoding. No text that was read can hold it: it is half a character."""


class Refused(Unprocessable):
    """A file that cannot be read, or not any further. The message says why, and what would help."""

    title = "This file cannot be read"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold."""

    bytes: int = 1024 * 1024 * 1024
    rows: int = 5_000_000
    columns: int = 500
    cell: int = 1_000_000
    """Characters."""


@dataclass(slots=True)
class Batch:
    """Some rows of a file, column by column: lists of texts are nothing that the garbage collector goes through, and rows would be."""

    numbers: Sequence[int] = ()
    columns: Sequence[Sequence[Any]] = ()
    """One for each heading. Of CSV texts, and None for an empty field (``""`` is an empty text); of JSON whatever stands there,
    fractions as :class:`Exact`; of a workbook texts, numbers, booleans, dates, times and None."""
    problems: list[Problem] = field(default_factory=list)
    """Why the others cannot be taken: ragged, text (a byte or character that is none), formula."""
    left_out: list[tuple[int, list[Any]]] = field(default_factory=list)
    """The rows of ``problems`` as far as they could be read, of any length."""
    done: float = 0.0
    """The part of the file that has been read, 0 to 1."""

    @property
    def rows(self) -> list[tuple[int, list[Any]]]:
        """``(number, values)``, with a value for each heading."""
        return list(zip(self.numbers, map(list, zip(*self.columns, strict=True)), strict=True))

    def take(self, rows: Sequence[tuple[int, Sequence[Any]]]) -> None:
        """Let ``rows``, given as :attr:`rows` are, be its rows."""
        self.numbers = [number for number, _values in rows]
        cells = [values for _number, values in rows]
        self.columns = [list(map(itemgetter(place), cells)) for place in range(len(cells[0]) if cells else 0)]


class Exact(float):
    """A fraction of a JSON file with the digits it was written with, which a float alone would lose."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Exact:
        made = super().__new__(cls, text)
        made.text = text
        return made


class Source(ABC):
    """A file that can be read as rows, from its beginning as often as is asked."""

    headings: tuple[str, ...]
    sheets: tuple[str, ...] = ()
    """Of a workbook, where there are several."""

    @abstractmethod
    def batches(self) -> Iterator[Batch]:
        """The rows, some thousand at a time. Raises Refused where the file cannot be read any further."""


def size_of(file: BinaryIO, limits: Limits) -> int:
    """The bytes of ``file``. Raises Refused over the limit."""
    size = file.seek(0, 2)
    file.seek(0)
    if size > limits.bytes:
        most = format_number(max(1, limits.bytes // 1_000_000))
        raise Refused(_("This file is too large: at most {most} MB can be imported.").format(most=most))
    return size


def first_of(rows: Iterable[Sequence[Any]], *, padded: bool) -> tuple[int, Sequence[Any]]:
    """The row that names the columns, and how many stand before it: the first in which anything stands, and which is no title.

    :param padded: a title has as many fields as any row, all but one of them empty; a row of one field is none.
    """
    titles: list[tuple[int, Sequence[Any]]] = []
    for place, row in enumerate(islice(rows, _ABOVE)):
        filled = sum([cell is not None and cell != "" for cell in row])
        if not filled:
            continue
        if filled > 1 or (padded and len(row) == 1):
            return titles[0] if titles and filled == 1 else (place, row)
        titles.append((place, row))
        if len(titles) > _TITLES:
            break
    return titles[0] if titles else (0, ())


def headings_of(cells: Sequence[Any], limits: Limits) -> tuple[str, ...]:
    """The headings from the cells of the first row; one that is empty is called by its place, empty ones at the end are none.

    Raises Refused for none, too many, or two of the same name.
    """
    texts = ["" if cell is None else str(cell).strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    if not texts:
        raise Refused(_("This file is empty: its first row has to name the columns."))
    check_columns(len(texts), limits)
    if any(UNREADABLE in text or "\x00" in text or len(text) > 1000 for text in texts):
        raise Refused(_("The first row has to name the columns; here it cannot be read as text."))
    found: dict[str, int] = {}
    for place, text in enumerate(texts, 1):
        name = text or _("Column {place}").format(place=place)
        if name in found:
            message = _(
                "Columns {one} and {other} are both called “{name}”. Give each column a name of its own."
            )
            raise Refused(message.format(one=found[name], other=place, name=shortened(name)))
        found[name] = place
    return tuple(found)


def check_columns(count: int, limits: Limits) -> None:
    """Raise Refused for more columns than are allowed."""
    if count > limits.columns:
        message = _("This file has {count} columns; at most {most} can be imported.")
        raise Refused(message.format(count=format_number(count), most=format_number(limits.columns)))


def check_rows(count: int, limits: Limits) -> None:
    """Raise Refused for more rows than are allowed."""
    if count > limits.rows:
        message = _("This file has more than {most} rows. Import it in several parts.")
        raise Refused(message.format(most=format_number(limits.rows)))


def shortened(value: Any) -> str:
    """A value as a problem shows it."""
    if value is None:
        return ""
    text = str(value)
    text = text.replace(UNREADABLE, "\ufffd").replace("\x00", "\ufffd")
    return text if len(text) <= SHORTENED else text[: SHORTENED - 1] + "…"


def ragged(number: int, cells: Sequence[Any], width: int) -> Problem:
    """What is wrong with a row of another length than the headings."""
    message = _("This row has {count} fields, and there are {width} columns.")
    return Problem(
        number,
        "",
        "ragged",
        shortened(", ".join("" if cell is None else str(cell) for cell in cells[:20])),
        message.format(count=format_number(len(cells)), width=format_number(width)),
    )


def too_long(number: int, limits: Limits) -> Problem:
    """What is wrong with a row in which a text is longer than a cell can be."""
    message = _("It has more than {most} characters.").format(most=format_number(limits.cell))
    return Problem(number, "", "long", "", message)


def broken_text(number: int, headings: Sequence[str], cells: Sequence[Any]) -> Problem | None:
    """What is wrong with a row in which a text holds what no database takes; None where none does."""
    for heading, cell in zip(headings, cells, strict=False):
        if not isinstance(cell, str):
            continue
        if "\x00" in cell:
            what = _("“{column}” holds the character NUL (0), which is no text.")
        elif not cell.isascii() and _is_broken(cell):
            what = _("“{column}” holds bytes that are no text in this encoding. Save the file as UTF-8.")
        else:
            continue
        return Problem(number, "", "text", shortened(cell), what.format(column=shortened(heading)))
    return None


def _is_broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
