"""Names in Python for what a database calls anything it likes."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from sqlalchemy.orm import DeclarativeBase

from webadmin.text import plural, singular

LIST_WORDS = frozenset({
    "after", "before", "columns", "deleted", "latest_per", "page", "per", "per_page", "q", "sort", "top",
})  # fmt: skip
"""Parameters of a list's address: a column of that name could not be filtered by."""

_RESERVED = (
    frozenset(keyword.kwlist) | frozenset(dir(DeclarativeBase)) | {"metadata", "registry"} | LIST_WORDS
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SUFFIX = re.compile(r"_(?:id|fk|uuid|guid|key|code|no|nr|num|ref)$")
_PREFIX = re.compile(r"^(?:id|fk)_")


def identifier(name: str, blank: str = "column") -> str:
    """``name`` as an attribute: letters, digits and single underscores inside, no reserved word. A leading underscore
    goes too, since forms take no fields of such names. ``blank`` stands in for what has no letter to begin with."""
    word = _word(name, blank)
    return f"{word}_" if word in _RESERVED else word


def _word(name: str, blank: str) -> str:
    words = re.sub(r"\W+", "_", name).strip("_")
    return words if words and not words[0].isdigit() else f"{blank}_{words}".rstrip("_")


def attributes(names: Iterable[str]) -> dict[str, str]:
    """A distinct attribute for every column name. A name that can stay as it is always does."""
    wanted = {name: identifier(name) for name in names}
    taken = {name for name, attribute in wanted.items() if name == attribute}
    found: dict[str, str] = {}
    for name, attribute in wanted.items():
        found[name] = attribute if name == attribute else free([attribute], taken)
        taken.add(found[name])
    return found


def free(candidates: Iterable[str], taken: Iterable[str]) -> str:
    """The first candidate that is not taken; else the last one with a number."""
    used = set(taken)
    last = ""
    for last in candidates:
        if last not in used:
            return last
    number = 2
    while f"{last}_{number}" in used:
        number += 1
    return f"{last}_{number}"


def snake(name: str) -> str:
    """A name of the database in lower case with underscores; it may still be a reserved word."""
    return _word(_HUMP.sub("_", name), "table").lower()


def one(name: str) -> str:
    """The singular of a name in snake case."""
    return singular(name.replace("_", " ")).replace(" ", "_")


def many(name: str) -> str:
    """The plural of a name in snake case."""
    return plural(name.replace("_", " ")).replace(" ", "_")


def class_names(table: str, schema: str | None) -> list[str]:
    """Names for a table's class, the best first: ``Order``, ``Orders``, ``SalesOrder``."""
    names = [one(snake(table)), snake(table), f"{snake(schema)}_{one(snake(table))}" if schema else ""]
    return [
        camel for name in names if (camel := "".join(part[:1].upper() + part[1:] for part in name.split("_")))
    ]


def without_key_suffix(column: str) -> str:
    """What a foreign key column points at by its name: ``customer_id``, ``customerId`` and ``id_customer`` at
    "customer"; "" when the name says nothing about it."""
    written = snake(column)
    stripped = _SUFFIX.sub("", written)
    if stripped == written:
        stripped = _PREFIX.sub("", written)
    return stripped if stripped != written else ""
