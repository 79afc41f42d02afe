"""Groups of rows in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection

from webadmin.dialects.groups import Grouping


class PostgreSQLGrouping(Grouping):
    supports_medians = True
    supports_spans = True

    def first_of_each(
        self,
        stmt: sa.Select[Any],
        columns: Sequence[sa.ColumnElement[Any]],
        groups: Sequence[sa.ColumnElement[Any]],
        order: Sequence[sa.ColumnElement[Any]],
        most: int,
    ) -> sa.Select[Any]:
        if most > 1:
            return super().first_of_each(stmt, columns, groups, order, most)
        first = stmt.with_only_columns(*columns).order_by(*groups, *order)
        distinct_on: Any = getattr(postgresql, "distinct_on", None)  # SQLAlchemy 2.1
        return first.distinct(*groups) if distinct_on is None else first.ext(distinct_on(*groups))

    def median(self, column: sa.ColumnElement[Any], *, exact: bool) -> sa.ColumnElement[Any]:
        if not exact:
            # A float, not what the column is, which may have too few digits for half way between two.
            return sa.type_coerce(sa.func.percentile_cont(0.5).within_group(column.asc()), sa.Float())
        # percentile_cont reckons with floats; the two in the middle, met from both ends, do not.
        lower, upper = (
            sa.func.percentile_disc(0.5).within_group(order) for order in (column.asc(), column.desc())
        )
        return (sa.cast(lower, sa.Numeric) + sa.cast(upper, sa.Numeric)) / 2

    def span_start(
        self, connection: Connection, column: sa.ColumnElement[Any], unit: str, zone: str
    ) -> sa.ColumnElement[str]:
        local = sa.func.timezone(zone, column) if zone else sa.cast(column, sa.DateTime)
        # As text, since no driver has a value for infinity.
        return sa.cast(sa.func.date_trunc(unit, local), sa.Text)
