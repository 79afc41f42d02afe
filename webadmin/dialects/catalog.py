"""What a database says about its tables, in the shapes of SQLAlchemy's inspector; here the portable reading of it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect as EngineDialect
from sqlalchemy.engine.reflection import Inspector, ObjectKind, ObjectScope

Facts = dict[str, Any]
"""One column, index or constraint as a dictionary with the keys that SQLAlchemy's inspector gives it."""


class Opaque(sa.types.TypeDecorator[str]):
    """A type without a Python counterpart: read as the database writes it in text, never written."""

    impl = sa.Text
    cache_ok = True
    webadmin_kind = "other"

    def __init__(self, type_name: str = "") -> None:
        super().__init__()
        self.type_name = type_name

    def column_expression(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return sa.cast(column, sa.Text)

    def process_result_value(self, value: Any, dialect: EngineDialect) -> str | None:
        return value.hex() if isinstance(value, bytes) else None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view or the like that can be read."""

    schema: str | None
    """None for the connection's default schema."""
    name: str
    kind: str = "table"
    """table, view, materialized view, partitioned table, foreign table or virtual table."""
    writable: bool = True
    comment: str = ""

    @property
    def place(self) -> tuple[str | None, str]:
        return self.schema, self.name


@dataclass(frozen=True, slots=True)
class Listing:
    """What there is to reflect in some schemas."""

    relations: Sequence[Relation]
    schemas: Sequence[str]
    """Every schema that holds relations, by its own name, the default one too."""
    default_schema: str | None
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Relations that cannot be read, by the reason: forbidden, unfilled, broken."""


@dataclass(slots=True)
class TableFacts:
    """Columns, keys and indexes of one relation."""

    columns: list[Facts] = field(default_factory=list)
    primary_key: Facts = field(default_factory=dict)
    foreign_keys: list[Facts] = field(default_factory=list)
    uniques: list[Facts] = field(default_factory=list)
    indexes: list[Facts] = field(default_factory=list)
    row_id: str | None = None
    """A hidden column that tells rows apart and lasts as long as the row."""


def list_relations(connection: Connection, schemas: Sequence[str]) -> Listing:
    """The relations of ``schemas`` (none given: the default one), through the inspector alone."""
    inspector = sa.inspect(connection)
    default = inspector.default_schema_name
    relations: list[Relation] = []
    for wanted in schemas or (None,):
        schema = None if wanted == default else wanted
        relations += [Relation(schema, name) for name in inspector.get_table_names(schema)]
        relations += [
            Relation(schema, name, "view", writable=False) for name in inspector.get_view_names(schema)
        ]
    return Listing(relations, inspector.get_schema_names(), default)


def read_facts(
    connection: Connection, relations: Sequence[Relation], *, foreign_keys: bool = True
) -> dict[tuple[str | None, str], TableFacts]:
    """The facts of ``relations`` by place, in a fixed number of statements for each schema where the inspector can.
    ``foreign_keys=False`` leaves those out."""
    inspector = sa.inspect(connection)
    facts = {relation.place: TableFacts() for relation in relations}
    for schema in dict.fromkeys(relation.schema for relation in relations):
        names = [relation.name for relation in relations if relation.schema == schema]
        for attribute, found in _read_schema(inspector, schema, names, foreign_keys).items():
            for place, value in found.items():
                if place in facts:
                    setattr(facts[place], attribute, value)
    return facts


def _read_schema(
    inspector: Inspector, schema: str | None, names: Sequence[str], foreign_keys: bool
) -> dict[str, dict[Any, Any]]:
    choice: dict[str, Any] = {
        "schema": schema, "filter_names": names, "kind": ObjectKind.ANY, "scope": ObjectScope.ANY
    }  # fmt: skip
    with warnings.catch_warnings():
        # Types that it does not recognize, indexes that it skips: reflection says so in its own notes.
        warnings.simplefilter("ignore", exc.SAWarning)
        return {
            "columns": inspector.get_multi_columns(**choice),
            "primary_key": inspector.get_multi_pk_constraint(**choice),
            "foreign_keys": inspector.get_multi_foreign_keys(**choice) if foreign_keys else {},
            "uniques": inspector.get_multi_unique_constraints(**choice),
            "indexes": inspector.get_multi_indexes(**choice),
        }


def reason(error: BaseException) -> str:
    """The driver's own words for why connecting failed, in one line."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__
