"""What PostgreSQL's catalog knows of the tables in a plan."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.indexes import normalised
from webadmin.dialects.plan_facts import (
    ColumnFacts,
    IndexFacts,
    KeyFacts,
    Place,
    PlanFacts,
    PlanKnowledge,
    StatisticsFacts,
    TableFacts,
)
from webadmin.dialects.postgresql_session import run

_MOST_TABLES = 40
"""A plan may name every partition of a table; what is said of the first ones is true of the others."""
_PAGE = 8192 - 24 - 16
"""Bytes of an index's page without its header and the links to its neighbours."""
_ENTRY = 8 + 4
"""Header of an entry, and its place in the page's list."""
_FILLED = 0.9
_EXPRESSIONS_SINCE = (14,)

# Numbers of rows tell of those that policies hide. Sizes are those that the last VACUUM or ANALYZE noted: to ask for the
# present ones would wait for locks, and they would not go together with the numbers of rows.
_FACTS = """
    WITH asked AS (
        SELECT * FROM json_to_recordset(:places) AS asked(schema name, name name)
    ), wanted AS MATERIALIZED (
        SELECT c.oid, c.relname, n.nspname, c.reltuples, row_security_active(c.oid) AS limited
          FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relname = ANY (ARRAY(SELECT name FROM asked)) AND c.relkind IN ('r', 'p', 'm') AND n.nspname <> 'pg_catalog'
           AND EXISTS (SELECT 1 FROM asked
                        WHERE asked.name = c.relname
                          AND CASE WHEN asked.schema IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname = asked.schema END)
         LIMIT {most}
    ), known AS MATERIALIZED (
        -- Named one by one, or the whole view is made.
        SELECT s.schemaname, s.tablename, s.attname, s.avg_width
          FROM pg_stats s
         WHERE NOT s.inherited AND s.tablename = ANY (ARRAY(
                   SELECT relname FROM wanted
                    UNION ALL
                   SELECT ic.relname FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
                    WHERE i.indrelid = ANY (ARRAY(SELECT oid FROM wanted)) AND i.indexprs IS NOT NULL))
    ), keys AS MATERIALIZED (
        SELECT con.conrelid, con.confrelid, con.conname AS name, c.oid::regclass AS written, n.nspname AS schema, c.relname AS "table",
               (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(con.conkey) WITH ORDINALITY k(number, place)
                  JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number) AS columns,
               EXISTS (SELECT 1 FROM pg_index i
                        WHERE i.indrelid = con.conrelid AND i.indisvalid AND i.indpred IS NULL
                          AND (i.indkey::int2[])[0:cardinality(con.conkey) - 1] @> con.conkey) AS indexed
          FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE con.contype = 'f' AND con.conparentid = 0
           AND (con.conrelid = ANY (ARRAY(SELECT oid FROM wanted)) OR :deleting AND con.confrelid = ANY (ARRAY(SELECT oid FROM wanted)))
    )
    SELECT w.nspname AS schema, w.relname AS name, w.oid::regclass AS written,
           CASE WHEN w.limited THEN NULL WHEN w.reltuples >= 0 THEN w.reltuples::bigint
                ELSE pg_stat_get_live_tuples(w.oid) END AS rows,
           CASE WHEN NOT w.limited THEN pg_stat_get_mod_since_analyze(w.oid) END AS modified,
           w.reltuples >= 0 AND (
               w.limited OR pg_stat_get_last_analyze_time(w.oid) IS NOT NULL
               OR pg_stat_get_last_autoanalyze_time(w.oid) IS NOT NULL OR NOT has_table_privilege(w.oid, 'SELECT')
               OR EXISTS (SELECT 1 FROM known WHERE known.schemaname = w.nspname AND known.tablename = w.relname)
           ) AS analyzed,
           (SELECT json_agg(json_build_object(
                       'name', a.attname, 'type', format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL),
                       'target', coalesce(nullif(a.attstattarget, -1), current_setting('default_statistics_target')::int)))
              FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
             WHERE a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
           (SELECT json_agg(json_build_object(
                       'name', ic.relname, 'written', ic.oid::regclass, 'method', am.amname, 'valid', i.indisvalid AND i.indisready,
                       'where', pg_get_expr(i.indpred, i.indrelid, true), 'pages', ic.relpages, 'entries', ic.reltuples,
                       'filled', (SELECT o.option_value FROM pg_options_to_table(ic.reloptions) o
                                   WHERE o.option_name = 'fillfactor'),
                       'keys', (SELECT json_agg(json_build_object(
                                           'column', a.attname, 'text', pg_get_indexdef(i.indexrelid, k.n, true),
                                           'class', o.opcname) ORDER BY k.n)
                                  FROM generate_series(1, i.indnkeyatts) AS k(n)
                                  JOIN pg_opclass o ON o.oid = i.indclass[k.n - 1]
                                  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n - 1]),
                       'widths', (SELECT json_agg(coalesce(nullif(ia.attlen, -1), known.avg_width))
                                    FROM pg_attribute ia
                                    LEFT JOIN pg_attribute a
                                           ON a.attrelid = i.indrelid AND a.attnum = i.indkey[ia.attnum - 1]
                                    LEFT JOIN known
                                           ON known.schemaname = w.nspname
                                          AND known.tablename = CASE WHEN a.attname IS NULL THEN ic.relname ELSE w.relname END
                                          AND known.attname = coalesce(a.attname, ia.attname)
                                   WHERE ia.attrelid = i.indexrelid)))
              FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
             WHERE i.indrelid = w.oid AND i.indislive) AS indexes,
           (SELECT json_agg(row_to_json(k)) FROM keys k WHERE k.conrelid = w.oid) AS foreign_keys,
           (SELECT json_agg(row_to_json(k)) FROM keys k WHERE k.confrelid = w.oid) AS referenced_by,
           (SELECT json_agg(json_build_object('written', CASE
                       WHEN pg_statistics_obj_is_visible(e.oid) THEN quote_ident(e.stxname)
                       ELSE format('%s.%I', e.stxnamespace::regnamespace, e.stxname) END, 'parts', array(
                       SELECT a.attname::text FROM pg_attribute a
                        WHERE a.attrelid = w.oid AND a.attnum = ANY (e.stxkeys::int2[])) || {expressions}))
              FROM pg_statistic_ext e WHERE e.stxrelid = w.oid) AS statistics
      FROM wanted w
"""
_MEMORY = """
    SELECT quote_ident(session_user), pg_size_bytes(current_setting('work_mem')) / 1024, coalesce(current_setting('hash_mem_multiplier', true), '1')::float,
           (SELECT json_agg(found) FROM ({facts}) found)
"""


