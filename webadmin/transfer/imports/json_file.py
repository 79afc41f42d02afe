"""JSON, a list of objects, and JSON lines, an object a line, read in pieces."""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, NoReturn

from webadmin.text import format_number
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import FileForm, Problem
from webadmin.transfer.imports.decoding import Text
from webadmin.transfer.imports.source import (
    AT_ONCE,
    LETTERS,
    LONGEST_ROW,
    Batch,
    Exact,
    Limits,
    Refused,
    Source,
    broken_text,
    check_rows,
    headings_of,
    shortened,
    size_of,
    too_long,
)

_LOOKED_AT = 1000
"""Objects whose names become the columns."""
_BLANK = re.compile(r"[ \t\r\n]*")


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


_DECODER = json.JSONDecoder(parse_float=Exact, parse_constant=_refuse)


class _Bad:
    """What stands where an object should."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Objects(Source):
    """Objects whose names are columns. One that lacks a name has nothing there."""

    def __init__(self, file: BinaryIO, form: FileForm, limits: Limits) -> None:
        self._file, self._form, self._limits = file, form, limits
        self._size = size_of(file, limits)
        names: dict[str, None] = {}
        for found in islice(self._members(Text(file, form.encoding)), _LOOKED_AT):
            if isinstance(found, dict):
                names.update(dict.fromkeys(found))
                if len(names) > limits.columns:
                    break
        if not names:
            raise Refused(_("There are no rows in this file."))
        self.headings = headings_of(list(names), limits)
        if self.headings != tuple(names):
            raise Refused(_("The names in this file's objects begin or end with blanks, or are empty."))

    @abstractmethod
    def _members(self, text: Text) -> Iterator[Any]:
        """What stands in the file, one after the other. Raises Refused where it cannot be read any further."""

    def batches(self) -> Iterator[Batch]:
        """See :class:`Source`."""
        text = Text(self._file, self._form.encoding)
        members = self._members(text)
        known, number = set(self.headings), 0
        while some := _some(members, text):
            batch, rows = Batch(), []
            for found in some:
                number += 1
                cells = [found.get(name) for name in self.headings] if isinstance(found, dict) else []
                problem = self._problem(number, found, cells, known)
                if problem is None:
                    rows.append((number, cells))
                else:
                    batch.problems.append(problem)
                    batch.left_out.append((number, cells))
            check_rows(number, self._limits)
            batch.take(rows)
            batch.done = min(1.0, text.bytes / (self._size or 1))
            yield batch

    def _problem(self, number: int, found: Any, cells: list[Any], known: set[str]) -> Problem | None:
        if not isinstance(found, dict):
            value = shortened(found.text if isinstance(found, _Bad) else json.dumps(found))
            return Problem(number, "", "ragged", value, _("This is no JSON object."))
        if not found.keys() <= known:
            name = next(name for name in found if name not in known)
            message = _("No object before this one has “{name}”.").format(name=shortened(name))
            return Problem(number, "", "ragged", shortened(name), message)
        if any(type(cell) is str and len(cell) > self._limits.cell for cell in cells):
            return too_long(number, self._limits)
        return broken_text(number, self.headings, cells)


def _some(members: Iterator[Any], text: Text) -> list[Any]:
    found: list[Any] = []
    before = text.bytes
    for member in islice(members, AT_ONCE):
        found.append(member)
        if text.bytes - before > LETTERS:
            break
    return found


class JsonLines(_Objects):
    """An object a line; a line that is none is a problem of its own."""

    def _members(self, text: Text) -> Iterator[Any]:
        longest = self._limits.cell * LONGEST_ROW
        carry, number = "", 0
        while True:
            block = text.read()
            lines = (carry + (block or "")).split("\n")
            carry = lines.pop() if block is not None else ""
            if len(carry) > longest:
                raise _too_long(number + 1, longest)
            for line in lines:
                if stripped := line.strip(" \t\r"):
                    number += 1
                    yield _decoded(stripped)
            if block is None:
                return


def _decoded(line: str) -> Any:
    try:
        return _DECODER.decode(line)
    except (ValueError, RecursionError):
        return _Bad(line)


class JsonArray(_Objects):
    """A list of objects, or one object around it, such as services answer with: the one of its members that is a list of objects."""

    def _members(self, text: Text) -> Iterator[Any]:
        longest = self._limits.cell * LONGEST_ROW
        rest = _Rest(text, longest)
        first = rest.next()
        if first not in {"[", "{"}:
            raise _no_list()
        rest.at += 1
        yield from _listed(rest) if first == "[" else _within(rest)
        if rest.next():
            raise Refused(_("Something stands behind the list in this file."))


def _listed(rest: _Rest) -> Iterator[Any]:
    """The members of a list behind its bracket."""
    number = 0
    if rest.next() == "]":
        rest.at += 1
        return
    while True:
        number += 1
        yield rest.value(number)
        mark = rest.next()
        if mark not in {",", "]"}:
            raise _no_json(number)
        rest.at += 1
        if mark == "]":
            return


def _within(rest: _Rest) -> Iterator[Any]:
    """The members of the list of objects in an object behind its brace; all else in it is passed over."""
    found = False
    while True:
        if not isinstance(rest.value(1), str) or rest.next() != ":":
            raise _no_json(1)
        rest.at += 1
        if rest.next() != "[":
            rest.value(1)
        else:
            rest.at += 1
            holds_objects = rest.next() == "{"
            if holds_objects and found:
                raise Refused(
                    _(
                        "There are several lists of objects in this file: leave the one that is to be imported."
                    )
                )
            found = found or holds_objects
            for member in _listed(rest):
                if holds_objects:
                    yield member
        mark = rest.next()
        if mark not in {",", "}"}:
            raise _no_json(1)
        rest.at += 1
        if mark == "}":
            break
    if not found:
        raise _no_list()


class _Rest:
    """What is in memory of a file, and where it goes on."""

    def __init__(self, text: Text, longest: int) -> None:
        self._text, self._longest = text, longest
        self._buffer, self._ended = "", False
        self.at = 0

    def next(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            found = _BLANK.match(self._buffer, self.at)
            assert found is not None
            self.at = found.end()
            if self.at < len(self._buffer) or not self._more():
                return self._buffer[self.at : self.at + 1]

    def value(self, number: int) -> Any:
        """The next value. Raises Refused where there is none."""
        self.next()
        while True:
            try:
                found, end = _DECODER.raw_decode(self._buffer, self.at)
            except RecursionError:
                raise _no_json(number) from None
            except ValueError:
                found, end = None, len(self._buffer)
                if self._ended:
                    raise _no_json(number) from None
            # One that ends where the memory does may go on: 1 is the beginning of 12.
            if end < len(self._buffer) or self._ended:
                self.at = end
                return found
            if end - self.at > self._longest:
                raise _too_long(number, self._longest)
            self._more()

    def _more(self) -> bool:
        block = self._text.read()
        self._ended = block is None
        self._buffer, self.at = self._buffer[self.at :] + (block or ""), 0
        return not self._ended


def _no_list() -> Refused:
    return Refused(_("A JSON file has to hold a list of objects: [{…}, {…}]."))


def _too_long(number: int, most: int) -> Refused:
    message = _("Object {number} is no JSON, or has more than {most} characters.")
    return Refused(message.format(number=format_number(number), most=format_number(most)))


def _no_json(number: int) -> Refused:
    message = _("Object {number} is no JSON. What stands before it could be read, what follows could not.")
    return Refused(message.format(number=format_number(number)))
