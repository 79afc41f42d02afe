"""What groups and measures are called, and what their values are in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from webadmin.database import identity
from webadmin.database.inspection import Kind, inspect_model
from webadmin.listing.groups.asked import Asked
from webadmin.listing.groups.measures import Measure
from webadmin.listing.groups.spans import say, start_of
from webadmin.listing.loading import label_of, label_plan
from webadmin.listing.scope import inside
from webadmin.listing.statement import LABEL
from webadmin.options.context import Context
from webadmin.text import choice_label, format_date, format_datetime, format_number
from webadmin.text import gettext as _

Key = tuple[Any, ...]

NOTHING = "–"
_FLOAT_PLACES = 4


def names_of(context: Context, model: type, keys: Sequence[Key]) -> Mapping[Key, str]:
    """What the rows with these keys are called, in one statement; those that this person may not see are missing."""
    if not keys:
        return {}
    info = inspect_model(model)
    own: list[Any] = [getattr(model, column.name) for column in info.key]
    wanted = own[0].in_([key[0] for key in keys]) if len(own) == 1 else sa.tuple_(*own).in_(keys)
    plan = label_plan(context, model)
    stmt: sa.Select[Any] = sa.select(model).where(wanted).options(*plan.options(context))
    seen = inside(context, model, model, hide_deleted=False)
    if seen is not None:
        stmt = stmt.where(seen)
    name = label_of(context, model)
    rows = context.session.scalars(stmt, execution_options={LABEL: _("Names of groups")}).all()
    plan.load_collections(context, context.registry.for_model(model), rows)
    return {info.key_of(row): name(row) for row in rows}


def say_group(asked: Asked, key: Key, names: Mapping[Key, str], *, hides: bool) -> str:
    """What a group is called.

    :param names: of related rows, where the groups are those.
    """
    value = key[0]
    if any(part is None for part in key):
        return _("None, or not for you to see") if hides else _("None")
    if asked.unit:
        start = start_of(value)
        return str(value) if start is None else say(start, asked.unit)
    if asked.attribute.relation is not None:
        return names.get(key) or identity.segment(key)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if asked.attribute.column is not None and asked.attribute.column.kind is Kind.ENUM:
        return choice_label(value)
    if isinstance(value, int):
        return format_number(value)
    return str(value) if str(value).strip() else _("Empty text")


def say_value(measure: Measure, value: Any) -> str:
    """A measure's value in words."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, date):
        return format_date(value)
    if not isinstance(value, int | float | Decimal):
        return str(value)
    if not math.isfinite(value):
        return str(value)
    return format_number(value, _places(measure, value))


def _places(measure: Measure, value: Any) -> int:
    """Digits after the decimal mark: those of the column, and what halves and averages need beside them."""
    if measure.places is None:
        most = _FLOAT_PLACES
    elif measure.function == "median":
        most = measure.places + 1
    elif measure.function == "avg":
        return max(measure.places, 2)
    else:
        return measure.places
    least = measure.places or 0
    rounded = f"{value:.{most}f}".rstrip("0")
    return max(least, len(rounded) - rounded.index(".") - 1)
