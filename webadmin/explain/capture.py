"""The statements that one piece of work sends over one connection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from types import CodeType
from typing import Any

from sqlalchemy import TextClause, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from webadmin.explain.origin import Origin, origin
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
    """From sending to the answer, and until the last row was fetched where the driver hands them over one by one."""
    rows: int | None = None
    """Rows returned; None for a statement that failed."""
    label: str = ""
    named: bool = False
    """The label says what it is, and not only its number."""
    failed: bool = False
    relation: str = ""
    """What SQLAlchemy sent it for by itself: a relation or columns that were not loaded, ``Order.customer``."""
    origin: Origin = field(default_factory=Origin)
    """What led to it."""
    statement: Any = None
    """What it was rendered from, an ``sa.Select`` as a rule; None for text."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The values of its parameters by their keys in :attr:`statement`, before types made them the driver's."""


@contextmanager
def capture(
    source: Connection | Session,
    known: Callable[[], Mapping[CodeType, str]] = dict,  # of nothing
) -> Iterator[list[Captured]]:
    """Within it, every statement over ``source`` is added to the list that it yields, in the order sent.

    Only this one connection is listened to: what other requests send is not mixed in, and nothing is slower
    while nobody captures. Savepoints and settings are left out.

    :param known: the functions that options name, by their code; see :mod:`webadmin.explain.origin`.
    """
    connection = source.connection() if isinstance(source, Session) else source
    captured: list[Captured] = []
    started: list[tuple[Captured, float]] = []

    def before(_connection: Any, _cursor: Any, sql: str, parameters: Any, context: Any, _many: bool) -> None:
        statement = Captured(sql, parameters)
        if not _BOOKKEEPING.match(sql):
            captured.append(statement)
            statement.origin = origin(known)
            statement.relation = _unasked(context)
            label = _label(context) or statement.origin.label
            statement.named = bool(label)
            statement.label = label or _("Statement %d") % len(captured)
            statement.statement, statement.values = _rendered(context)
        started.append((statement, perf_counter()))

    def after(_connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, _many: bool) -> None:
        statement, start = started.pop()
        statement.seconds = perf_counter() - start
        # As it was sent in the end: a later listener may have changed it.
        statement.sql, statement.parameters = sql, parameters
        statement.rows = max(cursor.rowcount, 0)
        if cursor.rowcount < 0:
            context.cursor = _Counting(cursor, statement)

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
    root = compiled.statement if core is None else core
    if len(context.compiled_parameters) != 1:
        return root, {}
    given = context.compiled_parameters[0]
    values: dict[str, Any] = {}
    for bind, name in compiled.bind_names.items():
        # A list has become one parameter for each of its members.
        members = [value for other, value in given.items() if other.rpartition("_")[0] == name]
        values[bind.key] = given.get(name, members)
    return root, values


class _Counting:
    """A cursor that does not know how many rows there are: what is fetched is counted, and timed, since it is found only then."""

    def __init__(self, cursor: Any, statement: Captured) -> None:
        self._cursor, self._statement = cursor, statement

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def fetchone(self) -> Any:
        """The next row or None."""
        row = self._timed(self._cursor.fetchone)
        self._count([] if row is None else [row])
        return row

    def fetchmany(self, size: int | None = None) -> Any:
        """The next rows, ``size`` at most."""
        found = self._timed(self._cursor.fetchmany, *([] if size is None else [size]))
        self._count(found)
        return found

    def fetchall(self) -> Any:
        """All rows that are left."""
        found = self._timed(self._cursor.fetchall)
        self._count(found)
        return found

    def _timed(self, fetch: Callable[..., Any], *args: Any) -> Any:
        start = perf_counter()
        try:
            return fetch(*args)
        except BaseException:
            self._statement.failed = True
            raise
        finally:
            self._statement.seconds += perf_counter() - start

    def _count(self, found: Sequence[Any]) -> None:
        self._statement.rows = (self._statement.rows or 0) + len(found)


def _label(context: Any) -> str:
    # A to-many load carries the options of the statement that it belongs to: its relation tells them apart.
    relations = [part.key for part in _path(context)[1::2] if isinstance(getattr(part, "key", None), str)]
    if relations:
        return _("%(relation)s of these rows") % {"relation": ", ".join(map(humanize, relations))}
    label = context.execution_options.get(LABEL_OPTION) if context is not None else None
    return str(label or "")


def _path(context: Any) -> tuple[Any, ...]:
    state = getattr(getattr(context, "compiled", None), "compile_state", None)
    return tuple(getattr(getattr(state, "current_path", None), "path", ()))


def _unasked(context: Any) -> str:
    """What SQLAlchemy loads because somebody touched it: a relation, or the class whose columns they are.

    A listener of the session's would be told that in public terms, but a session with listeners reads its rows otherwise.
    """
    options = context.execution_options.get("_sa_orm_load_options") if context is not None else None
    path = _path(context)
    if getattr(options, "_lazy_loaded_from", None) is not None and len(path) > 1:
        return f"{path[-2].class_.__name__}.{path[-1].key}"
    state = getattr(options, "_refresh_state", None)
    return _("columns of %s") % type(state.obj()).__name__ if state is not None else ""
