"""What a statement asks of each table, read from the construct that it was rendered from.

Conditions are taken apart as far as an index can serve them: comparisons of a column, or of an immutable function of one,
joined by AND. What else there is narrows nothing down here, and costs no more than a check of the rows that are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators as op
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    ColumnElement,
    Grouping,
    Label,
    Null,
    TypeCoerce,
    UnaryExpression,
    _label_reference,
)
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import (
    CTE,
    Alias,
    CompoundSelect,
    FromClause,
    Join,
    Lateral,
    Select,
    SelectBase,
    Subquery,
)

_RANGES = {op.lt, op.le, op.gt, op.ge, op.between_op}
_PATTERNS = {op.like_op, op.ilike_op}
_LOOKING_INSIDE = {"@@", "@>", "&&", "?", "?|", "?&"}
_IMMUTABLE = {"lower", "upper", "abs", "length", "char_length"}


@dataclass(frozen=True, slots=True)
class Part:
    """A column of a table, or a function of one."""

    column: sa.Column[Any]
    function: str = ""


@dataclass(frozen=True, slots=True)
class Sorted:
    """One key of an order."""

    part: Part
    descending: bool = False
    nulls: str = ""
    """FIRST or LAST where the statement says so."""


@dataclass(slots=True)
class Asked:
    """What one SELECT asks of one table."""

    table: sa.Table
    equal: list[Part] = field(default_factory=list)
    """Have one value."""
    joined: list[Part] = field(default_factory=list)
    """Have the value that a row of another table has."""
    several: list[Part] = field(default_factory=list)
    """Have one of several values."""
    ranges: list[Part] = field(default_factory=list)
    inside: list[Part] = field(default_factory=list)
    """Hold something: words, members, keys."""
    patterns: list[Part] = field(default_factory=list)
    """Are like a pattern."""
    empty: list[Part] = field(default_factory=list)
    """Are null."""
    order: list[Sorted] = field(default_factory=list)
    """Of the rows, where it is this table's alone; with a limit, it is enough to read the first ones."""
    limited: bool = False
    columns: set[str] = field(default_factory=set)
    """Names of all columns that are read."""


def read(statement: Any, values: Mapping[str, Any]) -> list[Asked]:
    """What ``statement`` asks, of each table in the order in which they stand; nothing of what is no SELECT.

    :param values: of its parameters, by key: a list of one value is one value.
    """
    reader = _Reader(values)
    if isinstance(statement, SelectBase):
        reader.walk(statement, {})
    return reader.found


