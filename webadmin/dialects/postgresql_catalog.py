"""What PostgreSQL's catalog says beyond SQLAlchemy's inspector: kinds, privileges, partitions, types by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.engine import Connection
from sqlalchemy.types import NullType, TypeEngine

from webadmin.dialects import catalog
from webadmin.dialects.catalog import Facts, Listing, Opaque, Relation, TableFacts
from webadmin.dialects.postgresql_values import DomainOverEnum

_KINDS = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialized view",
    "f": "foreign table",
}

# Partitions are reached through their parent, and what an extension made belongs to the extension.
_RELATIONS = sa.text(
    """
    SELECT n.nspname, c.relname, c.relkind::text, c.relispopulated,
           has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable,
           has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')
               AS writable,
           obj_description(c.oid, 'pg_class') AS comment
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT 1 FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY n.nspname, c.relname
    """
)

# Keys are read here and not by the inspector: it parses their text, which depends on the search path. The copies of
# a key that lead to each partition, and temporal keys (not an equality), are no relations. A key that most
# partitions have by themselves, as before partitioned tables could have keys, counts as the parent's.
_FOREIGN_KEYS = sa.text(
    """
    WITH keys AS (
        SELECT CASE WHEN c.relispartition THEN pg_partition_root(c.oid) ELSE c.oid END AS owner, c.relispartition, c.oid,
               con.conname, con.confrelid, con.confdeltype::text, con.confupdtype::text, con.condeferrable,
               con.condeferred,
               (SELECT array_agg(a.attname::text ORDER BY k.position)
                  FROM unnest(con.conkey) WITH ORDINALITY k(number, position)
                  JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number) AS columns,
               (SELECT array_agg(a.attname::text ORDER BY k.position)
                  FROM unnest(con.confkey) WITH ORDINALITY k(number, position)
                  JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.number) AS referred
          FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
         WHERE con.contype = 'f' AND con.conparentid = 0
           AND NOT coalesce((to_jsonb(con) ->> 'conperiod')::boolean, false)
    ), owned AS (
        SELECT owner, min(conname) AS name, confrelid, columns, referred, min(confdeltype) AS on_delete,
               min(confupdtype) AS on_update, bool_and(condeferrable) AS deferrable, bool_and(condeferred) AS deferred
          FROM keys
         GROUP BY owner, confrelid, columns, referred
        HAVING NOT bool_and(relispartition)
            OR count(DISTINCT oid) * 2 > (SELECT count(*) FROM pg_partition_tree(owner) WHERE isleaf)
    )
    SELECT n.nspname, c.relname, o.name, rn.nspname, rc.relname, o.columns, o.referred,
           o.on_delete, o.on_update, o.deferrable, o.deferred
      FROM owned o
      JOIN pg_class c ON c.oid = o.owner JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_class rc ON rc.oid = o.confrelid JOIN pg_namespace rn ON rn.oid = rc.relnamespace
     WHERE n.nspname = ANY(:schemas)
     ORDER BY n.nspname, c.relname, o.name
    """
)
_RULES = {"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT"}

_TYPE_NAMES = sa.text(
    """
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ANY(:schemas) AND c.relname = ANY(:names) AND a.attnum > 0 AND NOT a.attisdropped
    """
)


def list_relations(connection: Connection, schemas: Sequence[str]) -> Listing:
    """The relations of ``schemas``; none given: the default schema, or every one while that is empty."""
    rows = connection.execute(_RELATIONS).all()
    default = connection.dialect.default_schema_name
    there = sorted({row.nspname for row in rows} | ({default} if default else set()))
    home = [schema for schema in there if schema == default and any(row.nspname == schema for row in rows)]
    chosen = set(schemas or home or there)
    relations: list[Relation] = []
    left_out: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.nspname not in chosen:
            continue
        kind = _KINDS[row.relkind]
        schema = None if row.nspname == default else row.nspname
        if not row.readable or not row.relispopulated:
            reason = "unfilled" if row.readable else "forbidden"
            left_out[reason].append(f"{schema}.{row.relname}" if schema else row.relname)
            continue
        writable = row.writable and kind not in {"view", "materialized view"}
        relations.append(Relation(schema, row.relname, kind, writable, row.comment or ""))
    return Listing(relations, there, default, left_out)


def read_facts(
    connection: Connection, relations: Sequence[Relation]
) -> dict[tuple[str | None, str], TableFacts]:
    """The facts of ``relations`` by place; domains as their base type, types without a counterpart as Opaque."""
    facts = catalog.read_facts(connection, relations, foreign_keys=False)
    default = connection.dialect.default_schema_name
    scope = {
        "schemas": list({relation.schema or default for relation in relations}),
        "names": [relation.name for relation in relations],
    }
    for schema, table, name, to_schema, to_table, columns, referred, *rules in connection.execute(
        _FOREIGN_KEYS, scope
    ):
        place = (None if schema == default else schema, table)
        if place in facts:
            facts[place].foreign_keys.append(
                {
                    "name": name,
                    "constrained_columns": columns,
                    "referred_schema": None if to_schema == default else to_schema,
                    "referred_table": to_table,
                    "referred_columns": referred,
                    "options": _options(*rules),
                }
            )
    unknown = []
    for place, table_facts in facts.items():
        for column in table_facts.columns:
            column["type"] = _plain(column, column["type"])
            if isinstance(column["type"], Opaque):
                unknown.append((place, column))
    if unknown:
        named = {
            ((None if schema == default else schema, table), column): type_name
            for schema, table, column, type_name in connection.execute(_TYPE_NAMES, scope)
        }
        for place, column in unknown:
            column["type"] = Opaque(named.get((place, column["name"]), ""))
    return facts


def _plain(column: Facts, type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type that values are read and written with. A domain's own name is kept in the column's ``info``."""
    if isinstance(type_, pg.DOMAIN):
        column.setdefault("info", {}).setdefault("domain", type_.name)
        base = _plain(column, type_.data_type)
        return DomainOverEnum.of(base) if isinstance(base, pg.ENUM) else base
    if isinstance(type_, pg.ARRAY):
        # The driver does not know the array type of a domain or of an unknown type: its text comes back.
        return Opaque() if isinstance(type_.item_type, NullType | pg.DOMAIN) else type_
    return Opaque() if isinstance(type_, NullType) else type_


def _options(on_delete: str, on_update: str, deferrable: bool, deferred: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"ondelete": _RULES.get(on_delete), "onupdate": _RULES.get(on_update)}
    if deferrable:
        options |= {"deferrable": True, "initially": "DEFERRED" if deferred else "IMMEDIATE"}
    return {name: value for name, value in options.items() if value is not None}


def reason(error: BaseException) -> str:
    """Why connecting failed: the last part of what the driver says, after the addresses that it tried."""
    message = catalog.reason(error)
    for mark in ("FATAL:", "failed:"):
        message = message.rpartition(mark)[2]
    return message.strip()
