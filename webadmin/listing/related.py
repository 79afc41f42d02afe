"""How many related rows each row of a page has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from webadmin.database.inspection import RelationInfo
from webadmin.listing.scope import inside
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _


def count_related(
    context: Context, view: View, relations: Sequence[RelationInfo], keys: Sequence[tuple[Any, ...]]
) -> dict[tuple[Any, ...], dict[str, int]]:
    """For each of the keys the number of related rows by relation, in one statement.

    Rows that are soft-deleted or outside the person's scope do not count; a key without related rows may be missing.
    """
    if not relations or not keys:
        return {}
    parts = [_counting(context, view, relation, keys) for relation in relations]
    stmt = parts[0] if len(parts) == 1 else sa.union_all(*parts)
    labelled = stmt.execution_options(webadmin_label=_("Numbers of related rows"))
    found: dict[tuple[Any, ...], dict[str, int]] = {}
    for name, number, *key in context.session.execute(labelled):
        found.setdefault(tuple(key), {})[name] = number
    return found


def _counting(
    context: Context, view: View, relation: RelationInfo, keys: Sequence[tuple[Any, ...]]
) -> sa.Select[Any]:
    model: Any = view.model
    own = [getattr(model, column.name) for column in view.info.key]
    target: Any = aliased(relation.target)
    among = own[0].in_([key[0] for key in keys]) if len(own) == 1 else sa.tuple_(*own).in_(list(keys))
    # From this side's rows on, since a join knows every kind of relation: link tables, own conditions, itself.
    stmt = (
        sa.select(sa.literal(relation.name).label("relation"), sa.func.count().label("number"), *own)
        .select_from(model)
        .join(target, getattr(model, relation.name).of_type(target))
        .where(among)
        .group_by(*own)
    )
    seen = inside(context, relation.target, target, hide_deleted=True)
    return stmt if seen is None else stmt.where(seen)
