"""Plans of captured statements, within a limit of time and without a trace in the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import perf_counter
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from webadmin.dialects import Dialect, Timeouts
from webadmin.explain.capture import Captured
from webadmin.text import format_number
from webadmin.text import gettext as _

_BEFORE = r"(?:\s|--[^\n]*\n|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*"
"""Spaces and comments, each read in one way only."""
_READS = re.compile(rf"{_BEFORE}(\(|(SELECT|WITH|VALUES|TABLE)\b)", re.IGNORECASE | re.DOTALL)
_ESTIMATE = re.compile(rf"{_BEFORE}EXPLAIN\b", re.IGNORECASE | re.DOTALL)
_TOO_SLOW = {"statement_timeout", "lock_timeout"}
_LOCK_MS = 500
_SHORTEST_MS = 50
_PLAIN_MS = 2_000
"""For a plan without a measurement: planning alone is quick, unless a lock is in the way."""


class Budget:
    """A number of milliseconds that several statements share."""

    def __init__(self, milliseconds: float) -> None:
        self.milliseconds = milliseconds
        self._end = perf_counter() + milliseconds / 1000

    @property
    def left(self) -> int:
        """Milliseconds left, negative when overdrawn."""
        return int((self._end - perf_counter()) * 1000)


def run_page(dialect: Dialect, connection: Connection, run: Callable[[], None]) -> bool:
    """Run the page's reads under a savepoint; whether they came to their end.

    :raises sqlalchemy.exc.DBAPIError: for any failure but a time limit.
    """
    savepoint = connection.begin_nested()
    try:
        run()
    except DBAPIError as error:
        if dialect.failure(error).kind not in _TOO_SLOW:
            raise
        return False
    finally:
        if savepoint.is_active:
            savepoint.rollback()
    return True


def explain(
    dialect: Dialect, connection: Connection, statement: Captured, *, analyze: bool, budget: Budget
) -> tuple[list[dict[str, Any]], str]:
    """The answer of ``Dialect.explain`` and a sentence on what could not be had, empty when all could.

    With ``analyze`` the statement runs read-only and under the time that is left; when that is not enough,
    its plan is given without a measurement.
    """
    if _ESTIMATE.match(statement.sql):
        return [], _("This statement asks for the planner\u2019s estimate alone and reads no rows.")
    if not _READS.match(statement.sql):
        return [], _("Only statements that read rows have a plan.")
    note = ""
    if analyze:
        if budget.left < _SHORTEST_MS:
            note = _("Not measured: the statements before this one used up the time limit.")
        else:
            limit = budget.left
            answer, kind = _attempt(dialect, connection, statement, analyze=True, statement_ms=limit)
            if kind is None:
                return answer, ""
            note = _refusal(kind, limit)
    answer, kind = _attempt(dialect, connection, statement, analyze=False, statement_ms=_PLAIN_MS)
    if kind is not None:
        return [], _("The database gives no plan for this statement.")
    return answer, note


def _refusal(kind: str, limit: int) -> str:
    if kind == "statement_timeout":
        return _("Stopped after %s s: the statement takes longer than the time limit, so these are the estimates "
                 "only.") % format_number(limit / 1000, 1)  # fmt: skip
    if kind == "lock_timeout":
        return _("Another transaction holds a lock on the table, so these are the estimates only.")
    return _("The database did not let the statement run for a measurement, so these are the estimates only.")


def _attempt(
    dialect: Dialect, connection: Connection, statement: Captured, *, analyze: bool, statement_ms: int
) -> tuple[list[dict[str, Any]], str | None]:
    """The answer, or why there is none. The savepoint's rollback undoes settings and all that a function did."""
    savepoint = connection.begin_nested()
    try:
        limits = Timeouts(statement_ms=statement_ms, lock_ms=_LOCK_MS)
        dialect.begin(connection, read_only=True, timeouts=limits)
        return dialect.explain(connection, statement.sql, statement.parameters, analyze=analyze), None
    except DBAPIError as error:
        kind = dialect.failure(error).kind
        if kind == "connection_lost":
            raise
        return [], kind
    finally:
        if savepoint.is_active:
            savepoint.rollback()
