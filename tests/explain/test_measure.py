from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from webadmin.dialects import for_engine
from webadmin.explain.capture import Captured
from webadmin.explain.measure import Budget, explain, run_page


@pytest.fixture
def writable(pg_engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that may write, with a table and a function that writes to it."""
    with pg_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE thing (n integer)")
        connection.exec_driver_sql(
            "CREATE FUNCTION write_it() RETURNS integer LANGUAGE sql AS "
            "'INSERT INTO thing VALUES (1) RETURNING n'"
        )
    with pg_engine.connect() as connection:
        yield connection


def _explained(connection: Connection, sql: str, budget: Budget | None = None) -> tuple[bool, str]:
    """Whether there is a measured plan, and the remark."""
    answer, note = explain(
        for_engine(connection.engine),
        connection,
        Captured(sql, {}),
        analyze=True,
        budget=budget or Budget(5_000),
    )
    return bool(answer and "Execution Time" in answer[0]), note


def test_measured(writable: Connection) -> None:
    """A statement that reads is measured, without a remark; so is one that begins with comments."""
    assert _explained(writable, "SELECT * FROM thing") == (True, "")
    assert _explained(writable, "-- DELETE\n /* all; */ SELECT * FROM thing") == (True, "")


def test_too_slow_to_measure(writable: Connection) -> None:
    """A statement that the limit stops still has its plan, and the remark says so in words."""
    answer, note = explain(
        for_engine(writable.engine),
        writable,
        Captured("SELECT pg_sleep(20)", {}),
        analyze=True,
        budget=Budget(200),
    )
    assert "Execution Time" not in answer[0]
    assert answer[0]["Plan"]["Node Type"] == "Result"
    assert note.startswith("Stopped after 0.")
    # The connection goes on.
    assert _explained(writable, "SELECT 1") == (True, "")


def test_limit_shared_by_all_statements(writable: Connection) -> None:
    """What is left of the limit after earlier statements may be too little to start."""
    measured, note = _explained(writable, "SELECT 1", Budget(10))
    assert not measured
    assert note.startswith("Not measured")


@pytest.mark.parametrize(
    "sql", ["SELECT write_it()", "WITH w AS (INSERT INTO thing VALUES (2) RETURNING n) SELECT * FROM w"]
)
def test_nothing_is_written(writable: Connection, sql: str) -> None:
    """A statement that would write is not let run, even in a transaction that may; its plan is shown."""
    measured, note = _explained(writable, sql)
    assert not measured
    assert "did not let the statement run" in note
    assert writable.exec_driver_sql("SELECT count(*) FROM thing").scalar() == 0
    writable.exec_driver_sql("INSERT INTO thing VALUES (3)")  # and afterwards the transaction still may


def test_settings_are_put_back(writable: Connection) -> None:
    """Time limits and read-only end with the measurement."""
    names = ("statement_timeout", "lock_timeout", "transaction_read_only")
    before = [writable.exec_driver_sql(f"SHOW {name}").scalar() for name in names]
    _explained(writable, "SELECT 1")
    assert [writable.exec_driver_sql(f"SHOW {name}").scalar() for name in names] == before


def test_locked_table(writable: Connection, pg_engine: Engine) -> None:
    """A table that another transaction holds is not waited for."""
    with pg_engine.connect() as other:
        other.exec_driver_sql("LOCK TABLE thing")
        answer, note = explain(
            for_engine(pg_engine),
            writable,
            Captured("SELECT * FROM thing", {}),
            analyze=True,
            budget=Budget(5_000),
        )
    assert (answer, note) == ([], "The database gives no plan for this statement.")
    assert _explained(writable, "SELECT * FROM thing") == (True, "")


def test_only_reads_are_explained(engine: Engine) -> None:
    """A statement that is no read is never sent again."""
    with engine.connect() as connection:
        for sql in ("DELETE FROM thing", "-- SELECT\n DELETE FROM thing", "CREATE TABLE x (n integer)"):
            answer, note = explain(
                for_engine(engine), connection, Captured(sql, {}), analyze=True, budget=Budget(1_000)
            )
            assert (answer, note) == ([], "Only statements that read rows have a plan.")


def test_estimates_are_not_explained(engine: Engine) -> None:
    """A statement that is an EXPLAIN itself is shown as what it is."""
    with engine.connect() as connection:
        statement = Captured("EXPLAIN SELECT 1", {})
        answer, note = explain(for_engine(engine), connection, statement, analyze=False, budget=Budget(1_000))
    assert answer == []
    assert "estimate alone" in note


def test_statement_without_a_plan(engine: Engine) -> None:
    """A failure costs one statement its plan, in words that hold nothing from the database."""
    dialect = for_engine(engine)
    with engine.begin() as connection:
        broken = Captured("SELECT secret FROM nowhere", ())
        answer, note = explain(dialect, connection, broken, analyze=False, budget=Budget(1_000))
        assert (answer, note) == ([], "The database gives no plan for this statement.")
        answer, note = explain(
            dialect, connection, Captured("SELECT 1", ()), analyze=False, budget=Budget(1_000)
        )
        assert answer
        assert note == ""


def test_page_that_ran_out_of_time(pg_engine: Engine) -> None:
    """A page that its time limit stopped is told apart from one that came to its end; the transaction goes on."""
    dialect = for_engine(pg_engine)
    with pg_engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 100")
        assert not run_page(
            dialect, connection, lambda: connection.exec_driver_sql("SELECT pg_sleep(9)").close()
        )
        assert run_page(dialect, connection, lambda: connection.exec_driver_sql("SELECT 1").close())


def test_page_that_fails(engine: Engine) -> None:
    """Any other failure of the page is the page's own."""
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError):
        run_page(
            for_engine(engine), connection, lambda: connection.exec_driver_sql("SELECT x FROM y").close()
        )
