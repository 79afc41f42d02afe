"""What a form for a new row starts with."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import ColumnInfo, Kind


def initial_value(column: ColumnInfo) -> Callable[[], Any]:
    """A function that gives the column's default anew for every form; None where only the database knows it."""
    default = column.column.default

    def nothing() -> Any:
        return None

    if column.kind is Kind.BOOLEAN and default is None and _server_says_yes(column):
        return lambda: True
    if default is None or default.is_sequence or default.is_clause_element:
        return nothing
    argument: Any = getattr(default, "arg", None)
    if not getattr(default, "is_callable", False):
        return lambda: copy.copy(argument)

    def called() -> Any:
        try:
            return argument(None)
        except Exception:  # a default that needs the statement that it is for: it is made on saving
            return None

    return called


def given_default(value: Any) -> Callable[[], Any]:
    """WTForms' ``default``, a value or a function, as a function."""
    if isinstance(value, sa.ColumnElement):
        return lambda: None
    return value if callable(value) else lambda: copy.copy(value)


def _server_says_yes(column: ColumnInfo) -> bool:
    argument = getattr(column.column.server_default, "arg", None)
    return str(argument).strip("'\"() ").lower() in {"true", "1", "t"}
