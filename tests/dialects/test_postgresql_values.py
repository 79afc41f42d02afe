"""Values that PostgreSQL has and Python has not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Engine

from webadmin.dialects import for_engine


def test_times_that_python_cannot_hold(pg_engine: Engine) -> None:
    """They come back as text, and the others as before."""
    for_engine(pg_engine).read_all_values(pg_engine)
    with pg_engine.connect() as connection:
        connection.exec_driver_sql("SET TimeZone = 'UTC'")
        row = connection.execute(
            sa.text(
                "SELECT timestamptz 'infinity', date '-infinity', date '0044-03-15 BC', time '24:00', "
                "timestamptz '2026-01-01 10:00+00', interval '1 day', ARRAY[date 'infinity'], NULL::date"
            )
        ).one()
    assert row[:4] == ("infinity", "-infinity", "0044-03-15 BC", "24:00:00")
    assert row[4:] == (datetime(2026, 1, 1, 10, tzinfo=UTC), timedelta(days=1), ["infinity"], None)
