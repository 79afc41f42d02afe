"""sqladmin's filter objects in ``column_filters``, where our own for the column does not take their place."""

from __future__ import annotations

import inspect
from typing import Any

import sqlalchemy as sa

from webadmin.auth.user import User
from webadmin.options.own_filters import Filter, pairs_of

_EVERYTHING = {"", "all", "__all"}
"""How such filters write that they ask for nothing."""


def is_filter(value: Any) -> bool:
    """Whether ``value`` is made like sqladmin's filters, which have no class in common."""
    return hasattr(value, "parameter_name")


def kept(value: Any) -> bool:
    """Whether it filters in its own way: by a condition of its own, or by values that it lists itself."""
    return not (hasattr(value, "column") or hasattr(value, "foreign_key")) or bool(
        getattr(value, "values", None)
    )


def obstacle(value: Any) -> str:
    """Why such a filter cannot work here; empty for one that can."""
    if not hasattr(value, "get_filtered_query"):
        return "it has no method get_filtered_query; derive a filter from webadmin.Filter instead"
    if getattr(value, "has_operator", False):
        return "it asks for an operator beside its value; derive a filter from webadmin.Filter instead"
    return ""


class Adapted(Filter):
    """A filter object of sqladmin's, with its own choices and its own query."""

    def __init__(self, given: Any, model: type) -> None:
        self.given, self.model = given, model
        title = str(getattr(given, "title", "") or "")
        super().__init__(name=str(given.parameter_name), label=title)
        self.choices = _choices(given, model)

    def condition(self, value: Any, user: User) -> sa.ColumnElement[bool]:
        keys: Any = sa.inspect(self.model).primary_key
        found = _answer(self.given.get_filtered_query(sa.select(*keys), value, self.model))
        inside = found.order_by(None).with_only_columns(*keys)
        if inside.get_final_froms() == list(sa.select(*keys).get_final_froms()):
            where = inside.whereclause  # of the rows themselves: an index serves as for any other filter
            return sa.true() if where is None else where
        return (keys[0] if len(keys) == 1 else sa.tuple_(*keys)).in_(inside.correlate(None))


def _choices(given: Any, model: type) -> tuple[tuple[str, str], ...]:
    """What the filter offers; nothing where it would ask the database or the request for it."""
    try:
        offered = _answer(given.lookups(None, model, _no_query))
        return tuple(pair for pair in pairs_of(offered) if pair[0] not in _EVERYTHING)
    except Exception:  # whatever a host's code raises without a request: then any value may be written
        return ()


def _answer(given: Any) -> Any:
    """The result of a coroutine that waits for nothing. Raises RuntimeError for one that does."""
    if not inspect.iscoroutine(given):
        return given
    try:
        given.send(None)
    except StopIteration as done:
        return done.value
    given.close()
    raise RuntimeError("A filter may not wait for anything while it makes its condition.")


async def _no_query(statement: Any) -> Any:
    raise RuntimeError("There is no database while views are made.")
