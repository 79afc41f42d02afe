"""Asking a server for the plans of ``statements``."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any

import psycopg

from tests.explain.statements import CONTRIB, STATEMENTS, TABLES, Statement

_OLDER_NAMES = {"debug_parallel_query": "force_parallel_mode"}
"""Of settings, before 16."""
_QUIET = {"max_parallel_workers_per_gather": "0", "jit": "off"}


def prepare(connection: psycopg.Connection) -> frozenset[str]:
    """Make the tables in an empty database; what of ``Statement.needs`` the server has.

    :param connection: in autocommit, as the superuser ``postgres``.
    """
    connection.execute(TABLES)
    connection.execute("VACUUM sale")
    tried = {"contrib": CONTRIB, "xml": "SELECT '<a/>'::xml"}
    had = set()
    for what, sql in tried.items():
        with (
            suppress(psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile),
            connection.transaction(),
        ):
            connection.execute(sql)
            had.add(what)
    return frozenset(had)


def answer(connection: psycopg.Connection, statement: Statement) -> list[dict[str, Any]]:
    """What the server answers to EXPLAIN of ``statement``; nothing of it stays."""
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE TEMPORARY TABLE scratch AS SELECT generate_series(1, 9000) AS n")
        for name, value in (_QUIET | dict(statement.settings)).items():
            known = name if connection.info.server_version >= 160_000 else _OLDER_NAMES.get(name, name)
            connection.execute(f"SET LOCAL {known} = '{value}'")
        if statement.answer:
            connection.execute(statement.sql)
            asked = connection.execute(statement.answer)
        else:
            options = ("ANALYZE, BUFFERS, " if statement.measured else "") + statement.options
            asked = connection.execute(f"EXPLAIN ({options}VERBOSE, SETTINGS, FORMAT JSON) {statement.sql}")
        [[found]] = asked.fetchall()
        return list(found)


def answers(connection: psycopg.Connection, had: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """The answers to all statements that this server knows, by name."""
    version = connection.info.server_version // 10_000
    return {
        name: answer(connection, statement)
        for name, statement in STATEMENTS.items()
        if version >= statement.since and (not statement.needs or statement.needs in had)
    }
