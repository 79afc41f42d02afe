"""Deleting, restoring: applied in the request's transaction, with hooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from wtforms import ValidationError

from webadmin.changes.catalog import forget
from webadmin.changes.constraints import constraint_columns
from webadmin.changes.hooks import call_hook
from webadmin.changes.removal import remove
from webadmin.database.inspection import Kind
from webadmin.errors import Conflict, Unprocessable
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _


def delete(context: Context, view: View, rows: Sequence[Any], *, purge: bool = False) -> int:
    """Delete ``rows`` (mark them, where the model is soft and ``purge`` is not asked); returns how many.

    Raises Conflict when the database refuses after all, Unprocessable when a hook does (with ``wtforms.ValidationError``):
    nothing is deleted then.
    """
    session = context.session
    soft = None if purge else view.soft_delete
    try:
        with session.begin_nested():
            for row in rows:
                call_hook(view.options.on_model_delete, row, context.hook_request)
                if soft is not None:
                    setattr(row, soft, _now(view))
            if soft is None:
                remove(context, rows)
            session.flush()
            for row in rows:
                call_hook(view.options.after_model_delete, row, context.hook_request)
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
    return len(rows)


def restore(context: Context, view: View, rows: Sequence[Any]) -> int:
    """Bring soft-deleted ``rows`` back; returns how many.

    Raises Conflict naming the live row that has taken a unique value meanwhile, Unprocessable when a hook refuses: the
    caller rolls back then, and nothing is restored.
    """
    assert view.soft_delete is not None
    session = context.session
    for row in rows:
        try:
            with session.begin_nested():
                data = {view.soft_delete: None}
                call_hook(view.options.on_model_change, data, row, False, context.hook_request)
                setattr(row, view.soft_delete, None)
                session.flush()
                call_hook(view.options.after_model_change, data, row, False, context.hook_request)
        except ValidationError as error:
            raise Unprocessable(str(error), title=_("Not restored")) from error
        except exc.IntegrityError as error:
            raise _in_the_way(context, view, row, error) from error
    return len(rows)


def _in_the_way(context: Context, view: View, row: Any, error: exc.IntegrityError) -> Conflict:
    failure = context.dialect.failure(error)
    names = constraint_columns(view.info, failure)
    title = _("Not restored")
    if failure.kind != "unique" or not names:
        return Conflict(
            _("The row breaks a rule of its table as it is now, so it was not restored."), title=title
        )
    context.session.refresh(row)
    columns = [view.info.columns[name] for name in names]
    stmt: sa.Select[Any] = sa.select(view.model).where(
        *(column.column == getattr(row, column.name) for column in columns)
    )
    stmt = view.options.scope(
        stmt.where(getattr(view.model, view.soft_delete or "").is_(None)), context.user
    ).limit(1)
    holder = context.session.scalars(stmt).first()
    what = ", ".join(f"{view.label_of(column.name)} “{getattr(row, column.name)}”" for column in columns)
    if holder is None:
        return Conflict(
            _("{what} is in use by another row, so this one was not restored.").format(what=what), title=title
        )
    return Conflict(
        _("{what} is now used by {row}. Change it there, or change it here before restoring.").format(
            what=what, row=view.row_label(holder)
        ),
        title=title,
        link=f"./{view.id_of(holder)}/",
        link_label=view.row_label(holder),
    )


def _now(view: View) -> dt.datetime | dt.date:
    column = view.info.columns[view.soft_delete or ""]
    moment = dt.datetime.now(dt.UTC)
    if column.kind is Kind.DATE:
        return moment.date()
    return moment if column.timezone else moment.replace(tzinfo=None)
