"""The foreign keys of a PostgreSQL database, in one statement."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.foreign_keys import ForeignKey, ForeignKeys, Place

# The copies of a key for each partition are its parent's; temporal keys are no equality. Which columns SET NULL is for
# (PostgreSQL 15) is asked through JSON, so that older versions answer too.
_ALL = sa.text(
    """
    WITH keys AS (
        SELECT DISTINCT
               CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid ELSE c.oid END AS owner,
               CASE WHEN t.relispartition THEN pg_partition_root(t.oid)::oid ELSE t.oid END AS target,
               con.confdeltype::text AS rule,
               (SELECT array_agg(a.attname::text ORDER BY k.position)
                  FROM unnest(con.conkey) WITH ORDINALITY k(number, position)
                  JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number) AS columns,
               (SELECT array_agg(NOT a.attnotnull ORDER BY k.position)
                  FROM unnest(con.conkey) WITH ORDINALITY k(number, position)
                  JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number) AS nullable,
               (SELECT array_agg(a.attname::text ORDER BY k.position)
                  FROM unnest(con.confkey) WITH ORDINALITY k(number, position)
                  JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.number) AS referred,
               (SELECT string_agg(a.attname::text, ', ' ORDER BY a.attnum) FROM pg_attribute a
                 WHERE a.attrelid = con.conrelid
                   AND to_jsonb(con) -> 'confdelsetcols' @> to_jsonb(a.attnum)) AS emptied
          FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_class t ON t.oid = con.confrelid
         WHERE con.contype = 'f' AND con.conparentid = 0
           AND NOT coalesce((to_jsonb(con) ->> 'conperiod')::boolean, false)
    )
    SELECT n.nspname, c.relname, pg_table_is_visible(c.oid), tn.nspname, t.relname, pg_table_is_visible(t.oid),
           k.columns, k.nullable, k.referred, k.rule, k.emptied,
           (SELECT array_agg(a.attname::text ORDER BY p.position)
              FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY p(number, position)
              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.number
             WHERE i.indrelid = c.oid AND i.indisprimary) AS key,
           has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable,
           has_table_privilege(c.oid, 'UPDATE, DELETE') AS lockable
      FROM keys k
      JOIN pg_class c ON c.oid = k.owner JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_class t ON t.oid = k.target JOIN pg_namespace tn ON tn.oid = t.relnamespace
     ORDER BY n.nspname, c.relname, k.columns
    """
)
_RULES = {"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT"}


class PostgreSQLForeignKeys(ForeignKeys):
    def foreign_keys(self, connection: Connection) -> Sequence[ForeignKey]:
        return [
            ForeignKey(
                table=_names(schema, name, visible),
                columns=tuple(columns),
                target=_names(to_schema, to_name, to_visible),
                referred=tuple(referred),
                on_delete=_RULES.get(rule, "") + (f" ({emptied})" if emptied and rule in "nd" else ""),
                nullable=tuple(nullable),
                key=tuple(key or ()),
                readable=readable,
                lockable=lockable,
            )
            for (
                schema, name, visible, to_schema, to_name, to_visible, columns, nullable, referred, rule, emptied, key, readable, lockable,
            ) in connection.execute(_ALL)
        ]  # fmt: skip


def _names(schema: str, name: str, visible: bool) -> tuple[Place, ...]:
    return ((schema, name), (None, name)) if visible else ((schema, name),)
