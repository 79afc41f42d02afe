"""Rows that a file has not any more: they are marked as deleted, as by hand."""

from __future__ import annotations

from typing import Any

from webadmin.changes.apply import delete
from webadmin.changes.deletion import plan_deletion
from webadmin.errors import Conflict, Unprocessable
from webadmin.listing.scope import many
from webadmin.options.context import Context
from webadmin.text import gettext as _
from webadmin.transfer.imports.checking import missing_rows
from webadmin.transfer.imports.layout import Layout

_AT_ONCE = 500


def delete_missing(context: Context, layout: Layout, expected: int) -> int:
    """Mark the rows of the view that no row of the file means, with what goes with them; returns how many. Hooks see each of them.

    Raises Conflict where others than ``expected`` are missing by now, Unprocessable where the page that deletes would refuse as well, and
    what deleting raises.
    """
    view, session = layout.view, context.session
    own: list[Any] = [getattr(view.model, column.name) for column in view.info.key]
    count = 0
    while keys := list(session.execute(missing_rows(context, layout, *own).order_by(*own).limit(_AT_ONCE))):
        rows = many(context, view, [tuple(key) for key in keys], lock=True, deleted="hide")
        if not rows:
            break
        if plan_deletion(context, view, rows, lock=True).refused:
            raise Unprocessable(
                _(
                    "Other rows would be deleted with the missing ones, and not all of them are yours to delete."
                ),
                title=_("Not imported"),
            )
        count += delete(context, view, rows)
        session.flush()
        for row in rows:
            if row in session:
                session.expunge(row)
    if count != expected:
        raise Conflict(
            _("Others have changed these rows at the same moment. Nothing was imported; check again.")
        )
    return count
