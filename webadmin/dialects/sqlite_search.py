"""Text search by SQLite's FTS5: tables of words that belong to another table, and queries that no sign in them breaks."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.search import Searching, Term, TextIndex, TextQuery, alternatives

_VIRTUAL = re.compile(
    r"^\s*CREATE\s+VIRTUAL\s+TABLE\b.*?\bUSING\s+fts5\s*\((.*)\)\s*$", re.IGNORECASE | re.DOTALL
)
_PART = re.compile(r"""((?:[^,"'\[`]|"(?:[^"]|"")*"|'(?:[^']|'')*'|\[[^\]]*\]|`[^`]*`)+)""")
_OPTION = re.compile(r"^\s*(\w+)\s*=\s*(.*?)\s*$", re.DOTALL)
_MASTERS = (
    "SELECT name, sql FROM {schema}.sqlite_master WHERE type = 'table' AND sql LIKE '%fts5%' ORDER BY name"
)
_TRIGGERS = (
    "SELECT 1 FROM {schema}.sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(?)"
    " AND instr(lower(sql), lower(?)) LIMIT 1"
)


class SQLiteSearching(Searching):
    supports_text_index = True

    def text_index(self, connection: Connection, table: sa.Table, named: str | None) -> TextIndex | None:
        preparer = connection.dialect.identifier_preparer
        schema = preparer.quote(table.schema or "main")
        # Through the driver itself: what tables there are is no question of a page's own.
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            return None
        for name, sql in raw.execute(_MASTERS.format(schema=schema)).fetchall():
            found = _VIRTUAL.match(sql)
            if found is None or (named is not None and name.casefold() != named.casefold()):
                continue
            columns, options = _parts(found.group(1))
            content = options.get("content")
            if named is None and (
                (content or "").casefold() != table.name.casefold()
                or not _kept_current(raw, schema, table.name, name)
            ):
                continue
            return TextIndex(name, tuple(columns), options.get("content_rowid"))
        return None

    def index_query(self, text: str, index: TextIndex, columns: Sequence[str]) -> TextQuery:
        """Every word stands in quotes: no sign means anything there."""
        sides = [made for terms in alternatives(text) if (made := _all_of(terms))]
        if not sides or not columns:
            return TextQuery(text, "")
        within = " ".join(_quoted(name) for name in columns)
        return TextQuery(text, f"{{{within}}} : ({' OR '.join(sides)})")

    def index_hits(
        self, index: TextIndex, query: TextQuery, table: sa.Table, *, ranked: bool = False
    ) -> sa.CTE:
        words = sa.table(
            index.name, sa.column("rowid", sa.Integer), sa.column(index.name), schema=table.schema
        )
        selected: list[Any] = [words.c.rowid.label("row")]
        if ranked:
            score = sa.func.bm25(sa.literal_column(_quoted(index.name)), type_=sa.Double)
            selected.append((-score).label("rank"))
        matching = words.c[index.name].op("MATCH", is_comparison=True)(sa.literal(query.text, sa.Text))
        return sa.select(*selected).where(matching).cte().prefix_with("MATERIALIZED")


def _kept_current(raw: sqlite3.Connection, schema: str, table: str, index: str) -> bool:
    # An index over the rows of another table follows them by triggers alone; without any it misses what is written.
    return raw.execute(_TRIGGERS.format(schema=schema), (table, index)).fetchone() is not None


def _parts(text: str) -> tuple[list[str], dict[str, str]]:
    columns: list[str] = []
    options: dict[str, str] = {}
    for part in _PART.findall(text):
        option = _OPTION.match(part)
        if option is not None:
            options[option.group(1).lower()] = _unquoted(option.group(2))
        elif part.strip():
            name = _PART_NAME.match(part.strip())
            if name is not None and not part.strip().upper().endswith(" UNINDEXED"):
                columns.append(_unquoted(name.group()))
    return columns, options


_PART_NAME = re.compile(r"""^(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|\[[^\]]*\]|`[^`]*`|[^\s]+)""")


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] + text[-1] in {'""', "''", "``", "[]"}:
        inner = text[1:-1]
        return inner.replace(text[0] * 2, text[0])
    return text


def _all_of(terms: Sequence[Term]) -> str:
    wanted = [_quoted(term.text) + (" *" if term.last else "") for term in terms if not term.negated]
    if not wanted:
        return ""  # everything but a word is a question that no index answers
    unwanted = [_quoted(term.text) for term in terms if term.negated]
    found = f"({' AND '.join(wanted)})"
    return f"({found} NOT ({' OR '.join(unwanted)}))" if unwanted else found


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
