"""Rows of to-many relations, for functions of a host that read them: those of all rows of a page in one statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, join, outerjoin
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.base import ExecutableOption

from webadmin.database.inspection import RelationInfo, inspect_model
from webadmin.listing.memo import per_view
from webadmin.listing.related import KEYS, counting_related, in_keys, same_for_all
from webadmin.listing.scope import inside
from webadmin.options.attributes import Attribute
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.expressions import moved, tables_of
from webadmin.options.view import View
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class Collection:
    """A to-many relation of the rows of a page, or of rows that their to-one relations lead to."""

    owner: type
    """The model that has it."""
    path: tuple[RelationInfo, ...]
    """The to-one relations that lead there."""
    relation: RelationInfo
    options: Callable[[Context, Any], Sequence[ExecutableOption]]
    """Loader options for the related rows, which are selected from an alias."""

    def owners(self, rows: Iterable[Any]) -> dict[tuple[Any, ...], list[Any]]:
        """The rows that have it, by key: of subclasses in which the attribute is another one too."""
        found: dict[tuple[Any, ...], list[Any]] = {}
        key_of = inspect_model(self.owner).key_of
        for row in rows:
            for step in self.path:
                row = getattr(row, step.name) if row is not None else None
            if isinstance(row, self.owner):
                found.setdefault(key_of(row), []).append(row)
        return found


@caused_by("list_load")
def load_collections(
    context: Context,
    view: View,
    collections: Sequence[Collection],
    rows: Sequence[Any],
    *,
    same: bool,
    counted: Sequence[Attribute] = (),
) -> dict[tuple[Any, ...], dict[str, int]]:
    """Give ``rows`` the related rows of all ``collections``, in the order that each relation has, and find out in the same
    statement what :func:`webadmin.listing.related.count_related` does.

    An ``order_by`` of columns of the link table is not followed.

    :param same: whether the statement is the same for everybody, and need be built only once.
    """
    owners = [collection.owners(rows) for collection in collections]
    numbers: dict[tuple[Any, ...], dict[str, int]] = {}
    if not any(owners) and not counted:
        return numbers
    names = tuple((*(step.name for step in one.path), one.relation.name) for one in collections)
    build = partial(_statement, context, view, collections, counted)
    which = ("collections", names, tuple(attribute.name for attribute in counted))
    stmt = per_view(view, which, build) if same and same_for_all(context, counted) else build()
    keys = {_keys(place): in_keys(found) for place, found in enumerate(owners)}
    if counted:
        keys[KEYS] = in_keys(view.info.key_of(row) for row in rows)
    label = _("Related rows of these rows")
    found: list[dict[tuple[Any, ...], list[Any]]] = [{} for _one in collections]
    for place, *values in context.session.execute(stmt, keys, execution_options={"webadmin_label": label}):
        start = 0
        if place == len(collections):
            name, number, *key = values[-len(view.info.key) - 2 :]
            if name is not None:
                numbers.setdefault(tuple(key), {})[name] = number
        for at, one in enumerate(collections):
            end = start + len(inspect_model(one.owner).key)
            if at == place and values[end] is not None:
                found[at].setdefault(tuple(values[start:end]), []).append(values[end])
            start = end + 1
    for at, one in enumerate(collections):
        for owner, having in owners[at].items():
            for row in having:
                set_committed_value(row, one.relation.name, found[at].get(owner, []))
    return numbers


def _keys(place: int) -> str:
    return f"keys_{place}"


def _statement(
    context: Context, view: View, collections: Sequence[Collection], counted: Sequence[Attribute]
) -> sa.Select[Any]:
    """One statement for rows of any tables: those of each collection hang with an outer join on a row of their own, and
    so do the numbers."""
    numbers = range(len(collections) + bool(counted))
    places = [sa.select(sa.literal(place).label("place")) for place in numbers]
    which = (sa.union_all(*places) if len(places) > 1 else places[0]).subquery("which")
    source: Any = which
    selected: list[Any] = [which.c.place]
    options: list[ExecutableOption] = []
    order: list[Any] = [which.c.place]
    for place, one in enumerate(collections):
        owner: Any = aliased(one.owner)
        target: Any = aliased(one.relation.target)
        own = [getattr(owner, column.name) for column in inspect_model(one.owner).key]
        key = own[0] if len(own) == 1 else sa.tuple_(*own)
        seen = inside(context, one.relation.target, target, hide_deleted=True)
        both = join(owner, target, getattr(owner, one.relation.name).of_type(target))
        on = [which.c.place == place, key.in_(sa.bindparam(_keys(place), type_=key.type, expanding=True))]
        source = outerjoin(source, both, sa.and_(*on, *([] if seen is None else [seen])))
        selected += [*own, target]
        options += one.options(context, target)
        order += _order(one.relation, target)
    if counted:
        counting = counting_related(context, view, counted).subquery("counted")
        source = outerjoin(source, counting, which.c.place == len(collections))
        selected += counting.c
    return sa.select(*selected).select_from(source).options(*options).order_by(*order)


def _order(relation: RelationInfo, target: Any) -> list[Any]:
    mapper = relation.property.mapper
    given = relation.property.order_by or ()
    return [moved(part, mapper, target) for part in given if all(t in mapper.tables for t in tables_of(part))]
