"""Text search by PostgreSQL: queries, ranks, marks, and the words that a search column holds."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.engine import Connection

from webadmin.dialects.postgresql_session import run
from webadmin.dialects.search import START, STOP, Searching, TextQuery

_READ = 2000
"""Characters of a text that are looked through for marks."""
_MARKS = f"StartSel={START}, StopSel={STOP}"
_PIECE = f"{_MARKS}, MaxFragments=1, MaxWords=16, MinWords=6"

_RESOLVE = """
    SELECT CAST(websearch_to_tsquery({config}, %s) AS text),
           (SELECT CASE WHEN reltuples >= 0 AND relkind <> 'p' THEN reltuples END
              FROM pg_class WHERE oid = to_regclass(%s))
"""
_FINAL = re.compile(r"(?:^|[^!'])'(?:[^']|'')*'$")
"""A text search query that ends in a lexeme which is not excluded."""


def config_name(column: sa.ColumnElement[Any]) -> str | None:
    """The text search configuration that a generated tsvector column was built with; None when it does not say.

    It stands in the column's own expression, ``to_tsvector('english'::regconfig, …)``.
    """
    computed = getattr(column, "computed", None)
    if computed is None:
        computed = getattr(getattr(column, "element", None), "computed", None)
    found = re.search(r"to_tsvector\(\s*'([^']+)'", str(computed.sqltext)) if computed is not None else None
    return found.group(1) if found else "simple" if computed is not None else None


def config(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The configuration of ``column`` as a regconfig; the server's default for one that does not say."""
    name = config_name(column)
    if name is None:
        return sa.func.get_current_ts_config(type_=pg.REGCONFIG)
    return sa.cast(sa.literal(name, sa.Text), pg.REGCONFIG)


class PostgreSQLSearching(Searching):
    supports_search_vector = True

    def search_match(self, vector: sa.ColumnElement[Any], text: str) -> sa.ColumnElement[bool]:
        return vector.bool_op("@@")(sa.func.websearch_to_tsquery(config(vector), text, type_=pg.TSQUERY))

    def has_words(self, column: sa.ColumnElement[Any], text: str) -> sa.ColumnElement[bool]:
        name = _config_of_text(column)
        # Written out, so that an index on the same expression serves.
        own = sa.func.get_current_ts_config(type_=pg.REGCONFIG) if name is None else sa.literal_column(f"'{name}'::regconfig", pg.REGCONFIG)  # fmt: skip
        document = sa.func.to_tsvector(own, column, type_=pg.TSVECTOR)
        return document.bool_op("@@")(sa.func.websearch_to_tsquery(own, text, type_=pg.TSQUERY))

    def search_query(
        self, connection: Connection, table: sa.Table, vector: sa.ColumnElement[Any], text: str
    ) -> TextQuery:
        # Asked once and then sent as it is: the planner sees a constant and knows from its statistics how many rows have
        # these words, also where a statement is prepared.
        name = config_name(vector)
        quoted = connection.dialect.identifier_preparer.format_table(table)
        script = _RESOLVE.format(
            config="get_current_ts_config()" if name is None else "CAST(%s AS regconfig)"
        )
        query, rows = run(connection, script, (*(() if name is None else (name,)), text, quoted))
        if text[-1:].isalnum() and '"' not in text and _FINAL.search(query):
            query += ":*"
        return TextQuery(text, query, None if rows is None else int(rows))

    def search_found(self, vector: sa.ColumnElement[Any], query: TextQuery) -> sa.ColumnElement[bool]:
        return vector.bool_op("@@")(_value(query))

    def search_rank(self, vector: sa.ColumnElement[Any], query: TextQuery) -> sa.ColumnElement[float]:
        # In the precision in which it can be compared with what was read before.
        return sa.cast(sa.func.ts_rank(vector, _value(query)), sa.Double)

    def search_marked(
        self, text: sa.ColumnElement[Any], vector: sa.ColumnElement[Any], query: TextQuery, *, piece: bool
    ) -> sa.ColumnElement[str]:
        return sa.func.ts_headline(
            config(vector),
            sa.func.left(sa.cast(text, sa.Text), _READ),
            _value(query),
            _PIECE if piece else f"{_MARKS}, HighlightAll=true",
            type_=sa.Text,
        )

    def search_words(
        self,
        connection: Connection,
        table: sa.Table,
        vector: sa.Column[Any],
        share: float,
        empty: sa.Column[Any] | None = None,
    ) -> list[tuple[str, int]]:
        # ts_stat() would say the same, but takes three times as long. The seed is fixed: the same words come again.
        rows: Any = table
        if share < 1:
            rows = sa.tablesample(table, sa.func.system(max(share, 1e-6) * 100), seed=sa.literal(1))
        every = sa.select(sa.func.unnest(sa.func.tsvector_to_array(rows.c[vector.key])).label("word"))
        if empty is not None:
            every = every.where(rows.c[empty.key].is_(None))
        lexemes = every.subquery("lexemes")
        word, count = lexemes.c.word, sa.func.count()
        stmt = (
            sa.select(word, count)
            .where(sa.func.length(word).between(3, 40), word.op("!~")("[0-9]"))
            .group_by(word)
            .order_by(count.desc(), word)
            .limit(10_000)
        )
        return [(word, rows) for word, rows in connection.execute(stmt)]


def _config_of_text(column: sa.ColumnElement[Any]) -> str | None:
    """The configuration in which an index on the words of ``column`` has them; else that of its table's search column."""
    table = getattr(column, "table", None)
    table = getattr(table, "element", table)
    if not isinstance(table, sa.Table):
        return None
    name = re.escape(str(getattr(column, "name", "")))
    pattern = re.compile(rf"to_tsvector\(\s*'(\w+)'(?:::regconfig)?\s*,\s*(?:\w+\.)?\"?{name}\"?\s*\)")
    for index in table.indexes:
        for expression in index.expressions:
            if found := pattern.search(str(expression)):
                return found.group(1)
    vectors = (one for one in table.columns if type(one.type).__visit_name__ == "TSVECTOR")
    found_name = next((config_name(one) for one in vectors), None)
    return found_name if found_name is None or found_name.isidentifier() else None


def _value(query: TextQuery) -> sa.ColumnElement[Any]:
    return sa.cast(sa.literal(query.text, sa.Text), pg.TSQUERY)
