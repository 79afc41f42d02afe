from __future__ import annotations

import pytest
from sqlalchemy import Connection

from tests.explain.conftest import Diagnosed, Planned, kinds
from webadmin.explain.diagnosis import diagnose

_LOOPS = {
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_memoize": "off",
    "enable_material": "off",
}


def test_many_loops(planned: Planned) -> None:
    """An inner side that runs for each of 100,000 rows; the same tables joined in one go are fine, and so are a few look-ups."""
    sql = "SELECT count(b.code) FROM item a JOIN item b ON b.id = a.val + 1"
    [found] = [one for one in diagnose(planned(sql, **_LOOPS), seconds=1.0) if one.kind == "many_loops"]
    assert found.title == "Index Scan (item) runs 100,000 times."
    assert "fewer rows before the join" in found.text
    on = dict.fromkeys(_LOOPS, "on")
    assert "many_loops" not in kinds(planned(sql, work_mem="64MB", **on))
    assert kinds(planned("SELECT b.* FROM small a JOIN item b ON b.id = a.id")) == set()


def test_loops_for_rows_that_nobody_expected(planned: Planned) -> None:
    """Loops that were chosen for few rows say how many were expected."""
    plan = planned(
        "SELECT count(b.pad) FROM item a JOIN item b ON b.id = a.val WHERE a.part < 100 AND a.twin < 100"
        " AND a.part + 0 < 100 AND a.twin + 0 < 100", **_LOOPS,
    )  # fmt: skip
    [found] = [one for one in diagnose(plan, seconds=1.0) if one.kind == "many_loops"]
    assert "rows that it expected" in found.text
    assert "misestimate" in kinds(plan)


def test_subquery_per_row(planned: Planned) -> None:
    """A subquery in the select list that runs for each row; as a join it does not."""
    plan = planned("SELECT id, (SELECT b.code FROM item b WHERE b.id = a.val + 1) FROM item a")
    [found] = [one for one in diagnose(plan, seconds=1.0) if one.kind == "many_loops"]
    assert "written as a join" in found.text
    joined = planned("SELECT a.id, b.code FROM item a LEFT JOIN item b ON b.id = a.val + 1", work_mem="64MB")
    assert "many_loops" not in kinds(joined)


def test_compared_pairs(diagnosed: Diagnosed) -> None:
    """Each row compared with each, where a comparison for equality would have done."""
    sql = "SELECT o.id, d.id FROM owner o JOIN deed d ON {} WHERE o.id <= 100 AND d.id <= 12000"
    found = diagnosed(sql.format("d.id + 0 < o.id - 98 + 0"))[0]
    assert (found.kind, found.title[:9]) == ("many_loops", "1,200,000")
    assert "d.id" in found.text
    assert diagnosed(sql.format("d.owner_id = o.id")) == ()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT d.id FROM owner o JOIN deed d ON d.owner_id = o.id WHERE o.name = 'o7'",
        "SELECT o.name, (SELECT count(*) FROM deed d WHERE d.owner_id = o.id) FROM owner o WHERE o.id <= 3",
        "SELECT o.name FROM owner o WHERE o.id = 7 AND EXISTS (SELECT 1 FROM deed d WHERE d.owner_id = o.id AND d.kind > 30)",
    ],
)
def test_foreign_key_without_index(sql: str, diagnosed: Diagnosed, provoked: Connection) -> None:
    """All rows are read to join those of a few owners; with an index on the foreign key they are not."""
    [found] = [one for one in diagnosed(sql) if one.tone == "warn"]
    assert (found.kind, found.table, found.columns) == ("foreign_key_without_index", "deed", ("owner_id",))
    provoked.exec_driver_sql("CREATE INDEX ON deed (owner_id)")
    assert diagnosed(sql) == ()


def test_join_of_everything(diagnosed: Diagnosed) -> None:
    """A key without an index is no fault where most rows are wanted anyhow."""
    assert diagnosed("SELECT d.id, o.name FROM owner o JOIN deed d ON d.owner_id = o.id") == ()


def test_deletion_without_index(diagnosed: Diagnosed, provoked: Connection) -> None:
    """Deleting looks through all of another table for what refers to a row; with an index it does not."""
    sql = "DELETE FROM owner WHERE id BETWEEN {} AND {}"
    [found] = diagnosed(sql.format(1001, 1005))
    assert (found.kind, found.table, found.columns) == ("foreign_key_without_index", "deed", ("owner_id",))
    assert found.title.startswith("Deleting looks 5 times through all of deed")
    provoked.exec_driver_sql("CREATE INDEX ON deed (owner_id)")
    assert diagnosed(sql.format(1006, 1010)) == ()
