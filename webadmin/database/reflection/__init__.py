"""Models for a database that has none: its tables, views and relations, mapped at start-up."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Engine
from sqlalchemy.orm import DeclarativeBase

from webadmin.database.reflection import names
from webadmin.database.reflection.choose import check_schemas, choose, listed, without_own
from webadmin.database.reflection.relations import link_all, name_all, relate
from webadmin.database.reflection.tables import Entity, build
from webadmin.dialects import for_engine
from webadmin.dialects.catalog import Listing, Opaque, Relation, TableFacts
from webadmin.errors import DatabaseUnreachable
from webadmin.text import gettext as _

__all__ = ["Reflected", "reflect"]


@dataclass(frozen=True, slots=True)
class Reflected:
    """What a database became."""

    models: list[type] = field(default_factory=list)
    """Declarative classes on a base of their own, the default schema first. ``__webadmin__`` on each says
    ``kind``, ``keyless``, ``read_only`` and ``comment``."""
    notes: list[str] = field(default_factory=list)
    """Sentences for the person who starts the program."""


def reflect(
    engine: Engine, *, schemas: Sequence[str] = (), include: Sequence[str] = (), exclude: Sequence[str] = ()
) -> Reflected:
    """Map what is in the database of ``engine``. From then on the engine's connections give a value that Python has no
    counterpart for (a time of infinity, say) as text.

    :param schemas: by their own names; none: the connection's default schema (all of them while that is empty).
    :param include: shell patterns for a table's name or ``schema.name``; none: everything.
    :param exclude: patterns for what to leave out.

    Raises DatabaseUnreachable, one line without a password, when the database cannot be opened, a schema is not
    there or nothing is left to show.
    """
    dialect = for_engine(engine)
    if obstacle := dialect.obstacle(engine.url):
        raise DatabaseUnreachable(_unreachable(engine.url, obstacle))
    dialect.read_all_values(engine)
    try:
        with engine.connect() as connection:
            listing = without_own(dialect.list_relations(connection, schemas))
            check_schemas(listing, schemas)
            relations, notes = choose(listing, include, exclude)
            facts = dialect.read_facts(connection, relations)
    except exc.DBAPIError as error:
        reason = dialect.obstacle(engine.url, error) or _("the connection failed")
        raise DatabaseUnreachable(_unreachable(engine.url, reason)) from None
    with _without_collector():
        entities = _map(relations, facts)
    models = [entity.model for entity in entities]
    return Reflected(models, [*notes, *_notes(listing, schemas, entities)])


@contextmanager
def _without_collector() -> Iterator[None]:
    """Mappings are made of very many objects that all stay: to look for garbage among them doubles the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _map(relations: Sequence[Relation], facts: dict[tuple[str | None, str], TableFacts]) -> list[Entity]:
    base = type("ReflectedBase", (DeclarativeBase,), {"__module__": __name__, "metadata": sa.MetaData()})
    entities = {
        relation.place: build(base.metadata, relation, facts[relation.place])  # type: ignore[attr-defined]
        for relation in relations
        if facts[relation.place].columns
    }
    taken: set[str] = {"ReflectedBase"}
    links = link_all(entities)
    for entity in entities.values():
        name = names.free(names.class_names(entity.table.name, entity.table.schema), taken)
        taken.add(name)
        entity.model = type(name, (base,), _namespace(entity))
    name_all(links)
    relate(links)
    base.registry.configure()  # type: ignore[attr-defined]
    return list(entities.values())


def _namespace(entity: Entity) -> dict[str, object]:
    return {
        "__module__": __name__,
        "__table__": entity.table,
        "__mapper_args__": {
            "primary_key": entity.mapper_key,
            "allow_partial_pks": True,
            "confirm_deleted_rows": False,
        },
        "__webadmin__": {
            "kind": entity.relation.kind,
            "keyless": entity.keyless,
            "read_only": not entity.writable,
            "comment": entity.relation.comment,
        },
    }


def _notes(listing: Listing, schemas: Sequence[str], entities: Iterable[Entity]) -> list[str]:
    tables = list(entities)
    notes: list[str] = []

    def note(sentence: str, found: Iterable[str]) -> None:
        if those := list(found):
            notes.append(sentence % listed(those))

    note(_("No key, so read-only: %s."), (_named(e) for e in tables if e.keyless and e.relation.writable))
    note(
        _("No right to change anything in: %s."),
        (_named(e) for e in tables if e.relation.kind == "table" and not e.relation.writable),
    )
    note(
        _("Columns of a type that is only shown as text: %s."),
        (
            f"{_named(e)}.{column.name}" + (f" ({column.type.type_name})" if column.type.type_name else "")
            for e in tables
            for column in e.table.columns
            if isinstance(column.type, Opaque)
        ),
    )
    reasons = {
        "forbidden": _("No right to read, so left out: %s."),
        "unfilled": _("Not filled yet (REFRESH MATERIALIZED VIEW does it), so left out: %s."),
        "broken": _("Broken, so left out: %s."),
    }
    for reason, found in listing.left_out.items():
        note(reasons[reason], found)
    shown = {e.relation.schema or listing.default_schema for e in tables} | set(schemas)
    if not schemas:
        note(_("Other schemas, shown with --schema: %s."), (s for s in listing.schemas if s not in shown))
    return notes


def _named(entity: Entity) -> str:
    return entity.table.fullname


def _unreachable(url: URL, reason: str) -> str:
    password = str(url.password) if url.password is not None else ""
    if password:
        reason = reason.replace(password, "***")
    return _("The database %(place)s cannot be opened: %(reason)s") % {
        "place": _place(url), "reason": reason.rstrip(".") + "."
    }  # fmt: skip


def _place(url: URL) -> str:
    """Where the database is, without user and password: ``localhost:5432/shop``, ``/srv/shop.db``."""
    host = url.host or url.query.get("host") or ""
    where = (host if isinstance(host, str) else ",".join(host)) + (f":{url.port}" if url.port else "")
    return f"{where}/{url.database or ''}" if where else url.database or url.get_backend_name()
