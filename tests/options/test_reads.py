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


def _of_a_name(row: Any, name: str) -> str:
    return f"{getattr(row, name)} {row.code}"


def _of_two_names(row: Any, name: str) -> str:
    return f"{getattr(row, name)} {getattr(row, name + '_end')}"


def _of_another_name(row: Any, name: str) -> str:
    name = "code"
    return str(getattr(row, name))


def _of_all_names(row: Any, name: str) -> str:
    return "{row.name}".format(**locals())


@pytest.mark.parametrize(
    ("function", "attribute", "names"),
    [
        (_of_a_name, "text", ("text", "code")),
        (_of_a_name, "owner", ("code",)),
        (lambda row, name: row.name[:10], "text", ("name",)),
        (lambda row, name: getattr(row, name, None), "text", None),
        (_of_two_names, "text", None),
        (_of_another_name, "text", None),
        (_of_all_names, "text", None),
        (lambda row: row.name, "text", None),
    ],
)
def test_columns_read_by_name(
    function: Callable[..., Any], attribute: str, names: tuple[str, ...] | None
) -> None:
    """A function of a row and a name reads what it names, and the attribute of that name."""
    found = columns_read(function, COLUMNS, attribute=attribute)
    assert (None if found is None else set(found)) == (None if names is None else set(names))
