"""Fields that a person may not write are not written by taking a change back either."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from webadmin.database.inspection import inspect_model
from webadmin.errors import Forbidden
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _


def check_fields(context: Context, table: sa.Table, view: View | None, columns: Iterable[str]) -> None:
    """Raise Forbidden where setting back these columns of ``table`` would write what the person may not write.

    :param view: the list that rows of the table are in; None for a link table, whose rows are a field of others.
    :param columns: by their names in the database.
    """
    if not context.registry.narrowed:
        return
    found = _shut(view, columns) if view is not None else _members(context, table)
    if names := ", ".join(dict.fromkeys(f"“{name}”" for name in found)):
        raise Forbidden(
            _("Undoing this would change what you may not change: {fields}. Nothing was changed.").format(
                fields=names
            )
        )


def _shut(view: View, columns: Iterable[str]) -> Iterator[str]:
    known, set_back = inspect_model(view.model).columns, set(columns)
    for name in sorted(view.unwritable & known.keys()):
        if known[name].column.name in set_back:
            yield view.label_of(name) if name not in view.hidden else _("a field that is not for you to see")


def _members(context: Context, table: sa.Table) -> Iterator[str]:
    """Relations whose members are rows of the link table ``table``."""
    for view in context.registry:
        relations = inspect_model(view.model).relations
        for name in sorted(view.unwritable & relations.keys()):
            if relations[name].property.secondary is table:
                yield (
                    view.label_of(name)
                    if name not in view.hidden
                    else _("a field that is not for you to see")
                )
