"""Statements that bring about every kind of step that PostgreSQL plans have, and the tables for them.

``make_corpus`` keeps what several servers answer; ``test_corpus`` asks the server of the run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TABLES = """
CREATE TABLE person (id integer PRIMARY KEY, city integer, name text, place point, born date)
  WITH (autovacuum_enabled = false);
INSERT INTO person SELECT i, i % 50, 'p' || i, point(i % 100, i / 100), date '1970-01-01' + i % 9000
  FROM generate_series(1, 4000) i;
CREATE INDEX person_city ON person (city);
CREATE INDEX person_born ON person (born);
CREATE INDEX person_place ON person USING gist (place);
CREATE TABLE sale (id integer PRIMARY KEY, person integer REFERENCES person ON DELETE CASCADE, kind text, day date, pad text)
  WITH (autovacuum_enabled = false);
INSERT INTO sale SELECT i, i * 7919 % 4000 + 1, 'k' || i % 4, date '2026-01-01' + i / 100, repeat('x', 60)
  FROM generate_series(1, 20000) i;
CREATE INDEX sale_person ON sale (person);
CREATE INDEX sale_kind_day ON sale (kind, day);
CREATE TABLE reading (id integer, day date, value integer) PARTITION BY RANGE (day);
CREATE TABLE reading_q1 PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2026-04-01');
CREATE TABLE reading_q2 PARTITION OF reading FOR VALUES FROM ('2026-04-01') TO ('2026-07-01');
CREATE TABLE reading_q3 PARTITION OF reading FOR VALUES FROM ('2026-07-01') TO ('2026-10-01');
INSERT INTO reading SELECT i, date '2026-01-01' + i % 270, i % 10 FROM generate_series(1, 6000) i;
CREATE INDEX reading_day ON reading (day);
CREATE INDEX reading_value ON reading (value);
CREATE TABLE sparse (n integer) WITH (fillfactor = 10, autovacuum_enabled = false);
INSERT INTO sparse SELECT i FROM generate_series(1, 45000) i;
CREATE INDEX sparse_third ON sparse ((n % 3));
CREATE TABLE told (plan json);
CREATE TABLE watched (id integer);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE answer json;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, VERBOSE, FORMAT JSON) SELECT count(*) FROM fresh WHERE id > 3' INTO answer;
  INSERT INTO told VALUES (answer);
  RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT ON watched REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION tell();
ANALYZE person, sale, reading, sparse;
"""

CONTRIB = """
CREATE SCHEMA far;
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE lines (n integer, word text) SERVER files OPTIONS (program 'printf "1,a\\n2,b\\n3,c\\n"', format 'csv');
CREATE EXTENSION postgres_fdw;
DO $$ BEGIN EXECUTE format('CREATE SERVER itself FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, dbname %L)',
  current_setting('unix_socket_directories'), current_database()); END $$;
