"""Which attributes a broken rule of a table is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from webadmin.changes.rules import names_in, names_in_name
from webadmin.database.inspection import ModelInfo
from webadmin.dialects import Failure


def constraint_columns(info: ModelInfo, failure: Failure) -> tuple[str, ...]:
    """The attributes of ``info``'s model that a broken rule is about, as far as they can be found: as the database names
    them, else by the rule's definition in the model, else by its name."""
    attributes = {column.column.name: name for name, column in info.columns.items()}
    if failure.columns and all(name in attributes for name in failure.columns):
        return tuple(attributes[name] for name in failure.columns)
    names: tuple[str, ...] = ()
    if failure.constraint:
        rule = rule_named(info, failure.constraint)
        if rule is not None:
            names = _columns_of(rule, attributes)
        elif " " in failure.constraint:  # a nameless check goes by its own text
            names = names_in(failure.constraint, attributes)
        else:
            names = names_in_name(failure.constraint, info.table.name, attributes)
    if not names and failure.columns:
        names = names_in(" ".join(failure.columns), attributes)
    return tuple(attributes[name] for name in names)


def rule_named(info: ModelInfo, name: str) -> Any:
    """The constraint or index of the model's tables that has this name in the database, or None."""
    for table in info.mapper.tables:
        if isinstance(table, sa.Table):
            rules: list[Any] = [*table.constraints, *table.indexes]
            for rule in rules:
                if rule.name is not None and str(rule.name) == name:
                    return rule
    return None


def _columns_of(rule: Any, attributes: Iterable[str]) -> tuple[str, ...]:
    expressions: list[Any] = list(getattr(rule, "expressions", ()))
    if isinstance(rule, sa.CheckConstraint):
        expressions = [rule.sqltext]
    elif not expressions:
        expressions = list(getattr(rule, "columns", ()))
    found: list[str] = []
    for expression in expressions:
        inside = [part.name for part in visitors.iterate(expression) if isinstance(part, sa.Column)]
        found += inside or names_in(str(expression), attributes)
    return tuple(dict.fromkeys(name for name in found if name in set(attributes)))
