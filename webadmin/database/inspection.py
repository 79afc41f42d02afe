"""What a model's mapper says, in the words that lists and forms ask for."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import ColumnProperty, Mapper, RelationshipProperty
from sqlalchemy.orm.exc import UnmappedColumnError
from sqlalchemy.orm.interfaces import MANYTOMANY, MANYTOONE

from webadmin.database.kinds import HEAVY, NUMBERS, UNSORTABLE, Kind, kind_of, python_type

__all__ = [
    "HEAVY",
    "NUMBERS",
    "UNSORTABLE",
    "ColumnInfo",
    "Kind",
    "ModelInfo",
    "RelationInfo",
    "inspect_model",
    "kind_of",
    "python_type",
]


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One mapped column."""

    name: str
    """The attribute's name on the model."""
    column: sa.Column[Any]
    kind: Kind
    nullable: bool
    primary_key: bool
    foreign_key: bool
    generated: bool
    """The database computes it: generated columns, GENERATED ALWAYS identity."""
    has_default: bool
    """It can be left out of an INSERT."""
    choices: tuple[Any, ...] = ()
    """The values of an enum, as the ORM loads them."""
    item_kind: Kind | None = None
    """What the members of an array are."""
    timezone: bool = False
    indexed: bool = False
    """It leads an index, a unique constraint or the primary key: sorting by it can follow an index."""
    unique: bool = False
    """A unique rule covers it alone."""

    @property
    def python_type(self) -> type | None:
        return python_type(self.column.type)


