"""Rows reached through a relation: the children on a detail page, the targets that a form names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import with_parent

from webadmin.database.inspection import RelationInfo
from webadmin.listing.loading import load_plan
from webadmin.listing.scope import scope
from webadmin.listing.sealed import alone
from webadmin.listing.statement import named
from webadmin.listing.together import rows_by_id
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.view import ShownColumn, View
from webadmin.text import format_count
from webadmin.text import gettext as _

_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Related:
    """Rows of a to-many relation, a page of them."""

    rows: Sequence[Any]
    count: int
    capped: bool
    more: bool = False
    """Others follow."""

    @property
    def count_text(self) -> str:
        return format_count(self.count) + ("+" if self.capped else "")


@caused_by("column_details_list")
def related_rows(
    context: Context,
    view: View,
    row: Any,
    relation: RelationInfo,
    target: View,
    columns: Sequence[ShownColumn],
    *,
    limit: int,
    page: int = 1,
    order: Sequence[Any] = (),
) -> Related:
    """``limit`` live rows of ``row``'s to-many ``relation`` that the person may see, newest key first, and how many there
    are, counted up to a thousand.

    :param page: which of them, from 1.
    :param order: another order for them, the key last.
    """
    belongs = with_parent(row, getattr(view.model, relation.name))
    children = scope(context, target, sa.select(target.model).where(belongs))
    keys = [getattr(target.model, column.name) for column in target.info.key]
    inner = children.with_only_columns(sa.literal(1)).order_by(None).limit(_COUNTED + 1).subquery()
    name = view.label_of(relation.name)
    counting = named(sa.select(sa.func.count()).select_from(inner), _("Number of %s") % name.lower())
    count = context.session.scalar(counting) or 0
    if not count:
        return Related((), 0, capped=False)
    descending = len(keys) == 1
    by = order or [key.desc() if descending else key for key in keys]
    # One more tells whether another page follows.
    ordered = children.order_by(*by).limit(limit + 1).offset((page - 1) * limit)
    plan = load_plan(context, target, columns)
    with alone(context.session, target.info.mapper):
        rows = context.session.scalars(named(ordered.options(*plan.options(context)), name)).unique().all()
    more, rows = len(rows) > limit, rows[:limit]
    plan.load_collections(context, target, rows)
    return Related(rows, min(count, _COUNTED), capped=count > _COUNTED, more=more)


def those(context: Context, model: type, ids: Sequence[str]) -> Mapping[str, Any]:
    """Rows of ``model`` by their percent-encoded ids; see :func:`webadmin.listing.together.rows_by_id`."""
    return rows_by_id(context, {model: ids})[model]
