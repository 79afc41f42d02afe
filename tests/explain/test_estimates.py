from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from tests.explain.conftest import Diagnosed, Planned, kinds
from webadmin.dialects import for_engine
from webadmin.explain.catalog import Catalog
from webadmin.explain.diagnosis import diagnose
from webadmin.explain.estimates import estimate_factor
from webadmin.explain.finding import Finding
from webadmin.explain.plan import parse

_WRONG = {
    "together": ("SELECT id FROM deed WHERE kind = 3 AND kin = 3", ("kind", "kin"), "CREATE STATISTICS deed_kind_kin_stats ON kind, kin FROM deed;"),
    "grouped": ("SELECT part, twin, count(*) FROM item GROUP BY part, twin", ("part", "twin"), "CREATE STATISTICS item_part_twin_stats ON part, twin FROM item;"),
    "computed": ("SELECT id FROM deed WHERE mod(kind, 2) = 1", ("kind",), "CREATE STATISTICS deed_kind_stats ON (mod(kind, 2)) FROM deed;"),
    "rare": ("SELECT id FROM deed WHERE skew = 'b'", ("skew",), "ALTER TABLE deed ALTER COLUMN skew SET STATISTICS 1000;"),
}  # fmt: skip


@pytest.mark.parametrize("case", _WRONG)
def test_statistics_that_mend(case: str, diagnosed: Diagnosed, provoked: Connection) -> None:
    """A wrong estimate comes with the statistics that the planner lacks; once they are there, nothing is left to say."""
    sql, columns, remedy = _WRONG[case]
    if case == "rare":
        provoked.exec_driver_sql("ALTER TABLE deed ALTER COLUMN skew SET STATISTICS 1; ANALYZE deed")
    [found] = [one for one in diagnosed(sql) if one.kind == "misestimate"]
    assert found.columns == columns
    assert found.remedy.startswith(remedy)
    provoked.exec_driver_sql(found.remedy)
    assert "misestimate" not in {one.kind for one in diagnosed(sql)}


def test_statistics_that_know_too_little(diagnosed: Diagnosed, provoked: Connection) -> None:
    """Statistics of several columns that are there already are not made again but refined."""
    provoked.exec_driver_sql(
        "CREATE STATISTICS both_of_them (mcv) ON part, twin FROM item; ALTER STATISTICS both_of_them SET STATISTICS 1; ANALYZE item"
    )
    sql = "SELECT id FROM item WHERE part < 20 AND twin < 20"
    [found] = [one for one in diagnosed(sql) if one.kind == "misestimate"]
    assert found.remedy == "ALTER STATISTICS both_of_them SET STATISTICS 1000;\nANALYZE item;"
    provoked.exec_driver_sql(found.remedy)
    assert "misestimate" not in {one.kind for one in diagnosed(sql)}


def test_what_a_wrong_estimate_decided(diagnosed: Diagnosed) -> None:
    """It is to be mended where a join was chosen by it, and explains where nothing was."""
    alone = diagnosed("SELECT id FROM deed WHERE kind = 3 AND kin = 3")[-1]
    assert (alone.kind, alone.tone) == ("misestimate", "info")
    joined = diagnosed(
        "SELECT d.id, o.name FROM deed d JOIN owner o ON o.id = d.owner_id WHERE kind = 3 AND kin = 3"
    )
    assert ("misestimate", "warn", "deed") in [(one.kind, one.tone, one.table) for one in joined]


def test_told_once(planned: Planned) -> None:
    """Columns that say the same are told at the table, once, with the factor; what the catalog would tell is left out without it."""
    plan = planned(
        "SELECT count(*) FROM item WHERE part < 50 AND twin < 50 AND part + 0 < 50 AND twin + 0 < 50"
    )
    found = [one for one in diagnose(plan, seconds=1.0) if one.kind == "misestimate"]
    assert len(found) == 1
    assert found[0].node is not None
    assert found[0].node.relation == "item"
    factor = round(estimate_factor(found[0].node))
    assert factor >= 10
    assert found[0].title == f"item: {factor} times more rows than planned."
    assert (found[0].tone, found[0].remedy) == ("info", "")
    assert "ANALYZE" in found[0].text


def test_good_estimate(planned: Planned) -> None:
    """A single column is estimated well, and a wrong estimate of few rows does not matter."""
    assert "misestimate" not in kinds(planned("SELECT * FROM item WHERE part < 50"))
    assert "misestimate" not in kinds(
        planned("SELECT * FROM item WHERE part = 1 AND twin = 1 AND id < 10000")
    )


