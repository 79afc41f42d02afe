"""SQL expressions as options name them: ``func.lower(Customer.name)``, with or without a label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.orm import Mapper
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    Grouping,
    Label,
    TypeCoerce,
    UnaryExpression,
)
from sqlalchemy.sql.functions import FunctionElement

from webadmin.dialects.indexes import normalised

_SIGNS = {
    "add": "plus",
    "sub": "minus",
    "mul": "times",
    "truediv": "by",
    "floordiv": "by",
    "mod": "mod",
    "neg": "minus",
}
_NO_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST = 60
_TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    **dict.fromkeys(["length", "char_length", "character_length", "octet_length", "bit_length"], sa.Integer),
    **dict.fromkeys(
        ["lower", "upper", "trim", "btrim", "ltrim", "rtrim", "replace", "substr", "substring", "left", "right", "initcap", "concat"], sa.Text
    ),
}  # fmt: skip
"""What functions give of which SQLAlchemy knows nothing."""
_SAME_TYPE = {"abs", "round", "ceil", "ceiling", "floor", "greatest", "least"}
_NEVER_NULL = {
    "lower", "upper", "length", "char_length", "character_length", "octet_length", "trim", "btrim", "ltrim", "rtrim",
    "initcap", "abs", "md5", "concat", "concat_ws",
}  # fmt: skip
"""Functions that give a value for values."""


def is_expression(value: Any) -> bool:
    """Whether an option's value is made of columns, and not one itself."""
    return isinstance(value, sa.ColumnElement) and not isinstance(value, sa.Column)


def plain(expression: Any) -> Any:
    """The expression without its label."""
    while isinstance(expression, Label | Grouping | TypeCoerce):
        expression = expression.element if not isinstance(expression, TypeCoerce) else expression.clause
    return expression


def expression_name(expression: Any) -> str:
    """The name that an expression has in addresses: its label, or the words that it is made of, ``lower_name`` for
    ``func.lower(Customer.name)``. The same expression always has the same."""
    if isinstance(expression, Label) and isinstance(expression.name, str) and "%(" not in expression.name:
        return expression.name
    words = [_NO_NAME.sub("_", word.lower()).strip("_") for word in _words(expression)]
    return "_".join(word for word in words if word)[:_LONGEST].rstrip("_") or "expression"


def _words(element: Any) -> Iterator[str]:
    element = plain(element)
    if isinstance(element, sa.Column):
        yield str(element.key)
    elif isinstance(element, BindParameter):
        if isinstance(element.value, str | int):
            yield str(element.value)
    elif isinstance(element, BinaryExpression):
        yield from _words(element.left)
        yield _SIGNS.get(getattr(element.operator, "__name__", ""), "")
        yield from _words(element.right)
    else:
        if isinstance(element, FunctionElement):
            yield str(getattr(element, "name", ""))
        elif isinstance(element, sa.Extract):
            yield element.field
        elif isinstance(element, UnaryExpression):
            yield _SIGNS.get(getattr(element.operator, "__name__", ""), "")
        elif isinstance(element, sa.Cast):
            yield from _words(element.clause)
            yield "as"
            yield type(element.type).__name__
            return
        for child in element.get_children():
            yield from _words(child)


def columns_of(expression: Any) -> list[sa.Column[Any]]:
    """The columns that an expression is made of, each once, in the order in which they stand in it."""
    found = [element for element in visitors.iterate(expression) if isinstance(element, sa.Column)]
    # As part of an expression a column is a copy of itself; what it belongs to and its key stay.
    return list({(column.table, column.key): column for column in found}.values())


def tables_of(expression: Any) -> list[Any]:
    """The tables that a statement with this expression reads because of it; not those that it only looks into by a
    subquery of its own."""
    return list(sa.select(plain(expression)).get_final_froms())


def as_key(expression: Any) -> Any:
    """The expression as rows are sorted by it: without a label, its constants written out, since the index on it has them
    written out as well, and of a type as which values can be compared."""

    def written_out(element: Any, **_options: Any) -> Any:
        plain_value = isinstance(element, BindParameter) and isinstance(
            element.value, str | int | float | Decimal
        )
        return element.render_literal_execute() if plain_value and not element.literal_execute else None

    found = visitors.replacement_traverse(plain(expression), {}, written_out)
    name = str(getattr(found, "name", "")).lower()
    if not isinstance(found, FunctionElement) or not isinstance(found.type, sa.types.NullType):
        return found
    of_its_own = next((part.type for part in found.clauses), None) if name in _SAME_TYPE else _TYPES.get(name)
    return found if of_its_own is None else sa.type_coerce(found, of_its_own)


def moved(expression: Any, mapper: Mapper[Any], entity: Any) -> Any:
    """The expression with the columns of ``mapper``'s class read from ``entity``, an alias of it."""

    def of_entity(element: Any, **_options: Any) -> sa.ColumnElement[Any] | None:
        if not isinstance(element, sa.Column) or element.table not in mapper.tables:
            return None
        column: sa.ColumnElement[Any] = getattr(
            entity, mapper.get_property_by_column(element).key
        ).__clause_element__()
        return column

    whole: sa.ColumnElement[Any] = plain(expression)
    return visitors.replacement_traverse(whole, {}, of_entity)


def may_be_null(expression: Any, nullable: Callable[[sa.Column[Any]], bool]) -> bool:
    """Whether the expression can be NULL, as far as can be said; ``nullable`` says it of a column."""
    element = plain(expression)
    if isinstance(element, sa.Column):
        return nullable(element)
    if isinstance(element, BindParameter):
        return element.value is None
    if isinstance(element, FunctionElement):
        parts = [may_be_null(part, nullable) for part in element.clauses]
        name = str(getattr(element, "name", "")).lower()
        if name == "coalesce":
            return all(parts)
        return name not in _NEVER_NULL or any(parts)
    if isinstance(element, BinaryExpression) and getattr(element.operator, "__name__", "") in {
        "add",
        "sub",
        "mul",
    }:
        return may_be_null(element.left, nullable) or may_be_null(element.right, nullable)
    return True


def leads_an_index(table: sa.Table, expression: Any) -> bool:
    """Whether an index that the table is declared with begins with the expression."""
    wanted = _text(expression)
    return bool(wanted) and any(
        _text(next(iter(index.expressions), None)) == wanted for index in table.indexes
    )


def _text(expression: Any) -> str:
    if isinstance(expression, sa.TextClause):
        return normalised(expression.text)
    if not isinstance(expression, sa.ColumnElement):
        return ""
    options = {"literal_binds": True, "include_table": False}
    try:
        return normalised(str(plain(expression).compile(compile_kwargs=options)))
    except exc.CompileError:  # a constant that only the database's own dialect can write out
        return ""
