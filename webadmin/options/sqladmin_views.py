"""sqladmin's ``ModelView`` classes, taken as they are."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from webadmin.auth.user import User
from webadmin.options import sqladmin_filters as filters
from webadmin.options.attributes import attribute_name
from webadmin.options.model_view import ModelView
from webadmin.options.view import View

_BASE_MODULE = "sqladmin.models"

_TAKEN = {name for name in dir(ModelView) if not name.startswith("_")} - {"key", "scope", "model"}
_HOOKS = (
    "on_model_change", "after_model_change", "on_model_delete", "after_model_delete", "after_commit", "is_accessible",
    "is_visible",
)  # fmt: skip
_SILENT = {
    "identity", "pk_columns", "session_maker", "is_async", "is_model", "ajax_lookup_url", "templates", "name", "model",
    "name_plural", "methods", "include_in_schema", "category_icon", "list_query", "non_link_related_fields",
}  # fmt: skip
_INSTEAD = {
    "search_query": "column_searchable_list or search_vector",
    "count_query": "scope(self, stmt, user)",
    "details_query": "scope(self, stmt, user)",
    "form_details_query": "scope(self, stmt, user)",
    "form_edit_query": "scope(self, stmt, user)",
    "edit_form_query": "scope(self, stmt, user)",
    "sort_query": "column_default_sort",
    "insert_model": "on_model_change",
    "update_model": "on_model_change",
    "delete_model": "on_model_delete",
}


def is_sqladmin_view(view: Any) -> bool:
    """Whether ``view`` is a class derived from sqladmin's ModelView (sqladmin itself is not imported for this)."""
    return isinstance(view, type) and any(cls.__module__ == _BASE_MODULE for cls in view.__mro__)


def adapt(view: type[Any]) -> tuple[type[ModelView], list[str]]:
    """Our view class with what a sqladmin view sets, and a sentence for each thing that has no effect here.

    Its methods are called on an object of its own class, so that ``super()`` and all that they use is there.
    """
    own: dict[str, Any] = {}
    for cls in reversed(view.__mro__):
        if cls is not object and cls.__module__ != _BASE_MODULE:
            own.update({name: value for name, value in vars(cls).items() if not name.startswith("__")})
    attributes: dict[str, Any] = {
        name: getattr(view, name) for name in own if name in _TAKEN and name not in _HOOKS
    }
    original = _object_of(view)
    attributes |= {name: _delegate(name, original) for name in _HOOKS if name in own}
    for name in ("name", "name_plural"):
        if name not in _declared(view):
            attributes.pop(name, None)
    if "list_query" in own:
        attributes["scope"] = _scope_from_list_query
    if "non_link_related_fields" in own:
        attributes["_unlinked"] = tuple(attribute_name(value) for value in view.non_link_related_fields)
    if "column_filters" in attributes:
        attributes["column_filters"], notes = _filters(attributes["column_filters"])
    else:
        notes = []
    attributes |= {
        "model": view.model,
        "_sqladmin": True,
        "_original": original,
        "__doc__": view.__doc__,
        "__module__": view.__module__,
    }
    names = _sqladmin_names(view)
    notes = [note for name, value in own.items() if (note := _note(name, value, names))] + notes
    return type(view.__name__, (ModelView,), attributes), notes


def sqladmin_lists(views: Iterable[View]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Of each of ``views`` its key, what sqladmin calls it (as the view says that was written for it, else its model's name in lower
    case, words parted by dashes), and the names of its actions."""
    for view in views:
        given = getattr(getattr(view.options, "_original", None), "identity", "")
        words = re.sub("(.)([A-Z][a-z]+)", r"\1-\2", view.model.__name__)
        name = re.sub("([a-z0-9])([A-Z])", r"\1-\2", words).lower()
        yield view.key, given or name, tuple(view.actions)


def _object_of(view: type[Any]) -> Any:
    """An object of the view's class, for its methods; a bare one where sqladmin finds fault with an option, so that the
    fault is told with all others."""
    try:
        return view()
    except Exception:
        return object.__new__(view)


def _delegate(name: str, original: Any) -> Any:
    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        return getattr(self._original, name)(*arguments, **named)

    method.__name__ = name
    # A hook gets what it takes: what it takes is what the view's own function does.
    own = inspect.signature(getattr(original, name))
    place = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    method.__signature__ = own.replace(parameters=[place, *own.parameters.values()])  # type: ignore[attr-defined]
    return method


def _scope_from_list_query(self: Any, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
    """sqladmin's ``list_query(request)`` restricts every route here, not the list alone."""
    request = getattr(user.request, "connection", user.request)
    keys = sa.inspect(self.model).primary_key
    allowed = self._original.list_query(request).order_by(None).with_only_columns(*keys).correlate(None)
    inside = keys[0].in_(allowed) if len(keys) == 1 else sa.tuple_(*keys).in_(allowed)
    return stmt.where(inside)


def _filters(given: Any) -> tuple[list[Any], list[str]]:
    """Those of sqladmin's filter objects that work here, and a sentence for each of the others."""
    found: list[Any] = []
    notes: list[str] = []
    for value in given:
        obstacle = filters.obstacle(value) if filters.is_filter(value) and filters.kept(value) else ""
        if obstacle:
            notes.append(f"the filter {type(value).__name__} has no effect here: {obstacle}")
        else:
            found.append(value)
    return found, notes


def _declared(view: type[Any]) -> set[str]:
    """Names that sqladmin's metaclass did not fill in itself."""
    guessed = {"name": _words(view.model.__name__), "name_plural": f"{view.name}s"}
    return {name for name, value in guessed.items() if getattr(view, name, None) != value}


def _words(name: str) -> str:
    text = "".join(f" {char}" if "A" <= char <= "Z" and place else char for place, char in enumerate(name))
    return text.strip()


def _sqladmin_names(view: type[Any]) -> set[str]:
    return {name for cls in view.__mro__ if cls.__module__ == _BASE_MODULE for name in vars(cls)}


def _note(name: str, value: Any, names: set[str]) -> str:
    """Why something that the view sets does nothing here; empty for what works, and for the view's own helpers."""
    if getattr(value, "_action", False):
        return f"the action {name} has no effect here; mark a method of a webadmin.ModelView with webadmin.action"
    if getattr(value, "_exposed", False):
        return f"the page {name} has no effect here; mount it in the app beside the admin"
    if name.startswith("_") or name in _TAKEN or name in _SILENT:
        return ""
    if name in _INSTEAD:
        return f"{name} has no effect here; use {_INSTEAD[name]}"
    if name.endswith("_template"):
        return f"{name} has no effect here; put a template of your own under KEY/ in templates_dir"
    return f"{name} has no effect here" if name in names else ""
