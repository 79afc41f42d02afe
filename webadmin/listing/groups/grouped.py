"""The groups of a list's rows, with what the rows of each come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa

from webadmin.listing.group_keys import group_key
from webadmin.listing.groups.asked import Asked, Having
from webadmin.listing.groups.limits import within_limit
from webadmin.listing.groups.measures import COUNT, Measured, as_number, measured
from webadmin.listing.params import ListParams
from webadmin.options.attributes import Attribute
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

MOST = 30
"""Groups that are shown."""
MOST_SPANS = 120
"""Spans of time that are shown: ten years of months."""

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "gte": lambda measure, value: measure >= value,
    "gt": lambda measure, value: measure > value,
    "lte": lambda measure, value: measure <= value,
    "lt": lambda measure, value: measure < value,
    "eq": lambda measure, value: measure == value,
}


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that have something in common."""

    key: tuple[Any, ...]
    """A value, the key of a related row, or the text of a span's start; None for what there is none of."""
    rows: int
    values: Mapping[str, Any]
    """By the name of the measure."""


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups that are shown, and how many there are."""

    groups: tuple[Group, ...]
    count: int
    """Of all groups, also those that are not shown."""
    rows: int
    """In all groups."""
    hides: bool
    """A row that points to what this person may not see is among those that point nowhere."""

    @property
    def others(self) -> int:
        """Groups that are not shown."""
        return self.count - len(self.groups)

    @property
    def other_rows(self) -> int:
        """Rows in groups that are not shown."""
        return self.rows - sum(group.rows for group in self.groups)


def group_rows(context: Context, view: View, params: ListParams, asked: Asked) -> Groups | None:
    """The groups of the rows that match, in one statement; None when it takes too long."""
    key = group_key(context, asked.attribute)
    expressions = key.expressions
    if asked.unit:
        zone = zone_name(params.zone) if is_moment(asked.attribute) else ""
        connection = context.session.connection()
        expressions = (context.dialect.span_start(connection, expressions[0], asked.unit, zone),)
    wanted = [COUNT, *asked.measures, *(having.measure for having in asked.having)]
    rows = measured(context, view, params, list(dict.fromkeys(wanted)), expressions, key.joins)
    found = within_limit(context, _grouping(context, rows, asked), _("Groups"))
    if found is None:
        return None
    size = len(rows.groups)
    groups = [
        Group(
            tuple(row[:size]),
            int(row[size]),
            {m.name: as_number(m, row[size + 3 + place]) for place, m in enumerate(asked.measures)},
        )
        for row in found
    ]
    count, total = (int(found[0][size + 1]), int(found[0][size + 2])) if found else (0, 0)
    return Groups(_arranged(groups, asked), count, total, key.hides)


def is_moment(attribute: Attribute) -> bool:
    """Whether a column's times have a zone, so that their day depends on who looks."""
    if attribute.column is not None:
        return attribute.column.timezone
    return bool(getattr(attribute.expression.type, "timezone", False))


def zone_name(zone: tzinfo) -> str:
    """The name under which databases know a zone."""
    return str(getattr(zone, "key", "UTC"))


def _grouping(context: Context, rows: Measured, asked: Asked) -> sa.Select[Any]:
    measures = [rows.aggregate(measure) for measure in asked.measures]
    every = sa.func.count()
    stmt = (
        sa.select(
            *rows.groups,
            every.label("rows"),
            every.over().label("all_groups"),
            sa.func.sum(every).over().label("all_rows"),
            *measures,
        )
        .select_from(rows.rows)
        .group_by(*rows.groups)
        .having(*(_condition(context, rows, having) for having in asked.having))
    )
    what, down = asked.by
    order: list[Any] = []
    if asked.unit:
        # The latest of more than can be shown, without that of rows at no time only when there is none.
        order += [rows.groups[0].is_(None).desc(), rows.groups[0].desc()]
    elif what == "value":
        order.append(_ordered(measures[0], down).nulls_last())
    order += [_ordered(group, down and what == "group") for group in rows.groups]
    return stmt.order_by(*order).limit(MOST_SPANS if asked.unit else MOST)


def _ordered(expression: Any, down: bool) -> Any:
    return expression.desc() if down else expression.asc()


def _condition(context: Context, rows: Measured, having: Having) -> sa.ColumnElement[bool]:
    plain = having.value
    exact = context.session.get_bind().dialect.supports_native_decimal
    value = sa.literal(plain, sa.Numeric()) if exact else sa.literal(float(plain), sa.Float())
    condition: sa.ColumnElement[bool] = _COMPARE[having.operator](rows.aggregate(having.measure), value)
    return condition


def _arranged(groups: list[Group], asked: Asked) -> tuple[Group, ...]:
    """Spans, of which the latest were read, in the order that was asked for; what has no time stands last."""
    if not asked.unit:
        return tuple(groups)
    timed = [group for group in groups if group.key[0] is not None]
    rest = [group for group in groups if group.key[0] is None]
    what, down = asked.by
    if what == "value":
        name = asked.measures[0].name
        known = [group for group in timed if group.values[name] is not None]
        rest = [group for group in timed if group.values[name] is None] + rest
        timed = sorted(known, key=lambda group: group.values[name], reverse=down)
    elif not down:
        timed.reverse()
    return (*timed, *rest)
