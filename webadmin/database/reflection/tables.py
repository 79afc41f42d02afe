"""Tables out of the facts of a catalog: columns under their attribute names, the key that rows are told apart by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from webadmin.database.inspection import Kind, kind_of
from webadmin.database.reflection import names
from webadmin.dialects.catalog import Facts, Opaque, Relation, TableFacts

_NO_IDENTITY = frozenset({Kind.JSON, Kind.ARRAY, Kind.SEARCH_VECTOR, Kind.OTHER})
"""Kinds whose values Python cannot put in a set, or that no address can carry."""
_HANDY = (Kind.INTEGER, Kind.UUID, Kind.TEXT)
_BIND = re.compile(r"(?<![:\w\\]):(?=\w)")


@dataclass(slots=True)
class Entity:
    """One table on its way to a model."""

    relation: Relation
    facts: TableFacts
    table: sa.Table
    attributes: Mapping[str, str]
    """Attribute by column name."""
    keyless: bool
    mapper_key: Sequence[sa.Column[Any]]
    """What the mapper tells rows apart by; for keyless ones not distinct."""
    model: type = object
    taken: set[str] = field(default_factory=set)
    """Attributes of the model."""

    @property
    def writable(self) -> bool:
        return self.relation.writable and not self.keyless

    def columns(self, by_name: Sequence[str]) -> list[sa.Column[Any]]:
        """The columns of these names. Raises KeyError for one that is not there."""
        return [self.table.c[self.attributes[name]] for name in by_name]


def build(metadata: sa.MetaData, relation: Relation, facts: TableFacts) -> Entity:
    """The table of ``relation`` in ``metadata``, without its foreign keys: those need the other tables."""
    key = _key(facts)
    if not key and facts.row_id:
        row_id: Facts = {"name": facts.row_id, "type": sa.Integer(), "nullable": False, "autoincrement": True}
        facts.columns.insert(0, row_id | {"info": {"surrogate": True}})
        key = [facts.row_id]
    attributes = names.attributes(column["name"] for column in facts.columns)
    mapper_key = key or _telling(facts)
    items: list[Any] = [_column(column, attributes[column["name"]]) for column in facts.columns]
    if key:
        items.append(
            sa.PrimaryKeyConstraint(*(attributes[name] for name in key), name=facts.primary_key.get("name"))
        )
    items += [
        sa.UniqueConstraint(*(attributes[name] for name in unique["column_names"]), name=unique["name"])
        for unique in facts.uniques
        if all(name in attributes for name in unique["column_names"])
    ]
    items += [_index(index, attributes) for index in facts.indexes if not index.get("duplicates_constraint")]
    table = sa.Table(
        relation.name, metadata, *items, schema=relation.schema, comment=relation.comment or None
    )
    return Entity(
        relation,
        facts,
        table,
        attributes,
        keyless=not key,
        mapper_key=[table.c[attributes[name]] for name in mapper_key],
        taken=set(attributes.values()),
    )


def _key(facts: TableFacts) -> list[str]:
    """The primary key, else the handiest unique rule over columns that are never NULL, else nothing."""
    columns = {column["name"]: column for column in facts.columns}
    primary = list(facts.primary_key.get("constrained_columns") or ())
    if primary and _usable(columns, primary):
        return primary
    rules = [
        list(rule["column_names"])
        for rule in (*facts.uniques, *(index for index in facts.indexes if index["unique"]))
        if not any(name.endswith(("_where", "_invalid")) and value for name, value in _options(rule).items())
    ]
    usable = [
        rule
        for rule in rules
        if _usable(columns, rule) and not any(columns[name]["nullable"] for name in rule)
    ]
    return min(usable, key=lambda rule: (len(rule), _awkwardness(columns, rule), rule), default=[])


def _usable(columns: Mapping[str, Facts], names: Sequence[str | None]) -> bool:
    return all(
        name is not None and name in columns and kind_of(columns[name]["type"]) not in _NO_IDENTITY
        for name in names
    )


def _awkwardness(columns: Mapping[str, Facts], names: Sequence[str]) -> int:
    kinds = [kind_of(columns[name]["type"]) for name in names]
    return sum(_HANDY.index(kind) if kind in _HANDY else len(_HANDY) for kind in kinds)


def _telling(facts: TableFacts) -> list[str]:
    """The columns that a table without a key is mapped by: all that can be compared in Python."""
    kinds = {column["name"]: _kind_in_python(column["type"]) for column in facts.columns}
    light = [name for name, kind in kinds.items() if kind not in _NO_IDENTITY | {Kind.BINARY}]
    found = light or [name for name, kind in kinds.items() if kind is Kind.BINARY]
    if not found:
        for column in facts.columns:
            column["type"] = Opaque()
        found = list(kinds)
    return found


def _kind_in_python(type_: TypeEngine[Any]) -> Kind:
    return Kind.TEXT if isinstance(type_, Opaque) else kind_of(type_)


def _column(facts: Facts, attribute: str) -> sa.Column[Any]:
    extras: list[Any] = []
    default = facts.get("default")
    if facts.get("computed"):
        computed = facts["computed"]
        extras.append(sa.Computed(_text(computed["sqltext"]), persisted=computed.get("persisted")))
    elif facts.get("identity"):
        extras.append(sa.Identity(**facts["identity"]))
    elif default is not None:
        extras.append(sa.DefaultClause(_text(default)))
    return sa.Column(
        facts["name"],
        facts["type"],
        *extras,
        key=attribute,
        nullable=bool(facts["nullable"]),
        autoincrement=bool(facts.get("autoincrement")),
        comment=facts.get("comment"),
        info=dict(facts.get("info") or {}),
    )


def _index(facts: Facts, attributes: Mapping[str, str]) -> sa.Index:
    parts: list[Any] = [
        attributes[name] if name in attributes else _text(expression or "")
        for name, expression in zip(
            facts["column_names"], facts.get("expressions") or facts["column_names"], strict=True
        )
    ]
    return sa.Index(facts["name"], *parts, unique=bool(facts["unique"]), **_options(facts))


def _options(facts: Facts) -> Mapping[str, Any]:
    return facts.get("dialect_options") or {}


def _text(sql: str) -> sa.TextClause:
    """SQL from the catalog, in which a colon is a colon."""
    return sa.text(_BIND.sub(r"\\:", sql))
