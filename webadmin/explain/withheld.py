"""A plan without the columns of which a person may know nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import Any

_WORD = re.compile(r"\w+")


def withhold(explained: list[dict[str, Any]], hidden: Set[str]) -> list[dict[str, Any]] | None:
    """``explained`` without the output columns that name one of ``hidden``; None where something else in it does.

    A statement that does not ask for a column may have a plan that tells of it: a scan hands on all columns of its table,
    and a computed column or a policy of the database puts others into conditions.

    :param hidden: names of columns, in lower case.
    """
    if not hidden:
        return explained
    told: list[dict[str, Any]] = _without(explained, hidden)
    return None if any(_names(text, hidden) for text in _texts(told)) else told


def _without(value: Any, hidden: Set[str]) -> Any:
    if isinstance(value, list):
        return [_without(part, hidden) for part in value]
    if isinstance(value, dict):
        return {
            key: [column for column in part if not _names(str(column), hidden)]
            if key == "Output" and isinstance(part, list)
            else _without(part, hidden)
            for key, part in value.items()
        }
    return value


def _names(text: str, hidden: Set[str]) -> bool:
    return not hidden.isdisjoint(_WORD.findall(text.lower()))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
