"""Running an action: over the rows for which it is allowed, telling of those that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from wtforms import ValidationError

from webadmin.changes.hooks import call_hook
from webadmin.changes.integrity import refusal
from webadmin.changes.one_by_one import Refused
from webadmin.changes.record import describe
from webadmin.changes.selection import Selection
from webadmin.errors import Forbidden, Unprocessable
from webadmin.options.actions import ActionInfo, ActionResult, allowed_by_function, allowed_by_sql
from webadmin.request import AdminRequest
from webadmin.text import gettext as _
from webadmin.views.chosen import loaded
from webadmin.views.wording import counted

LISTED = 100
"""Rows that a page about what was left out lists."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that stayed as it was."""

    label: str
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it."""

    count: int
    text: str = ""
    left_out: tuple[LeftOut, ...] = ()
    """The first of those that stayed as they were."""
    left_out_count: int = 0


class _NoForm:
    """What an explanation of a refusal asks of a form, where there is none."""

    def __init__(self, request: AdminRequest) -> None:
        self.context, self.view = request.context, request.view
        self.fields: dict[str, Any] = {}
        self.row = None


def refused_by_sql(selection: Selection, condition: sa.ColumnElement[bool]) -> Selection:
    """Those of the rows for which an action's condition does not hold."""
    return selection.filter(sa.not_(sa.func.coalesce(condition, sa.false())))


class Acting:
    """One run of an action.

    :param values: what it has asked for, by argument.
    """

    def __init__(
        self,
        request: AdminRequest,
        info: ActionInfo,
        selection: Selection,
        values: Mapping[str, Any],
        reason: str,
    ) -> None:
        self.request, self.info, self.selection, self.values = request, info, selection, values
        self.reason = reason
        self.method = getattr(request.view.options, info.method)
        self.left_out: list[LeftOut] = []
        self.left_out_count = 0

    def run(self) -> Done:
        """Do it. Raises Forbidden when it is allowed for none of the rows, Unprocessable when the action refuses."""
        condition = allowed_by_sql(self.info)
        if condition is not None:
            out = refused_by_sql(self.selection, condition)
            if count := out.count():
                self._leave_out([(row, self._not_allowed()) for row in out.first(LISTED)], count)
                self.selection = self.selection.filter(condition)
                if not self.selection.count():
                    raise self._forbidden()
        try:
            with self.request.session.begin_nested():
                result = {"rows": self._rows, "row": self._each, "query": self._query}[self.info.on]()
                self.request.session.flush()
        except ValidationError as error:
            raise Unprocessable(
                str(error), title=_("Not done"), link="./", link_label=self.request.view.name_plural
            ) from error
        except (exc.StatementError, Refused) as error:
            raise self._refused(error) from error
        view = self.request.view
        describe(
            self.request.context,
            "action",
            view,
            label=counted(view, result.done),
            reason=self.reason,
            action=self.info.label,
        )
        self._leave_out(result.failed, result.left_out)
        return Done(result.done, result.text, tuple(self.left_out), self.left_out_count)

    def _rows(self) -> ActionResult:
        rows = self._those_allowed(loaded(self.selection, lock=True))
        if not rows:
            raise self._forbidden()
        return self._said(self._call(rows), len(rows))

    def _query(self) -> ActionResult:
        count = self.selection.count()
        return self._said(self._call(self.selection), count)

    def _each(self) -> ActionResult:
        done = refused = 0
        session, dialect = self.request.session, self.request.dialect
        for row in self.selection.rows():
            if not self._those_allowed([row]):
                refused += 1
                continue
            try:
                with session.begin_nested():
                    self._call(row)
                    session.flush()
            except ValidationError as error:
                self._leave_out([(row, str(error))])
            except exc.IntegrityError as error:
                if not dialect.failure(error).integrity:
                    raise
                self._leave_out([(row, _("The row would break a rule of its table."))])
            else:
                done += 1
        if refused and not done and refused == self.left_out_count:
            raise self._forbidden()
        return ActionResult(done)

    def _call(self, what: Any) -> Any:
        return call_hook(partial(self.method, **self.values), what, self.request)

    @staticmethod
    def _said(said: Any, count: int) -> ActionResult:
        if isinstance(said, ActionResult):
            return said
        return ActionResult(count, text=said if isinstance(said, str) else "")

    def _those_allowed(self, rows: list[Any]) -> list[Any]:
        allowed = [row for row in rows if allowed_by_function(self.info, row, self.request)]
        self._leave_out([(row, self._not_allowed()) for row in rows if row not in allowed])
        return allowed

    def _leave_out(self, rows: Sequence[tuple[Any, str]], count: int | None = None) -> None:
        view, urls = self.request.view, self.request.urls
        # In words at once: the rows leave the session.
        self.left_out += [
            LeftOut(view.row_label(row), urls.row(view, view.id_of(row)), why)
            for row, why in rows[: max(0, LISTED - len(self.left_out))]
        ]
        self.left_out_count += len(rows) if count is None else count

    @staticmethod
    def _not_allowed() -> str:
        return _("This is not allowed for it.")

    def _refused(self, error: exc.StatementError | Refused) -> Exception:
        """What to say where the database does not take what the action writes."""
        cause, label = (error.error, error.label) if isinstance(error, Refused) else (error, "")
        found = refusal(_NoForm(self.request), {}, cause)  # type: ignore[arg-type]
        if found is None:
            return cause
        text = f"{label}: {found.message}" if label else found.message
        return Unprocessable(text, title=_("Not done"), link="./", link_label=self.request.view.name_plural)

    def _forbidden(self) -> Forbidden:
        text = _("“{action}” is not allowed for any of these rows.").format(action=self.info.label)
        return Forbidden(text, link="./", link_label=self.request.view.name_plural)
