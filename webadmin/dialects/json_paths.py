"""A value inside a JSON column, as an expression that every system compiles its own way."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import InternalTraversal

_ODD = re.compile(r"true|false|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
"""Texts that may stand for a number or a truth as well."""


class _Inside(FunctionElement[Any]):
    """What stands in a JSON column at the end of ``path``. A key is text; one of digits also counts in a list, from 0.

    Keys are written into the statement, not bound to it: they come from options, and an index on the same expression
    serves only if the planner sees them.
    """

    _traverse_internals = [
        *FunctionElement._traverse_internals,
        ("path", InternalTraversal.dp_string_list),
    ]
    inherit_cache = True

    def __init__(self, column: Any, path: Sequence[str]) -> None:
        super().__init__(column)
        self.path = tuple(path)

    @property
    def column(self) -> Any:
        return next(iter(self.clauses))


class json_text(_Inside):  # noqa: N801 - reads as a function in statements
    """The value as text: a string without its quotes, ``5``, ``true``; null where there is none, or JSON's null."""

    name = "json_text"
    type = sa.String()
    inherit_cache = True


class json_number(_Inside):  # noqa: N801
    """The value where it is a number, else null."""

    name = "json_number"
    type = sa.Numeric()
    inherit_cache = True


def _written(compiler: SQLCompiler, text: str) -> str:
    return compiler.render_literal_value(text, sa.Text())


def _arrows(element: _Inside, compiler: SQLCompiler, last: str, **kw: Any) -> str:
    """``(column -> 'a' ->> 'b')``; by a path where a step may count in a list."""
    column = compiler.process(element.column, **kw)
    if any(key.isdigit() for key in element.path):
        steps = ",".join('"' + re.sub(r'(["\\])', r"\\\1", key) + '"' for key in element.path)
        return f"({column} {last.replace('-', '#')} {_written(compiler, '{' + steps + '}')})"
    keys = [_written(compiler, key) for key in element.path]
    return "(" + " -> ".join([column, *keys[:-1]]) + f" {last} {keys[-1]})"


@compiles(json_text, "postgresql")
def _text_by_arrows(element: json_text, compiler: SQLCompiler, **kw: Any) -> str:
    return _arrows(element, compiler, "->>", **kw)


@compiles(json_number, "postgresql")
def _number_by_arrows(element: json_number, compiler: SQLCompiler, **kw: Any) -> str:
    value, text = (_arrows(element, compiler, last, **kw) for last in ("->", "->>"))
    is_number = f"jsonb_typeof(CAST({value} AS jsonb)) = 'number'"
    return f"(CASE WHEN {is_number} THEN CAST({text} AS numeric) END)"


def _path(element: _Inside, compiler: SQLCompiler) -> str:
    steps = "".join(f"[{key}]" if key.isdigit() else f'."{key}"' for key in element.path)
    return _written(compiler, "$" + steps)


# Not every text that SQLite keeps in such a column is JSON, and to look into one that is not is an error there.


@compiles(json_text)
def _text_by_path(element: json_text, compiler: SQLCompiler, **kw: Any) -> str:
    column, path = compiler.process(element.column, **kw), _path(element, compiler)
    truths = f"CASE json_type({column}, {path}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'"
    other = f"CAST(json_extract({column}, {path}) AS TEXT)"
    return f"(CASE WHEN json_valid({column}) THEN {truths} ELSE {other} END END)"


@compiles(json_number)
def _number_by_path(element: json_number, compiler: SQLCompiler, **kw: Any) -> str:
    column, path = compiler.process(element.column, **kw), _path(element, compiler)
    is_number = f"json_type({column}, {path}) IN ('integer', 'real')"
    number = f"CASE WHEN {is_number} THEN json_extract({column}, {path}) END"
    return f"(CASE WHEN json_valid({column}) THEN {number} END)"


class JsonPaths:
    """How a database system compares values inside JSON; the part of a dialect that is about that."""

    def json_equals(self, value: json_text, text: str) -> sa.ColumnElement[bool]:
        """The value is ``text``."""
        return value == sa.literal(text, sa.Text)


class PostgreSQLJsonPaths(JsonPaths):
    def json_equals(self, value: json_text, text: str) -> sa.ColumnElement[bool]:
        same = super().json_equals(value, text)
        keys = value.path
        if not _contained_by_index(value.column) or any(key.isdigit() for key in keys) or text[:1] in "{[":
            return same
        as_text = _contains(value.column, keys, json.dumps(text))
        if not _ODD.fullmatch(text):
            return as_text
        # A number or a truth says the same: what the index finds for either is looked at once more.
        return sa.and_(sa.or_(as_text, _contains(value.column, keys, text)), same)


def _contains(column: Any, keys: Sequence[str], written: str) -> sa.ColumnElement[bool]:
    for key in reversed(keys):
        written = f"{{{json.dumps(key)}: {written}}}"
    found: sa.ColumnElement[bool] = column.op("@>", is_comparison=True, return_type=sa.Boolean())(
        sa.cast(sa.literal(written, sa.Text), JSONB)
    )
    return found


def _contained_by_index(column: Any) -> bool:
    """Whether an index that knows what is contained in a document is on ``column``."""
    table = getattr(column, "table", None)
    table = getattr(table, "element", table)  # of an alias
    if not isinstance(table, sa.Table):
        return False
    own = table.columns.get(column.key)
    return own is not None and any(
        index.dialect_options["postgresql"]["using"] == "gin" and any(own is one for one in index.expressions)
        for index in table.indexes
    )
