"""What one statement sees and another does not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from webadmin.dialects import for_engine
from webadmin.dialects.postgresql import PostgreSQL
from webadmin.dialects.writes import Writes


@pytest.mark.parametrize(
    ("before", "after", "own", "same"),
    [
        ("10:10:", "10:10:", set(), True),
        ("10:10:", "11:11:", set(), False),
        ("10:10:", "11:11:", {10}, True),
        ("10:10:", "12:12:", {10}, False),
        ("10:12:10", "12:12:", {10}, True),
        ("10:12:10", "12:12:", {11}, False),
        ("10:10:", "10:12:10", {11}, True),
        ("10:10:", "10:10:", {9}, False),
        ("12:12:", "10:10:", set(), False),
        ("10:12:11", "10:12:10", {11}, False),
        ("10:10:", "99999:99999:", set(), False),
        ("nonsense", "10:10:", set(), False),
        ("4294967296:4294967296:", "4294967297:4294967297:", {0}, True),
    ],
)
def test_same_data(before: str, after: str, own: set[int], same: bool) -> None:
    """Two snapshots see the same when the later one sees what the earlier one saw and own transactions, all of them,
    and nothing else; numbers are compared without their epoch."""
    assert PostgreSQL().same_data(before, after, own) is same


def test_writes_that_were_counted(pg_engine: Engine) -> None:
    """What was written since is told for tables and for those in parts, unless their files were exchanged."""
    dialect = for_engine(pg_engine)
    tables = [sa.table(name) for name in ("whole", "parts")]
    with pg_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE whole (id int)")
        connection.exec_driver_sql("CREATE TABLE parts (id int) PARTITION BY RANGE (id)")
        connection.exec_driver_sql("CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (5)")
        connection.exec_driver_sql("CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (5) TO (50)")

    def counted(*scripts: str) -> list[Writes]:
        with pg_engine.connect() as connection:
            for script in (*scripts, "SELECT pg_stat_force_next_flush()"):
                connection.exec_driver_sql(script)
            connection.commit()
        with pg_engine.connect() as connection:
            found = [dialect.table_facts(connection, table) for table in tables]
        assert [plain for plain, _writes in found] == [True, True]
        return [writes for _plain, writes in found if writes is not None]

    before = counted()
    after = counted(
        *[f"INSERT INTO {table.name} SELECT generate_series(1, 9)" for table in tables],
        *[f"DELETE FROM {table.name} WHERE id > 7" for table in tables],
    )
    assert [new.since(old, 0) for new, old in zip(after, before, strict=True)] == [11, 11]
    assert [new.since(old, 4) for new, old in zip(after, before, strict=True)] == [7, 7]
    assert [new.since(old, 30) for new, old in zip(after, before, strict=True)] == [2, 2]
    emptied = counted("TRUNCATE whole", "TRUNCATE parts_1")
    assert [new.since(old, 0) for new, old in zip(emptied, after, strict=True)] == [None, None]
    with pg_engine.connect() as connection:
        assert dialect.table_facts(connection, sa.table("nothing")) == (False, None)
