from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql as pg

from webadmin.dialects.postgresql_explain import explain, inline
from webadmin.explain.capture import capture

_VALUES = [
    (pg.JSONB, {"a": ["it's", 'quo"te', "back\\slash", None]}),
    (pg.ARRAY(sa.Text), ["red", "it's", "a,b", "{}"]),
    (pg.TSTZRANGE, pg.Range(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))),
    (pg.UUID, uuid.UUID(int=7)),
    (sa.Numeric, Decimal("-12.50")),
    (sa.Integer, -2147483648),
    (sa.Float, -1.5),
    (sa.LargeBinary, b"\x00\xff'\\"),
    (sa.Interval, timedelta(days=-3, hours=2)),
    (sa.DateTime(timezone=True), datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
    (sa.Date, date(2026, 1, 2)),
    (sa.Boolean, True),
    (sa.Text, "100%; it's \\ :x $1 ?"),
]


def _captured(engine: Engine, statement: Any) -> Any:
    with engine.connect() as connection:
        with capture(connection) as captured:
            rows = connection.execute(statement).all()
        [one] = captured
        copied = "".join(piece.text for piece in inline(connection, one.sql, one.parameters))
        plan = explain(connection, one.sql, one.parameters, analyze=True)
        # Without parameters the driver sends the text as it is, as psql does.
        again = connection.execution_options(no_parameters=True).exec_driver_sql(copied).all()
    return rows, again, plan


@pytest.mark.parametrize(("type_", "value"), _VALUES, ids=lambda value: getattr(value, "__name__", None))
def test_copied_statement_gives_the_same_rows(pg_engine: Engine, type_: Any, value: Any) -> None:
    """A statement with its values in place runs as it stands, and its plan is that of the statement itself."""
    table = sa.table("thing", sa.column("id", sa.Integer), sa.column("v", type_))
    made = type_ if isinstance(type_, sa.types.TypeEngine) else type_()
    with pg_engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE thing (id integer, v {made.compile(pg_engine.dialect)})")
        connection.execute(sa.insert(table), [{"id": 1, "v": value}, {"id": 2, "v": None}])
    statement = sa.select(table.c.id).where(table.c.v == sa.literal(value, made), table.c.id.in_([1, 2, 3]))
    rows, again, plan = _captured(pg_engine, statement)
    assert rows == again == [(1,)]
    assert plan[0]["Plan"]["Actual Rows"] == 1
    assert plan[0]["Execution Time"] >= 0


def test_null_and_search(pg_engine: Engine) -> None:
    """NULL and a search query are literals too."""
    found = sa.select(
        sa.literal(None, sa.Text).is_(None),
        sa.func.to_tsvector("english", "two red shoes").bool_op("@@")(
            sa.func.websearch_to_tsquery("english", sa.literal('"red shoe" or it\'s'))
        ),
    )
    rows, again, _plan = _captured(pg_engine, found)
    assert rows == again == [(True, True)]


def test_estimate_does_not_run_the_statement(pg_engine: Engine) -> None:
    """Without analyze there are no times, and nothing runs."""
    with pg_engine.connect() as connection:
        plan = explain(connection, "SELECT pg_sleep(60)", {}, analyze=False)
    assert "Execution Time" not in plan[0]
    assert "Actual Rows" not in plan[0]["Plan"]


def test_text_that_no_literal_can_hold(pg_engine: Engine) -> None:
    """Text with a NUL, which the server never accepts, is still shown."""
    with pg_engine.connect() as connection:
        pieces = inline(connection, "SELECT %(a)s", {"a": "x\x00y"})
    assert pieces[1].text == "'x\x00y'"
