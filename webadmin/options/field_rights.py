"""Which fields of a view a person may read and write, as the view's own functions say."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from webadmin.auth.user import User
from webadmin.options.model_view import ModelView
from webadmin.options.view import View

READ, WRITE = "can_read_field", "can_write_field"
_NAME, _USER = "name", "user"


def wrong_signature(options: ModelView, function: str) -> str:
    """What is wrong with a view's own ``can_read_field`` or ``can_write_field``: the remedy; empty for nothing."""
    given = getattr(options, function)
    remedy = f"write def {function}(self, name, user), which gives True or False"
    if not callable(given):
        return remedy
    if inspect.iscoroutinefunction(given):
        return f"{remedy}; it is asked for every field and cannot be a coroutine"
    return "" if _keywords(given) else remedy


def _keywords(function: Callable[..., Any]) -> tuple[str, str] | None:
    """What the function calls the field's name and the person, in whichever order it takes them."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    plain = [
        one for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD or one.kind is one.KEYWORD_ONLY
    ]
    asked = [one.name for one in plain if one.default is one.empty]
    if len(plain) < len(parameters) or len(asked) != 2:
        return None
    if _USER in asked:
        return next(name for name in asked if name != _USER), _USER
    return (_NAME, next(name for name in asked if name != _NAME)) if _NAME in asked else None


def _asking(options: ModelView, function: str) -> Callable[[str, User], bool] | None:
    """The view's own function, to be called with a name and a person; None where the view has none of its own."""
    if getattr(type(options), function) is getattr(ModelView, function):
        return None
    given = getattr(options, function)
    keywords = _keywords(given)
    assert keywords is not None  # looked at when the program starts
    name_as, user_as = keywords
    return lambda name, user: bool(given(**{name_as: name, user_as: user}))


class FieldRights:
    """Asks one view which of its fields a person may read and write.

    What makes a row a row is not asked about when it is read: its key, which stands in its address, and the mark of a deleted
    one.
    """

    def __init__(self, view: View) -> None:
        self.key = view.key
        self._read, self._write = (_asking(view.options, function) for function in (READ, WRITE))
        fixed = {column.name for column in view.info.key} | {view.soft_delete}
        self._names = tuple(dict.fromkeys(_names(view)))
        self._readable = tuple(name for name in self._names if name not in fixed)

    @property
    def asks(self) -> bool:
        """Whether the view has a word to say at all."""
        return self._read is not None or self._write is not None

    def of(self, user: User) -> tuple[frozenset[str], frozenset[str]]:
        """The names of what the person may not read, and of what they may not write."""
        read, write = self._read, self._write
        unread = frozenset(name for name in self._readable if read is not None and not read(name, user))
        unwritten = frozenset(name for name in self._names if write is not None and not write(name, user))
        return unread, unwritten


def _names(view: View) -> Iterator[str]:
    """All that a view shows of its own model: columns, relations, properties, expressions, filters of the host's own."""
    yield from view.info.columns
    yield from view.info.relations
    columns = [*view.list_columns, *view.details_columns, *view.export_columns, *view.summary]
    attributes = [column.attribute for column in columns]
    attributes += [*view.sortable.values(), *view.default_sort_attributes.values(), *view.searchable]
    attributes += [option.attribute for option in view.filters.values()]
    yield from (attribute.name for attribute in attributes if "." not in attribute.name)
