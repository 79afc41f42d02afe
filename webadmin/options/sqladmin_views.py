"""sqladmin's ``ModelView`` classes, taken as they are."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from webadmin.auth.user import User
from webadmin.options.model_view import ModelView

_BASE_MODULE = "sqladmin.models"

_TAKEN = {name for name in dir(ModelView) if not name.startswith("_")} - {"key", "scope", "model"}
_SILENT = {
    "identity", "pk_columns", "session_maker", "is_async", "is_model", "ajax_lookup_url", "templates", "name", "model",
    "name_plural", "methods", "include_in_schema", "category_icon",
}  # fmt: skip
_REFUSED_HOOKS = {
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
    """Our view class with what a sqladmin view sets, and a sentence for each thing that has no effect here."""
    own: dict[str, Any] = {}
    for cls in reversed(view.__mro__):
        if cls is object or cls.__module__ == _BASE_MODULE:
            continue
        own.update({name: value for name, value in vars(cls).items() if not name.startswith("__")})
    attributes = {
        name: value
        for name, value in own.items()
        if name in _TAKEN or callable(value) or isinstance(value, property)
    }
    notes = [_note(name) for name in own if _without_effect(name, own[name])]
    attributes |= {
        "model": view.model,
        "_sqladmin": True,
        "__doc__": view.__doc__,
        "__module__": view.__module__,
    }
    for name in ("name", "name_plural"):
        if name not in own or name not in _declared(view):
            attributes.pop(name, None)
    if "list_query" in own:
        attributes["scope"] = _scope_from_list_query
    return type(view.__name__, (ModelView,), attributes), [note for note in notes if note]


def _scope_from_list_query(self: Any, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
    """sqladmin's ``list_query(request)`` restricts every route here, not the list alone."""
    keys = sa.inspect(self.model).primary_key
    allowed = self.list_query(user.request).order_by(None).with_only_columns(*keys)
    inside = keys[0].in_(allowed) if len(keys) == 1 else sa.tuple_(*keys).in_(allowed)
    return stmt.where(inside)


def _declared(view: type[Any]) -> set[str]:
    """Names that sqladmin's metaclass did not fill in itself."""
    model_name = view.model.__name__
    guessed = {"name": _words(model_name), "name_plural": f"{getattr(view, 'name', '')}s"}
    return {name for name, value in guessed.items() if getattr(view, name, None) != value}


def _words(name: str) -> str:
    text = "".join(f" {char}" if char.isupper() and place else char for place, char in enumerate(name))
    return text.strip()


def _without_effect(name: str, value: Any) -> bool:
    if name.startswith("_") or name in _TAKEN | _SILENT | {"list_query"}:
        return False
    return (
        name in _REFUSED_HOOKS
        or name.endswith("_template")
        or not (callable(value) or isinstance(value, property))
    )


def _note(name: str) -> str:
    if name in _REFUSED_HOOKS:
        return f"{name} has no effect here; use {_REFUSED_HOOKS[name]}"
    if name.endswith("_template"):
        return f"{name} has no effect here; put a template of your own under KEY/ in templates_dir"
    return f"{name} has no effect here"
