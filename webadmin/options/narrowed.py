"""A view as it is for somebody who may not read, or not write, all of its fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from webadmin.database.inspection import ModelInfo, inspect_model
from webadmin.options import defaults
from webadmin.options.attributes import Attribute, resolve
from webadmin.options.fieldsets import FieldGroup
from webadmin.options.hidden_fields import HiddenFields
from webadmin.options.labels import guess_columns
from webadmin.options.reads import columns_read
from webadmin.options.unloaded import placeholder
from webadmin.options.view import InlineOption, ShownColumn, View


def narrowed(view: View, unread: HiddenFields, unwritten: HiddenFields) -> View:
    """``view`` without what ``unread`` hides: as if the model had no such attributes. What ``unwritten`` names is shown, and
    edited nowhere."""
    return _Narrowing(view, unread, unwritten).view()


class _Narrowing:
    def __init__(self, full: View, unread: HiddenFields, unwritten: HiddenFields) -> None:
        self.full, self._unread, self._unwritten = full, unread, unwritten
        self.hidden = unread.of(full)
        self.unwritable = self.hidden | unwritten.of(full)
        self.info = _without(full.info, self.hidden, full.soft_delete)

    def view(self) -> View:
        full, info = self.full, self.info
        label = full.row_label.without(info, unsure=self._unread.reaches(full))
        columns = {name: column for name, column in full.all_columns.items() if self._sees(column.attribute)}
        sorts = {name: one for name, one in full.sortable.items() if self._sees_order(one)}
        first = {name: one for name, one in full.default_sort_attributes.items() if self._sees_order(one)}
        usual = tuple((name, down) for name, down in full.default_sort if name in first)
        if full.default_sort and not usual:
            usual = tuple((column.name, False) for column in info.key)
            first = {name: resolve(info, name) for name, _down in usual}
        vector = full.search_vector if self._sees_one(full.search_vector) else None
        searched = tuple(one for one in full.searchable if self._sees(one))
        if full.search_vector is not None and vector is None and not searched:
            searched = tuple(resolve(info, name) for name in defaults.searchable(info) if name in columns)
        return replace(
            full,
            info=info,
            row_label=label,
            relabelled=not label.same(full.row_label),
            list_columns=self._shown(full.list_columns) or self._key(),
            all_columns={name: self._safe(column) for name, column in columns.items()},
            details_columns=self._shown(full.details_columns) or self._key(),
            export_columns=self._shown(full.export_columns) or self._key(),
            summary=self._shown(full.summary),
            form_columns=tuple(self._left(full.form_columns)),
            sortable=sorts,
            default_sort=usual,
            default_sort_attributes=first,
            filters={name: one for name, one in full.filters.items() if self._sees(one.attribute)},
            searchable=searched,
            search_vector=vector,
            actions={n: one for n, one in full.actions.items() if one.column not in self.unwritable},
            loads=tuple(one for one in full.loads if self._sees(one)),
            inlines=tuple(self._inlines()),
            fieldsets=tuple(self._fieldsets()),
            uploads={name: one for name, one in full.uploads.items() if name not in self.hidden},
            depends={name: one for name, one in full.depends.items() if name not in self.unwritable},
            editable=tuple(name for name in full.editable if name not in self.unwritable),
            hidden=self.hidden,
            unwritable=self.unwritable,
            veil=self._unread.veil,
            extra={},
        )

    def _left(self, names: Iterable[str]) -> Iterator[str]:
        return (name for name in names if name not in self.hidden)

    # -- columns ---------------------------------------------------------------------------------------------

    def _sees(self, attribute: Attribute) -> bool:
        return not self._unread.hides(self.full, attribute)

    def _sees_one(self, attribute: Attribute | None) -> bool:
        return attribute is not None and self._sees(attribute)

    def _sees_order(self, attribute: Attribute) -> bool:
        """Rows are sorted by a relation as the names of related rows are."""
        if attribute.relation is None or not self._sees(attribute):
            return self._sees(attribute)
        named_by = guess_columns(inspect_model(attribute.relation.target))
        return self._unread.of_model(attribute.relation.target).isdisjoint(named_by)

    def _shown(self, columns: Iterable[ShownColumn]) -> tuple[ShownColumn, ...]:
        return tuple(self._safe(column) for column in columns if self._sees(column.attribute))

    def _safe(self, column: ShownColumn) -> ShownColumn:
        """The column; of a function that reads what is hidden nothing but that it cannot be had."""
        if column.formatter is None:
            return column
        read = columns_read(column.formatter, self.full.info.columns, attribute=column.name)
        return column if read is None or self.hidden.isdisjoint(read) else replace(column, formatter=_nothing)

    def _key(self) -> tuple[ShownColumn, ...]:
        """What stands for columns of which none is left."""
        return tuple(
            ShownColumn(resolve(self.info, column.name), self.full.label_of(column.name))
            for column in self.info.key
        )

    # -- the form --------------------------------------------------------------------------------------------

    def _fieldsets(self) -> Iterator[FieldGroup]:
        for group in self.full.fieldsets:
            lines = tuple(left for line in group.lines if (left := tuple(self._left(line))))
            if lines:
                yield replace(group, lines=lines)

    def _inlines(self) -> Iterator[InlineOption]:
        for inline in self.full.inlines:
            relation = inline.relation
            if relation.name in self.hidden:
                continue
            theirs = self._unread.of_model(relation.target)
            shut = self._unwritten.names(self.full, relation.name)
            fixed = not self._unwritten.of_model(relation.target).isdisjoint(relation.remote)
            yield replace(
                inline,
                columns=tuple(name for name in inline.columns if name not in theirs),
                order_by=tuple(pair for pair in inline.order_by if pair[0] not in theirs),
                can_add=inline.can_add and not shut and not fixed,
                can_change=inline.can_change and not shut,
                can_delete=inline.can_delete and not shut,
            )


def _without(info: ModelInfo, hidden: frozenset[str], mark: str | None) -> ModelInfo:
    """``info`` without what is hidden; the key and the mark of a deleted row stay."""
    kept = {column.name for column in info.key} | {mark}
    return replace(
        info,
        columns={name: one for name, one in info.columns.items() if name not in hidden or name in kept},
        relations={name: one for name, one in info.relations.items() if name not in hidden},
        search_vector=None if info.search_vector in hidden else info.search_vector,
    )


def _nothing(row: Any, name: str) -> str:
    return placeholder()
