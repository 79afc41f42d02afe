"""Relations both ways from foreign keys, with names that people would give them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import foreign, relationship, remote

from webadmin.database.inspection import Kind, kind_of
from webadmin.database.reflection import names
from webadmin.database.reflection.tables import Entity
from webadmin.dialects.catalog import Facts


@dataclass(slots=True)
class Link:
    """One foreign key between two reflected tables."""

    child: Entity
    parent: Entity
    local: Sequence[sa.Column[Any]]
    referred: Sequence[sa.Column[Any]]
    to_one: str = ""
    to_many: str = ""

    @property
    def unique(self) -> bool:
        """At most one child for each parent."""
        mine = set(self.local)
        rules = [
            set(item.columns)
            for item in self.child.table.constraints
            if isinstance(item, sa.UniqueConstraint)
        ]
        rules += [
            set(index.columns)
            for index in self.child.table.indexes
            if index.unique
            and len(index.columns) == len(index.expressions)
            and not any(
                name.endswith("_where") and value is not None for name, value in index.dialect_kwargs.items()
            )
        ]
        key = set(self.child.table.primary_key.columns)
        return any(rule and rule <= mine for rule in [*rules, key])


def link_all(entities: Mapping[tuple[str | None, str], Entity]) -> list[Link]:
    """Add the foreign keys between ``entities`` to their tables; those that lead elsewhere are left out."""
    folded = {(schema, name.casefold()): entity for (schema, name), entity in entities.items()}
    links: list[Link] = []
    for entity in entities.values():
        mine: list[Link] = []
        for facts in entity.facts.foreign_keys:
            place = facts["referred_schema"], facts["referred_table"]
            parent = entities.get(place) or folded.get((place[0], place[1].casefold()))
            link = _link(entity, parent, facts) if parent else None
            if link is not None and not any(_same(link, other) for other in mine):
                mine.append(link)
        links += mine
    return links


def _link(child: Entity, parent: Entity, facts: Facts) -> Link | None:
    referred_names = facts["referred_columns"] or parent.facts.primary_key.get("constrained_columns") or ()
    folded = {name.casefold(): name for name in parent.attributes}
    try:
        local = child.columns(facts["constrained_columns"])
        referred = parent.columns([folded[name.casefold()] for name in referred_names])
        key = sa.ForeignKeyConstraint(local, referred, name=facts.get("name"), **(facts.get("options") or {}))
    except (KeyError, sa.exc.ArgumentError):
        return None  # not every database looks whether what a key refers to is there
    child.table.append_constraint(key)
    return Link(child, parent, local, referred)


def _same(one: Link, other: Link) -> bool:
    return (
        one.parent is other.parent
        and list(one.local) == list(other.local)
        and list(one.referred) == list(other.referred)
    )


def name_all(links: Sequence[Link]) -> None:
    """Give every link its two names, none of them taken on its model."""
    between: dict[tuple[int, int], list[Link]] = defaultdict(list)
    for link in links:
        between[id(link.child), id(link.parent)].append(link)
        link.to_one = _claim(link.child, _to_one_names(link))
    for link in links:
        several = len(between[id(link.child), id(link.parent)]) > 1
        link.to_many = _claim(link.parent, _to_many_names(link, several))


def _claim(entity: Entity, candidates: Iterable[str]) -> str:
    name = names.free((names.identifier(candidate) for candidate in candidates), entity.taken)
    entity.taken.add(name)
    return name


def _to_one_names(link: Link) -> list[str]:
    target = names.one(names.snake(link.parent.table.name))
    # Of a composite key the last column says most: those before it place the row, a tenant say.
    column = link.local[-1]
    said = names.without_key_suffix(column.name)
    if len(link.local) > 1:
        plain = [said, target] if said and link.child is link.parent else [target, *([said] if said else [])]
        return [*plain, f"{target}_by_{column.key}"]
    written = said or names.snake(column.name)
    if written == "id":
        written = target
    first = [written] if said or written not in link.child.taken else []
    return [
        *first,
        f"{written}_{target}" if written != target else f"{written}_row",
        f"{target}_by_{column.key}",
    ]


def _to_many_names(link: Link, several: bool) -> list[str]:
    child = names.snake(link.child.table.name)
    plain = names.one(child) if link.unique else names.many(child)
    by = f"{plain}_by_{link.to_one.rstrip('_')}"
    schema = link.child.table.schema
    found = [by] if several else [plain, f"{names.snake(schema)}_{plain}" if schema else by, by]
    if link.child is link.parent and link.to_one.startswith("parent") and not link.unique:
        return ["children", *found]
    return found


def relate(links: Sequence[Link]) -> None:
    """Add the relations of ``links`` to the models, and many-to-many ones over link tables."""
    by_child: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        by_child[id(link.child)].append(link)
    pairs = [pair for mine in by_child.values() if (pair := _ends(mine))]
    over: list[tuple[Link, Link, str, str]] = []
    for left, right in pairs:
        through = f"_through_{names.snake(left.child.table.name)}"
        there, back = names.many(right.to_one), names.many(left.to_one)
        over.append(
            (
                left,
                right,
                _claim(left.parent, [there, there + through]),
                _claim(right.parent, [back, back + through]),
            )
        )
    # Relations that write the same columns know of each other: a link table's own and the ones over it.
    writing: dict[int, set[str]] = defaultdict(set)
    for link in links:
        writing[id(link.child)] |= {link.to_one, link.to_many}
    for left, _, there, back in over:
        writing[id(left.child)] |= {there, back}
    for link in links:
        _relate(link, ",".join(sorted(writing[id(link.child)])))
    for left, right, there, back in over:
        _relate_over(left, right, there, back, ",".join(sorted(writing[id(left.child)])))


def _relate(link: Link, overlaps: str) -> None:
    writable = link.child.writable
    pairs = list(zip(link.local, link.referred, strict=True))
    # Deleting a parent neither loads its children nor empties their keys: deletions are planned, and the database
    # has its own rules.
    common: dict[str, Any] = {"overlaps": overlaps} if writable else {"viewonly": True}
    deletes: dict[str, Any] = {"passive_deletes": "all"} if writable else {}
    to_one: Any = relationship(
        link.parent.model,
        primaryjoin=sa.and_(*(foreign(local) == remote(referred) for local, referred in pairs)),
        uselist=False,
        back_populates=link.to_many,
        **common,
    )
    to_many: Any = relationship(
        link.child.model,
        primaryjoin=sa.and_(*(remote(foreign(local)) == referred for local, referred in pairs)),
        uselist=not link.unique,
        back_populates=link.to_one,
        **common,
        **deletes,
    )
    setattr(link.child.model, link.to_one, to_one)
    setattr(link.parent.model, link.to_many, to_many)


def _ends(mine: Sequence[Link]) -> tuple[Link, Link] | None:
    """The two ends of a link table: two foreign keys that together are its key, and nothing else to fill in."""
    if len(mine) != 2 or mine[0].child.keyless:
        return None
    left, right = mine
    table = left.child.table
    key = set(table.primary_key.columns)
    if set(left.local) | set(right.local) != key or set(left.local) & set(right.local):
        return None
    rest = [column for column in table.columns if column not in key]
    return (left, right) if all(_fills_itself(column) for column in rest) else None


def _fills_itself(column: sa.Column[Any]) -> bool:
    return column.server_default is not None and kind_of(column.type) in {Kind.DATETIME, Kind.DATE}


def _relate_over(left: Link, right: Link, there: str, back: str, overlaps: str) -> None:
    writable = left.child.writable
    for near, far, name, other in ((left, right, there, back), (right, left, back, there)):
        many: Any = relationship(
            far.parent.model,
            secondary=near.child.table,
            primaryjoin=sa.and_(*(r == foreign(c) for c, r in zip(near.local, near.referred, strict=True))),
            secondaryjoin=sa.and_(*(r == foreign(c) for c, r in zip(far.local, far.referred, strict=True))),
            back_populates=other,
            **({"overlaps": overlaps, "passive_deletes": True} if writable else {"viewonly": True}),
        )
        setattr(near.parent.model, name, many)
