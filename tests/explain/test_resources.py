from __future__ import annotations

from sqlalchemy import Connection, Engine

from tests.explain.conftest import Diagnosed, Planned, kinds
from webadmin.dialects import for_engine
from webadmin.explain.diagnosis import NOTHING, diagnose
from webadmin.explain.plan import parse
from webadmin.explain.resources import cold_pages


def test_compiling_from_a_servers_answer(planned: Planned) -> None:
    """The time of compiling is taken from where a server with a compiler reports it."""
    plan = parse([
        {
            "Plan": {"Node Type": "Result", "Actual Total Time": 10.0, "Actual Loops": 1, "Actual Rows": 1},
            "JIT": {"Functions": 4, "Timing": {"Generation": 1.0, "Total": 80.0}},
            "Execution Time": 100.0,
        }
    ])  # fmt: skip
    assert plan is not None
    [found] = diagnose(plan, seconds=0.1)
    assert (found.kind, found.node) == ("compiling", None)
    assert found.title.startswith("80%")


def test_heap_fetches(provoking: Engine) -> None:
    """An index-only scan of a table that was not vacuumed; after VACUUM there is nothing to say."""
    dialect = for_engine(provoking)
    sql = "SELECT count(id) FROM stale WHERE id > 0"

    def found(connection: Connection) -> set[str]:
        connection.exec_driver_sql("SET enable_seqscan = off; SET enable_bitmapscan = off")
        plan = parse(dialect.explain(connection, sql, {}, analyze=True))
        assert plan is not None
        return kinds(plan)

    with provoking.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        assert found(connection) == {"heap_fetches"}
        connection.exec_driver_sql("VACUUM stale")
        assert found(connection) == set()
        connection.exec_driver_sql("RESET ALL")


def test_cold_pages(planned: Planned) -> None:
    """A table that does not stay in memory says so; one that does, does not."""
    [found] = cold_pages(planned("SELECT count(*) FROM cold"), NOTHING)
    assert found.tone == "info"
    assert "MB came from outside" in found.title
    planned("SELECT count(*) FROM small")
    assert list(cold_pages(planned("SELECT count(*) FROM small"), NOTHING)) == []


def test_bloated_index(diagnosed: Diagnosed, provoked: Connection) -> None:
    """An index that deleted rows left nearly empty is to be built anew; after that it is fine."""
    provoked.exec_driver_sql(
        "CREATE TABLE worn AS SELECT i AS id, repeat(md5(i::text), 3) AS code FROM generate_series(1, 80000) i;"
        "CREATE INDEX worn_code ON worn (code); CREATE INDEX worn_id ON worn (id)"
    )
    provoked.exec_driver_sql("DELETE FROM worn WHERE mod(id, 20) <> 0; ANALYZE worn")
    sql = "SELECT count(code) FROM worn WHERE code {}"
    straight = {"enable_seqscan": "off", "enable_bitmapscan": "off"}
    [found] = [one for one in diagnosed(sql.format("> '0'"), **straight) if one.kind == "bloated_index"]
    assert (found.table, found.tone) == ("worn", "warn")
    assert found.title.startswith("The index worn_code takes ")
    assert found.remedy == "REINDEX INDEX CONCURRENTLY worn_code;"
    [hardly] = [one for one in diagnosed(sql.format("= 'x'"), **straight) if one.kind == "bloated_index"]
    assert hardly.tone == "info"
    provoked.exec_driver_sql("REINDEX INDEX worn_code")
    assert "bloated_index" not in {one.kind for one in diagnosed(sql.format("> '0'"))}


def test_count_of_everything(diagnosed: Diagnosed, provoked: Connection) -> None:
    """Counting a million rows is told with what the statistics know; a count of few, or of a small table, is fine."""
    provoked.exec_driver_sql(
        "CREATE TABLE many AS SELECT i AS id FROM generate_series(1, 1400000) i; ANALYZE many"
    )
    for analyze in (True, False):
        [found] = [
            one for one in diagnosed("SELECT count(*) FROM many", analyze=analyze) if one.tone == "warn"
        ]
        assert (found.kind, found.table) == ("count_of_everything", "many")
        assert "know of about 1,400,000 rows" in found.text
    assert "count_of_everything" not in {
        one.kind for one in diagnosed("SELECT count(*) FROM many WHERE id < 9")
    }
    assert "count_of_everything" not in {one.kind for one in diagnosed("SELECT count(*), sum(id) FROM many")}
    assert [one for one in diagnosed("SELECT count(*) FROM item") if one.tone == "warn"] == []
