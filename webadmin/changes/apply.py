"""Deleting, restoring: applied in the request's transaction, with hooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import exc
from wtforms import ValidationError

from webadmin.changes.catalog import forget
from webadmin.changes.deletion import may_with
from webadmin.changes.hooks import changed, run_hook
from webadmin.changes.marked import Marking
from webadmin.changes.removal import remove
from webadmin.changes.standing import in_the_way
from webadmin.database.inspection import Kind
from webadmin.errors import Conflict, Forbidden, Unprocessable
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _


def delete(context: Context, view: View, rows: Sequence[Any], *, purge: bool = False) -> int:
    """Delete ``rows`` (mark them and what goes with them, where the model is soft and ``purge`` is not asked); returns
    how many.

    Raises Conflict when the database refuses after all, Unprocessable when a hook does (with ``wtforms.ValidationError``),
    HookRefused when one fails: nothing is deleted then.
    """
    session = context.session
    soft = None if purge else view.soft_delete
    try:
        with session.begin_nested():
            for row in rows:
                run_hook(context, view, "on_model_delete", row)
            if soft is None:
                remove(context, rows)
            else:
                _mark(context, view, rows, soft)
            for row in rows:
                run_hook(context, view, "after_model_delete", row)
            session.flush()
    except ValidationError as error:
        raise Unprocessable(str(error), title=_("Not deleted")) from error
    except exc.IntegrityError as error:
        if context.dialect.failure(error).kind not in {"foreign_key", "not_null"}:
            raise
        forget(context)
        raise Conflict(
            _(
                "Other rows still point at what was to be deleted, so nothing was deleted. Look at the plan again: something was added meanwhile."
            ),
            title=_("Not deleted"),
        ) from error
    changed(context, view, "purge" if purge else "delete", rows)
    return len(rows)


def _mark(context: Context, view: View, rows: Sequence[Any], soft: str) -> None:
    moment = _now(view)
    with_them = Marking(context, lock=True)
    with_them.run(view, rows)
    if with_them.unfinished:
        raise Conflict(
            _("More rows go with this than can be looked at, so nothing was deleted."), title=_("Not deleted")
        )
    for row in rows:
        setattr(row, soft, moment)
    context.session.flush()
    with_them.write(moment)


def restore(context: Context, view: View, rows: Sequence[Any]) -> int:
    """Bring soft-deleted ``rows`` back, with the rows that went with them; returns how many of ``rows``.

    Raises Conflict naming the live row that has taken a unique value meanwhile (InTheWay where the row's own value can be
    changed), Unprocessable when a hook refuses, HookRefused when one fails, Forbidden where others went with them that this
    person may not restore: the caller rolls back then, and nothing is restored.
    """
    assert view.soft_delete is not None
    session, soft = context.session, view.soft_delete
    with_them = Marking(context, back=True, lock=True)
    with_them.run(view, rows)
    if with_them.unfinished or not all(may_with(context, found, "restore") for found in with_them.found):
        raise Forbidden(
            _("Other rows were deleted with this, and some of them are not yours to restore."),
            title=_("Not restored"),
        )
    coming: View | None = view
    keys = [view.info.key_of(row) for row in rows]
    data: list[dict[str, Any]] = [{soft: None} for _row in rows]
    try:
        with session.begin_nested():
            for row, values in zip(rows, data, strict=True):
                run_hook(context, view, "on_model_change", values, row, False)
                setattr(row, soft, None)
            session.flush()
            for found in with_them.found:
                coming, keys = context.registry.for_model(found.edge.model or view.model), found.keys
                with_them.write(None, [found])
            coming, keys = view, [view.info.key_of(row) for row in rows]
            for row, values in zip(rows, data, strict=True):
                run_hook(context, view, "after_model_change", values, row, False)
            session.flush()
    except ValidationError as error:
        raise Unprocessable(str(error), title=_("Not restored")) from error
    except exc.IntegrityError as error:
        raise in_the_way(context, coming, keys, error) from error
    changed(context, view, "restore", rows)
    return len(rows)


def _now(view: View) -> dt.datetime | dt.date:
    column = view.info.columns[view.soft_delete or ""]
    moment = dt.datetime.now(dt.UTC)
    if column.kind is Kind.DATE:
        return moment.date()
    return moment if column.timezone else moment.replace(tzinfo=None)