class _Reader:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.found: list[Asked] = []
        self._seen: set[int] = set()

    def walk(self, statement: Any, around: Mapping[Any, Asked]) -> None:
        """Read a SELECT inside of one that has the tables ``around``."""
        if id(statement) in self._seen:
            return
        self._seen.add(id(statement))
        if isinstance(statement, CompoundSelect):
            for select in statement.selects:
                self.walk(select, around)
            return
        if not isinstance(statement, Select):
            return
        own: dict[Any, Asked] = {}
        conditions: list[Any] = []
        for one in statement.get_final_froms():
            self._source(one, own, conditions, around)
        self.found += own.values()
        scope = {**around, **own}
        if statement.whereclause is not None:
            conditions.append(statement.whereclause)
        for condition in conditions:
            for part in _joined_by_and(condition):
                self._condition(part, scope)
        grouped = list(statement._group_by_clauses)
        order = list(statement._order_by_clauses)
        used: list[Any] = [*statement.selected_columns, *conditions, *grouped, *order]
        for expression in used:
            self._use(expression, scope)
        if order and not grouped:
            self._order(order, own, limited=statement._limit_clause is not None)

    def _source(
        self, source: Any, own: dict[Any, Asked], conditions: list[Any], around: Mapping[Any, Asked]
    ) -> None:
        if isinstance(source, Join):
            self._source(source.left, own, conditions, around)
            self._source(source.right, own, conditions, around)
            if source.onclause is not None:
                conditions.append(source.onclause)
        elif isinstance(source, sa.Table):
            if source not in around:  # else it is that of the statement around it
                own.setdefault(source, Asked(source))
        elif isinstance(source, Subquery | CTE | Lateral):
            self.walk(_bare(source.element), {**around, **own} if isinstance(source, Lateral) else {})
        elif isinstance(source, Alias) and isinstance(source.element, sa.Table):
            own.setdefault(source, Asked(source.element))

    def _use(self, expression: Any, scope: Mapping[Any, Asked]) -> None:
        """Note the columns that are read, and read the statements inside."""
        waiting = [expression]
        while waiting:
            one = waiting.pop()
            if isinstance(one, SelectBase):
                self.walk(one, scope)
            elif isinstance(one, sa.Column) and one.table in scope:
                scope[one.table].columns.add(one.name)
            elif isinstance(one, FunctionElement) or not isinstance(one, FromClause):
                waiting += one.get_children()

    def _part(self, expression: Any, scope: Mapping[Any, Asked]) -> tuple[Asked, Part] | None:
        """A part of one of the tables in ``scope``."""
        expression, function = _bare(expression), ""
        if isinstance(expression, FunctionElement):
            arguments = list(expression.clauses)
            function = str(getattr(expression, "name", "")).lower()
            if function not in _IMMUTABLE or len(arguments) != 1:
                return None
            expression = _bare(arguments[0])
        if not isinstance(expression, sa.Column) or expression.table not in scope:
            return None
        asked = scope[expression.table]
        column = asked.table.columns.get(expression.key)
        return None if column is None else (asked, Part(column, function))

    def _condition(self, condition: Any, scope: Mapping[Any, Asked]) -> None:
        condition = _bare(condition)
        if isinstance(condition, UnaryExpression) and condition.operator in {op.is_true, op.is_false}:
            condition = _bare(condition.element)
        if isinstance(condition, sa.Column):  # a boolean by itself
            if found := self._part(condition, scope):
                found[0].equal.append(found[1])
            return
        if not isinstance(condition, BinaryExpression):
            return
        operator, left, right = condition.operator, condition.left, condition.right
        if operator is op.eq:
            self._equal(left, right, scope)
            self._equal(right, left, scope)
            return
        found = self._part(left, scope)
        if found is None and operator in _RANGES:
            found = self._part(right, scope)
        if found is None:
            return
        asked, part = found
        if operator is op.is_:
            (asked.empty if isinstance(_bare(right), Null) else asked.equal).append(part)
        elif operator is op.in_op:
            (asked.equal if self._is_one(right) else asked.several).append(part)
        elif operator in _RANGES:
            asked.ranges.append(part)
        elif operator in _PATTERNS:
            asked.patterns.append(part)
        elif getattr(operator, "opstring", "") in _LOOKING_INSIDE:
            asked.inside.append(part)

    def _equal(self, side: Any, other: Any, scope: Mapping[Any, Asked]) -> None:
        if found := self._part(side, scope):
            asked, part = found
            opposite = self._part(other, scope)
            if opposite is not None:
                if opposite[0] is not asked:
                    asked.joined.append(part)
            elif getattr(_bare(other), "table", None) is not None:  # of a statement inside
                asked.joined.append(part)
            else:
                asked.equal.append(part)

    def _is_one(self, expression: Any) -> bool:
        bind = _bare(expression)
        value = self.values.get(bind.key, bind.value) if isinstance(bind, BindParameter) else None
        return isinstance(value, list | tuple) and len(value) == 1

    def _order(self, order: list[Any], own: Mapping[Any, Asked], *, limited: bool) -> None:
        keys = [self._sorted(key, own) for key in order]
        tables = {id(key[0]) for key in keys if key is not None}
        if len(tables) == 1 and None not in keys:
            asked = next(key[0] for key in keys if key is not None)
            asked.order = [key[1] for key in keys if key is not None]
            asked.limited = limited

    def _sorted(self, key: Any, own: Mapping[Any, Asked]) -> tuple[Asked, Sorted] | None:
        descending, nulls = False, ""
        key = _bare(key)
        while isinstance(key, UnaryExpression):
            if key.modifier is op.desc_op:
                descending = True
            elif key.modifier in {op.nulls_first_op, op.nulls_last_op}:
                nulls = "FIRST" if key.modifier is op.nulls_first_op else "LAST"
            elif key.modifier is not op.asc_op:
                return None
            key = _bare(key.element)
        found = self._part(key, own)
        return None if found is None else (found[0], Sorted(found[1], descending, nulls))


def _joined_by_and(condition: Any) -> Iterator[ColumnElement[Any]]:
    condition = _bare(condition)
    if isinstance(condition, BooleanClauseList) and condition.operator is op.and_:
        for part in condition.clauses:
            yield from _joined_by_and(part)
    else:
        yield condition


def _bare(expression: Any) -> Any:
    """Without names, parentheses and types, which say nothing to the database."""
    while True:
        if isinstance(expression, Grouping | Label | _label_reference):
            expression = expression.element
        elif isinstance(expression, TypeCoerce):
            expression = expression.clause
        else:
            return expression
