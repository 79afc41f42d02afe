"""Which columns a function reads of a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from webadmin.options.reads import columns_read

COLUMNS = ("id", "name", "code", "text")


def _helper(row: Any) -> str:
    return str(row)


def _in_comprehension(row: Any) -> str:
    return " ".join(str(row.name) for _ in range(2))


def _with_default(row: Any, more: str = "") -> str:
    return f"{row.name}{more}"


def _reassigned(row: Any) -> str:
    row = row.name
    return f"{row}"


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (lambda row: row.name, ("name",)),
        (lambda row: f"{row.code}: {row.name}" if row.name else row.code, ("code", "name")),
        (lambda row: row.name.upper(), ("name",)),
        (lambda row: "fixed", ()),
        (lambda row: row.title(), None),
        (lambda row: row.owner.name, None),
        (lambda row: _helper(row), None),
        (lambda row: [row], None),
        (lambda row: getattr(row, "name"), None),  # noqa: B009 - what is tested
        (_in_comprehension, None),
        (_with_default, None),
        (_reassigned, None),
        (str, None),
        (print, None),
    ],
)
def test_columns_read(function: Callable[..., Any], names: tuple[str, ...] | None) -> None:
    """The columns that the code names; None as soon as the row may be read in another way."""
    found = columns_read(function, COLUMNS)
    assert (None if found is None else set(found)) == (None if names is None else set(names))
