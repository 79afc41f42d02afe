"""The statements that one piece of work sends over one connection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from sqlalchemy import TextClause, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from webadmin.text import gettext as _
from webadmin.text import humanize

LABEL_OPTION = "webadmin_label"
"""Execution option that names a statement for people: ``execution_options(webadmin_label="Page of rows")``."""

_BOOKKEEPING = re.compile(r"\s*(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|SET|PRAGMA)\b", re.IGNORECASE)


@dataclass(slots=True)
class Captured:
    """One statement as it went to the driver."""

    sql: str
    parameters: Any
    seconds: float = 0.0
    """From sending to the answer; for a driver that hands rows over one by one, to the first row."""
    rows: int | None = None
    """Rows returned, where the driver knows it."""
    label: str = ""
    failed: bool = False
    statement: Any = None
    """What it was rendered from, an ``sa.Select`` as a rule; None for text."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The values of its parameters by their names in :attr:`statement`, before types made them the driver's."""


@contextmanager
def capture(source: Connection | Session) -> Iterator[list[Captured]]:
    """Within it, every statement over ``source`` is added to the list that it yields, in the order sent.

    Only this one connection is listened to: what other requests send is not mixed in, and nothing is slower
    while nobody captures. Savepoints and settings are left out.
    """
    connection = source.connection() if isinstance(source, Session) else source
    captured: list[Captured] = []
    started: list[tuple[Captured, float]] = []

    def before(_connection: Any, _cursor: Any, sql: str, parameters: Any, context: Any, _many: bool) -> None:
        statement = Captured(sql, parameters)
        if not _BOOKKEEPING.match(sql):
            captured.append(statement)
            statement.label = _label(context, len(captured))
            statement.statement, statement.values = _rendered(context)
        started.append((statement, perf_counter()))

    def after(_connection: Any, cursor: Any, sql: str, parameters: Any, _context: Any, _many: bool) -> None:
        statement, start = started.pop()
        statement.seconds = perf_counter() - start
        # As it was sent in the end: a later listener may have changed it.
        statement.sql, statement.parameters = sql, parameters
        statement.rows = cursor.rowcount if cursor.rowcount >= 0 else None

    event.listen(connection, "before_cursor_execute", before)
    event.listen(connection, "after_cursor_execute", after)
    try:
        yield captured
    finally:
        # One that was started and has no end is the one that failed: the last.
        for statement, start in started:
            statement.seconds = perf_counter() - start
            statement.failed = True
        event.remove(connection, "before_cursor_execute", before)
        event.remove(connection, "after_cursor_execute", after)


def _rendered(context: Any) -> tuple[Any, Mapping[str, Any]]:
    compiled = getattr(context, "compiled", None)
    if compiled is None or isinstance(compiled.statement, TextClause):
        return None, {}
    # Of entities this has been turned into tables and columns.
    core = getattr(compiled.compile_state, "statement", None)
    values = context.compiled_parameters
    return compiled.statement if core is None else core, values[0] if len(values) == 1 else {}


def _label(context: Any, number: int) -> str:
    # A to-many load carries the options of the statement that it belongs to: its relation tells them apart.
    state = getattr(getattr(context, "compiled", None), "compile_state", None)
    path = getattr(getattr(state, "current_path", None), "path", ())
    relations = [part.key for part in path[1::2] if isinstance(getattr(part, "key", None), str)]
    if relations:
        return _("%(relation)s of these rows") % {"relation": ", ".join(map(humanize, relations))}
    label = context.execution_options.get(LABEL_OPTION) if context is not None else None
    return str(label) if label else _("Statement %d") % number
