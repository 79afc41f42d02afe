"""Attributes as options name them: a column, a relation, a path through relations, a property."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import HybridExtensionType

from webadmin.database.inspection import ColumnInfo, ModelInfo, RelationInfo, inspect_model
from webadmin.options import expressions


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing of a row that can be shown, sorted or filtered by.

    Exactly one of ``column``, ``relation`` and ``expression`` is set; none of them for a plain Python property.
    """

    name: str
    """As it stands in addresses and in ``data-column``: ``total``, ``customer``, ``customer.name``."""
    model: type
    """Where the path starts."""
    path: tuple[RelationInfo, ...] = ()
    """The to-one relations that lead to it."""
    column: ColumnInfo | None = None
    relation: RelationInfo | None = None
    expression: Any = None
    """A hybrid property's or an option's own SQL expression."""

    @property
    def owner(self) -> type:
        """The model that the last part belongs to."""
        return self.path[-1].target if self.path else self.model

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def plain(self) -> bool:
        """A Python property: shown, never sorted or filtered by."""
        return self.column is None and self.relation is None and self.expression is None

    @property
    def written(self) -> bool:
        """An option's own expression, which no attribute of a model stands for."""
        return expressions.is_expression(self.expression)

    def of(self, entity: Any) -> Any:
        """What stands for a column or expression in a statement that reads :attr:`owner` from ``entity``: the owner
        itself, or an alias of it."""
        if not self.written:
            return getattr(entity, self.last)
        return expressions.moved(self.expression, inspect_model(self.owner).mapper, entity)

    @property
    def option(self) -> Any:
        """What names it in an option: its name, or the expression itself where the model knows no such name."""
        own = self.expression is not None and not self.path and not hasattr(self.model, self.name)
        return self.expression if own else self.name

    def value(self, row: Any) -> Any:
        """Read it from a loaded row; None as soon as a relation on the way is empty."""
        for name in self.name.split("."):
            if row is None:
                return None
            row = getattr(row, name)
        return row


class UnknownAttribute(LookupError):
    """No attribute of that name; the message says which ones there are."""


def attribute_name(value: Any) -> str:
    """The name under which an option's value is known: ``Order.total`` and ``"total"`` are both ``total``."""
    if isinstance(value, str):
        return value
    if expressions.is_expression(value):
        return expressions.expression_name(value)
    key = getattr(value, "key", None)
    if isinstance(key, str):
        return key
    name = getattr(value, "__name__", None) or getattr(value, "name", None)
    if isinstance(name, str):
        return name
    return str(value)


def looked_at(info: ModelInfo, value: Any) -> Any:
    """The attribute that a filter object of sqladmin's looks at, the relation for one of foreign keys; else ``value``."""
    if not hasattr(value, "parameter_name"):
        return value
    key = getattr(value, "foreign_key", None)
    if key is None:
        return value.column
    own = (attribute_name(key),)
    return next((r.name for r in info.relations.values() if r.many_to_one and r.local == own), key)


def resolve(info: ModelInfo, value: Any) -> Attribute:
    """The attribute of ``info``'s model that an option names. Raises UnknownAttribute."""
    if isinstance(value, str):
        return _named(info.model, value)
    if expressions.is_expression(value):
        return _expression(info, value)
    name = attribute_name(value)
    if isinstance(value, sa.Column):  # of the table: the model may call it otherwise
        name = next((own for own, column in info.columns.items() if column.column is value), name)
    owner = getattr(value, "class_", None)
    if owner is not None and not isinstance(value, str) and not issubclass(info.model, owner):
        through = [r.name for r in info.relations.values() if r.target is owner and r.many_to_one]
        if len(through) != 1:
            raise UnknownAttribute(
                f"{owner.__name__}.{name} belongs to another model; write a path such as 'relation.{name}'"
            )
        name = f"{through[0]}.{name}"
    return _named(info.model, name)


@lru_cache(maxsize=8192)  # while a view is made, each name is asked for many times
def _named(model: type, name: str) -> Attribute:
    path: list[RelationInfo] = []
    here = info = inspect_model(model)
    *leading, last = name.split(".")
    for part in leading:
        relation = here.relations.get(part)
        if relation is None:
            raise UnknownAttribute(_unknown(here, part))
        path.append(relation)
        here = inspect_model(relation.target)
    found = Attribute(name, info.model, tuple(path))
    if column := here.columns.get(last):
        return replace(found, column=column)
    if target := here.relations.get(last):
        return replace(found, relation=target)
    descriptor = here.mapper.all_orm_descriptors.get(last)
    hybrid = descriptor is not None and descriptor.extension_type is HybridExtensionType.HYBRID_PROPERTY
    if hybrid or last in here.mapper.attrs:
        return _computed(found, here, last)
    if hasattr(here.model, last):
        return found
    raise UnknownAttribute(_unknown(here, last))


def _expression(info: ModelInfo, value: Any) -> Attribute:
    """An expression of the model's own columns, or of those of a row that one of its to-one relations leads to."""
    inner = expressions.plain(value)
    if isinstance(inner, sa.Column):  # with a label
        return resolve(info, inner)
    name = attribute_name(value)
    if name in info.columns or name in info.relations:
        raise UnknownAttribute(
            f"{info.model.__name__} has a column of this name; give the expression another label"
        )
    tables = expressions.tables_of(value)
    if all(table in info.mapper.tables for table in tables):
        return Attribute(name, info.model, expression=value)
    through = [
        relation
        for relation in info.relations.values()
        if relation.many_to_one and all(table in relation.property.mapper.tables for table in tables)
    ]
    if len(through) != 1:
        others = ", ".join(str(table) for table in tables if table not in info.mapper.tables)
        raise UnknownAttribute(
            f"the expression reads {others}, to which {info.model.__name__} has "
            + ("several relations; name one by a path" if through else "no to-one relation")
        )
    return Attribute(f"{through[0].name}.{name}", info.model, (through[0],), expression=value)


def _computed(found: Attribute, here: ModelInfo, name: str) -> Attribute:
    """A hybrid, a column_property or another name of something; a plain property where the database knows no such thing."""
    if name in here.mapper.synonyms:
        real = here.mapper.synonyms[name].name
        if real in here.columns:
            return replace(found, column=here.columns[real])
    try:
        expression = getattr(here.model, name)
        typed = isinstance(getattr(expression.__clause_element__(), "type", None), sa.types.TypeEngine)
    except Exception:  # a hybrid that makes sense for a row alone fails on the class in whatever way
        return found
    return replace(found, expression=expression) if typed else found


def _unknown(info: ModelInfo, name: str) -> str:
    names = [*info.columns, *info.relations]
    close = _closest(name, names)
    hint = f"did you mean {close!r}?" if close else f"it has {', '.join(names[:12])}"
    return f"{info.model.__name__} has no attribute {name!r}; {hint}"


def _closest(name: str, names: list[str]) -> str | None:
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return found[0] if found else None
