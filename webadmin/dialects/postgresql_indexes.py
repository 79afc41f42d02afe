"""What PostgreSQL knows of a table without reading it: its size by the statistics, and its indexes."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.indexes import Index, IndexKey, InvertedIndex, TableStatistics, normalised

# One statement for both: lists ask for the size now and then, and are told of the indexes at the same time.
_STATISTICS = sa.text(
    """
    -- How large a table is tells of the rows that its policies hide.
    SELECT CASE WHEN row_security_active(c.oid) THEN -1
                WHEN c.relkind = 'p'
                THEN (SELECT CASE WHEN bool_and(leaf.reltuples >= 0) THEN sum(leaf.reltuples) ELSE -1 END
                        FROM pg_partition_tree(c.oid) tree
                        JOIN pg_class leaf ON leaf.oid = tree.relid
                       WHERE tree.isleaf)
                WHEN c.relkind IN ('r', 'm', 'f') THEN c.reltuples
                ELSE -1 END AS rows,
           c.relkind = 'p' AS partitioned, c.relkind IN ('r', 'p', 'm') AS own,
           (SELECT json_agg(json_build_object('name', ic.relname, 'where', pg_get_expr(i.indpred, i.indrelid, true), 'keys', (
                      SELECT json_agg(json_build_object(
                                 'column', a.attname, 'text', pg_get_indexdef(i.indexrelid, k.n, true),
                                 'option', i.indoption[k.n - 1],
                                 'plain', o.opcdefault
                                      AND (a.attnum IS NULL OR a.attcollation = i.indcollation[k.n - 1])) ORDER BY k.n)
                        FROM generate_series(1, i.indnkeyatts) AS k(n)
                        JOIN pg_opclass o ON o.oid = i.indclass[k.n - 1]
                        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n - 1])))
              FROM pg_index i
              JOIN pg_class ic ON ic.oid = i.indexrelid
              JOIN pg_am am ON am.oid = ic.relam
             WHERE i.indrelid = c.oid AND i.indisvalid AND am.amname = 'btree') AS indexes
      FROM pg_class c
     WHERE c.oid = to_regclass(:table)
    """
)
_INVERTED = sa.text(
    """
    SELECT pg_get_expr(i.indpred, i.indrelid, true) AS rows,
           (SELECT json_agg(pg_get_indexdef(i.indexrelid, k.n, true) ORDER BY k.n)
              FROM generate_series(1, i.indnkeyatts) AS k(n)) AS keys
      FROM pg_index i
      JOIN pg_class ic ON ic.oid = i.indexrelid
      JOIN pg_am am ON am.oid = ic.relam
     WHERE i.indrelid = to_regclass(:table) AND i.indisvalid AND am.amname IN ('gin', 'gist', 'rum')
    """
)
_DESCENDING, _NULLS_FIRST = 1, 2


def inverted_indexes(connection: Connection, table: sa.Table) -> tuple[InvertedIndex, ...]:
    """The indexes of ``table`` of what is inside of values: words of search vectors, members of arrays, keys of JSON."""
    name = connection.dialect.identifier_preparer.format_table(table)
    found = []
    for where, keys in connection.execute(_INVERTED, {"table": name}):
        texts = json.loads(keys) if isinstance(keys, str) else keys
        found.append(InvertedIndex(tuple(map(normalised, texts)), normalised(where or "")))
    return tuple(found)


def statistics(connection: Connection, table: sa.Table) -> TableStatistics:
    """The size and the indexes of ``table``; of no table of that name nothing."""
    name = connection.dialect.identifier_preparer.format_table(table)
    found = connection.execute(_STATISTICS, {"table": name}).first()
    if found is None:
        return TableStatistics()
    known = json.loads(found.indexes) if isinstance(found.indexes, str) else found.indexes
    return TableStatistics(
        rows=int(found.rows) if found.rows is not None and found.rows >= 0 else None,
        # A view is read along the indexes of other tables, a foreign table along those of another server.
        indexes=tuple(_index(facts) for facts in known or ()) if found.own else None,
        partitioned=found.partitioned,
    )


def _index(facts: dict[str, Any]) -> Index:
    keys = tuple(
        IndexKey(
            normalised(key["column"] or key["text"]),
            bool(key["option"] & _DESCENDING),
            bool(key["option"] & _NULLS_FIRST),
            key["plain"],
        )
        for key in facts["keys"]
    )
    return Index(keys, normalised(facts["where"] or ""), facts["name"])