class PostgreSQLPlanKnowledge(PlanKnowledge):
    def plan_facts(
        self, connection: Connection, places: Collection[Place], *, deleting: bool = False
    ) -> PlanFacts:
        version = connection.dialect.server_version_info or ()
        known = (
            "pg_get_statisticsobjdef_expressions(e.oid)" if version >= _EXPRESSIONS_SINCE else "NULL::text[]"
        )
        statement = sa.text(_MEMORY.format(facts=_FACTS.format(most=_MOST_TABLES, expressions=known)))
        # On a server that compiles early this would take a hundred times as long as it does.
        run(connection, "SET LOCAL jit = off")
        asked = json.dumps([{"schema": schema, "name": name} for schema, name in places])
        account, memory, factor, found = connection.execute(
            statement, {"places": asked, "deleting": deleting}
        ).one()
        tables = json.loads(found) if isinstance(found, str) else found
        return PlanFacts(
            {(table["schema"], table["name"]): _table(table) for table in tables or ()},
            account,
            int(memory),
            factor,
        )


def _table(found: dict[str, Any]) -> TableFacts:
    return TableFacts(
        found["schema"],
        found["name"],
        found["written"],
        found["rows"],
        found["modified"],
        found["analyzed"],
        {column["name"]: ColumnFacts(column["type"], column["target"]) for column in found["columns"] or ()},
        tuple(
            _index(index, {normalised(column["name"]) for column in found["columns"] or ()})
            for index in found["indexes"] or ()
        ),
        tuple(_key(key) for key in found["foreign_keys"] or ()),
        tuple(_key(key) for key in found["referenced_by"] or ()),
        tuple(
            StatisticsFacts(one["written"], frozenset(map(normalised, one["parts"] or ())))
            for one in found["statistics"] or ()
        ),
    )


def _index(found: dict[str, Any], columns: set[str]) -> IndexFacts:
    return IndexFacts(
        found["name"],
        found["written"],
        found["method"],
        tuple(_key_text(key["column"], key["text"], columns) for key in found["keys"]),
        tuple(key["class"] for key in found["keys"]),
        normalised(found["where"] or ""),
        found["valid"],
        found["pages"],
        _expected_pages(found) if found["method"] == "btree" else None,
    )


def _key_text(column: str | None, text: str, columns: set[str]) -> str:
    """A key, normalised; a column that is cast stays another thing than the column."""
    plain = normalised(column or text)
    return plain if column or plain not in columns else text


def _expected_pages(found: dict[str, Any]) -> int | None:
    """The pages of an index that was just built, at most: equal values may be kept once, which makes it smaller still."""
    widths: list[int | None] = found["widths"] or [None]
    known = [width for width in widths if width is not None]
    if found["entries"] < 0 or len(known) < len(widths):
        return None
    entry = _ENTRY + math.ceil(sum(known) / 8) * 8
    filled = int(found["filled"] or 100 * _FILLED) / 100
    return math.ceil(float(found["entries"]) * entry / (_PAGE * filled)) + 1


def _key(found: dict[str, Any]) -> KeyFacts:
    return KeyFacts(
        found["name"],
        found["written"],
        found["schema"],
        found["table"],
        tuple(found["columns"]),
        found["indexed"],
    )
