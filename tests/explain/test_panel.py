from __future__ import annotations

import json

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.explain.things import COUNT, THING, built
from webadmin.dialects import Timeouts, for_engine
from webadmin.explain import build


def test_statements_of_the_page(things: Session) -> None:
    """Each statement stands there with its name, its time, its SQL with values, and its plan."""
    report = built(things, analyze=False)
    assert report.count == "2 statements"
    assert report.total_ms.endswith(" ms")
    assert report.message == ""
    assert [one.label for one in report.statements] == ["Page of rows", "Number of rows"]
    page, count = report.statements
    assert "WHERE thing.name != 'it''s'" in page.sql
    assert page.preview.startswith("SELECT thing.id, thing.name, thing.n FROM thing WHERE")
    assert str(page.sql_html).startswith('<span class="k">SELECT</span> thing.id')
    assert any(row.node_type == "Seq Scan" for row in count.rows)
    assert not page.measured
    assert json.loads(page.plan_json)[0]["Plan"]


def test_copied_statements_run(things: Session) -> None:
    """What is copied runs as it stands."""
    for statement in built(things, analyze=False).statements:
        connection = things.connection()
        assert connection.execution_options(no_parameters=True).exec_driver_sql(statement.sql).all()


def test_measured(things: Session) -> None:
    """On request every statement is measured, where the database can; findings say what to mend."""
    report = built(things, analyze=True)
    page, count = report.statements
    if not report.can_analyze:
        assert not report.analyze
        assert not page.measured
        assert "plan without numbers" in page.facts
        return
    assert report.analyze
    assert page.measured
    assert any(fact.endswith("ms measured") for fact in page.facts)
    assert [warning.kind for warning in page.warnings] == ["sort_of_everything"]
    assert [warning.kind for warning in count.warnings] == ["selective_scan"]
    assert report.warnings == 2
    assert page.tone == "warn"


def test_session_goes_on(things: Session) -> None:
    """The transaction of the request is as it was, and can be used."""
    built(things, analyze=True)
    assert things.execute(COUNT).scalar() == 1


def test_one_failure_does_not_lose_the_rest(things: Session) -> None:
    """A statement whose measurement is stopped has its estimates, and the next one is there too."""
    report = built(things, analyze=True, budget_ms=1)
    assert len(report.statements) == 2
    for statement in report.statements:
        assert statement.rows
        assert bool(statement.message) == report.can_analyze


def test_page_stopped_by_its_limit(pg_engine: Engine) -> None:
    """A page that ran out of time is explained all the same, up to the statement that was stopped."""
    dialect = for_engine(pg_engine)
    with Session(pg_engine) as session:
        dialect.begin(session.connection(), read_only=True, timeouts=Timeouts(statement_ms=150))

        def run() -> None:
            session.execute(sa.text("SELECT 1"))
            session.execute(sa.text("SELECT pg_sleep(30)"))

        report = build(dialect, session, run, analyze=False, budget_ms=1_000)
    assert "stopped by its time limit" in report.message
    first, second = report.statements
    assert first.tone == ""
    assert second.tone == "warn"
    assert second.facts[0].startswith("stopped after 1")
    assert second.rows


def test_values_are_not_markup(things: Session) -> None:
    """A value with markup in it is text in the highlighted statement."""
    statement = sa.select(THING).where(THING.c.name == "</code><script>alert(1)</script>")
    dialect = for_engine(things.connection().engine)
    report = build(dialect, things, lambda: things.execute(statement).close(), analyze=False, budget_ms=1_000)
    assert "<script>" not in report.statements[0].sql_html


def test_page_without_statements(things: Session) -> None:
    """A page that asks the database nothing has an empty report."""
    dialect = for_engine(things.connection().engine)
    report = build(dialect, things, lambda: None, analyze=True, budget_ms=1_000)
    assert (report.statements, report.count, report.warnings) == ((), "0 statements", 0)
