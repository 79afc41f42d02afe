"""What all rows of a list come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from webadmin.listing.groups.limits import within_limit
from webadmin.listing.groups.measures import Measure, as_number, measured, measures_of
from webadmin.listing.params import ListParams
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

_SECOND_LIMIT = 3_000
"""Milliseconds for what is left without the medians, of which each sorts all rows."""


@dataclass(frozen=True, slots=True)
class Summary:
    """All measures of a list's rows."""

    rows: int
    filled: Mapping[str, int]
    """How many rows have a value, by column."""
    values: Mapping[str, Any]
    """By the name of the measure; without those that took too long."""
    complete: bool
    """Nothing was left out."""


def summarize(context: Context, view: View, params: ListParams) -> Summary | None:
    """Measure the rows that match, in one statement, or in two where the medians take too long; None when all of it does."""
    measures = list(measures_of(view).values())
    found = _summarize(context, view, params, measures, None)
    if found is None:
        rest = [measure for measure in measures if measure.function != "median"]
        found = _summarize(context, view, params, rest, _SECOND_LIMIT) if rest != measures else None
    return found


def _summarize(
    context: Context, view: View, params: ListParams, measures: list[Measure], limit: int | None
) -> Summary | None:
    rows = measured(context, view, params, measures)
    columns: list[Any] = [rows.filled(column) for column in view.summary]
    stmt = sa.select(*columns, *(rows.aggregate(measure) for measure in measures)).select_from(rows.rows)
    label = _("Summary")
    found = within_limit(context, stmt, label) if limit is None else within_limit(context, stmt, label, limit)
    if found is None:
        return None
    numbers, values = found[0][: len(columns)], found[0][len(columns) :]
    named = {m.name: as_number(m, value) for m, value in zip(measures, values, strict=True)}
    filled = dict(zip((column.name for column in view.summary), numbers, strict=True))
    return Summary(int(named.pop("count")), filled, named, complete=limit is None)
