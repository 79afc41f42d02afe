"""Values that a model's type does not know come as they are stored, where the model alone would fail for the row.

A column of an ``Enum`` may hold what the program has never heard of: an older or newer release wrote it, a value was
added to the type in the database. A person who looks after the data has to see such a row, and to put it right.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.types import TypeEngine

_KEPT = "_webadmin_as_stored"


def as_stored(engine: Engine) -> Engine:
    """An engine that shares ``engine``'s pool and events and reads such values; for everybody else nothing changes."""
    own = engine.execution_options()
    event.listen(own, "before_cursor_execute", _read_leniently)
    return own


def _read_leniently(
    connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> None:
    compiled = getattr(context, "compiled", None)
    columns = getattr(compiled, "_result_columns", None)
    if not columns:
        return
    # A compiled statement is kept and shared with the host's own reads, and with it how its columns are read: ours
    # are read by a copy, which is made once and kept with it.
    ours = compiled.__dict__.get(_KEPT)
    if ours is None:
        ours = _copy(compiled)
        compiled.__dict__[_KEPT] = ours
    if ours is not compiled:
        context.compiled = ours
        context.result_column_struct = (ours._result_columns, *context.result_column_struct[1:])


def _copy(compiled: Any) -> Any:
    """``compiled`` with lenient types; itself, where it selects nothing of the kind."""
    columns = [
        entry._replace(type=_AsStored(entry.type)) if _may_fail(entry.type) else entry
        for entry in compiled._result_columns
    ]
    if all(new is old for new, old in zip(columns, compiled._result_columns, strict=True)):
        return compiled
    ours = copy.copy(compiled)
    ours._result_columns = columns
    ours._cached_metadata = None
    return ours


def _may_fail(type_: TypeEngine[Any]) -> bool:
    """An enumeration, a list of such, or a type of the host's own around texts or whole numbers."""
    if isinstance(type_, sa.ARRAY):
        return isinstance(type_.item_type, sa.Enum)
    if isinstance(type_, sa.TypeDecorator):
        return isinstance(type_.impl_instance, sa.Enum | sa.String | sa.Integer)
    return isinstance(type_, sa.Enum)


class _AsStored(TypeEngine[Any]):
    """Reads like ``inner``; what that does not know comes as the driver gives it."""

    def __init__(self, inner: TypeEngine[Any]) -> None:
        self.inner = inner
        self._is_list = isinstance(inner, sa.ARRAY)

    def _cached_result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], Any] | None:
        process = self.inner._cached_result_processor(dialect, coltype)
        if process is None:
            return None

        def read(value: Any) -> Any:
            try:
                return process(value)
            except (LookupError, ValueError, OSError):  # a value, a member or a file that is not there
                return _members(value) if self._is_list else value

        return read


def _members(value: Any) -> Any:
    """A list of an enumeration's values, which drivers that do not know it give as one text: ``{a,b}``."""
    if not isinstance(value, str):
        return value
    inner = value.strip("{}")
    return [part.strip('"') for part in inner.split(",")] if inner else []
