"""From a loaded value to the cell that a page shows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache, partial
from operator import attrgetter
from typing import Any
from urllib.parse import quote_plus

from markupsafe import Markup

from webadmin.database.identity import segment
from webadmin.database.inspection import ModelInfo, inspect_model
from webadmin.options.context import Context
from webadmin.options.unloaded import Unloaded, is_unloaded, placeholder, tell
from webadmin.options.uploads import file_name, storage_of
from webadmin.options.view import ShownColumn, View
from webadmin.rendering.cells import Cell
from webadmin.rendering.urls import Urls
from webadmin.rendering.writers import EMPTY, WRITERS, cell_kind, write_text
from webadmin.text import format_number

_FEW = frozenset({"boolean", "status"})
"""Kinds of which a page has few different values: each is written once."""
CellMaker = Callable[[Any, Mapping[str, Any]], Cell]
"""``(row, extras) -> Cell``; extras hold to-many counts and search highlights by column name."""


class Cells:
    """Makes the cells of one page: knows the view, where related rows live and whether this is a list or a detail."""

    def __init__(self, context: Context, view: View, urls: Urls, *, detail: bool = False) -> None:
        self._context = context
        self._view = view
        self._urls = urls
        self._detail = detail
        options = view.options
        self._by_type = dict(
            options.column_type_formatters_detail if detail else options.column_type_formatters
        )

    def maker(self, column: ShownColumn) -> CellMaker:
        """A function from a row to this column's cell; what does not depend on the row is decided here, once."""
        attribute = column.attribute
        if column.formatter is not None:
            option = "column_formatters_detail" if self._detail else "column_formatters"
            view = type(self._view.options).__name__
            return self._told(column, f'{view}.{option}["{column.name}"]', self._formatted(column))
        make = self._of_value(column)
        if attribute.relation is None and attribute.column is None:
            # A property of the model, or a hybrid: code that may read anything.
            return self._told(column, f"{attribute.owner.__name__}.{attribute.last}", make)
        return make

    def _of_value(self, column: ShownColumn) -> CellMaker:
        attribute = column.attribute
        if attribute.relation is not None:
            return self._to_many(column) if attribute.relation.uselist else self._to_one(column)
        info = attribute.column
        name = column.name
        if name in self._view.uploads or (info is not None and storage_of(info) is not None):
            return self._file(column)
        kind = cell_kind(info, name) if info is not None else "text"
        by_type = self._by_type
        get = attrgetter(name) if "." not in name else partial(_along, name.split("."))
        if kind in _FEW and not by_type:
            once = cache(partial(self.value, name, kind))

            def look_up(row: Any, extras: Mapping[str, Any]) -> Cell:
                if name in extras:
                    return Cell(name, kind, extras[name])
                value = get(row)
                return once(value) if isinstance(value, Hashable) else self.value(name, kind, value)

            return look_up

        def make(row: Any, extras: Mapping[str, Any]) -> Cell:
            if name in extras:
                return Cell(name, kind, extras[name])
            value = get(row)
            if by_type and type(value) in by_type:
                return _given(name, kind, by_type[type(value)](value))
            return self.value(name, kind, value)

        return make

    def _told(self, column: ShownColumn, function: str, make: CellMaker) -> CellMaker:
        """``make``, with a placeholder where ``function`` reads what is not loaded."""
        view, name = self._view, column.name

        def careful(row: Any, extras: Mapping[str, Any]) -> Cell:
            try:
                return make(row, extras)
            except Unloaded as error:
                if not is_unloaded(error):
                    raise
                if not self._context.registry.narrowed:  # else it may be what the person may not read
                    tell(error, function, type(view.options).__name__, view.info)
                return Cell(name, "text", placeholder())

        return careful

    def value(self, name: str, kind: str, value: Any) -> Cell:
        """The cell of a plain value."""
        if value is None or value == "" or value == []:
            return Cell(name, kind, EMPTY, empty=True)
        write = WRITERS.get(kind)
        if write is not None:
            try:
                return write(name, value, self._detail)
            except (TypeError, ValueError, AttributeError, OverflowError):
                pass  # a type that holds something else than it promises is shown as text
        return write_text(name, kind, value, self._detail)

    def _formatted(self, column: ShownColumn) -> CellMaker:
        formatter, attribute, name = column.formatter, column.attribute, column.name
        assert formatter is not None
        info = attribute.column
        kind = cell_kind(info, name) if info is not None else "text"
        given = attribute.last if not attribute.path else attribute.name

        def make(row: Any, extras: Mapping[str, Any]) -> Cell:
            return _given(name, kind, formatter(row, given))

        return make

    def _to_one(self, column: ShownColumn) -> CellMaker:
        attribute, name = column.attribute, column.name
        assert attribute.relation is not None
        target = attribute.relation.target
        view = self._context.view_of(target)
        label = self._context.label_of(target)
        soft_delete = view.soft_delete if view is not None else inspect_model(target).soft_delete
        links = view is not None and not view.keyless and view.options.can_view_details
        plain = name in self._view.options._unlinked

        def make(row: Any, extras: Mapping[str, Any]) -> Cell:
            related = attribute.value(row)
            if related is None:
                return Cell(name, "relation", EMPTY, empty=True)
            href = (
                self._urls.row(view, view.id_of(related))
                if links and view is not None and not plain
                else None
            )
            deleted = soft_delete is not None and getattr(related, soft_delete, None) is not None
            return Cell(name, "relation", extras.get(name) or label(related), href=href, deleted=deleted)

        return make

    def _file(self, column: ShownColumn) -> CellMaker:
        """The name of a file, never where it lies on the server, and a link to it where it is one of the row's own."""
        attribute, name, view = column.attribute, column.name, self._view
        own = name in view.uploads and not view.keyless

        def make(row: Any, extras: Mapping[str, Any]) -> Cell:
            value = attribute.value(row)
            if value is None:
                return Cell(name, "text", EMPTY, empty=True)
            text = file_name(value)
            cell = self.value(name, "binary", value) if text is None else Cell(name, "text", text)
            return cell._replace(href=self._urls.file(view, view.id_of(row), name)) if own else cell

        return make

    def _to_many(self, column: ShownColumn) -> CellMaker:
        attribute, name = column.attribute, column.name
        relation = attribute.relation
        assert relation is not None
        view, owner = self._context.view_of(relation.target), inspect_model(attribute.owner)
        back = reverse_filter(owner, relation.name, view)
        start = self._urls.filtered(view, [(back, "")]) if view is not None and back is not None else None
        path = [step.name for step in attribute.path]

        def make(row: Any, extras: Mapping[str, Any]) -> Cell:
            count = int(extras.get(name) or 0)
            href = None
            if start is not None and count:
                href = start + quote_plus(segment(owner.key_of(_along(path, row))))
            return Cell(name, "relations", format_number(count), href=href, empty=count == 0)

        return make


def reverse_filter(owner: ModelInfo, relation_name: str, target: View | None) -> str | None:
    """The filter of ``target``'s list that selects the rows of one parent, when that list may be filtered so."""
    if target is None:
        return None
    relation = owner.relations[relation_name]
    back = relation.property.back_populates
    if back and back in target.filters:
        return back
    for name, option in target.filters.items():
        other = option.attribute.relation
        if (
            other is not None
            and other.target is owner.model
            and other.many_to_one
            and other.local == relation.remote
        ):
            return name
    return None


def _along(path: Sequence[str], row: Any) -> Any:
    """The value at the end of a path of relations; None where one of them leads nowhere."""
    for part in path:
        row = getattr(row, part) if row is not None else None
    return row


def _given(name: str, kind: str, result: Any) -> Cell:
    if result is None or result == "":
        return Cell(name, kind, EMPTY, empty=True)
    text = (
        result
        if isinstance(result, str)
        else Markup(result.__html__())
        if hasattr(result, "__html__")
        else str(result)
    )
    return Cell(name, kind, text)
