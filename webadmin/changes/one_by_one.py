"""Changes that have to go through the unit of work, row by row: somebody's function wants to see each of them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from wtforms import ValidationError

from webadmin.changes.column_change import ColumnChange
from webadmin.changes.hooks import changed, run_hook
from webadmin.database.inspection import Kind
from webadmin.errors import Unprocessable
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.view import View
from webadmin.text import gettext as _

_HOOKS = ("on_model_change", "after_model_change")
_EVENTS = ("before_update", "after_update")
_EVENTS_OF_NEW = ("before_insert", "after_insert")


def goes_one_by_one(view: View, changes: Sequence[ColumnChange]) -> bool:
    """Whether a set-based statement would pass by what the program does with each changed row: hooks of the view, events
    and validators of the model, versions that are no numbers, columns of several tables."""
    return sees_each_row(view, {name for change in changes for name in change.names})


def sees_each_row(view: View, names: Set[str], *, creating: bool = False) -> bool:
    """The same of these attributes, also for new rows where ``creating``."""
    options, mapper = type(view.options), view.info.mapper
    if any(getattr(options, name) is not getattr(ModelView, name) for name in _HOOKS):
        return True
    if any(getattr(mapper.dispatch, name) for name in (*_EVENTS, *(_EVENTS_OF_NEW if creating else ()))):
        return True
    if names & set(mapper.validators) or not mapper.local_table.is_derived_from(view.info.table):
        return True
    version = mapper.version_id_col
    if version is not None and not isinstance(version.type, sa.Integer):
        return True
    return len(mapper.tables) > 1


def write_row(context: Context, view: View, row: Any, changes: Sequence[ColumnChange]) -> bool:
    """Make ``changes`` in ``row``, which is loaded and locked, with the view's hooks; returns whether anything changed.

    Raises Unprocessable, which names the row, when a hook refuses it, and HookRefused when one fails.
    """
    wanted = {
        change.name: change
        for change in changes
        if not change.same(change.of(row), change.new(change.of(row)))
    }
    if not wanted:
        return False
    data = {
        name: change.value if change.relation else change.new(change.of(row))
        for name, change in wanted.items()
    }
    session = context.session
    label = view.row_label(row)
    try:
        run_hook(context, view, "on_model_change", data, row, False)
        for name, value in data.items():
            change = wanted.get(name)
            if change is not None and change.relation is not None and value == change.value:
                for local, part in zip(change.names, change.new(None), strict=True):
                    setattr(row, local, part)
            elif hasattr(view.model, name):
                setattr(row, name, sa.null() if value is None and _is_json(view, name) else value)
        session.flush()
        run_hook(context, view, "after_model_change", data, row, False)
        session.flush()
        changed(context, view, "change", [row])
    except ValidationError as error:
        raise Unprocessable(
            _("{row}: {why} Nothing was changed.").format(row=label, why=_sentence(str(error)))
        ) from error
    except exc.IntegrityError as error:
        if not context.dialect.failure(error).integrity:
            raise
        raise Refused(label, error) from error
    return True


class Refused(Exception):
    """The database refused one row; ``error`` says why."""

    def __init__(self, label: str, error: exc.StatementError) -> None:
        super().__init__(label)
        self.label, self.error = label, error


def _is_json(view: View, name: str) -> bool:
    column = view.info.columns.get(name)
    return column is not None and column.kind is Kind.JSON


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