def test_limit_is_no_misestimate(planned: Planned) -> None:
    """A scan that a LIMIT stopped returned fewer rows than planned, and that is right."""
    assert kinds(planned("SELECT * FROM item LIMIT 10")) == set()


@pytest.fixture
def aged(provoking: Engine) -> Iterator[Connection]:
    """A connection that commits each statement, to tables whose statistics are old or were never made."""
    with provoking.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for command in (
            "CREATE TABLE drifted WITH (autovacuum_enabled = false) AS SELECT i AS id, 0 AS n FROM generate_series(1, 5000) i",
            "CREATE TABLE unknown WITH (autovacuum_enabled = false) AS SELECT i AS id, 1 AS n FROM generate_series(1, 5000) i",
            "SELECT pg_stat_force_next_flush()",
            "ANALYZE drifted",
            *("UPDATE drifted SET n = n + 1",) * 3,
            "SELECT pg_stat_force_next_flush()",
        ):
            connection.exec_driver_sql(command)
        yield connection
        connection.exec_driver_sql("DROP TABLE drifted, unknown")


def test_stale_statistics(aged: Connection) -> None:
    """Statistics that are older than most rows, or were never made, are told with the ANALYZE that mends them."""
    dialect = for_engine(aged.engine)

    def found(sql: str, *, analyze: bool = True) -> list[Finding]:
        with aged.engine.begin() as connection:
            plan = parse(dialect.explain(connection, sql, {}, analyze=analyze))
            assert plan is not None
            return list(diagnose(plan, 1.0, Catalog(dialect, connection).about(plan)))

    for table, title in (("drifted", "15,000 of its rows"), ("unknown", "no statistics")):
        sql = f"SELECT id FROM {table} WHERE n = {3 if table == 'drifted' else 1}"
        assert ("stale_statistics", "info") in {(one.kind, one.tone) for one in found(sql, analyze=False)}
        [measured] = found(sql)
        assert (measured.kind, measured.tone, measured.table) == ("stale_statistics", "warn", table)
        assert title in measured.title
        assert "found 5,000" in measured.text
        assert found(f"SELECT id FROM {table}") == []  # what it expected is what there was
        assert measured.remedy == f"ANALYZE {table};"
        aged.exec_driver_sql(measured.remedy)
        assert found(sql) == found(sql, analyze=False) == []


def test_names_that_need_quotes(diagnosed: Diagnosed, provoked: Connection) -> None:
    """A remedy runs as it stands, whatever its table and columns are called and wherever they are."""
    provoked.exec_driver_sql(
        'CREATE SCHEMA "My Shop"; CREATE TABLE "My Shop"."order" AS'
        ' SELECT mod(i, 20) AS "user", mod(i, 20) AS "it""s" FROM generate_series(1, 20000) i; ANALYZE "My Shop"."order"'
    )
    sql = 'SELECT count(*) FROM "My Shop"."order" AS "the one" WHERE "user" = 3 AND "it""s" + 0 = 3 AND "it""s" = 3'
    [found] = [one for one in diagnosed(sql) if one.kind == "misestimate"]
    assert (found.schema, found.table, found.columns) == ("My Shop", "order", ("user", 'it"s'))
    assert found.remedy.startswith('CREATE STATISTICS "order_user_it""s_stats" ON "user", "it""s"')
    provoked.exec_driver_sql(found.remedy)
    assert "misestimate" not in {one.kind for one in diagnosed(sql)}


def test_more_columns_than_statistics_take(diagnosed: Diagnosed, provoked: Connection) -> None:
    """Of more columns than statistics can hold, or of such a type, as many are taken as they can."""
    names = [f"c{number}" for number in range(10)]
    provoked.exec_driver_sql(
        f"CREATE TABLE broad AS SELECT '{{}}'::json AS doc, {', '.join(f'mod(i, 4) AS {name}' for name in names)}"
        " FROM generate_series(1, 20000) i; ANALYZE broad"
    )
    sql = f"SELECT count(*) FROM broad WHERE doc IS NOT NULL AND {' AND '.join(f'{name} = 3' for name in names)}"
    [found] = [one for one in diagnosed(sql) if one.kind == "misestimate"]
    provoked.exec_driver_sql(found.remedy)
    assert " ON c0, c1, c2, c3, c4, c5, c6, c7 FROM broad;" in found.remedy
