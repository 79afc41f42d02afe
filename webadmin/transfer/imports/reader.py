"""What reads a column of a file: a whole column at a time, and what is wrong with single values of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

Quick = Callable[[Sequence[Any], Sequence[str]], "list[Any] | None"]
"""From a column, and its texts alone, to its values; None where a text is not plain enough for it."""
Plain = Callable[[str], bool]
"""Whether texts, each with a line end behind it, are written as every database writes such values itself."""


class Wrong(ValueError):
    """A value that a column cannot take. ``kind`` is that of a :class:`Problem`, the message is for the person."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


class Converter:
    """Reads the values of one column.

    :param one: reads a value that is neither None nor, unless ``blanks``, a blank text. Raises Wrong, or ValueError with a sentence.
    :param quick: reads a whole column of plain texts.
    :param plain: tells texts that need not be read here at all.
    :param shared: values of equal texts may be the same object.
    :param blanks: an empty text is a value too.
    """

    def __init__(
        self,
        one: Callable[[Any], Any],
        quick: Quick | None = None,
        *,
        plain: Plain | None = None,
        shared: bool = True,
        blanks: bool = False,
    ) -> None:
        self._one, self._quick, self._plain, self._shared, self._blanks = one, quick, plain, shared, blanks

    def __call__(self, value: Any) -> Any:
        """The value of the column; None for nothing. Raises Wrong."""
        if value is None or (not self._blanks and isinstance(value, str) and not value.strip()):
            return None
        try:
            return self._one(value)
        except Wrong:
            raise
        except ValueError as error:
            raise Wrong("type", str(error)) from None

    def is_plain(self, values: Sequence[Any]) -> bool:
        """Whether ``values`` are texts that a database reads as this would."""
        texts = _without_none(values)
        if self._plain is None or set(map(type, texts)) != {str}:
            return False
        return self._plain("\n".join(texts) + "\n")

    def column(self, values: Sequence[Any]) -> tuple[list[Any], dict[int, Wrong]]:
        """The values of a whole column, with None where one is wrong, and what is wrong with those, by place."""
        texts = _without_none(values)
        if not texts:
            return list(values), {}
        if set(map(type, texts)) == {str}:
            if self._quick is not None and (found := self._quick(values, texts)) is not None:
                return found, {}
            if self._shared:
                return self._by_table(values, texts)
        return _each(self, enumerate(values), len(values))

    def _by_table(self, values: Sequence[Any], texts: Sequence[str]) -> tuple[list[Any], dict[int, Wrong]]:
        distinct = list(dict.fromkeys(texts))
        made, wrong = _each(self, enumerate(distinct), len(distinct))
        table: dict[Any, Any] = dict(zip(distinct, made, strict=True))
        table[None] = None
        found = [table[value] for value in values]
        if not wrong:
            return found, {}
        mistaken = {distinct[place]: error for place, error in wrong.items()}
        return found, {place: mistaken[value] for place, value in enumerate(values) if value in mistaken}


def _without_none(values: Sequence[Any]) -> Sequence[Any]:
    return [value for value in values if value is not None] if None in values else values


def _each(
    read: Callable[[Any], Any], values: Iterable[tuple[int, Any]], count: int
) -> tuple[list[Any], dict[int, Wrong]]:
    found: list[Any] = [None] * count
    wrong: dict[int, Wrong] = {}
    for place, value in values:
        try:
            found[place] = read(value)
        except Wrong as error:
            wrong[place] = error
    return found, wrong


def spread(values: Sequence[Any], made: Sequence[Any]) -> list[Any]:
    """``made`` in the places of ``values`` that are not None."""
    if len(made) == len(values):
        return list(made)
    left = iter(made)
    return [None if value is None else next(left) for value in values]


def safe(quick: Quick) -> Quick:
    """``quick``, which gives way to the slow path where a text only looked plain: there is no 30th of February."""

    def guarded(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        try:
            return quick(values, texts)
        except (ValueError, ArithmeticError):
            return None

    return guarded
