"""What an import is asked to do, and what is said of its rows. Plain data, shared by reading, checking, pages and the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from webadmin.options.view import View

Format = Literal["csv", "json", "jsonl", "xlsx"]
Decimal = Literal[".", ","]
DateOrder = Literal["ymd", "dmy", "mdy"]
Mode = Literal["insert", "update", "upsert"]
Missing = Literal["keep", "delete"]


@dataclass(frozen=True, slots=True)
class FileForm:
    """How a file is to be read."""

    format: Format
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    sheet: str = ""
    """Of a workbook; empty for its first."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the texts of one column are read."""

    decimal: Decimal = "."
    dates: DateOrder = "ymd"


@dataclass(frozen=True, slots=True)
class Target:
    """Where one column of the file goes."""

    source: int
    """Its place in the file, from 0."""
    name: str
    """The column, or to-one relation, of the view that it becomes."""
    by: str = ""
    """Of a relation: the unique column of the other model that the texts name; empty for its key."""
    reading: Reading = Reading()


@dataclass(frozen=True, slots=True)
class Import:
    """Which rows of a file become which rows of a view."""

    view: View
    file: FileForm
    targets: tuple[Target, ...]
    match: tuple[str, ...] = ()
    """The columns of a unique key of the view that say which row is meant; empty only with ``insert``."""
    mode: Mode = "upsert"
    missing: Missing = "keep"
    """What becomes of the view's rows that the file has not: nothing, or they are marked as deleted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be taken."""

    row: int
    """Its number as a spreadsheet shows it: the heading is row 1. Of JSON, the number of the object, from 1."""
    name: str
    """The column or relation of the view; empty for the row as a whole."""
    kind: str
    """A word for programs: type, empty, long, choice, check, missing, ambiguous, duplicate, taken, scope, ragged, text
    (bytes or characters that are none), formula, validator, hook."""
    value: str
    """What stands there, shortened."""
    message: str
    """In the person's language."""


class Rows(Protocol):
    """Some rows of a file, a few thousand."""

    @property
    def numbers(self) -> Sequence[int]:
        """Of each row."""

    @property
    def columns(self) -> Sequence[Sequence[Any]]:
        """For each heading, of each row, a text, JSON value or None."""

    @property
    def problems(self) -> Sequence[Problem]:
        """Of rows that cannot be read, which may or may not be among the others."""


class Source(Protocol):
    """A file that has been opened."""

    def batches(self) -> Iterator[Rows]:
        """All its rows, in constant memory; a new pass each time it is asked."""
