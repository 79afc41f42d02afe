"""How many related rows each row of a page has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from webadmin.database.inspection import RelationInfo, inspect_model
from webadmin.listing.memo import per_view
from webadmin.listing.scope import inside, restricted
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

_KEYS = "page_keys"


def number_beside(context: Context, view: View, relation: RelationInfo) -> Any:
    """An expression for how many related rows a row of ``view`` has, to be selected beside it; None where that is not
    the same for everybody, or would read more than an index for each row."""
    if view.keyless or relation.many_to_many or _is_restricted(context, relation):
        return None
    if not any(_leads_whole_index(relation.target, name) for name in relation.remote):
        return None
    model: Any = view.model
    target: Any = aliased(relation.target)
    stmt = sa.select(sa.func.count()).select_from(target).where(getattr(model, relation.name).of_type(target))
    seen = inside(context, relation.target, target, hide_deleted=True)
    return (stmt if seen is None else stmt.where(seen)).correlate(model).scalar_subquery()


def _leads_whole_index(model: type, name: str) -> bool:
    """Whether an index that has all rows begins with this column."""
    info = inspect_model(model)
    column, table = info.columns[name].column, info.table
    unique = [rule for rule in table.constraints if isinstance(rule, sa.UniqueConstraint)]
    indexes = [
        index
        for index in table.indexes
        if not any(option.endswith("_where") for option in index.dialect_kwargs)
    ]
    begins = [next(iter(rule.columns), None) for rule in (table.primary_key, *unique)]
    return any(first is column for first in (*begins, *(next(iter(i.expressions), None) for i in indexes)))


def count_related(
    context: Context, view: View, relations: Sequence[RelationInfo], keys: Sequence[tuple[Any, ...]]
) -> dict[tuple[Any, ...], dict[str, int]]:
    """For each of the keys the number of related rows by relation, in one statement.

    Rows that are soft-deleted or outside the person's scope do not count; a key without related rows may be missing.
    """
    if not relations or not keys:
        return {}
    names = tuple(relation.name for relation in relations)
    plain = not any(_is_restricted(context, relation) for relation in relations)
    stmt = (
        per_view(view, ("related", names), lambda: _counting_all(context, view, relations))
        if plain
        else _counting_all(context, view, relations)
    )
    values = [key[0] for key in keys] if len(view.info.key) == 1 else list(keys)
    options = {"webadmin_label": _("Numbers of related rows")}
    found: dict[tuple[Any, ...], dict[str, int]] = {}
    for name, number, *key in context.session.execute(stmt, {_KEYS: values}, execution_options=options):
        found.setdefault(tuple(key), {})[name] = number
    return found


def _is_restricted(context: Context, relation: RelationInfo) -> bool:
    view = context.registry.for_model(relation.target)
    return view is not None and restricted(view)


def _counting_all(context: Context, view: View, relations: Sequence[RelationInfo]) -> Any:
    parts = [_counting(context, view, relation) for relation in relations]
    return parts[0] if len(parts) == 1 else sa.union_all(*parts)


def _counting(context: Context, view: View, relation: RelationInfo) -> sa.Select[Any]:
    model: Any = view.model
    own = [getattr(model, column.name) for column in view.info.key]
    target: Any = aliased(relation.target)
    key = own[0] if len(own) == 1 else sa.tuple_(*own)
    # From this side's rows on, since a join knows every kind of relation: link tables, own conditions, itself.
    stmt = (
        sa.select(sa.literal(relation.name).label("relation"), sa.func.count().label("number"), *own)
        .select_from(model)
        .join(target, getattr(model, relation.name).of_type(target))
        .where(key.in_(sa.bindparam(_KEYS, type_=key.type, expanding=True)))
        .group_by(*own)
    )
    seen = inside(context, relation.target, target, hide_deleted=True)
    return stmt if seen is None else stmt.where(seen)
