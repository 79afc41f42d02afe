"""Names of the rows that active filters point to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from webadmin.database.inspection import inspect_model
from webadmin.listing.filters import Filter, FilterValue, filters_of
from webadmin.listing.filters.relation import RelationFilter
from webadmin.listing.filters.where import NAME, WhereFilter
from webadmin.listing.loading import label_of, label_plan
from webadmin.listing.params import ListParams
from webadmin.listing.scope import inside
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.text import gettext as _

_MOST = 12

Target = tuple[type, tuple[Any, ...]]
"""A model and a key."""

Wanted = dict[tuple[str, str], Target]
"""``(filter, text)`` to the model and key that the text stands for."""

Labels = Mapping[str, Mapping[str, str]]
"""Names by filter, then by the text in the address."""


def wanted_labels(params: ListParams) -> Wanted:
    """The rows that relation filters point to."""
    known = filters_of(params.view)
    found: Wanted = {}
    for value in params.filters:
        filter_ = known[value.name]
        if isinstance(filter_, WhereFilter):
            for leaf in (leaf for tree in value.values for leaf in tree.leaves()):
                for text, target in _targets(leaf.filter, leaf.value):
                    found[NAME, f"{leaf.value.name}:{text}"] = target
        for text, target in _targets(filter_, value):
            found[value.name, text] = target
    return dict(list(found.items())[:_MOST])


def _targets(filter_: Filter, value: FilterValue) -> Iterator[tuple[str, Target]]:
    if isinstance(filter_, RelationFilter) and value.operator != "null":
        for text, key in zip(value.texts, value.values, strict=True):
            if isinstance(key, tuple):
                yield text, (filter_.relation.target, key)


@caused_by("column_filters")
def filter_labels(context: Context, wanted: Wanted, loaded: Mapping[Target, Any] | None = None) -> Labels:
    """Names of the wanted rows, in one statement at most; those that do not exist for this person have none.

    :param loaded: rows that need not be read again.
    """
    rows: dict[Target, Any] = {}
    missing = []
    for target in dict.fromkeys(wanted.values()):
        view = context.registry.for_model(target[0])
        if view is not None and not context.may_look(view):
            continue  # nobody learns names by trying keys
        row = (loaded or {}).get(target)
        if row is not None:
            rows[target] = row
        elif not label_plan(context, target[0]).collections:  # else its name would take one statement more
            missing.append(target)
    if missing:
        rows |= _read(context, missing)
    labels: dict[str, dict[str, str]] = {}
    for (name, text), target in wanted.items():
        if rows.get(target) is not None:
            labels.setdefault(name, {})[text] = label_of(context, target[0])(rows[target])
    return labels


def _read(context: Context, targets: list[Target]) -> dict[Target, Any]:
    """One statement for rows of any tables: each hangs with an outer join on a row that is always there."""
    entities: list[Any] = []
    options: list[Any] = []
    source: Any = sa.select(sa.literal(1).label("one")).subquery("one")
    for model, key in targets:
        entity: Any = aliased(model)
        names = [column.name for column in inspect_model(model).key]
        same = [getattr(entity, name) == part for name, part in zip(names, key, strict=True)]
        seen = inside(context, model, entity, hide_deleted=False)
        source = sa.orm.outerjoin(source, entity, sa.and_(*same, *([seen] if seen is not None else [])))
        entities.append(entity)
        options += label_plan(context, model).options(context, entity)
    stmt = sa.select(*entities).select_from(source).options(*options)
    found = context.session.execute(stmt.execution_options(webadmin_label=_("Names for filters"))).first()
    return dict(zip(targets, found, strict=True)) if found is not None else {}
