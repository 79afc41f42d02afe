"""What a transaction sees, told apart from what another one saw; values of keys as text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.base import Dialect
from webadmin.dialects.writes import Writes

_MOST_TRANSACTIONS = 10_000
"""Transactions between two snapshots above which they are not looked at one by one."""
_XID = 0xFFFFFFFF

# A table that was emptied in one go has other files; nothing is counted on a replica, or where counting is turned off.
_FACTS = sa.text(
    """
    SELECT c.relkind IN ('r', 'p') AND NOT c.relrowsecurity AS plain,
           NOT pg_is_in_recovery() AND current_setting('track_counts')::bool AS counted, w.*
      FROM pg_class c CROSS JOIN LATERAL (
               SELECT sum(pg_stat_get_tuples_inserted(part.oid)) AS inserted,
                      sum(pg_stat_get_tuples_updated(part.oid) + pg_stat_get_tuples_deleted(part.oid)) AS changed,
                      string_agg(pg_relation_filenode(part.oid)::text, ' ' ORDER BY part.oid) AS files
                 FROM (SELECT c.oid WHERE c.relkind <> 'p' UNION ALL
                       SELECT relid FROM pg_partition_tree(c.oid) WHERE c.relkind = 'p' AND isleaf) part(oid)) w
     WHERE c.oid = to_regclass(:table)
    """
)

# Savepoints that write have numbers of their own, which can be seen only while they last.
_OWN_NUMBERS = sa.text(
    """
    SELECT transactionid::text::bigint FROM pg_locks
     WHERE locktype = 'transactionid' AND pid = pg_backend_pid() AND mode = 'ExclusiveLock'
    """
)
_OWN_ROWS = """
    SELECT coalesce(sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                        + pg_stat_get_xact_tuples_deleted(oid)), -1)
      FROM pg_class WHERE oid = to_regclass(:table_{}) AND relkind = 'r'
"""


class Snapshots(Dialect):
    """The part of PostgreSQL that says whether anything was written between two statements.

    A snapshot names the transactions whose work a statement sees. Two statements with equal snapshots see the same
    rows; the statistics counters could not say so, since a session reports its writes up to a minute late.
    """

    supports_snapshots = True
    supports_lateral = True

    def freeze(self, connection: Connection) -> None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

    def snapshot(self) -> sa.ColumnElement[str] | None:
        now = sa.func.txid_current_snapshot()
        # A standby does not name the transactions that it knows to be under way: where there may be any, it does not tell.
        nobody_writes = sa.func.txid_snapshot_xmin(now) == sa.func.txid_snapshot_xmax(now)
        tells = sa.or_(sa.not_(sa.func.pg_is_in_recovery(type_=sa.Boolean)), nobody_writes)
        return sa.case((tells, sa.cast(now, sa.Text)))

    def same_data(self, before: str, after: str, own: Collection[int] = ()) -> bool:
        if before == after:
            return not own
        try:
            end, open_ = _parsed(before)
            new_end, new_open = _parsed(after)
        except ValueError:
            return False
        if not 0 <= new_end - end <= _MOST_TRANSACTIONS:
            return False
        if new_open - open_ and min(new_open - open_) < end:
            return False  # the later one does not see what the earlier one saw
        seen = (open_ - new_open) | (set(range(end, new_end)) - new_open)
        return {number & _XID for number in seen} == set(own)

    def table_facts(self, connection: Connection, table: sa.TableClause) -> tuple[bool, Writes | None]:
        quote = connection.dialect.identifier_preparer
        row = connection.execute(_FACTS, {"table": quote.format_table(table)}).first()
        if row is None:
            return False, None
        if not row.counted or row.inserted is None:
            return bool(row.plain), None
        return bool(row.plain), Writes(int(row.inserted), int(row.changed), row.files or "")

    def own_writes(
        self, connection: Connection, tables: Sequence[sa.Table]
    ) -> tuple[frozenset[int], tuple[int, ...]]:
        quote = connection.dialect.identifier_preparer
        numbers = ", ".join(f"({_OWN_ROWS.format(place)})" for place in range(len(tables)))
        names = {f"table_{place}": quote.format_table(table) for place, table in enumerate(tables)}
        rows = connection.execute(sa.text(f"SELECT {numbers}"), names).one()
        own = connection.execute(_OWN_NUMBERS).scalars()
        return frozenset(number & _XID for number in own), tuple(int(row) for row in rows)

    def raw(self, expression: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        type_ = expression.type
        if isinstance(type_, sa.Integer):
            return expression
        if isinstance(_inner(type_), sa.Float):
            # A float4 printed in its own precision would come back as another float8.
            expression = sa.cast(expression, sa.Double)
        return sa.cast(expression, sa.Text)

    def raw_type(self, type_: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
        return sa.BigInteger() if isinstance(type_, sa.Integer) else sa.Text()

    def unraw(self, value: sa.ColumnElement[Any], type_: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
        inner = _inner(type_)
        if isinstance(type_, sa.Integer):
            return value
        if isinstance(inner, sa.Enum):
            return sa.cast(value, type_) if inner.native_enum else value
        if isinstance(inner, sa.String):
            return value  # a cast would cut it to the length that the model believes in
        if isinstance(inner, sa.Float):
            return sa.cast(value, sa.Double)
        return sa.cast(value, sa.Numeric() if isinstance(inner, sa.Numeric) else type_)


def _parsed(snapshot: str) -> tuple[int, set[int]]:
    """The first transaction that a snapshot knows nothing of, and those before it that had not ended."""
    _first, end, running = snapshot.split(":")
    return int(end), {int(number) for number in running.split(",") if number}


def _inner(type_: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    found: Any = type_.impl_instance if isinstance(type_, sa.TypeDecorator) else type_
    return found  # type: ignore[no-any-return]