@dataclass(frozen=True, slots=True)
class RelationInfo:
    """One relationship of the mapper."""

    name: str
    target: type
    uselist: bool
    many_to_many: bool
    many_to_one: bool
    nullable: bool
    local: tuple[str, ...]
    """Attributes of this side's key columns: the foreign key of a to-one, the referenced key of a to-many."""
    remote: tuple[str, ...]
    """Attributes of the target that the local ones are equal to (empty for many-to-many)."""
    view_only: bool
    property: RelationshipProperty[Any]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A mapped class as lists and forms see it."""

    model: type
    mapper: Mapper[Any]
    table: sa.Table
    key: tuple[ColumnInfo, ...]
    columns: Mapping[str, ColumnInfo]
    relations: Mapping[str, RelationInfo]
    keyless: bool
    """The table has no key: rows have no address and cannot be changed."""
    read_only: bool
    soft_delete: str | None
    """The attribute that says when a row was deleted, guessed: a nullable ``deleted_at``."""
    search_vector: str | None
    version: str | None
    """The attribute that the mapper counts versions in."""
    kind: str = "table"
    comment: str = ""

    def key_of(self, row: Any) -> tuple[Any, ...]:
        return tuple([getattr(row, column.name) for column in self.key])

    @property
    def key_types(self) -> tuple[type | None, ...]:
        return tuple(column.python_type for column in self.key)


@functools.cache
def inspect_model(model: type) -> ModelInfo:
    """Everything about ``model``. Raises sqlalchemy.exc.NoInspectionAvailable when it is not mapped."""
    mapper: Mapper[Any] = sa.inspect(model)
    mapper._check_configure()
    marks: Mapping[str, Any] = getattr(model, "__webadmin__", {})
    table: Any = mapper.local_table
    if not isinstance(table, sa.Table):
        table = mapper.persist_selectable
    columns = {
        prop.key: _column(prop, mapper)
        for prop in mapper.column_attrs
        if isinstance(prop.columns[0], sa.Column)
    }
    by_column: dict[Any, ColumnInfo] = {
        column: columns[prop.key]
        for prop in mapper.column_attrs
        if prop.key in columns
        for column in prop.columns
    }
    key = tuple(by_column[column] for column in mapper.primary_key if column in by_column)
    relations = {prop.key: _relation(prop) for prop in mapper.relationships}
    version = mapper.version_id_col
    deleted = columns.get("deleted_at")
    return ModelInfo(
        model=model,
        mapper=mapper,
        table=table,
        key=key,
        columns=columns,
        relations=relations,
        keyless=bool(marks.get("keyless", False)) or not key,
        read_only=bool(marks.get("read_only", False)),
        soft_delete="deleted_at"
        if deleted
        and deleted.nullable
        and deleted.kind in {Kind.DATETIME, Kind.DATE}
        and not deleted.generated
        else None,
        search_vector=next((name for name, info in columns.items() if info.kind is Kind.SEARCH_VECTOR), None),
        version=by_column[version].name if version is not None and version in by_column else None,
        kind=str(marks.get("kind", "table")),
        comment=str(marks.get("comment") or table.comment or ""),
    )


def _column(prop: ColumnProperty[Any], mapper: Mapper[Any]) -> ColumnInfo:
    # A key that a row has in several tables (joined inheritance) is what it is in the first of them.
    column = next((column for column in prop.columns if column in mapper.primary_key), prop.columns[0])
    assert isinstance(column, sa.Column)
    kind = kind_of(column.type)
    inner = column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type
    item = getattr(column.type, "item_type", None) or getattr(inner, "item_type", None)
    item_kind = kind_of(item) if item is not None else None
    if item is None and kind is Kind.ARRAY:
        item_kind = Kind.TEXT
    identity = column.identity
    always = identity is not None and bool(identity.always)
    autoincrement = (
        column.table is not None and getattr(column.table, "_autoincrement_column", None) is column
    )
    choices: Sequence[Any] = ()
    if isinstance(inner, sa.Enum):
        choices = list(inner.enum_class) if inner.enum_class is not None else inner.enums
    return ColumnInfo(
        name=prop.key,
        column=column,
        kind=kind,
        nullable=bool(column.nullable),
        primary_key=any(key is column for key in mapper.primary_key),
        foreign_key=bool(column.foreign_keys),
        generated=column.computed is not None or always,
        has_default=bool(
            column.default is not None
            or column.server_default is not None
            or identity is not None
            or autoincrement
            or column is mapper.version_id_col
        ),
        choices=tuple(choices),
        item_kind=item_kind,
        timezone=bool(getattr(inner, "timezone", False)),
        indexed=_leads_an_index(column),
        unique=_is_unique(column),
    )


def _leads_an_index(column: sa.Column[Any]) -> bool:
    table = column.table
    if not isinstance(table, sa.Table):
        return False
    if column.index or column.unique or next(iter(table.primary_key.columns), None) is column:
        return True
    if any(next(iter(index.expressions), None) is column for index in table.indexes):
        return True
    return any(
        next(iter(constraint.columns), None) is column
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    )


def _is_unique(column: sa.Column[Any]) -> bool:
    table = column.table
    if not isinstance(table, sa.Table):
        return False
    if column.unique or _only(table.primary_key.columns, column):
        return True
    if any(index.unique and _only(index.expressions, column) for index in table.indexes):
        return True
    return any(
        _only(constraint.columns, column)
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    )


def _only(columns: Iterable[Any], column: sa.Column[Any]) -> bool:
    """Whether ``columns`` is that one column; asked by identity, since ``==`` makes an expression of two columns."""
    found = list(columns)
    return len(found) == 1 and found[0] is column


def _relation(prop: RelationshipProperty[Any]) -> RelationInfo:
    mapper, target = prop.parent, prop.mapper
    pairs = list(prop.synchronize_pairs if prop.direction is MANYTOMANY else prop.local_remote_pairs or ())
    local = _attributes(mapper, [column for column, _ in pairs])
    remote: list[str] = []
    if prop.direction is not MANYTOMANY:
        remote = _attributes(target, [column for _, column in pairs])
    return RelationInfo(
        name=prop.key,
        target=target.class_,
        uselist=bool(prop.uselist),
        many_to_many=prop.direction is MANYTOMANY,
        many_to_one=prop.direction is MANYTOONE,
        nullable=all(bool(column.nullable) for column in prop.local_columns),
        local=tuple(local),
        remote=tuple(remote),
        view_only=bool(prop.viewonly),
        property=prop,
    )


def _attributes(mapper: Mapper[Any], columns: Sequence[Any]) -> list[str]:
    found: list[str] = []
    for column in columns:
        with contextlib.suppress(UnmappedColumnError):
            found.append(mapper.get_property_by_column(column).key)
    return found
