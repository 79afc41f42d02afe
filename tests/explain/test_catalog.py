from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.explain.conftest import Planned
from tests.explain.things import built
from webadmin.dialects import for_engine
from webadmin.dialects.plan_facts import PlanFacts
from webadmin.explain.catalog import Catalog


@pytest.fixture
def sent(provoking: Engine) -> Iterator[list[str]]:
    """The statements about the catalog that are sent meanwhile."""
    seen: list[str] = []

    def note(_connection: Connection, _cursor: object, sql: str, *_rest: object) -> None:
        if "FROM pg_stats" in sql:
            seen.append(sql)

    sa.event.listen(provoking, "before_cursor_execute", note)
    yield seen
    sa.event.remove(provoking, "before_cursor_execute", note)


def test_each_table_is_asked_about_once(provoked: Connection, planned: Planned, sent: list[str]) -> None:
    """Plans of the same tables are told of by one statement, whichever of them is read first."""
    catalog = Catalog(for_engine(provoked.engine), provoked)
    first = catalog.about(planned("SELECT 1 FROM deed JOIN owner ON owner.id = owner_id"))
    assert {name for _schema, name in first.tables} == {"deed", "owner"}
    assert catalog.about(planned("SELECT 1 FROM owner")) is first
    assert len(sent) == 1
    more = catalog.about(planned("SELECT 1 FROM small JOIN owner USING (id)"))
    assert {name for _schema, name in more.tables} == {"deed", "owner", "small"}
    assert len(sent) == 2
    catalog.about(planned("SELECT 1"))
    assert len(sent) == 2, "a plan without tables asks nothing"


def test_goes_on_without(provoked: Connection, planned: Planned, sent: list[str]) -> None:
    """A catalog that cannot be read costs one attempt, and neither the transaction nor what was set in it."""
    plan = planned("SELECT 1 FROM deed", work_mem="123kB")
    provoked.exec_driver_sql(
        "CREATE TEMPORARY VIEW pg_stats AS SELECT 1; SET LOCAL search_path = pg_temp, pg_catalog, public"
    )
    catalog = Catalog(for_engine(provoked.engine), provoked)
    assert catalog.about(plan) == PlanFacts()
    provoked.exec_driver_sql("DROP VIEW pg_temp.pg_stats")
    assert catalog.about(planned("SELECT 1 FROM owner")) == PlanFacts()
    assert len(sent) == 1
    assert provoked.exec_driver_sql("SHOW work_mem").scalar() == "123kB"
    again = Catalog(for_engine(provoked.engine), provoked)
    assert again.about(plan).table("public", "deed") is not None
    assert provoked.exec_driver_sql("SHOW jit").scalar() == "off"


def test_a_lost_connection_is_told(provoking: Engine, planned: Planned) -> None:
    """That the connection is gone is for the whole page to know."""
    plan = planned("SELECT 1 FROM deed")
    with provoking.connect() as own, provoking.connect() as other:
        own_id = own.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        other.exec_driver_sql(f"SELECT pg_terminate_backend({own_id})")
        with pytest.raises(DBAPIError):
            Catalog(for_engine(provoking), own).about(plan)


def test_only_open_panels_ask(things: Session) -> None:
    """The report of a page asks the catalog once and the page's own statements are as many as without."""
    connection = things.connection()
    seen: list[str] = []
    sa.event.listen(connection, "before_cursor_execute", lambda *given: seen.append(given[2]))
    report = built(things, analyze=False)
    assert report.count == "2 statements"
    assert len([sql for sql in seen if "FROM pg_stats" in sql]) == (connection.dialect.name == "postgresql")
