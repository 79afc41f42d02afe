"""The views of one admin, by key and by model."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.auth.user import User
from webadmin.database.inspection import inspect_model
from webadmin.errors import Fault, OptionsError
from webadmin.options.attributes import Attribute
from webadmin.options.build import Builder
from webadmin.options.checks import check_options
from webadmin.options.field_rights import FieldRights
from webadmin.options.hidden_fields import HiddenFields
from webadmin.options.inlines import with_inlines
from webadmin.options.marking import faults_of
from webadmin.options.model_view import ModelView
from webadmin.options.narrowed import narrowed
from webadmin.options.sqladmin_views import adapt, is_sqladmin_view
from webadmin.options.summaries import with_summary
from webadmin.options.view import View
from webadmin.options.visible import only_visible

logger = logging.getLogger("webadmin")

RESERVED_KEYS = frozenset({"account", "changes", "database", "login", "logout", "static", "theme"})
_MOST = 64
"""Sets of fields that people may see, of which the views are kept."""


class Registry:
    """Takes view classes until the first request, then gives out built views.

    Building happens once, for all views together, so that one error can list every fault.
    """

    def __init__(self, *, read_only: bool = False) -> None:
        self._read_only = read_only
        self._pending: list[tuple[type[ModelView], str]] = []
        self._keys: set[str] = set()
        self._views: dict[str, View] | None = None
        self._by_model: dict[type, View] = {}
        self._rights: tuple[FieldRights, ...] = ()
        self._narrowed: dict[Any, Registry] = {}
        self._hidden: HiddenFields | None = None
        self.faults: list[Fault] = []

    def add(self, view: type[Any]) -> None:
        """Register a ``ModelView`` class, ours or sqladmin's."""
        notes: list[str] = []
        given: Any = view
        model = getattr(given, "model", None)
        if is_sqladmin_view(given):
            if model is not None:
                given, notes = adapt(given)
        elif not (isinstance(given, type) and issubclass(given, ModelView)):
            raise TypeError(f"add_view takes a ModelView class, not {given!r}")
        if model is None or not _is_mapped(model):
            remedy = "write class MyView(ModelView, model=MyModel) with a mapped class"
            self.faults.append(Fault(given.__name__, "model", repr(model), remedy))
            return
        view = given
        for note in notes:
            logger.warning("%s: %s", view.__name__, note)
        key = self._key(view)
        self._keys.add(key)
        self._pending.append((view, key))
        self._views = None

    def _key(self, view: type[ModelView]) -> str:
        wanted = view.key or str(inspect_model(view.model).table.name)
        key = re.sub(r"[^\w.-]+", "-", wanted).strip("-.") or "table"
        if view.key and (view.key in self._keys or view.key in RESERVED_KEYS or key != view.key):
            remedy = "a key is free, made of letters, digits, - and _, and not one of " + ", ".join(
                sorted(RESERVED_KEYS)
            )
            self.faults.append(Fault(view.__name__, "key", repr(view.key), remedy))
        schema = inspect_model(view.model).table.schema
        if key in self._keys and schema:
            key = f"{schema}.{key}"
        candidate, number = key, 2
        while candidate in self._keys or candidate in RESERVED_KEYS:
            candidate = f"{key}-{number}"
            number += 1
        return candidate

    @property
    def views(self) -> Mapping[str, View]:
        """All views by key, in the order of registration. Raises OptionsError with every fault of every view."""
        if self._views is None:
            self.build()
        assert self._views is not None
        return self._views

    def class_is_new(self, model: type) -> bool:
        """No view of ``model`` was added yet."""
        return all(view.model is not model for view, _ in self._pending)

    def build(self) -> None:
        """Resolve every option of every view. Raises OptionsError with all faults in one."""
        faults = list(self.faults)
        views: dict[str, View] = {}
        for view_class, key in self._pending:
            options = view_class()
            options, found = check_options(options)
            faults.extend(found)
            builder = Builder(options, key)
            view, wrong = with_summary(only_visible(builder.build()))
            views[key] = replace(view, read_only=True) if self._read_only else view
            faults.extend([*builder.faults, *wrong])
        by_model = _by_model(views)
        for key, view in views.items():
            views[key], wrong = with_inlines(view, by_model)
            faults.extend(wrong)
        faults.extend(faults_of(views.values(), by_model))
        if faults:
            raise OptionsError(faults)
        self._views = views
        self._by_model = _by_model(views)
        self._rights = tuple(rights for view in views.values() if (rights := FieldRights(view)).asks)
        self._narrowed = {}

    def for_user(self, user: User) -> Registry:
        """The registry as it is for ``user``: with views that have nothing of what they may not read, see
        :meth:`ModelView.can_read_field`; itself, where they may read and write everything.

        There is one for each set of fields, so that what is kept with a view is kept for all who see the same of it.
        """
        if self._views is None:
            self.build()
        if not self._rights or not user.grants:  # who has no right at all sees no view
            return self
        asked = {rights.key: rights.of(user) for rights in self._rights}
        if not any(unread or unwritten for unread, unwritten in asked.values()):
            return self
        fields = frozenset((key, *some) for key, some in asked.items())
        found = self._narrowed.get(fields)
        if found is None:
            if len(self._narrowed) >= _MOST:
                self._narrowed.clear()
            found = self._narrowed[fields] = self._without(asked)
        return found

    @property
    def narrowed(self) -> bool:
        """Whether it is for somebody who may not read or not write every field."""
        return self._hidden is not None

    @property
    def hidden_columns(self) -> frozenset[str]:
        """The names, in lower case, of the columns of the database that the person may not read."""
        return frozenset() if self._hidden is None else self._hidden.column_names

    def shows(self, view: View, attribute: Attribute) -> bool:
        """Whether the person may read what ``attribute``, a path from ``view``'s model, leads to."""
        return self._hidden is None or not self._hidden.hides(view, attribute)

    def shows_column(self, column: Any) -> bool:
        """Whether the person may read a column of a table."""
        return self._hidden is None or not self._hidden.has(column)

    def _without(self, asked: Mapping[str, tuple[frozenset[str], frozenset[str]]]) -> Registry:
        unread = HiddenFields(self.views, self._by_model, {key: one for key, (one, _) in asked.items()})
        named = {key: one for key, (_, one) in asked.items()}
        unwritten = HiddenFields(self.views, self._by_model, named, derived=False)
        found = Registry(read_only=self._read_only)
        found._hidden = unread
        found._views = {key: narrowed(view, unread, unwritten) for key, view in self.views.items()}
        found._by_model = _by_model(found._views)
        return found

    def for_model(self, model: type) -> View | None:
        """The first view registered for ``model``, or None."""
        if self._views is None:
            self.build()
        return self._by_model.get(model)

    def __iter__(self) -> Iterator[View]:
        return iter(self.views.values())


def _by_model(views: Mapping[str, View]) -> dict[type, View]:
    """The first view of each model."""
    found: dict[type, View] = {}
    for view in views.values():
        found.setdefault(view.model, view)
    return found


def _is_mapped(model: Any) -> bool:
    try:
        return isinstance(sa.inspect(model), sa.orm.Mapper)
    except (exc.NoInspectionAvailable, exc.ArgumentError):
        return False
