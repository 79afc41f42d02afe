"""How many related rows each row of a page has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from webadmin.database.inspection import RelationInfo, inspect_model
from webadmin.listing.memo import per_view
from webadmin.listing.scope import inside, restricted
from webadmin.options.attributes import Attribute
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

KEYS = "page_keys"


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


@caused_by("column_list")
def count_related(
    context: Context, view: View, counted: Sequence[Attribute], keys: Sequence[tuple[Any, ...]]
) -> dict[tuple[Any, ...], dict[str, int]]:
    """For each of the keys the number of related rows by the attribute's name, in one statement.

    Rows that are soft-deleted or outside the person's scope do not count, nor do those beyond a row that is; a key
    without related rows may be missing.

    :param counted: to-many relations of the view's model, or of rows that its to-one relations lead to.
    """
    if not counted or not keys:
        return {}
    names = tuple(attribute.name for attribute in counted)
    stmt = (
        per_view(view, ("related", names), lambda: counting_related(context, view, counted))
        if same_for_all(context, counted)
        else counting_related(context, view, counted)
    )
    options = {"webadmin_label": _("Numbers of related rows")}
    found: dict[tuple[Any, ...], dict[str, int]] = {}
    sent = context.session.execute(stmt, {KEYS: in_keys(keys)}, execution_options=options)
    for name, number, *key in sent:
        found.setdefault(tuple(key), {})[name] = number
    return found


def in_keys(keys: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Keys as a parameter of IN."""
    return [key[0] if len(key) == 1 else key for key in keys]


def same_for_all(context: Context, counted: Sequence[Attribute]) -> bool:
    """Whether the numbers of related rows are found by the same statement for everybody."""
    ways = (relation for attribute in counted for relation in _way(attribute))
    return not any(_is_restricted(context, relation) for relation in ways)


def _is_restricted(context: Context, relation: RelationInfo) -> bool:
    view = context.registry.for_model(relation.target)
    return view is not None and restricted(view)


def _way(attribute: Attribute) -> tuple[RelationInfo, ...]:
    """The relations that lead to the rows of ``attribute``, a relation."""
    assert attribute.relation is not None
    return (*attribute.path, attribute.relation)


def counting_related(context: Context, view: View, counted: Sequence[Attribute]) -> Any:
    """A select of the name of a relation, the number of related rows, and the key of the row that has them, for the rows
    with the keys in the parameter :data:`KEYS`."""
    parts = [_counting(context, view, attribute) for attribute in counted]
    return parts[0] if len(parts) == 1 else sa.union_all(*parts)


def _counting(context: Context, view: View, attribute: Attribute) -> sa.Select[Any]:
    model: Any = view.model
    own = [getattr(model, column.name) for column in view.info.key]
    key = own[0] if len(own) == 1 else sa.tuple_(*own)
    # From this side's rows on, since a join knows every kind of relation: link tables, own conditions, itself.
    stmt = (
        sa.select(sa.literal(attribute.name).label("relation"), sa.func.count().label("number"), *own)
        .select_from(model)
        .where(key.in_(sa.bindparam(KEYS, type_=key.type, expanding=True)))
        .group_by(*own)
    )
    here = model
    for relation in _way(attribute):
        target: Any = aliased(relation.target)
        stmt = stmt.join(target, getattr(here, relation.name).of_type(target))
        seen = inside(context, relation.target, target, hide_deleted=relation.uselist)
        stmt = stmt if seen is None else stmt.where(seen)
        here = target
    return stmt
