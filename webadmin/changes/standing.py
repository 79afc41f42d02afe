"""A row that cannot come back because a live one has taken its place meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.orm import aliased

from webadmin.changes.constraints import constraint_columns
from webadmin.database.keys import Key, among
from webadmin.errors import Conflict
from webadmin.listing.scope import many
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _


class InTheWay(Conflict):
    """A deleted row cannot be restored: ``names`` are its attributes whose values another row has by now."""

    title = "Not restored"

    def __init__(self, message: str, view: View, row: Any, names: Sequence[str], **more: Any) -> None:
        super().__init__(message, title=_("Not restored"), **more)
        self.view, self.row, self.names = view, row, tuple(names)


def in_the_way(
    context: Context, view: View | None, keys: Sequence[Key], error: exc.IntegrityError
) -> Conflict:
    """Why the rows of ``view`` with these keys, deleted all of them, could not be brought back, after ``error``; without a
    view they are of a model that has none.

    InTheWay where that is one row with a value that another one has.
    """
    failure = context.dialect.failure(error)
    names = constraint_columns(view.info, failure) if view is not None else ()
    if view is not None and failure.kind == "unique" and names:
        gone, holder = _pair(context, view, keys, names)
        if gone is not None:
            return _conflict(context, view, gone, holder, names)
    return Conflict(
        _("The row breaks a rule of its table as it is now, so it was not restored.")
        if len(keys) == 1
        else _("One of the rows breaks a rule of its table as it is now, so none was restored."),
        title=_("Not restored"),
    )


def _pair(context: Context, view: View, keys: Sequence[Key], names: Sequence[str]) -> tuple[Any, Any]:
    """One of the rows and the row that stands in its way; None for those that are not this person's to see."""
    gone: Any = aliased(view.model)
    other: Any = aliased(view.model)
    ids = [column.name for column in view.info.key]
    own, far = [getattr(gone, id) for id in ids], [getattr(other, id) for id in ids]
    for start in range(0, len(keys), 500):
        chunk = keys[start : start + 500]
        stmt = (
            sa.select(*own, *far)
            .join_from(gone, other, sa.and_(*(getattr(gone, name) == getattr(other, name) for name in names)))
            .where(among(own, chunk), sa.or_(*(a != b for a, b in zip(own, far, strict=True))))
            # Two of those that come back may stand in each other's way as well.
            .where(sa.or_(getattr(other, view.soft_delete or "").is_(None), among(far, chunk)))
        )
        if found := context.session.execute(stmt.limit(1)).first():
            rows = [many(context, view, [key]) for key in (found[: len(ids)], found[len(ids) :])]
            return rows[0][0] if rows[0] else None, rows[1][0] if rows[1] else None
    rows = many(context, view, keys[:1])
    return (rows[0] if rows and len(keys) == 1 else None), None


def _conflict(context: Context, view: View, gone: Any, holder: Any, names: Sequence[str]) -> Conflict:
    context.session.refresh(gone)
    what = ", ".join(f"{view.label_of(name)} “{getattr(gone, name)}”" for name in names)
    if holder is None:
        text = _("{what} is in use by another row, so {row} was not restored.")
        return InTheWay(text.format(what=what, row=view.row_label(gone)), view, gone, names)
    label = view.row_label(holder)
    if view.is_deleted(holder):
        text = _("{what} is used by {row} too, which was to be restored as well. Restore one of them.")
    else:
        text = _("{what} is now used by {row}. Change it there, or change it here before restoring.")
    return InTheWay(
        text.format(what=what, row=label),
        view,
        gone,
        names,
        link=f"./{view.id_of(holder)}/",
        link_label=label,
    )
