"""The foreign keys of a database as it has them, found among the tables that the models know.

Models may be wrong about their database: a key that another program made, a table that no model is mapped to, a rule that a
migration changed. What happens to rows is what the database says.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection
from sqlalchemy.orm import registry

from webadmin.database.reflection.tables import build
from webadmin.dialects import Dialect
from webadmin.dialects.catalog import Relation
from webadmin.dialects.foreign_keys import ForeignKey, Place
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin")

_MILLISECONDS = 3000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key, with columns that statements can be made of."""

    table: sa.Table
    columns: tuple[Any, ...]
    referred: tuple[Any, ...]
    """What they are equal to, columns of the table that the key leads to."""
    on_delete: str
    """As it is written after ON DELETE; empty for no action."""
    nullable: tuple[bool, ...]
    """Which of the columns may be empty."""
    readable: bool = True
    """This account may read the table."""
    lockable: bool = True
    """It may lock rows of it."""

    @classmethod
    def of(cls, constraint: sa.ForeignKeyConstraint) -> Reference:
        """A foreign key as the models have it."""
        return cls(
            table=constraint.table,
            columns=tuple(element.parent for element in constraint.elements),
            referred=tuple(element.column for element in constraint.elements),
            on_delete=constraint.ondelete or "",
            nullable=tuple(bool(element.parent.nullable) for element in constraint.elements),
        )


@dataclass(eq=False)
class Catalog:
    """The foreign keys of one database, by the table that they point at."""

    keys: Sequence[ForeignKey]
    known: Mapping[Place, sa.Table]
    """The tables of the models by their places in the database."""
    models: Mapping[Any, type]
    """The mapped classes of those that have one."""
    unknown: Mapping[Place, sa.Table] = field(default_factory=dict)
    """Tables that no model is of, by their places: all from which foreign keys lead to the models' tables. Those that
    others point at come first, as far as they do not point at each other."""
    memo: dict[Any, Any] = field(default_factory=dict)
    """What was worked out from it."""

    def __post_init__(self) -> None:
        self._lock = RLock()
        self._places = {table: place for place, table in self.known.items()}
        self._places |= {table: place for place, table in self.unknown.items()}
        self._to: dict[Place, list[ForeignKey]] = defaultdict(list)
        for key in self.keys:
            for place in key.target:
                self._to[place].append(key)

    def pointing_at(self, table: sa.Table) -> tuple[Reference, ...]:
        """Every foreign key that leads to ``table``, a table of the models or one of :attr:`Reference.table`."""
        return self.remembered(("pointing at", table), lambda: self._pointing_at(table))

    def remembered(self, name: Any, make: Callable[[], _T]) -> _T:
        """What ``make`` gives, worked out once."""
        with self._lock:
            if name not in self.memo:
                self.memo[name] = make()
            found: _T = self.memo[name]
            return found

    def _pointing_at(self, table: sa.Table) -> tuple[Reference, ...]:
        place = self._places.get(table, (table.schema, table.name))
        return tuple(self._reference(key, table) for key in self._to.get(place, ()))

    def _reference(self, key: ForeignKey, target: sa.Table) -> Reference:
        referred = tuple(self._column(target, name, sa.types.NULLTYPE) for name in key.referred)
        table = next((self.known[place] for place in key.table if place in self.known), None)
        if table is None:
            table = self.unknown[key.table[0]]
        columns = tuple(
            self._column(table, name, end.type) for name, end in zip(key.columns, referred, strict=True)
        )
        return Reference(
            table, columns, referred, key.on_delete, key.nullable, key.readable, key.readable and key.lockable
        )

    def _column(self, table: sa.Table, name: str, type_: sa.types.TypeEngine[Any]) -> Any:
        """The column of ``table`` with this name in the database, also where the models leave it out."""
        for column in table.columns:
            if column.name == name:
                return column
        beside: sa.Column[Any] = sa.Column(name, type_)
        beside.table = table  # the host's own table stays as it is
        return beside


@caused_by(label=lambda: _("Foreign keys of the database"))
def catalog_of(context: Context) -> Catalog | None:
    """The foreign keys of the context's database, read once per process and admin; None where they cannot be read: then the
    models have the only word."""
    known = _KNOWN.setdefault(context.dialect, {})
    registries = frozenset(view.info.mapper.registry for view in context.registry)
    if registries not in known:
        known[registries] = _read(context, registries)
    return known[registries]


