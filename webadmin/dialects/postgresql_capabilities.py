"""What a server that speaks PostgreSQL's language can do: asked in one round trip where it can do all, one by one where not."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy.engine import Connection

from webadmin.dialects.capabilities import Capable

_COPY = "COPY (SELECT 1) TO STDOUT"


class PostgreSQLCapable(Capable):
    questions = {
        # Fails where the catalog has no estimates, as CockroachDB's has none.
        "estimates": "SELECT 1 / count(reltuples) FROM pg_class WHERE relname = 'pg_class'",
        "search": "SELECT to_tsvector('simple', 'a') @@ websearch_to_tsquery('simple', 'a')",
        "plans": "EXPLAIN (VERBOSE, SETTINGS, FORMAT JSON) SELECT 1",
        "measuring": "EXPLAIN (ANALYZE, BUFFERS, VERBOSE, SETTINGS, FORMAT JSON) SELECT 1",
        "copy": _COPY,
        "cursors": "DECLARE webadmin_question NO SCROLL CURSOR FOR SELECT 1; FETCH 1 FROM webadmin_question; CLOSE webadmin_question",
        "advisory_locks": "SELECT pg_try_advisory_xact_lock(hashtextextended('webadmin.question', 0))",
        "generated_columns": "SELECT attgenerated FROM pg_attribute LIMIT 1",
        "snapshots": "SELECT pg_current_snapshot()",
        "lateral": "SELECT b FROM (SELECT 1 AS a) AS one CROSS JOIN LATERAL (SELECT one.a AS b) AS other",
    }

    def lacking(self, connection: Connection) -> frozenset[str]:
        raw: Any = connection.connection.driver_connection
        asked = {
            name: text for name, text in self.questions.items() if name not in self.given_up and text != _COPY
        }
        missing = set()
        if not _works(raw, "; ".join(asked.values())):
            missing = {name for name, text in asked.items() if not _works(raw, text)}
        if "copy" not in self.given_up and not _copies(raw):
            missing.add("copy")
        return frozenset(missing)


def _works(raw: Any, script: str) -> bool:
    """Whether the server does what ``script`` says; nothing of it stays. Raises what a lost connection raises."""
    cursor = raw.cursor()
    try:
        cursor.execute(script)
    except Exception:
        if raw.closed:
            raise
        return False
    finally:
        cursor.close()
        if not raw.closed:
            raw.rollback()
    return True


def _copies(raw: Any) -> bool:
    if not isinstance(raw, psycopg.Connection):
        return False
    try:
        with raw.cursor() as cursor, cursor.copy(_COPY) as copy:
            return bool(list(copy))
    except psycopg.Error:
        if raw.closed:
            raise
        return False
    finally:
        if not raw.closed:
            raw.rollback()
