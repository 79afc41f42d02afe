"""Filters on relations: to one chosen row, or to any row at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from webadmin.database import identity
from webadmin.database.inspection import RelationInfo, inspect_model
from webadmin.errors import NotFound
from webadmin.listing.controls import FilterInput, Option
from webadmin.listing.filters.base import Active, Filter, FilterValue, Refused, phrase_label, short
from webadmin.listing.fits import fits
from webadmin.listing.scope import inside
from webadmin.options.context import Context
from webadmin.options.view import FilterOption
from webadmin.text import gettext as _

ANY, NONE = "any", "none"


class RelationFilter(Filter):
    """A relation: a to-one is equal to a row, named by its key; a to-many has any row, none, or a certain one."""

    operators = ("eq", "not")

    def __init__(self, option: FilterOption) -> None:
        super().__init__(option)
        assert self.attribute.relation is not None
        self.relation: RelationInfo = self.attribute.relation
        self.target = inspect_model(self.relation.target)
        self.to_many = self.relation.uselist

    @property
    def nullable(self) -> bool:
        return not self.to_many and self.relation.nullable

    def read(self, operator: str, text: str, zone: tzinfo) -> Any:
        """``any``, ``none`` or the values of the related row's key."""
        if self.to_many and text in {ANY, NONE}:
            return text
        try:
            values = identity.values(text, self.target.key_types)
            if any(value is None for value in values):
                raise NotFound("")
        except NotFound:
            if self.to_many:
                message = _("%(filter)s takes any, none or the key of a row, not “%(text)s”.")
            else:
                message = _("%(filter)s takes the key of a row, not “%(text)s”.")
            raise Refused(message % {"filter": self.label, "text": short(text)}) from None
        return values

    def condition(self, context: Context, active: FilterValue) -> sa.ColumnElement[bool]:
        if active.operator == "null":
            there = self._there(context)
            return sa.not_(there) if active.values[0] else there
        parts = [self._one(context, value) for value in active.values]
        found = sa.or_(*parts) if len(parts) > 1 else parts[0]
        if active.operator == "not":
            # A row without any relation is not related to that one either.
            return sa.not_(sa.func.coalesce(found, sa.false()))
        return found

    def _there(self, context: Context) -> sa.ColumnElement[bool]:
        if self.relation.many_to_one and self.relation.local and not self.attribute.path:
            model = self.attribute.model
            return sa.and_(*(getattr(model, name).is_not(None) for name in self.relation.local))
        return self._exists(context, None)

    def _one(self, context: Context, value: Any) -> sa.ColumnElement[bool]:
        if value in (ANY, NONE):
            there = self._exists(context, None)
            return there if value == ANY else sa.not_(there)
        for column, part in zip(self.target.key, value, strict=True):
            if not fits(context.dialect, column, part):
                raise Refused(
                    _("%(filter)s takes the key of a row, not “%(text)s”.")
                    % {"filter": self.label, "text": short(str(part))}
                )
        names = tuple(column.name for column in self.target.key)
        if self.relation.many_to_one and self.relation.remote == names and not self.attribute.path:
            model = self.attribute.model
            local = [getattr(model, name) for name in self.relation.local]
            return sa.and_(*(column == part for column, part in zip(local, value, strict=True)))
        return self._exists(context, value)

    def _exists(self, context: Context, key: tuple[Any, ...] | None) -> sa.ColumnElement[bool]:
        return self._nested(context, self.attribute.model, (*self.attribute.path, self.relation), key)

    def _nested(
        self, context: Context, entity: Any, path: tuple[RelationInfo, ...], key: tuple[Any, ...] | None
    ) -> sa.ColumnElement[bool]:
        relation, *rest = path
        target: Any = aliased(relation.target)
        conditions: list[sa.ColumnElement[bool]] = []
        if rest:
            conditions.append(self._nested(context, target, tuple(rest), key))
        elif key is not None:
            names = [column.name for column in self.target.key]
            conditions += [getattr(target, name) == part for name, part in zip(names, key, strict=True)]
        # A to-one relation to a deleted row is still a relation; a to-many counts the rows that live.
        seen = inside(context, relation.target, target, hide_deleted=relation.uselist)
        conditions += [seen] if seen is not None else []
        related = getattr(entity, relation.name).of_type(target)
        criterion = [sa.and_(*conditions)] if conditions else []
        found: sa.ColumnElement[bool] = (
            related.any(*criterion) if relation.uselist else related.has(*criterion)
        )
        return found

    def say(self, active: FilterValue, text: str, labels: Mapping[str, str]) -> str:
        return (
            {ANY: _("any"), NONE: _("none")}.get(text, "")
            if self.to_many and text in {ANY, NONE}
            else labels.get(text, text)
        )

    def inputs(self, active: Active, labels: Mapping[str, str]) -> list[FilterInput]:
        chosen = active["eq"].texts if "eq" in active else ()
        keys = [text for text in chosen if text not in {ANY, NONE}]
        found: list[FilterInput] = []
        if self.to_many:
            word = next((text for text in chosen if text in {ANY, NONE}), "")
            choices = (("", _("Any or none")), (ANY, _("At least one")), (NONE, _("None")))
            options = tuple(Option(value, label, value == word) for value, label in choices)
            found.append(FilterInput(self.parameter, self.label, "select", word, options=options))
        if keys and (self.to_many or len(keys) > 1):
            options = tuple(Option(text, labels.get(text, text), True) for text in keys)
            found.append(FilterInput(self.parameter, self.label, "checkbox", options=options))
        elif not self.to_many:
            text = keys[0] if keys else ""
            found.append(FilterInput(self.parameter, _("Search"), "lookup", text, labels.get(text, "")))
        if "not" in active:
            options = tuple(Option(text, labels.get(text, text), True) for text in active["not"].texts)
            found.append(FilterInput(f"{self.name}.not", phrase_label("not"), "checkbox", options=options))
        return [*found, *self.null_input(active)]
