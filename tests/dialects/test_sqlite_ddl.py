"""Expressions out of the text of CREATE statements."""

from __future__ import annotations

import pytest

from webadmin.dialects.sqlite_ddl import generated_expression, index_parts, is_virtual, without_rowid

TABLE = """CREATE TABLE "t (1)" ( -- the table, first
    id INTEGER PRIMARY KEY CHECK (id > 0), /* as, (too) */
    "na""me, x" TEXT DEFAULT 'a, (b' GENERATED ALWAYS AS (coalesce(a, ')') || 'x') STORED,
    [in brackets] AS (id * (2 + 3)) VIRTUAL,
    plain TEXT
) STRICT, WITHOUT ROWID"""


@pytest.mark.parametrize(
    ("column", "expression"),
    [
        ('na"me, x', "coalesce(a, ')') || 'x'"),
        ("In Brackets", "id * (2 + 3)"),
        ("plain", ""),
        ("missing", ""),
    ],
)
def test_generated_expression(column: str, expression: str) -> None:
    """The expression of a column is found whatever its name and its neighbours hold."""
    assert generated_expression(TABLE, column) == expression


@pytest.mark.parametrize(
    ("sql", "parts", "where"),
    [
        ("CREATE INDEX i ON t (a, b DESC)", ["a", "b DESC"], ""),
        ('CREATE INDEX "i (" ON "t)" (lower("a,b"), c) WHERE d = \')\'', ['lower("a,b")', "c"], "d = ')'"),
        ("CREATE INDEX i ON t(json_extract(x, '$.a'))\nwhere x", ["json_extract(x, '$.a')"], "x"),
        ("nonsense", [], ""),
    ],
)
def test_index_parts(sql: str, parts: list[str], where: str) -> None:
    """Columns, expressions and the predicate of an index come as written."""
    assert index_parts(sql) == (parts, where)


def test_kinds_of_tables() -> None:
    """Tables without a row number and virtual ones are told from plain ones."""
    assert without_rowid(TABLE)
    assert not without_rowid("CREATE TABLE t (a TEXT DEFAULT 'WITHOUT ROWID')")
    assert is_virtual("create virtual table t using fts5(a)")
    assert not is_virtual("CREATE TABLE virtual (a)")