CREATE USER MAPPING FOR CURRENT_USER SERVER itself OPTIONS (user 'postgres');
IMPORT FOREIGN SCHEMA public LIMIT TO (person, sale) FROM SERVER itself INTO far;
"""

PARALLEL = {
    "max_parallel_workers_per_gather": "2",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
    "min_parallel_table_scan_size": "0",
    "min_parallel_index_scan_size": "0",
}
SMALL = {"work_mem": "64kB"}


def off(*names: str) -> dict[str, str]:
    """The planner's settings of these names, switched off."""
    return {f"enable_{name}": "off" for name in names}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement and what it is asked under."""

    sql: str
    settings: Mapping[str, str] = field(default_factory=dict)
    since: int = 14
    """The first version that knows it."""
    needs: str = ""
    """``contrib``: the tables of other servers; ``xml``: a server that was built with it."""
    measured: bool = True
    options: str = ""
    """More options for EXPLAIN, each followed by a comma."""
    answer: str = ""
    """Where the plan is found after the statement was run, when the statement is not explained itself."""


_READS = {
    "seq_scan": Statement("SELECT id, kind FROM sale WHERE pad LIKE '%y%' OR day = '2026-02-03'"),
    "index_scan": Statement("SELECT name FROM person WHERE id = 77"),
    "index_scan_backward": Statement("SELECT * FROM sale WHERE id < 100 ORDER BY id DESC", off("seqscan", "bitmapscan", "sort")),
    "index_scan_filter": Statement("SELECT * FROM sale WHERE id < 300 AND kind = 'k9'", off("seqscan", "bitmapscan")),
    "index_scan_of_values": Statement("SELECT name FROM person WHERE id IN (3, 500, 900, 2000)"),
    "index_scan_nearest": Statement("SELECT id FROM person ORDER BY place <-> point(3, 4) LIMIT 5"),
    "index_only_scan": Statement("SELECT kind, day FROM sale WHERE kind = 'k1' AND day < '2026-01-20'", off("seqscan", "bitmapscan")),
    "index_skip_scan": Statement("SELECT kind FROM sale WHERE day = '2026-03-04'", off("seqscan", "bitmapscan")),
    "bitmap_scan": Statement("SELECT * FROM sale WHERE person BETWEEN 20 AND 60", off("seqscan", "indexscan")),
    "bitmap_lossy": Statement("SELECT count(*) FROM sparse WHERE n % 3 = 0", off("seqscan", "indexscan", "indexonlyscan") | SMALL),
    "bitmap_and": Statement("SELECT * FROM sale WHERE person < 400 AND kind = 'k1' AND day < '2026-02-20'", off("seqscan", "indexscan")),
    "bitmap_or": Statement("SELECT * FROM sale WHERE person = 7 OR id BETWEEN 20 AND 40", off("seqscan")),
    "tid_scan": Statement("SELECT id FROM person WHERE ctid = '(1,2)'"),
    "tid_range_scan": Statement("SELECT id FROM person WHERE ctid < '(3,1)'"),
    "sample_scan": Statement("SELECT count(*) FROM sale TABLESAMPLE BERNOULLI (10) REPEATABLE (42)"),
    "function_scan": Statement("SELECT * FROM ROWS FROM (generate_series(1, 20), generate_series(1, 7)) AS f(a, b) WHERE a > b"),
    "table_function_scan": Statement(
        "SELECT * FROM JSON_TABLE('[{\"a\": 1}, {\"a\": 2}]', '$[*]' COLUMNS (a integer PATH '$.a'))", since=17
    ),
    "xml_table": Statement(
        "SELECT * FROM XMLTABLE('/r/a' PASSING (XML '<r><a>1</a><a>2</a></r>') COLUMNS n integer PATH '.')", needs="xml"
    ),
    "values_scan": Statement("SELECT v.n FROM (VALUES (1), (2), (3)) AS v (n) WHERE v.n > 1"),
    "cte_scan": Statement("WITH c AS MATERIALIZED (SELECT id, city FROM person WHERE city < 9) SELECT count(*) FROM c a JOIN c b ON a.id = b.city"),
    "cte_of_one_name": Statement(
        "WITH c AS MATERIALIZED (SELECT id FROM sale WHERE pad > 'a') SELECT (WITH c AS MATERIALIZED"
        " (SELECT city FROM person) SELECT count(*) FROM c), (SELECT count(*) FROM c)"
    ),
    "recursive": Statement("WITH RECURSIVE t (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 300) SELECT sum(n) FROM t"),
    "recursive_distinct": Statement("WITH RECURSIVE t (n) AS (VALUES (1) UNION SELECT (n * 7 + 1) % 90 FROM t) SELECT count(*) FROM t"),
    "subquery_scan": Statement("SELECT * FROM (SELECT city, count(*) AS n FROM person GROUP BY city LIMIT 30) s WHERE n > 79"),
    "materialize": Statement("SELECT count(*) FROM person a, (SELECT id FROM person WHERE id < 30) b WHERE a.city > b.id", off("hashjoin", "mergejoin")),
    "memoize": Statement("SELECT count(p.name) FROM sale s JOIN person p ON p.id = s.person WHERE s.day < '2026-02-01'", off("hashjoin", "mergejoin") | {"work_mem": "64kB"}),
    "sort": Statement("SELECT id FROM person ORDER BY name, city DESC"),
    "sort_on_disk": Statement("SELECT id FROM sale ORDER BY pad, id DESC", SMALL),
    "sort_top": Statement("SELECT id FROM sale ORDER BY pad, day DESC LIMIT 7 OFFSET 3"),
    "sort_incremental": Statement("SELECT * FROM sale ORDER BY person, pad LIMIT 20", off("seqscan", "bitmapscan")),
    "sort_incremental_of_groups": Statement("SELECT kind, day, pad FROM sale ORDER BY kind, day, pad", off("seqscan", "bitmapscan") | {"work_mem": "1MB"}),
    "group": Statement("SELECT city FROM person GROUP BY city", off("hashagg")),
    "aggregate": Statement("SELECT count(*) FILTER (WHERE city > 4), percentile_cont(0.5) WITHIN GROUP (ORDER BY id) FROM person"),
    "aggregate_hashed": Statement("SELECT city, count(*) FROM person GROUP BY city HAVING count(*) > 79"),
    "aggregate_on_disk": Statement("SELECT id, pad, count(*) FROM sale GROUP BY id / 1, pad, id", SMALL),
    "aggregate_hashed_on_disk": Statement(
        "SELECT id, count(*) FROM sale GROUP BY id", SMALL | off("sort", "indexscan", "indexonlyscan")
    ),
    "aggregate_sorted": Statement("SELECT city, max(name) FROM person GROUP BY city", off("hashagg")),
    "aggregate_mixed": Statement("SELECT city, born, count(*) FROM person GROUP BY CUBE (city, born)"),
    "aggregate_sorted_sets": Statement("SELECT city, born, count(*) FROM person GROUP BY ROLLUP (city, born)", off("hashagg")),
    "window": Statement("SELECT * FROM (SELECT id, row_number() OVER (PARTITION BY city ORDER BY id) AS n FROM person) w WHERE n < 3"),
    "unique": Statement("SELECT DISTINCT city, name FROM person WHERE city < 5", off("hashagg")),
    "intersect": Statement("SELECT city FROM person INTERSECT SELECT id FROM sale WHERE id < 40"),
    "except_sorted": Statement("SELECT city FROM person EXCEPT ALL SELECT id FROM sale WHERE id < 40", off("hashagg")),
    "limit": Statement("SELECT * FROM sale LIMIT 10 OFFSET 2500"),
    "project_set": Statement("SELECT id, generate_series(1, 3) FROM person WHERE id < 5"),
    "result": Statement("SELECT 1 WHERE current_date < '2000-01-01'"),
    "result_never": Statement("SELECT * FROM person WHERE now() < '2000-01-01'"),
    "lock_rows": Statement("SELECT id FROM person WHERE city = 7 FOR UPDATE"),
    "append": Statement("SELECT id FROM person WHERE city = 3 UNION ALL SELECT id FROM sale WHERE id < 5"),
    "append_of_partitions": Statement("SELECT count(*) FROM reading WHERE day > '2026-03-15'"),
    "append_pruned": Statement("SELECT count(*) FROM reading WHERE day = (SELECT max(born) FROM person) + 18750"),
    "append_pruned_at_start": Statement("SELECT count(*) FROM reading WHERE day > now() - interval '10 years' AND day < now() - interval '9 years'"),
    "merge_append": Statement("SELECT * FROM reading ORDER BY value LIMIT 12", off("seqscan", "bitmapscan", "sort")),
    "temporary_table": Statement("SELECT count(*) FROM scratch a JOIN scratch b USING (n)", {"track_io_timing": "on"} | SMALL),
    "disabled": Statement("SELECT count(*) FROM sale WHERE pad > 'a'", off("seqscan", "bitmapscan", "indexscan")),
}  # fmt: skip

_JOINS = {
    "hash_join": Statement("SELECT p.name, s.day FROM sale s JOIN person p ON p.id = s.person WHERE s.kind = 'k2'"),
    "hash_join_batches": Statement("SELECT count(*) FROM sale a JOIN (SELECT * FROM sale OFFSET 0) b ON a.id = b.id AND a.pad = b.pad", SMALL | off("mergejoin", "nestloop")),
    "hash_join_left": Statement("SELECT p.id, s.id FROM person p LEFT JOIN sale s ON s.person = p.id AND s.kind = 'k9'", off("nestloop", "mergejoin")),
    "hash_join_full": Statement("SELECT count(*) FROM person p FULL JOIN sale s ON s.id = p.id", off("mergejoin")),
    "hash_join_semi": Statement("SELECT count(*) FROM person p WHERE id IN (SELECT person FROM sale WHERE pad > 'a')", off("nestloop", "mergejoin", "hashagg", "sort", "indexscan", "indexonlyscan")),
    "hash_join_anti": Statement("SELECT count(*) FROM sale s WHERE NOT EXISTS (SELECT FROM person p WHERE p.city = s.id)", off("nestloop", "mergejoin")),
    "hash_join_right_anti": Statement("SELECT count(*) FROM person p WHERE NOT EXISTS (SELECT FROM sale s WHERE s.person = p.id)", off("nestloop", "mergejoin")),
    "hash_join_filter": Statement("SELECT count(*) FROM sale a JOIN person p ON p.id = a.person AND p.city <> a.id % 50", off("nestloop", "mergejoin")),
    "merge_join": Statement("SELECT count(*) FROM sale s JOIN person p ON p.id = s.person", off("hashjoin", "nestloop")),
    "merge_join_full": Statement("SELECT count(*) FROM sale s FULL JOIN person p ON p.id = s.person", off("hashjoin", "nestloop")),
    "nested_loop": Statement("SELECT count(*) FROM person p JOIN sale s ON s.person = p.id WHERE p.city = 3", off("hashjoin", "mergejoin", "memoize")),
    "nested_loop_filter": Statement("SELECT count(*) FROM person a JOIN person b ON a.id < b.city WHERE b.id < 50", off("hashjoin", "mergejoin", "indexscan", "bitmapscan", "indexonlyscan")),
    "nested_loop_semi": Statement("SELECT count(*) FROM person p WHERE city < 3 AND EXISTS (SELECT FROM sale s WHERE s.person > p.id * 2)"),
    "nested_loop_anti": Statement("SELECT count(*) FROM person p WHERE city < 3 AND NOT EXISTS (SELECT FROM sale s WHERE s.person > p.id * 2)"),
    "init_plan": Statement("SELECT id FROM person WHERE id > (SELECT max(person) - 20 FROM sale WHERE pad > 'a')"),
    "init_plan_unused": Statement("SELECT id FROM person WHERE id < 0 AND city = (SELECT max(person) FROM sale)"),
    "init_plan_of_many": Statement("SELECT (SELECT count(*) FROM sale), (SELECT count(*) FROM sale WHERE kind = 'k1') + 1, (SELECT max(id) FROM person)"),
    "sub_plan": Statement("SELECT id, (SELECT count(*) FROM sale s WHERE s.person = p.id) FROM person p WHERE city = 4"),
    "sub_plan_hashed": Statement("SELECT count(*) FROM person WHERE city NOT IN (SELECT id FROM sale WHERE id < 30)"),
    "sub_plan_never": Statement("SELECT CASE WHEN id < 0 THEN (SELECT count(*) FROM sale s WHERE s.person = p.id) END FROM person p WHERE city = 4"),
}  # fmt: skip

_PARALLEL = {
    "gather": Statement("SELECT id FROM sale WHERE pad LIKE '%y%'", PARALLEL),
    "gather_without_leader": Statement("SELECT count(*) FROM sale WHERE pad LIKE '%x%'", PARALLEL | {"parallel_leader_participation": "off"}),
    "gather_of_one": Statement("SELECT count(*) FROM person WHERE name > 'p3'", {"debug_parallel_query": "on"}),
    "gather_merge": Statement("SELECT id, pad FROM sale ORDER BY pad, day", PARALLEL),
    "parallel_aggregate": Statement("SELECT kind, count(*) FROM sale GROUP BY kind", PARALLEL | off("sort", "indexscan", "indexonlyscan", "bitmapscan")),
    "parallel_aggregate_sorted": Statement("SELECT person, max(pad) FROM sale GROUP BY person", PARALLEL | off("hashagg")),
    "parallel_hash_join": Statement("SELECT count(*) FROM sale s JOIN person p ON p.id = s.person", PARALLEL | off("mergejoin", "nestloop")),
    "parallel_append": Statement("SELECT count(*) FROM reading WHERE value > 2", PARALLEL),
    "parallel_bitmap": Statement("SELECT count(*) FROM sparse WHERE n % 3 = 0", PARALLEL | SMALL | off("seqscan", "indexscan", "indexonlyscan")),
    "parallel_index_only": Statement("SELECT count(*) FROM sale WHERE kind > 'k1'", PARALLEL | off("seqscan", "bitmapscan")),
    "parallel_memoize": Statement("SELECT count(p.name) FROM sale s LEFT JOIN person p ON p.id = s.person", PARALLEL | off("hashjoin", "mergejoin")),
    "parallel_incremental_sort": Statement("SELECT kind, day, pad FROM sale ORDER BY kind, day, pad", PARALLEL | off("seqscan", "bitmapscan")),
    "parallel_init_plan": Statement("SELECT count(*) FROM sale WHERE id > (SELECT avg(id) FROM person WHERE name > 'a')", PARALLEL),
    "parallel_init_plan_of_a_key": Statement(
        "SELECT count(*) FROM sale WHERE person = ANY (ARRAY(SELECT id FROM person WHERE city = 3))", PARALLEL
    ),
    "parallel_sub_plan_of_leader": Statement(
        "WITH c AS MATERIALIZED (SELECT city FROM person) SELECT id, (SELECT count(*) FROM c WHERE c.city = p.city) FROM person p WHERE id < 40",
        PARALLEL,
    ),
    "parallel_sub_plan": Statement("SELECT count(*) FROM sale s WHERE (SELECT p.city FROM person p WHERE p.id = s.person) > 40", PARALLEL),
}  # fmt: skip

_WRITES = {
    "insert": Statement("INSERT INTO sale SELECT i, 7, 'k5', '2026-01-01', '' FROM generate_series(90001, 90040) i", options="WAL, "),
    "insert_conflict": Statement(
        "INSERT INTO person VALUES (5, 1, 'x', NULL, NULL), (9001, 1, 'y', NULL, NULL)"
        " ON CONFLICT (id) DO UPDATE SET name = 'z' WHERE person.city > 3"
    ),
    "update": Statement("UPDATE sale SET pad = 'y' WHERE person = 7 RETURNING id", options="WAL, "),
    "update_partitions": Statement("UPDATE reading SET value = 0 WHERE day < '2026-01-03'"),
    "delete": Statement("DELETE FROM person WHERE id = 8"),
    "merge": Statement(
        "MERGE INTO person p USING (VALUES (3, 'm'), (9001, 'n'), (4, 'x')) AS v (id, name) ON p.id = v.id"
        " WHEN MATCHED AND v.name = 'x' THEN DELETE WHEN MATCHED THEN UPDATE SET name = v.name"
        " WHEN NOT MATCHED THEN INSERT (id, name) VALUES (v.id, v.name)",
        since=15,
    ),
    "modifying_cte": Statement("WITH gone AS (DELETE FROM sale WHERE person < 4 RETURNING id) SELECT count(*) FROM gone"),
    "named_tuplestore": Statement("INSERT INTO watched SELECT generate_series(1, 9)", answer="SELECT plan FROM told"),
}  # fmt: skip

_FOREIGN = {
    "foreign_file": Statement("SELECT * FROM lines WHERE n > 1", needs="contrib"),
    "foreign_table": Statement("SELECT id FROM far.person WHERE city = 3 AND name || random() ~ '1'", needs="contrib"),
    "foreign_join": Statement("SELECT p.name, s.id FROM far.person p JOIN far.sale s ON s.person = p.id WHERE p.city = 3", needs="contrib"),
    "foreign_update": Statement("UPDATE far.person SET name = name || random() WHERE id = 3", needs="contrib"),
}  # fmt: skip

_OPTIONS = {
    "compiled": Statement(
        "SELECT count(*), sum(id) FROM sale WHERE pad > 'a'",
        {"jit": "on", "jit_above_cost": "0", "jit_inline_above_cost": "0", "jit_optimize_above_cost": "0"},
    ),
    "timed_io": Statement("SELECT count(*) FROM sale WHERE pad > 'a'", {"track_io_timing": "on"}),
    "untimed": Statement("SELECT count(*) FROM sale WHERE pad > 'a'", options="TIMING OFF, "),
    "serialized": Statement("SELECT * FROM person WHERE id < 90", options="SERIALIZE, MEMORY, ", since=17),
    "generic": Statement("SELECT * FROM sale WHERE id = $1", measured=False, options="GENERIC_PLAN, ", since=16),
    "plain": Statement("SELECT p.name FROM sale s JOIN person p ON p.id = s.person ORDER BY s.day LIMIT 5", measured=False),
    "plain_parallel": Statement("SELECT kind, count(*) FROM sale GROUP BY kind", PARALLEL, measured=False),
}  # fmt: skip

STATEMENTS: Mapping[str, Statement] = _READS | _JOINS | _PARALLEL | _WRITES | _FOREIGN | _OPTIONS
