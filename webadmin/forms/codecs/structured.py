"""JSON and lists."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from sqlalchemy import JSON

from webadmin.forms.codecs.base import Codec
from webadmin.forms.codecs.text import check_text, lines_of
from webadmin.text import gettext as _

_NULL = "NULL"
_DEEPEST = 100
"""Lists and objects within one another; reading many more back could be more than Python can do, on every page there is."""


class JsonCodec(Codec):
    """JSON as indented text. An empty text is SQL's null, the text ``null`` is JSON's.

    :param nullable: a column that is not nullable can hold JSON's null alone, and shows it.
    """

    control = "json"
    wide = True

    def __init__(self, *, nullable: bool) -> None:
        self.null_text = "" if nullable else "null"

    def format(self, value: Any) -> str:
        return "null" if value is JSON.NULL else json.dumps(value, indent=2, ensure_ascii=False)

    def parse(self, text: str) -> Any:
        try:
            value = json.loads(lines_of(text), parse_constant=_refuse)
            _check(value)
        except json.JSONDecodeError as error:
            message = _("Line {line}, column {column}: this is not JSON. {what}.")
            raise ValueError(message.format(line=error.lineno, column=error.colno, what=error.msg)) from None
        except RecursionError:
            raise ValueError(_("This is nested too deeply.")) from None
        except _RefusedError as error:
            raise ValueError(str(error)) from None
        except ValueError:
            raise ValueError(_("There is a number in it that is too long.")) from None
        return JSON.NULL if value is None else value

    def same(self, one: Any, other: Any) -> bool:
        # As text: in Python 1, 1.0 and True are equal.
        return self.format(one) == self.format(other)


class ArrayCodec(Codec):
    """A list, one member a line. A member that would be misread is written in double quotes, as JSON writes texts; a null
    member is the word ``NULL``.

    :param item: the codec of a member.
    """

    control = "array"
    keeps_blanks = True

    def __init__(self, item: Codec) -> None:
        self.item = item

    def format(self, value: Any) -> str:
        if not isinstance(value, list | tuple | set | frozenset):
            raise TypeError("not a list")
        return "\n".join(self._line(member) for member in value)

    def _line(self, member: Any) -> str:
        if member is None:
            return _NULL
        if isinstance(member, list | tuple | dict):
            raise TypeError("a list of lists")
        text = self.item.format(member)
        plain = (
            text
            and text == text.strip()
            and text != _NULL
            and not text.startswith('"')
            and text.isprintable()
        )
        return text if plain else json.dumps(text, ensure_ascii=False)

    def parse(self, text: str) -> list[Any]:
        members: list[Any] = []
        for number, line in enumerate(lines_of(text).split("\n"), 1):
            if not line.strip():
                continue
            try:
                members.append(self._member(line.strip()))
            except ValueError as error:
                raise ValueError(_("Line {number}: {what}").format(number=number, what=error)) from None
        return members

    def _member(self, line: str) -> Any:
        if line == _NULL:
            return None
        if line.startswith('"'):
            try:
                quoted = json.loads(line)
            except ValueError:
                quoted = None
            if isinstance(quoted, str):
                check_text(quoted)
                line = quoted
        return self.item.parse(line)

    def blank(self, stored: Any, *, nullable: bool) -> list[Any] | None:
        return None if nullable and stored is None else []

    def same(self, one: Any, other: Any) -> bool:
        return len(one) == len(other) and all(
            (a is None and b is None) or (a is not None and b is not None and self.item.same(a, b))
            for a, b in zip(one, other, strict=True)
        )


class _RefusedError(Exception):
    """Not a ValueError, so that the parser's own are told apart."""


def _refuse(word: str) -> NoReturn:
    raise _RefusedError(_("{word} is not JSON.").format(word=word))


def _check(value: Any, depth: int = 0) -> None:
    """Raise _RefusedError where a text inside ``value`` is none that a database takes, or ``value`` is nested too deeply."""
    if depth > _DEEPEST:
        raise _RefusedError(_("This is nested too deeply."))
    if isinstance(value, str):
        try:
            check_text(value)
        except ValueError as error:
            raise _RefusedError(str(error)) from None
    elif isinstance(value, list):
        for member in value:
            _check(member, depth + 1)
    elif isinstance(value, dict):
        for name, member in value.items():
            _check(name)
            _check(member, depth + 1)
