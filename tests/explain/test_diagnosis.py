from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from tests.explain.conftest import Planned
from tests.explain.kept import PLANS, kept
from webadmin.dialects import for_engine
from webadmin.explain.diagnosis import diagnose
from webadmin.explain.plan import Plan, parse


def test_gravest_first(planned: Planned) -> None:
    """What should be mended stands before what explains, and the costlier step before the cheaper."""
    plan = planned(
        "SELECT * FROM item WHERE part < 50 AND twin < 50 AND part + 0 < 50 AND twin + 0 < 50 AND rare = 'no'"
        " ORDER BY code LIMIT 10",
    )
    found = diagnose(plan, seconds=1.0)
    assert [one.tone for one in found] == sorted((one.tone for one in found), key=["warn", "info"].index)
    assert {"misestimate", "selective_scan"} <= {one.kind for one in found}


@pytest.fixture
def shelf(sqlite_engine: Engine) -> Iterator[Connection]:
    """A connection to two SQLite tables, one column indexed."""
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE thing (id integer PRIMARY KEY, a int, b int)")
        connection.exec_driver_sql("CREATE INDEX thing_a ON thing (a)")
        yield connection


def _plan(connection: Connection, sql: str) -> Plan:
    plan = parse(for_engine(connection.engine).explain(connection, sql, (), analyze=False))
    assert plan is not None
    return plan


def test_plans_without_numbers(shelf: Connection) -> None:
    """Where plans have no numbers, a slow statement is explained by their shape."""
    [sort] = diagnose(_plan(shelf, "SELECT * FROM thing ORDER BY b LIMIT 5"), seconds=0.5)
    assert (sort.kind, sort.title) == (
        "sort_of_everything",
        "All of thing is read and sorted before the first row can be shown.",
    )
    [scan] = diagnose(_plan(shelf, "SELECT * FROM thing WHERE b = 3"), seconds=0.5)
    assert (scan.kind, scan.tone) == ("selective_scan", "info")
    [built] = diagnose(_plan(shelf, "SELECT * FROM thing x JOIN thing y ON x.b = y.b"), seconds=0.001)
    assert built.kind == "automatic_index"


def test_fine_plans_without_numbers(shelf: Connection) -> None:
    """A quick statement, and one that uses an index, have nothing to mend."""
    assert diagnose(_plan(shelf, "SELECT * FROM thing ORDER BY b LIMIT 5"), seconds=0.001) == ()
    assert diagnose(_plan(shelf, "SELECT * FROM thing ORDER BY a LIMIT 5"), seconds=0.5) == ()
    assert diagnose(_plan(shelf, "SELECT * FROM thing WHERE a = 5"), seconds=0.5) == ()


@pytest.mark.parametrize("version", [path.stem for path in sorted(PLANS.glob("*.jsonl"))])
def test_any_plan(version: str) -> None:
    """Whatever steps a plan has, each finding is a sentence with its reason; nothing is said twice of one step."""
    found = 0
    for name, answer in kept(version).items():
        plan = parse(answer)
        if plan is None:
            continue
        all_of_it = diagnose(plan, seconds=1.0)
        found += len(all_of_it)
        for one in all_of_it:
            assert one.title.endswith("."), name
            assert one.text.endswith("."), name
            assert "%(" not in one.title + one.text, name
        told = [(one.kind, id(one.node)) for one in all_of_it]
        assert len(told) == len(set(told)), name
    assert found
