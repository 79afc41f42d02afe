from __future__ import annotations

from sqlalchemy import Connection

from tests.explain.conftest import Diagnosed, Planned, kinds
from webadmin.explain.diagnosis import diagnose


def test_selective_scan(planned: Planned) -> None:
    """A scan that finds ten of 100,000 rows is named with its numbers, its table and its condition."""
    plan = planned("SELECT * FROM item WHERE rare = 'yes'")
    [found] = diagnose(plan, seconds=1.0)
    assert (found.kind, found.tone) == ("selective_scan", "warn")
    assert found.title == "100,000 rows of item are read to find 10."
    assert "item.rare = 'yes'" in found.text
    assert found.node is plan.worst


def test_selective_scan_before_measuring(planned: Planned) -> None:
    """The same scan is expected from the planner's costs alone."""
    [found] = diagnose(planned("SELECT * FROM item WHERE rare = 'yes'", analyze=False), seconds=1.0)
    assert found.kind == "selective_scan"
    assert found.title.startswith("All of item is read")


def test_selective_scan_of_a_pattern(planned: Planned) -> None:
    """A pattern search is not told to use an ordinary index."""
    [found] = diagnose(planned("SELECT * FROM item WHERE code ILIKE '%%abcdef%%'"), seconds=1.0)
    assert "trigram" in found.text


def test_scan_that_keeps_its_rows(planned: Planned) -> None:
    """Reading a big table is fine when most of it is wanted, and so is searching a small one."""
    for analyze in (True, False):
        assert kinds(planned("SELECT id FROM item WHERE rare = 'no'", analyze=analyze)) == set()
        assert kinds(planned("SELECT * FROM small WHERE name = 'n7'", analyze=analyze)) == set()
        assert kinds(planned("SELECT * FROM item WHERE id = 7", analyze=analyze)) == set()


def test_discarding_index(planned: Planned) -> None:
    """An index that leads to 25,000 rows of which a few are kept."""
    plan = planned("SELECT * FROM item WHERE grp = 0 AND rare = 'yes'", enable_seqscan="off")
    [found] = [one for one in diagnose(plan, seconds=1.0) if one.kind == "discarding_index"]
    assert "24,990 rows of item" in found.title
    assert "item.rare = 'yes'" in found.text


def test_index_that_fits(planned: Planned) -> None:
    """An index that leads to just the rows is fine."""
    assert kinds(planned("SELECT * FROM item WHERE val BETWEEN 10 AND 20")) == set()


def test_sort_of_everything(planned: Planned) -> None:
    """100,000 rows are sorted for the first ten, known with and without measuring."""
    for analyze in (True, False):
        plan = planned("SELECT * FROM item ORDER BY code DESC LIMIT 10", analyze=analyze)
        [found] = diagnose(plan, seconds=1.0)
        assert found.kind == "sort_of_everything"
        assert "item.code DESC" in found.text


def test_sorts_that_no_index_serves(planned: Planned) -> None:
    """An order by columns of several tables is told with what helps; one of computed values explains, and blames nobody."""
    joined = planned(
        "SELECT o.name FROM deed d JOIN owner o ON o.id = d.owner_id ORDER BY o.name, d.id LIMIT 10"
    )
    [several] = diagnose(joined, seconds=1.0)
    assert (several.kind, several.tone, several.table) == ("sort_of_everything", "warn", None)
    assert "several tables" in several.text
    for sql in (
        "SELECT code, count(*) FROM item GROUP BY code ORDER BY count(*) DESC LIMIT 10",
        "SELECT code, sum(val) FROM item GROUP BY code ORDER BY sum(val) DESC LIMIT 10",
        "WITH m AS MATERIALIZED (SELECT id, length(code) + val AS n FROM item) SELECT id FROM m ORDER BY n LIMIT 10",
    ):
        found = diagnose(planned(sql, work_mem="64MB"), seconds=1.0)
        assert [(one.kind, one.tone) for one in found] == [("sort_of_everything", "info")]


def test_sort_by_an_index(planned: Planned) -> None:
    """A page in the order of an index is fine, and so is a sort of few rows or for all of them."""
    for analyze in (True, False):
        assert kinds(planned("SELECT * FROM item ORDER BY val LIMIT 10", analyze=analyze)) == set()
        assert kinds(planned("SELECT * FROM item ORDER BY grp, id LIMIT 10", analyze=analyze)) <= {
            "sort_of_everything"
        }
        assert kinds(planned("SELECT * FROM small ORDER BY name LIMIT 10", analyze=analyze)) == set()
    assert kinds(planned("SELECT id FROM item ORDER BY code", work_mem="64MB")) == set()


def test_offset(planned: Planned) -> None:
    """Rows that OFFSET throws away are counted, and estimated without measuring."""
    sql = "SELECT * FROM item ORDER BY id LIMIT 10 OFFSET 20000"
    [found] = diagnose(planned(sql), seconds=1.0)
    assert found.kind == "offset"
    assert found.title.startswith("20,000 rows")
    [expected] = diagnose(planned(sql, analyze=False), seconds=1.0)
    assert expected.kind == "offset"
    assert expected.title.startswith(("20,000 rows", "19,999 rows", "20,001 rows"))


def test_small_offset(planned: Planned) -> None:
    """The first pages are fine."""
    for analyze in (True, False):
        assert kinds(planned("SELECT * FROM item ORDER BY id LIMIT 10 OFFSET 90", analyze=analyze)) == set()
        total = "SELECT id, (SELECT count(*) FROM item) FROM item ORDER BY id LIMIT 10"
        assert "offset" not in kinds(planned(total, analyze=analyze)), (
            "what is asked once is no row thrown away"
        )


def test_sort_that_a_broken_index_would_serve(diagnosed: Diagnosed, provoked: Connection) -> None:
    """An index in the wanted order that is invalid is to be built again; once it is, there is nothing to say."""
    sql = "SELECT id FROM deed ORDER BY slot DESC LIMIT 10"
    [found] = diagnosed(sql)
    assert (found.kind, found.table, found.columns) == ("invalid_index", "deed", ("slot",))
    assert found.remedy == "REINDEX INDEX CONCURRENTLY deed_slot;"
    provoked.exec_driver_sql("DROP INDEX deed_slot; CREATE INDEX deed_slot ON deed (slot)")
    assert diagnosed(sql) == ()


def test_walk_along_the_order(diagnosed: Diagnosed, provoked: Connection) -> None:
    """An index that gives the order but not the condition says why the condition has none of its own."""
    sql = "SELECT id FROM deed WHERE {} ORDER BY id LIMIT 10"
    [found] = diagnosed(sql.format("lower(name) = 'n19999'"), enable_seqscan="off", enable_sort="off")
    assert (found.kind, found.columns) == ("function_on_column", ("name",))
    assert found.title.startswith("19,999 rows of deed are fetched through an index and dropped")
    provoked.exec_driver_sql("CREATE INDEX ON deed (lower(name)); ANALYZE deed")
    assert diagnosed(sql.format("lower(name) = 'n19999'"), enable_seqscan="on", enable_sort="on") == ()
