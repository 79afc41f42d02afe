"""What SQLite says about its tables, read from its pragmas in a few statements whatever the number of tables."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Connection

from webadmin.dialects.catalog import Facts, Listing, Relation, TableFacts
from webadmin.dialects.sqlite_ddl import generated_expression, index_parts, is_virtual, without_rowid
from webadmin.dialects.sqlite_types import declared_type, fitting_type

_SHADOWS = (
    "content", "data", "idx", "docsize", "config", "segments", "segdir", "stat", "node", "parent", "rowid"
)  # fmt: skip
"""How the tables are called in which full-text and R-tree tables keep what they know."""

_SAMPLE = 100
_SAMPLE_SECONDS = 0.1
_SHORT = 60
_HIDDEN, _VIRTUAL, _STORED = 1, 2, 3
_GENERATED = (_VIRTUAL, _STORED)

Place = tuple[str | None, str]


def list_relations(connection: Connection, schemas: Sequence[str]) -> Listing:
    """The tables and views of the file, and of the attached ones that ``schemas`` names."""
    there = [row[1] for row in connection.exec_driver_sql("PRAGMA database_list") if row[1] != "temp"]
    default = connection.dialect.default_schema_name or "main"
    relations: list[Relation] = []
    left_out: dict[str, list[str]] = defaultdict(list)
    for schema in schemas or [default]:
        if schema not in there:
            continue
        found = _masters(connection, schema, "table", "view")
        virtual = [name for _, name, sql in found if is_virtual(sql)]
        for kind, name, sql in found:
            if any(name == f"{owner}_{suffix}" for owner in virtual for suffix in _SHADOWS):
                continue
            plain = kind == "table" and not is_virtual(sql)
            if not plain and not _readable(connection, schema, name):
                left_out["broken"].append(name if schema == default else f"{schema}.{name}")
                continue
            kind = "virtual table" if kind == "table" and not plain else kind
            relations.append(Relation(None if schema == default else schema, name, kind, plain))
    return Listing(relations, there, default, left_out)


def read_facts(connection: Connection, relations: Sequence[Relation]) -> dict[Place, TableFacts]:
    """The facts of ``relations`` by place. Column types follow the declaration unless a sample of the rows shows
    that it is not kept to."""
    facts = {relation.place: TableFacts() for relation in relations}
    default = connection.dialect.default_schema_name or "main"
    for schema in dict.fromkeys(relation.schema for relation in relations):
        _read_schema(
            connection, schema or default, {name: f for (s, name), f in facts.items() if s == schema}
        )
    for relation in relations:
        table = facts[relation.place]
        sample = _sample(connection, relation.schema or default, relation.name, table)
        for position, column in enumerate(table.columns):
            values = [row[position] for row in sample]
            column["type"] = fitting_type(column["type"], values)
            if (
                column["name"] in table.primary_key.get("constrained_columns", ())
                and None in values
                and table.row_id
            ):
                table.primary_key = {}  # SQLite lets a key be NULL; the row number never is
    return facts


def _masters(connection: Connection, schema: str, *kinds: str) -> list[tuple[str, str, str]]:
    master = f"{_quoted(schema)}.sqlite_master"
    rows = connection.exec_driver_sql(f"SELECT type, name, sql FROM {master} ORDER BY name")  # noqa: S608 - quoted
    return [
        (kind, name, sql or "")
        for kind, name, sql in rows
        if kind in kinds and not name.startswith("sqlite_")
    ]


def _readable(connection: Connection, schema: str, name: str) -> bool:
    """A view of a table that is gone, or a virtual table of a module that is not loaded, cannot be read."""
    try:
        connection.exec_driver_sql(f"SELECT * FROM {_quoted(schema)}.{_quoted(name)} LIMIT 0").close()  # noqa: S608 - quoted
    except exc.DBAPIError:
        return False
    return True


def _read_schema(connection: Connection, schema: str, facts: dict[str, TableFacts]) -> None:
    sources = {name: sql for _, name, sql in _masters(connection, schema, "table", "index")}
    keys: dict[str, dict[int, str]] = defaultdict(dict)
    columns = _pragma(connection, schema, facts, "pragma_table_xinfo(t.value, :schema) p")
    for column in columns:
        if column.hidden == _HIDDEN:
            continue
        facts[column.owner].columns.append(_column(column, sources.get(column.owner, "")))
        if column.pk:
            keys[column.owner][column.pk] = column.name
    for owner, found in facts.items():
        if owner in keys:
            found.primary_key = {"constrained_columns": [keys[owner][place] for place in sorted(keys[owner])]}
        if owner in sources:
            _set_row_number(found, sources[owner])
    parts = _pragma(
        connection, schema, facts, "pragma_index_list(t.value, :schema) p JOIN pragma_index_xinfo(p.name, :schema) i",
        "t.value AS owner, p.name AS index_name, p.\"unique\" AS is_unique, p.origin, i.name AS column_name, i.key",
    )  # fmt: skip
    by_index: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for part in parts:
        if part.key:
            by_index[part.owner, part.index_name].append(part)
    for (owner, name), found_parts in by_index.items():
        _add_index(facts[owner], name, found_parts, sources.get(name, ""))
    for key in _foreign_keys(connection, schema, facts):
        facts[key.pop("owner")].foreign_keys.append(key)


def _pragma(
    connection: Connection,
    schema: str,
    facts: dict[str, TableFacts],
    source: str,
    what: str = "t.value AS owner, p.*",
) -> Sequence[Any]:
    """The rows of a pragma for every table of ``facts``, in one statement."""
    statement = sa.text(f"SELECT {what} FROM json_each(:tables) t JOIN {source}")  # noqa: S608 - no value in it
    return connection.execute(statement, {"tables": json.dumps(list(facts)), "schema": schema}).all()


def _column(column: Any, source: str) -> Facts:
    declared = column.type
    if column.hidden in _GENERATED:  # its declared type may end in the words of the clause itself
        declared = re.sub(r"\s*\bGENERATED\s+ALWAYS\b.*", "", declared, flags=re.IGNORECASE)
    facts: Facts = {
        "name": column.name,
        "type": declared_type(declared) if declared else None,
        "nullable": not column.notnull,
        "default": column.dflt_value,
        "autoincrement": False,
    }
    if column.hidden in _GENERATED:
        expression = generated_expression(source, column.name)
        facts["computed"] = {"sqltext": expression, "persisted": column.hidden == _STORED}
    elif column.pk and declared.upper() == "INTEGER" and not without_rowid(source):
        facts["autoincrement"] = True
    return facts


def _set_row_number(facts: TableFacts, source: str) -> None:
    if is_virtual(source) or without_rowid(source):
        return
    taken = {column["name"].casefold() for column in facts.columns}
    facts.row_id = next((name for name in ("rowid", "_rowid_", "oid") if name not in taken), None)
    key = facts.primary_key.get("constrained_columns", [])
    for column in facts.columns:
        # Only a key of one INTEGER column is another name of the row number, and counts by itself.
        column["autoincrement"] = column["autoincrement"] and key == [column["name"]]
        if column["autoincrement"]:
            column["nullable"] = False


def _add_index(facts: TableFacts, name: str, parts: Sequence[Any], source: str) -> None:
    columns = [part.column_name for part in parts]
    if parts[0].origin == "u":
        facts.uniques.append({"name": None, "column_names": columns})
    elif parts[0].origin == "c":
        written, where = index_parts(source)
        index: Facts = {"name": name, "unique": bool(parts[0].is_unique), "column_names": columns}
        if None in columns and len(written) == len(columns):
            index["expressions"] = [column or text for column, text in zip(columns, written, strict=True)]
        if where:
            index["dialect_options"] = {"sqlite_where": sa.text(where.replace(":", "\\:"))}
        facts.indexes.append(index)


def _foreign_keys(connection: Connection, schema: str, facts: dict[str, TableFacts]) -> list[Facts]:
    rows = _pragma(
        connection, schema, facts, "pragma_foreign_key_list(t.value, :schema) p",
        'p.id, p.seq, t.value AS owner, p."table" AS target, p."from" AS source, p."to" AS referred, p.on_delete, p.on_update',
    )  # fmt: skip
    keys: dict[tuple[str, int], Facts] = {}
    for row in sorted(rows, key=lambda row: (row.owner, -row.id, row.seq)):
        options = {"ondelete": row.on_delete, "onupdate": row.on_update}
        key = keys.setdefault(
            (row.owner, row.id),
            {
                "owner": row.owner,
                "name": None,
                "constrained_columns": [],
                "referred_schema": None if schema == connection.dialect.default_schema_name else schema,
                "referred_table": row.target,
                "referred_columns": [],
                "options": {name: rule for name, rule in options.items() if rule != "NO ACTION"},
            },
        )
        key["constrained_columns"].append(row.source)
        if row.referred is not None:
            key["referred_columns"].append(row.referred)
    return list(keys.values())


def _sample(connection: Connection, schema: str, name: str, facts: TableFacts) -> Sequence[Sequence[Any]]:
    """The first rows, long texts cut and binary values left out; nothing when it would take long, as a view can."""
    raw = connection.connection.driver_connection
    if not facts.columns or not isinstance(raw, sqlite3.Connection):
        return ()
    values = ", ".join(
        f"CASE typeof({c}) WHEN 'blob' THEN x'' WHEN 'text' THEN substr({c}, 1, {_SHORT}) ELSE {c} END"
        for c in (_quoted(column["name"]) for column in facts.columns)
    )
    deadline = time.monotonic() + _SAMPLE_SECONDS
    raw.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
    try:
        sql = f"SELECT {values} FROM {_quoted(schema)}.{_quoted(name)} LIMIT {_SAMPLE}"  # noqa: S608 - quoted names
        return connection.exec_driver_sql(sql).all()
    except exc.DBAPIError:  # taking too long, or bytes that are no text
        return ()
    finally:
        raw.set_progress_handler(None, 0)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def missing_file(url: URL) -> str | None:
    """Why the file of ``url`` cannot be opened, or None. To connect would create it."""
    name = url.database
    if not name or name == ":memory:" or name.startswith("file:"):
        return None
    path = Path(name)
    if path.is_dir():
        return "it is a folder"
    return None if path.exists() else "there is no such file"
