"""Groups of rows in SQLite."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.groups import Grouping

_FUNCTION = "webadmin_span_start"


class SQLiteGrouping(Grouping):
    supports_spans = True

    def sum(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        if not isinstance(column.type, sa.Integer):
            return super().sum(column)
        # A sum of whole numbers that has more than 64 bits is an error there: in two halves it is not.
        high = sa.func.sum(column.op(">>")(sa.literal_column("32")))
        low = sa.func.sum(column.op("&")(sa.literal_column("4294967295")))
        whole = high * sa.literal_column("4294967296") + low
        return sa.case(
            (sa.func.abs(high) < sa.literal_column("2000000000"), whole),
            else_=high * sa.literal_column("4294967296.0") + low,
        )

    def span_start(
        self, connection: Connection, column: sa.ColumnElement[Any], unit: str, zone: str
    ) -> sa.ColumnElement[str]:
        if _FUNCTION not in connection.info:  # SQLite knows no zones but its own
            raw: Any = connection.connection.driver_connection
            raw.create_function(_FUNCTION, 3, span_start, deterministic=True)
            connection.info[_FUNCTION] = True
        plain = sa.type_coerce(column, sa.Text)
        return sa.type_coerce(getattr(sa.func, _FUNCTION)(plain, unit, zone), sa.Text)


@lru_cache(maxsize=65_536)  # rows of one day have much the same times
def span_start(stored: Any, unit: str, zone: str) -> Any:
    """``Grouping.span_start`` of one stored value; what is no time stays as it is.

    :param stored: a time as SQLAlchemy writes it; in UTC where ``zone`` is given.
    """
    if not isinstance(stored, str):
        return stored
    try:
        moment = datetime.fromisoformat(stored)
        if zone:
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(_zone(zone))
        return _start(moment.replace(tzinfo=None, fold=0), unit).isoformat(" ")
    except (ValueError, OverflowError):
        return stored


_zone = lru_cache(maxsize=1024)(ZoneInfo)


def _start(moment: datetime, unit: str) -> datetime:
    if unit == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1 if unit == "year" else (day.month - 1) // 3 * 3 + 1, day=1)
