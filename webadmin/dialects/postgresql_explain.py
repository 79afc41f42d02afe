"""EXPLAIN of a captured statement, and the statement with its values as psql takes it."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

from webadmin.dialects.base import Estimate
from webadmin.dialects.bound import Piece, plain_literal
from webadmin.dialects.bound import inline as inline_values

_ESTIMATE = "EXPLAIN (VERBOSE, SETTINGS, FORMAT JSON) "
_MEASURE = "EXPLAIN (ANALYZE, BUFFERS, VERBOSE, SETTINGS, FORMAT JSON) "


def explain(connection: Connection, sql: str, parameters: Any, *, analyze: bool) -> list[dict[str, Any]]:
    """The plan of ``sql`` with the values that it ran with.

    The statement goes to the driver as it was captured: compiled anew, values of JSON, of lists or of search
    queries would come out as other types and give another plan. ``analyze`` runs the statement: the caller
    has set a read-only transaction and a time limit, and rolls back.

    :return: EXPLAIN's own JSON: one object with ``Plan`` and, when measured, ``Planning Time`` and
        ``Execution Time`` in milliseconds.
    :raises sqlalchemy.exc.DBAPIError: when the server refuses or stops the statement.
    """
    answer: Any = connection.exec_driver_sql((_MEASURE if analyze else _ESTIMATE) + sql, parameters).scalar()
    plans: list[dict[str, Any]] = json.loads(answer) if isinstance(answer, str) else answer
    return plans


def estimate(connection: Connection, counting: sa.Select[Any]) -> Estimate | None:
    """What the planner expects of ``counting``: the rows that would be counted and the cost of it all."""

    def only_plan(
        _c: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, _many: bool
    ) -> tuple[str, Any]:
        return "EXPLAIN (FORMAT JSON) " + sql, parameters

    # The statement goes the ordinary way, through the cache of compiled ones, and is made an EXPLAIN at the last step.
    event.listen(connection, "before_cursor_execute", only_plan, retval=True)
    try:
        answer: Any = connection.execute(counting).scalar()
    finally:
        event.remove(connection, "before_cursor_execute", only_plan)
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    node, share = plan, 1.0
    while node["Node Type"] in {"Aggregate", "Gather", "Gather Merge"} and node.get("Plans"):
        if workers := node.get("Workers Planned"):
            # Below it every number is for one process; the leader reads too, the less the more workers there are.
            share = workers + max(0.0, 1 - 0.3 * workers)
        node = node["Plans"][0]
    return Estimate(round(node["Plan Rows"] * share), float(plan["Total Cost"]))


def inline(connection: Connection, sql: str, parameters: Any) -> list[Piece]:
    """``sql`` in pieces, with its values as literals of PostgreSQL."""
    raw = connection.connection.driver_connection

    def literal(value: Any) -> str:
        text = _driver_literal(raw, value)
        # A cast binds tighter than a sign: -2147483648::INTEGER is out of range, (-2147483648)::INTEGER is not.
        return f"({text})" if text.startswith("-") else text

    return inline_values(sql, parameters, connection.dialect.paramstyle, literal)


def _driver_literal(raw: Any, value: Any) -> str:
    try:
        import psycopg
        from psycopg.sql import Literal
    except ImportError:  # a host that runs another driver
        return plain_literal(value)
    if not isinstance(raw, psycopg.Connection):
        return plain_literal(value)
    try:
        return Literal(value).as_string(raw).strip()
    except psycopg.Error:  # a value that no literal can hold, such as text with a NUL
        return plain_literal(value)
