from __future__ import annotations

import json

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from webadmin.dialects import for_engine
from webadmin.explain import ExplainReport, build
from webadmin.explain.withheld import names, withhold


def _built(engine: Engine, sql: str) -> ExplainReport:
    with Session(engine) as session:
        return build(
            for_engine(engine),
            session,
            lambda: session.execute(sa.text(sql)).close(),
            analyze=False,
            budget_ms=1_000,
            hidden={"secret"},
        )


def test_what_a_plan_tells_of_hidden_fields(pg_engine: Engine) -> None:
    """A scan that hands on all columns is shown without the hidden one; a condition that the database made of it takes the
    whole plan away, for a statement that names it nowhere."""
    with pg_engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE thing (id integer, secret integer); "
            "CREATE VIEW seen AS SELECT id FROM thing WHERE secret > 3"
        )
    [statement] = _built(pg_engine, "SELECT count(*) FROM thing t JOIN thing u USING (id)").statements
    assert {"Seq Scan", "Sort"} & {row.node_type for row in statement.rows}
    assert "secret" not in repr(statement)
    [statement] = _built(pg_engine, "SELECT id FROM seen").statements
    assert statement.rows == ()
    assert "not for you to see" in statement.message
    assert "secret" not in repr(statement)


def test_only_whole_words() -> None:
    """A name within another is not the hidden one; what nobody hides is left as it is."""
    answer = [
        {"Plan": {"Node Type": "Result", "Output": ["a.secret", "a.secretary"], "Filter": "(secretary > 1)"}}
    ]
    assert withhold(answer, set()) is answer
    told = withhold(answer, {"secret"})
    assert told is not None
    assert told[0]["Plan"]["Output"] == ["a.secretary"]
    assert "a.secret" in json.dumps(answer)


def test_names_that_are_no_words(pg_engine: Engine) -> None:
    """A hidden column with blanks and signs in its name is found in statements and plans as one word is."""
    odd = 'pay "grade" 5%:x'
    quoted = '"pay ""grade"" 5%:x"'
    with pg_engine.begin() as connection:
        connection.execute(sa.text(f"CREATE TABLE wage (id integer, {quoted} integer)".replace(":x", "\\:x")))
    wage = sa.table("wage", sa.column("id"), sa.column(odd))
    with Session(pg_engine) as session:
        report = build(
            for_engine(pg_engine),
            session,
            lambda: session.execute(sa.select(wage.c.id).where(wage.c[odd] > 31337)).close(),
            analyze=False,
            budget_ms=1_000,
            hidden={odd},
        )
    [statement] = report.statements
    assert (statement.sql, statement.rows) == ("", ())
    assert "31337" not in repr(statement)
    answer = [{"Plan": {"Node Type": "Sort", "Output": [f"wage.{quoted}", "wage.id"]}}]
    told = withhold(answer, {odd})
    assert told is not None
    assert told[0]["Plan"]["Output"] == ["wage.id"]
    assert names('SELECT "pay.grade" FROM wage', {"pay.grade"})
    assert not names("SELECT wage.id FROM wage", {"wage.id"})
