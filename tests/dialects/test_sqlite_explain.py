from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from webadmin.dialects.sqlite_explain import explain


def _plan(engine: Engine, sql: str, parameters: Any = ()) -> dict[str, Any]:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS thing (id integer PRIMARY KEY, a int, b int)")
        connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS thing_a ON thing (a)")
        [answer] = explain(connection, sql, parameters)
    plan: dict[str, Any] = answer["Plan"]
    return plan


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM thing", {"Node Type": "Seq Scan", "Relation Name": "thing"}),
        (
            "SELECT * FROM thing WHERE a = 1",
            {"Node Type": "Index Scan", "Index Name": "thing_a", "Index Cond": "a=?"},
        ),
        ("SELECT * FROM thing WHERE id = 1", {"Node Type": "Index Scan", "Index Cond": "rowid=?"}),
        ("SELECT a FROM thing", {"Node Type": "Index Only Scan", "Index Name": "thing_a"}),
        ("SELECT 1", {"Node Type": "Scan constant row"}),
    ],
)
def test_one_step(sqlite_engine: Engine, sql: str, expected: dict[str, str]) -> None:
    """The ways to read a table have the names that the other database uses for them."""
    plan = _plan(sqlite_engine, sql)
    assert {key: plan.get(key) for key in expected} == expected
    assert plan["Detail"]


def test_steps_are_nested(sqlite_engine: Engine) -> None:
    """Several steps stand below one, subqueries below their step."""
    plan = _plan(
        sqlite_engine,
        "SELECT * FROM thing t WHERE a IN (SELECT b FROM thing) AND b > ? ORDER BY b, a LIMIT 3",
        (5,),
    )
    assert plan["Node Type"] == "Query"
    kinds = [child["Node Type"] for child in plan["Plans"]]
    assert kinds[-1] == "Sort"
    assert any("Plans" in child for child in plan["Plans"])


def test_automatic_index(sqlite_engine: Engine) -> None:
    """An index that is built for one statement is marked."""
    plan = _plan(sqlite_engine, "SELECT * FROM thing x JOIN thing y ON x.b = y.b")
    assert any(child.get("Automatic Index") for child in plan["Plans"])
