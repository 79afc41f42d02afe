"""Actions that many admins need, ready to be named in a view: a transition, an increment, a value."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from enum import Enum
from typing import Any

import sqlalchemy as sa
from wtforms import ValidationError

from webadmin.changes.column_change import ColumnChange
from webadmin.changes.selection import Selection
from webadmin.database.inspection import NUMBERS, ColumnInfo, inspect_model
from webadmin.options.actions import ActionInfo, ActionResult, Argument
from webadmin.options.attributes import attribute_name
from webadmin.text import choice_label, humanize
from webadmin.text import gettext as _

_ASKED: Any = object()
LISTED = 100
"""Rows that are listed with why they were left out."""


class ReadyAction:
    """An action as an attribute of a ``ModelView``: ``mark_paid = Transition(Order.status, "pending", "paid")``.

    Its name is the attribute's, its permission ``action:NAME``. It changes all chosen rows in the database, by one statement
    unless a hook wants to see each of them.

    :param attribute: the column, as an attribute of the model or by its name.
    :param label: on the button; by default the attribute's name in words.
    :param confirmation: a sentence on the page that asks before.
    :param allowed: an SQL condition on the rows that it may be done with.
    """

    def __init__(
        self,
        attribute: Any,
        *,
        name: str = "",
        label: str = "",
        confirmation: str = "",
        allowed: Any = None,
        icon: str = "",
    ) -> None:
        self.column = attribute_name(attribute)
        self._given = name, label, confirmation, allowed, icon

    def __set_name__(self, owner: type, attribute: str) -> None:
        name, label, confirmation, allowed, icon = self._given
        own = name or attribute.replace("_", "-")
        self._webadmin_action = ActionInfo(
            own,
            label or humanize(attribute),
            confirmation,
            attribute,
            "query",
            allowed=allowed,
            icon=icon,
            column=self.column,
        )

    def arguments(self, model: type) -> tuple[Argument, ...]:
        """What it asks for before it runs. Raises TypeError with a remedy where the model has no such column."""
        self._info(model)
        return ()

    def __call__(self, selection: Selection, request: Any, **values: Any) -> ActionResult:
        raise NotImplementedError

    def _info(self, model: type) -> ColumnInfo:
        column = inspect_model(model).columns.get(self.column)
        if column is None or column.generated:
            raise TypeError(f"{model.__name__} has no column {self.column!r} that can be written")
        return column


class Transition(ReadyAction):
    """Take a column from one value to another, in the rows that have the one: ``UPDATE … WHERE status = 'pending'``. The
    others stay as they are and are listed, each with what it has.

    :param before: the value, or several, that a row must have.
    :param after: the value that it gets.
    """

    def __init__(self, attribute: Any, before: Any, after: Any, **more: Any) -> None:
        super().__init__(attribute, **more)
        several = isinstance(before, Collection) and not isinstance(before, str | bytes)
        self.before: tuple[Any, ...] = tuple(before) if several else (before,)
        self.after = after

    def arguments(self, model: type) -> tuple[Argument, ...]:
        column = self._info(model)
        for value in (*self.before, self.after):
            _member(column, value)
        return ()

    def offered(self, row: Any) -> bool:
        """Whether the menu of one row has it."""
        now = getattr(row, self.column)
        return any(now == _member(self._info(type(row)), value) for value in self.before)

    def __call__(self, selection: Selection, request: Any, **values: Any) -> ActionResult:
        view = selection.view
        column = self._info(view.model)
        before = [_member(column, value) for value in self.before]
        own = getattr(view.model, self.column)
        total = selection.lock()
        others = selection.filter(sa.or_(own.not_in(before), own.is_(None)))
        wanted = _(" or ").join(_shown(value) for value in before)
        left_out = [
            (
                row,
                _("It is {now}, not {wanted}.").format(now=_shown(getattr(row, self.column)), wanted=wanted),
            )
            for row in others.first(LISTED)
        ]
        change = ColumnChange(self.column, "set", _member(column, self.after))
        done = selection.filter(own.in_(before)).write([change], only=column.column.in_(before))
        return ActionResult(done, left_out, total - done)


class Increment(ReadyAction):
    """Add to a number in the database itself: what others add at the same time is not lost.

    :param by: how much; without it the page asks, and a negative number takes away.
    """

    def __init__(self, attribute: Any, by: Any = None, **more: Any) -> None:
        super().__init__(attribute, **more)
        self.by = by

    def arguments(self, model: type) -> tuple[Argument, ...]:
        column = self._info(model)
        if column.kind not in NUMBERS:
            raise TypeError(f"{self.column!r} is no number")
        if self.by is not None:
            return ()
        return (
            Argument(
                "by", replace(column, nullable=False, has_default=False), 1, required=False, label=_("By")
            ),
        )

    def __call__(self, selection: Selection, request: Any, **values: Any) -> ActionResult:
        amount = self.by if self.by is not None else values["by"]
        return ActionResult(selection.write([ColumnChange(self.column, "add", amount)]))


class SetValue(ReadyAction):
    """Set a column in all chosen rows.

    :param value: the value; without it the page asks for one.
    """

    def __init__(self, attribute: Any, value: Any = _ASKED, **more: Any) -> None:
        super().__init__(attribute, **more)
        self.value = value

    def arguments(self, model: type) -> tuple[Argument, ...]:
        column = self._info(model)
        if self.value is not _ASKED:
            _member(column, self.value)
            return ()
        if column.foreign_key:
            raise TypeError(f"{self.column!r} refers to a row: rows are chosen in the bulk edit")
        return (
            Argument("value", replace(column, has_default=False), required=True, label=humanize(self.column)),
        )

    def __call__(self, selection: Selection, request: Any, **values: Any) -> ActionResult:
        column = self._info(selection.view.model)
        value = values["value"] if self.value is _ASKED else _member(column, self.value)
        if value is None and not column.nullable:
            raise ValidationError(_("This value cannot be empty."))
        return ActionResult(selection.write([ColumnChange(self.column, "set", value)]))


def _member(column: ColumnInfo, value: Any) -> Any:
    """``value`` as the column holds it: a text stands for the member of an enum. Raises TypeError for one that it has not."""
    if value is None or not column.choices or value in column.choices:
        return value
    for choice in column.choices:
        if isinstance(choice, Enum) and value in (choice.name, choice.value):
            return choice
    raise TypeError(f"{column.name!r} has no value {value!r}")


def _shown(value: Any) -> str:
    if value is None:
        return _("empty")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return choice_label(value) if isinstance(value, Enum | str) else str(value)
