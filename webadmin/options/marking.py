"""``soft_delete_cascade``: rows that are marked as deleted with the row that they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from webadmin.database.inspection import ColumnInfo, inspect_model
from webadmin.errors import Fault
from webadmin.options.view import View

OPTION = "soft_delete_cascade"


def mark_of(views: Mapping[type, View], model: type) -> ColumnInfo | None:
    """The column that says when a row of ``model`` was deleted, as its view has it, else as the model itself does."""
    info, view = inspect_model(model), views.get(model)
    name = view.soft_delete if view is not None else info.soft_delete
    return info.columns[name] if name is not None else None


def faults_of(views: Iterable[View], by_model: Mapping[type, View]) -> Iterator[Fault]:
    """What is wrong with the relations that views name in the option, which other views have a say in."""
    for view in views:
        for name in view.soft_delete_cascade:
            if remedy := _remedy(view, name, by_model):
                yield Fault(type(view.options).__name__, OPTION, repr(name), remedy)


def _remedy(view: View, name: str, by_model: Mapping[type, View]) -> str:
    relation = view.info.relations.get(name)
    if relation is None or relation.many_to_one or relation.many_to_many:
        return "name a relation to rows that point at this one"
    if view.soft_delete is None:
        return f"{view.model.__name__} has no timestamp that marks a deleted row"
    mark = mark_of(by_model, relation.target)
    if mark is None:
        return f"{relation.target.__name__} has no timestamp that marks a deleted row"
    own = view.info.columns[view.soft_delete]
    if own.kind is not mark.kind or own.timezone is not mark.timezone:
        return "the columns that mark a deleted row must be of one type on both sides"
    return ""
