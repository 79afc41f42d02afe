"""Foreign keys that a form edits as plain columns: they lead to rows as relations do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from webadmin.forms.related import is_there
from webadmin.options.context import Context
from webadmin.options.view import View


def out_of_reach(context: Context, view: View, row: Any, changes: Mapping[str, Any]) -> Iterator[str]:
    """Which of the changed columns lead to a row that is not there for this person.

    :param row: the row that is changed; None for a new one.
    :param changes: changes by attribute, with their values as ``new``.
    """
    names = {column.column: name for name, column in view.info.columns.items()}
    targets = {target.info.table: target for target in context.registry}
    for constraint in view.info.table.foreign_key_constraints:
        own = [names.get(element.parent, "") for element in constraint.elements]
        changed = [name for name in own if name in changes]
        target = targets.get(constraint.referred_table) if changed else None
        if target is None:
            continue
        theirs = {column.column: name for name, column in target.info.columns.items()}
        values: dict[str, Any] = {}
        for name, element in zip(own, constraint.elements, strict=True):
            value = changes[name].new if name in changes else getattr(row, name, None)
            values[theirs.get(element.column, "")] = value
        if None in values.values() or "" in values:
            continue
        if not is_there(context, target.model, values):
            yield from changed
