from __future__ import annotations

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from webadmin.dialects import for_engine
from webadmin.dialects.plan_facts import ColumnFacts, KeyFacts, PlanFacts, StatisticsFacts

_TABLES = """
CREATE SCHEMA aside;
CREATE DOMAIN code AS varchar(20);
CREATE TABLE shelf (id integer PRIMARY KEY, code code, "Due On" date, words tsvector) WITH (autovacuum_enabled = false);
CREATE TABLE aside.book (id bigint PRIMARY KEY, shelf_id integer CONSTRAINT on_shelf REFERENCES shelf, next_id bigint
                         CONSTRAINT after REFERENCES aside.book) WITH (autovacuum_enabled = false);
CREATE INDEX ON aside.book (next_id, id);
INSERT INTO shelf SELECT i, mod(i, 5), '2026-11-21', NULL FROM generate_series(1, 4000) i;
CREATE INDEX shelf_lower ON shelf (lower(code), "Due On" DESC) WHERE id > 0;
CREATE INDEX shelf_number ON shelf ((id::text));
CREATE INDEX shelf_words ON shelf USING gin (words);
CREATE STATISTICS twins ON code, "Due On", mod(id, 10) FROM shelf;
"""


def test_facts(pg_engine: Engine) -> None:
    """Of each table of a plan: types, indexes, keys in both directions, and how fresh its statistics are."""
    dialect = for_engine(pg_engine)
    with pg_engine.begin() as connection:
        connection.exec_driver_sql(_TABLES)
    with pg_engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        connection.exec_driver_sql("ANALYZE shelf")
        connection.exec_driver_sql("UPDATE shelf SET words = 'x' WHERE id <= 700")
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        sent: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *given: sent.append(given[2]))
        known = dialect.plan_facts(
            connection, [(None, "shelf"), ("aside", "book"), (None, "nowhere"), ("pg_catalog", "pg_class")]
        )
    assert len(sent) == 1
    assert set(known.tables) == {("public", "shelf"), ("aside", "book")}
    shelf, book = known.tables["public", "shelf"], known.tables["aside", "book"]
    assert known.table(None, "shelf") is known.table("public", "shelf") is shelf
    assert known.table("aside", "shelf") is known.table(None, "nowhere") is None
    assert (shelf.rows, shelf.modified, shelf.analyzed) == (4000, 700, True)
    assert (shelf.written, book.written, known.account) == ("shelf", "aside.book", "postgres")
    assert (book.rows, book.analyzed) == (0, False)
    assert shelf.columns["code"] == ColumnFacts("character varying", 100)
    [lower] = shelf.indexes_on("lower((code)::text)")
    assert (lower.written, lower.keys, lower.where) == ("shelf_lower", ("lower(code)", "due on"), "id>0")
    assert [index.name for index in shelf.indexes_on("id")] == ["shelf_pkey"], "not the one of its text"
    [words] = shelf.indexes_on("words")
    assert (words.method, words.classes, words.expected_pages) == ("gin", ("tsvector_ops",), None)
    assert shelf.referenced_by == (
        KeyFacts("on_shelf", "aside.book", "aside", "book", ("shelf_id",), indexed=False),
    )
    assert {(key.name, key.indexed) for key in book.foreign_keys} == {("on_shelf", False), ("after", True)}
    assert [key.name for key in book.referenced_by] == ["after"]
    assert shelf.statistics == (StatisticsFacts("twins", frozenset({"code", "due on", "mod(id,10)"})),)
    assert known.work_mem_kb == 4096


def test_sizes_of_indexes(pg_engine: Engine) -> None:
    """What an index would take is told from what it holds, about as large as one that was just built."""
    with pg_engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql(
            "CREATE TABLE item AS SELECT i AS id, md5(i::text) AS code FROM generate_series(1, 20000) i"
        )
        connection.exec_driver_sql("CREATE INDEX item_code ON item (code, id)")
        connection.exec_driver_sql("CREATE INDEX item_half ON item (code) WITH (fillfactor = 45)")
        connection.exec_driver_sql("VACUUM ANALYZE item")
        [item] = for_engine(pg_engine).plan_facts(connection, [(None, "item")]).tables.values()
    assert len(item.indexes) == 2
    for index in item.indexes:
        assert index.expected_pages == pytest.approx(index.pages, rel=0.15)


def test_rows_behind_policies(pg_engine: Engine) -> None:
    """Numbers of rows that a table's policies hide from the account are not told."""
    with pg_engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE diary AS SELECT i AS id FROM generate_series(1, 100) i; ANALYZE diary;"
            "ALTER TABLE diary ENABLE ROW LEVEL SECURITY; CREATE ROLE reader_of_plans; GRANT SELECT ON diary TO reader_of_plans"
        )
        connection.exec_driver_sql("SET LOCAL ROLE reader_of_plans")
        [diary] = for_engine(pg_engine).plan_facts(connection, [("public", "diary")]).tables.values()
        assert (diary.rows, diary.modified, diary.analyzed) == (None, None, True)
        connection.rollback()


def test_nothing_to_tell(sqlite_engine: Engine) -> None:
    """A system without such a catalog is not asked anything."""
    with sqlite_engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda *_given: pytest.fail("a statement was sent"))
        assert for_engine(sqlite_engine).plan_facts(connection, [(None, "thing")]) == PlanFacts()


def test_catalog_of_another_kind(pg_engine: Engine) -> None:
    """A catalog that is not as expected is an error of the database, for the caller to go on without."""
    with pg_engine.connect() as connection:
        connection.exec_driver_sql(
            "CREATE TEMPORARY VIEW pg_stat_all AS SELECT 1; SET LOCAL search_path = pg_temp"
        )
        connection.exec_driver_sql("CREATE TEMPORARY VIEW pg_class AS SELECT 1 AS oid")
        connection.exec_driver_sql("SET LOCAL search_path = pg_temp, pg_catalog")
        with pytest.raises(DBAPIError):
            for_engine(pg_engine).plan_facts(connection, [("public", "thing")])
