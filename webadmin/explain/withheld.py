"""A plan without the columns of which a person may know nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import Any

_WORD = re.compile(r"\w+")
_DOTTED = re.compile(r"\w+\.\w+")


def withhold(explained: list[dict[str, Any]], hidden: Set[str]) -> list[dict[str, Any]] | None:
    """``explained`` without the output columns that name one of ``hidden``; None where something else in it does.

    A statement that does not ask for a column may have a plan that tells of it: a scan hands on all columns of its table,
    and a computed column or a policy of the database puts others into conditions.

    :param hidden: names of columns, in lower case.
    """
    if not hidden:
        return explained
    told: list[dict[str, Any]] = _without(explained, hidden)
    return None if any(names(text, hidden) for text in _texts(told)) else told


def names(text: str, hidden: Set[str]) -> bool:
    """Whether ``text``, a statement or a part of a plan, names one of ``hidden``."""
    text = text.lower()
    if not hidden.isdisjoint(_WORD.findall(text)):
        return True
    odd = [name for name in hidden if not _WORD.fullmatch(name)]
    if not odd:
        return False
    # Drivers have their own way with a percent sign, and databases with quotes.
    bare = text.replace("%%", "%").replace('""', '"')
    # What has a dot may be a relation, ``order.customer``; as a column it is quoted.
    return any((f'"{name}"' if _DOTTED.fullmatch(name) else name) in bare for name in odd)


def _without(value: Any, hidden: Set[str]) -> Any:
    if isinstance(value, list):
        return [_without(part, hidden) for part in value]
    if isinstance(value, dict):
        return {
            key: [column for column in part if not names(str(column), hidden)]
            if key == "Output" and isinstance(part, list)
            else _without(part, hidden)
            for key, part in value.items()
        }
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