def tables_by_name(context: Context) -> Mapping[str, sa.Table]:
    """The tables of the models, and those beside them that point at them, by their full names, parents first."""
    known = {view.info.table.metadata: None for view in context.registry}
    found = {table.fullname: table for metadata in known for table in metadata.sorted_tables}
    catalog = catalog_of(context)
    beside = catalog.unknown.values() if catalog is not None else ()
    return found | {table.fullname: table for table in beside if table.fullname not in found}


def forget(context: Context) -> None:
    """Read the foreign keys anew the next time: the database did not do what they said."""
    _KNOWN.pop(context.dialect, None)


_KNOWN: WeakKeyDictionary[Dialect, dict[frozenset[registry], Catalog | None]] = WeakKeyDictionary()


def _read(context: Context, registries: Iterable[registry]) -> Catalog | None:
    connection = context.session.connection()
    known, models = _known(connection, registries)
    try:
        with context.dialect.limited(connection, _MILLISECONDS):
            keys = context.dialect.foreign_keys(connection)
            unknown = _reflected(context.dialect, connection, keys, known)
    except exc.DBAPIError as error:
        logger.warning("the foreign keys of the database cannot be read: %s", type(error.orig).__name__)
        return None
    return Catalog(keys, known, models, unknown)


def _reflected(
    dialect: Dialect, connection: Connection, keys: Sequence[ForeignKey], known: Mapping[Place, sa.Table]
) -> dict[Place, sa.Table]:
    """The tables from which ``keys`` lead to those that are ``known``, or to one another and so to them."""
    places, found = set(known), set[Place]()
    while new := {
        key.table[0] for key in keys if not places.isdisjoint(key.target) and places.isdisjoint(key.table)
    }:
        found |= new
        places |= {place for key in keys if key.table[0] in new for place in key.table}
    readable = {key.table[0] for key in keys if key.readable}
    relations = [Relation(schema, name) for schema, name in sorted(found & readable, key=str)]
    facts = dialect.read_facts(connection, relations) if relations else {}
    tables = {
        relation.place: build(sa.MetaData(), relation, facts[relation.place]).table for relation in relations
    }
    for schema, name in found - readable:
        tables[schema, name] = sa.Table(name, sa.MetaData(), schema=schema)
    return {place: tables[place] for place in _parents_first(keys, found)}


def _parents_first(keys: Sequence[ForeignKey], places: set[Place]) -> list[Place]:
    """``places`` so that each comes after those that it points at; in a circle, in any order."""
    left, ordered = sorted(places, key=str), list[Place]()
    ends = {
        place: {end for key in keys if key.table[0] == place for end in key.target} - {place}
        for place in left
    }
    while left:
        free = [place for place in left if ends[place].isdisjoint(left)] or left[:1]
        ordered += free
        left = [place for place in left if place not in free]
    return ordered


def _known(
    connection: Connection, registries: Iterable[registry]
) -> tuple[dict[Place, sa.Table], dict[Any, type]]:
    """The tables of the models by their places in the database, and the mapped classes of those that have one."""
    schemas = connection.get_execution_options().get("schema_translate_map") or {}
    known: dict[Place, sa.Table] = {}
    models: dict[Any, type] = {}
    for own in registries:
        for mapper in own.mappers:
            if not mapper.single:
                models.setdefault(mapper.local_table, mapper.class_)
            for table in (table for table in mapper.tables if isinstance(table, sa.Table)):
                for other in table.metadata.tables.values():
                    known.setdefault((schemas.get(other.schema, other.schema), other.name), other)
    return known, models


def keys_to(table: sa.Table, catalog: Catalog | None = None) -> tuple[Reference, ...]:
    """Every foreign key that leads to ``table``: those of the database, and those of the models that it does not have,
    whose rules nobody carries out."""
    told = tuple(_told(table))
    if catalog is None:
        return told
    named = {frozenset(key.columns): key for key in told}
    real = {frozenset(key.columns): key for key in catalog.pointing_at(table)}
    for columns, key in real.items():
        if not key.on_delete and columns in named and named[columns].on_delete.upper() == "NO ACTION":
            # The catalog does not tell whether somebody wrote that down: a relationship leaves alone what is.
            real[columns] = replace(key, on_delete="NO ACTION")
    missing = (replace(key, on_delete="") for columns, key in named.items() if columns not in real)
    return (*real.values(), *missing)


def _told(table: sa.Table) -> Iterator[Reference]:
    for other in table.metadata.tables.values():
        for constraint in sorted(other.foreign_key_constraints, key=lambda item: str(item.name)):
            try:
                if constraint.referred_table is table:
                    yield Reference.of(constraint)
            except sa.exc.NoReferencedTableError:
                continue
