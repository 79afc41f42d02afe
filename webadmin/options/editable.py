"""Columns that are edited in the list itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import wtforms

from webadmin.database.inspection import HEAVY, ModelInfo
from webadmin.options.attributes import Attribute, attribute_name
from webadmin.options.model_view import ModelView

OPTION = "column_editable_list"


def editable_of(
    options: ModelView,
    info: ModelInfo,
    values: Sequence[Any],
    form_columns: Sequence[str],
    resolve: Callable[[str, Any], Attribute | None],
    fault: Callable[[str, str, str], None],
) -> tuple[str, ...]:
    """The names of the attributes that cells of the list can be edited of; ``fault`` is told of those that cannot."""
    if values and (options.form is not None or _checks_together(options)):
        fault(OPTION, "set", "a form class of one's own checks its fields together, and a cell has only one")
        return ()
    found: list[str] = []
    for attribute in (resolve(OPTION, value) for value in values):
        if attribute is None:
            continue
        remedy = _remedy(options, info, attribute, form_columns)
        if remedy:
            fault(OPTION, attribute.name, remedy)
        else:
            found.append(attribute.name)
    return tuple(dict.fromkeys(found))


def _checks_together(options: ModelView) -> bool:
    base = options.form_base_class
    return base is not None and getattr(base, "validate", None) is not wtforms.Form.validate


def _remedy(
    options: ModelView, info: ModelInfo, attribute: Attribute, form_columns: Sequence[str]
) -> str | None:
    """What stands against editing ``attribute`` in a cell."""
    if attribute.path or (attribute.column is None and attribute.relation is None):
        return "only columns and to-one relations of the model itself can be edited in a cell"
    if attribute.relation is not None and attribute.relation.uselist:
        return "several rows do not fit into a cell; they are edited in the form"
    column = attribute.column
    if column is not None and (column.primary_key or column.generated or column.kind in HEAVY):
        return "it cannot be edited"
    readonly = {attribute_name(value) for value in options.form_readonly_columns}
    widgets = {attribute_name(key): args for key, args in options.form_widget_args.items()}
    args = widgets.get(attribute.name, {})
    if attribute.name in readonly or args.get("readonly") or args.get("disabled"):
        return "the form shows it as read-only"
    if attribute.name in _dependent(options):
        return "other fields of the form depend on it, or it on them; it is edited there"
    if attribute.name not in form_columns:
        return "the form has no field for it; add it to form_columns"
    return None


def _dependent(options: ModelView) -> set[str]:
    """Attributes that decide about others in the form, and those that are decided about."""
    depends = options.form_depends
    return {attribute_name(name) for name in depends} | {
        attribute_name(value) for one in depends.values() for value in one.on
    }
