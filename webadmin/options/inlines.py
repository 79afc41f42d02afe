"""Rows that belong to another one, edited on its form: what a view says of them, checked against the view of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from webadmin.database.inspection import HEAVY, Kind, ModelInfo, RelationInfo
from webadmin.errors import Fault
from webadmin.options.attributes import UnknownAttribute, attribute_name, resolve
from webadmin.options.view import InlineOption, View
from webadmin.text import humanize

_GUESSED = 6
_MOST_ROWS = 200


@dataclass(frozen=True)
class Inline:
    """The rows of a one-to-many relation as a table on the form of the row that they belong to.

    Who may add, change or delete them, and which of them there are for a person, is what the view of their own model says.

    :param relation: the relation, or its name.
    :param columns: what each row has fields for, out of the form of its own view; guessed from that form by default.
    :param order_by: the column, or columns, that the rows are sorted by; by default what the relation says, else the key.
    :param page_size: rows on a page, at most 200.
    :param label: what stands above the table.
    :param can_add: whether rows can be added here; the same of ``can_change`` and ``can_delete``.
    """

    relation: Any
    columns: Sequence[Any] = ()
    order_by: Any = ()
    page_size: int = 20
    label: str = ""
    can_add: bool = True
    can_change: bool = True
    can_delete: bool = True


def with_inlines(view: View, views: Mapping[type, View]) -> tuple[View, list[Fault]]:
    """``view`` with its inlines, and what is wrong with them.

    :param views: the first view of each model.
    """
    faults: list[Fault] = []
    given = [one if isinstance(one, Inline) else Inline(one) for one in view.options.inlines]
    found = [option for one in given if (option := _Resolving(view, one, views, faults).option()) is not None]
    return replace(view, inlines=tuple(found)), faults


def ties(child: ModelInfo, relation: RelationInfo) -> frozenset[str]:
    """The attributes of a child that say which row it belongs to: the columns of the foreign key and relations over them."""
    columns = set(relation.remote)
    over = (
        name for name, other in child.relations.items() if other.many_to_one and columns & set(other.local)
    )
    return frozenset([*columns, *over])


class _Resolving:
    def __init__(self, view: View, inline: Inline, views: Mapping[type, View], faults: list[Fault]) -> None:
        self.view, self.inline, self.views, self.faults = view, inline, views, faults
        self.name = attribute_name(inline.relation)

    def option(self) -> InlineOption | None:
        relation = self.view.info.relations.get(self.name)
        child = self.views.get(relation.target) if relation is not None else None
        wrong = self._wrong(relation, child)
        if wrong or relation is None or child is None:
            self._fault(self.name, wrong)
            return None
        columns = tuple(self._columns(child, relation))
        inline = self.inline
        return InlineOption(
            relation=relation,
            label=inline.label or self.view.labels.get(self.name) or humanize(self.name),
            columns=columns,
            order_by=tuple(self._order(child)),
            page_size=inline.page_size,
            can_add=inline.can_add,
            can_change=inline.can_change,
            can_delete=inline.can_delete,
        )

    def _wrong(self, relation: RelationInfo | None, child: View | None) -> str:
        """What is wrong with it as a whole: the remedy; nothing for one that can be used."""
        if relation is None or not relation.uselist or relation.many_to_many or relation.view_only:
            return "name a one-to-many relation of the model itself"
        if child is None:
            return f"add a view of {relation.target.__name__}: its rules hold here too"
        if child.keyless:
            return "its rows have no key"
        if child.options.change_reason == "required" != self.view.options.change_reason:
            return (
                f'{type(child.options).__name__} asks for a reason: set change_reason = "required" here too'
            )
        if self.name in self.view.form_columns:
            return "it stands in form_columns too: leave it out of one of them"
        size: object = self.inline.page_size
        if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= _MOST_ROWS:
            return f"page_size is a number from 1 to {_MOST_ROWS}"
        return ""

    def _columns(self, child: View, relation: RelationInfo) -> Iterator[str]:
        tied = ties(child.info, relation)
        if not self.inline.columns:
            yield from _guessed(child, tied)
        for name in dict.fromkeys(attribute_name(value) for value in self.inline.columns):
            if name in tied:
                self._fault(f"{self.name}.{name}", "leave it out: it is what ties a row to this one")
            elif name not in child.form_columns:
                self._fault(
                    f"{self.name}.{name}", f"the form of {type(child.options).__name__} has no such field"
                )
            else:
                yield name

    def _order(self, child: View) -> Iterator[tuple[str, bool]]:
        given = self.inline.order_by
        for value in given if isinstance(given, list | tuple) and given and not _pair(given) else (given,):
            if value == () or value == []:
                continue
            column, descending = value if _pair(value) else (value, False)
            name = attribute_name(column)
            try:
                attribute = resolve(child.info, name)
            except UnknownAttribute as error:
                self._fault(f"{self.name}.{name}", str(error))
                continue
            if attribute.column is None or attribute.path:
                self._fault(f"{self.name}.{name}", "rows are sorted by columns of their own")
            else:
                yield name, descending

    def _fault(self, value: str, remedy: str) -> None:
        self.faults.append(Fault(type(self.view.options).__name__, "inlines", value, remedy))


def _pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bool)


def _guessed(child: View, tied: frozenset[str]) -> Iterator[str]:
    """The first fields of the child's own form, and whatever else a new row cannot do without."""
    short = 0
    for name in child.form_columns:
        column, relation = child.info.columns.get(name), child.info.relations.get(name)
        if name in tied or (relation is not None and relation.uselist):
            continue
        if column is not None:
            needed = not column.nullable and not column.has_default
            if column.generated or (column.kind in HEAVY | {Kind.JSON, Kind.OTHER} and not needed):
                continue
        else:
            needed = relation is not None and not relation.nullable
        short += 1
        if short <= _GUESSED or needed:
            yield name
