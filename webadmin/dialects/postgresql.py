"""PostgreSQL, through psycopg 3 (psycopg2 works for what webadmin does)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import URL, Connection, Engine

from webadmin.dialects import postgresql_catalog
from webadmin.dialects.base import Estimate
from webadmin.dialects.bound import Piece
from webadmin.dialects.catalog import Listing, Relation, TableFacts
from webadmin.dialects.failure import Failure
from webadmin.dialects.indexes import InvertedIndex, TableStatistics
from webadmin.dialects.json_paths import PostgreSQLJsonPaths
from webadmin.dialects.postgresql_capabilities import PostgreSQLCapable
from webadmin.dialects.postgresql_copy import PostgreSQLCopying
from webadmin.dialects.postgresql_explain import estimate, explain, inline
from webadmin.dialects.postgresql_foreign_keys import PostgreSQLForeignKeys
from webadmin.dialects.postgresql_groups import PostgreSQLGrouping
from webadmin.dialects.postgresql_indexes import inverted_indexes, statistics
from webadmin.dialects.postgresql_overview import PostgreSQLOverview
from webadmin.dialects.postgresql_plan_facts import PostgreSQLPlanKnowledge
from webadmin.dialects.postgresql_records import PostgreSQLRecording
from webadmin.dialects.postgresql_replication import PostgreSQLReplication
from webadmin.dialects.postgresql_search import PostgreSQLSearching
from webadmin.dialects.postgresql_session import may_use, moment, run
from webadmin.dialects.postgresql_snapshots import Snapshots
from webadmin.dialects.postgresql_staging import PostgreSQLStaging
from webadmin.dialects.postgresql_trying import PostgreSQLTrying
from webadmin.dialects.postgresql_values import read_all_times

_KINDS = {
    "57014": "statement_timeout",
    "55P03": "lock_timeout",
    "40P01": "deadlock",
    "40001": "serialization",
    "25006": "read_only",
    "42501": "permission",
    "23505": "unique",
    "23503": "foreign_key",
    "23001": "foreign_key",
    "23502": "not_null",
    "23514": "check",
    "23P01": "exclusion",
    "22003": "out_of_range",
    "22008": "out_of_range",
    "22015": "out_of_range",
    "22001": "too_long",
    "53100": "disk_full",
    "53200": "out_of_memory",
    "53400": "disk_full",
    "53300": "too_many_connections",
    "42P01": "missing_object",
    "42703": "missing_object",
    "3F000": "missing_object",
    "54000": "too_long",
    "55000": "unreadable",
    "P0001": "refused",
    "44000": "refused",
}
_CLASSES = {"22": "invalid_value", "HV": "unreadable"}
_LOST_STATES = ("57P01", "57P02", "57P03", "57P05", "25P03")
_STATS = sa.table(
    "pg_stats",
    *(sa.column(name) for name in ("schemaname", "tablename", "attname", "histogram_bounds")),
    schema="pg_catalog",
)
_KEY_COLUMNS = re.compile(r"^\((.+?)\)=\(")

_ROW_ESTIMATES = sa.text(
    """
    SELECT n.nspname, c.relname, n.nspname = ANY(current_schemas(false)) AS visible,
           CASE WHEN c.relkind = 'p'
                THEN (SELECT CASE WHEN bool_and(leaf.reltuples >= 0) THEN sum(leaf.reltuples) ELSE -1 END
                        FROM pg_partition_tree(c.oid) tree
                        JOIN pg_class leaf ON leaf.oid = tree.relid
                       WHERE tree.isleaf)
                ELSE c.reltuples END AS rows
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = ANY(:names) AND c.relkind IN ('r', 'p', 'm', 'f')
       -- How large a table is tells of the rows that its policies hide.
       AND NOT row_security_active(c.oid)
    """
)

_LIVE_INDEX_ROWS = sa.text(
    """
    SELECT ic.reltuples
      FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
     WHERE i.indrelid = to_regclass(:table) AND i.indisvalid
       AND pg_get_expr(i.indpred, i.indrelid) IN (:bare, :quoted)
       AND ic.reltuples >= 0
     ORDER BY ic.reltuples DESC LIMIT 1
    """
)


class PostgreSQL(
    PostgreSQLSearching,
    PostgreSQLGrouping,
    PostgreSQLJsonPaths,
    PostgreSQLRecording,
    PostgreSQLReplication,
    PostgreSQLForeignKeys,
    PostgreSQLCopying,
    PostgreSQLStaging,
    PostgreSQLOverview,
    PostgreSQLTrying,
    PostgreSQLPlanKnowledge,
    PostgreSQLCapable,
    Snapshots,
):
    title = "PostgreSQL"
    supports_row_locks = True
    supports_analyze = True
    supports_statistics = True
    supports_lateral = True
    create_index = "CREATE INDEX CONCURRENTLY"
    inverted_method = "gin"
    supports_partitions = True
    nulls_sort_high = True

    def moment(self, connection: Connection, table: sa.Table) -> str | None:
        return moment(connection, table)

    def may_use(self, connection: Connection, tables: Sequence[str]) -> bool:
        return may_use(connection, tables)

    def carried(self, expression: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        # As text, which comes back without a type: the server then takes it for one of the column's own.
        return super().carried(sa.cast(expression, sa.Text()))

    def failure(self, error: BaseException) -> Failure:
        original = getattr(error, "orig", None)
        state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
        if state is None or state.startswith("08") or state in _LOST_STATES:
            if original is not None and state is not None:
                return Failure("connection_lost")
            general = super().failure(error)
            if general.kind == "other" and isinstance(error, exc.OperationalError):
                return Failure("connection_lost")
            if general.kind == "other" and isinstance(error, exc.DataError):
                return Failure("invalid_value")
            return general
        kind = _KINDS.get(state) or _CLASSES.get(state[:2], "other")
        diag = getattr(original, "diag", None)
        column = getattr(diag, "column_name", None)
        columns: tuple[str, ...] = (column,) if column else ()
        if not columns and kind in {"unique", "foreign_key"}:
            columns = _key_columns(getattr(diag, "message_detail", None) or "")
        return Failure(
            kind,
            table=getattr(diag, "table_name", None),
            columns=columns,
            constraint=getattr(diag, "constraint_name", None),
        )

    def estimate_rows(self, connection: Connection, tables: Sequence[sa.Table]) -> dict[str, int]:
        names = list({table.name for table in tables})
        found: dict[tuple[str | None, str], int] = {}
        for schema, name, visible, rows in connection.execute(_ROW_ESTIMATES, {"names": names}):
            if rows is not None and rows >= 0:
                found[schema, name] = int(rows)
                if visible:
                    found.setdefault((None, name), int(rows))
        return {
            table.fullname: found[table.schema, table.name]
            for table in tables
            if (table.schema, table.name) in found
        }

    def statistics(self, connection: Connection, table: sa.Table) -> TableStatistics:
        return statistics(connection, table)

    def inverted_indexes(self, connection: Connection, table: sa.Table) -> tuple[InvertedIndex, ...]:
        return inverted_indexes(connection, table)

    def estimate_live_rows(
        self, connection: Connection, table: sa.Table, column: sa.Column[Any]
    ) -> int | None:
        quote = connection.dialect.identifier_preparer
        rows = connection.execute(
            _LIVE_INDEX_ROWS,
            {
                "table": quote.format_table(table),
                "bare": f"({column.name} IS NULL)",
                "quoted": f"({quote.quote(column.name)} IS NULL)",
            },
        ).scalar()
        return None if rows is None else int(rows)

    def estimate(self, connection: Connection, counting: sa.Select[Any]) -> Estimate | None:
        return estimate(connection, counting)

    @contextmanager
    def limited(self, connection: Connection, milliseconds: int) -> Iterator[None]:
        run(connection, f"SAVEPOINT webadmin_limited; SET LOCAL statement_timeout = {int(milliseconds)}")
        try:
            yield
        finally:
            # Undoes the SET LOCAL too. A connection that is lost says so in the error that is on its way.
            if not connection.invalidated:
                run(connection, "ROLLBACK TO SAVEPOINT webadmin_limited; RELEASE SAVEPOINT webadmin_limited")

    def value_near(self, column: sa.Column[Any], share: float) -> sa.ColumnElement[Any] | None:
        known = (
            sa.select(sa.cast(sa.cast(_STATS.c.histogram_bounds, sa.Text), ARRAY(sa.Text)).label("bounds"))
            .where(_STATS.c.schemaname == (column.table.schema or sa.func.current_schema()))
            .where(_STATS.c.tablename == column.table.name)
            .where(_STATS.c.attname == column.name)
            .limit(1)  # a parent of partitions may have two rows: with its parts and without
            .subquery("known")
        )
        place = sa.cast(1 + sa.func.round(share * (sa.func.cardinality(known.c.bounds) - 1)), sa.Integer)
        text = sa.select(known.c.bounds[place]).scalar_subquery()
        whole = isinstance(column.type, sa.Integer)
        return sa.cast(text, sa.BigInteger) if whole else self.unraw(text, column.type)

    def cancel(self, connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection
        # Both wait until the server has got it, so that it cannot hit a later statement.
        getattr(raw, "cancel_safe", raw.cancel)()

    def contains(self, column: sa.ColumnElement[Any], text: str) -> sa.ColumnElement[bool]:
        if not isinstance(column.type, sa.String) or isinstance(column.type, sa.Enum):
            column = sa.cast(column, sa.Text)
        return column.ilike(f"%{_escape(text)}%", escape="\\")

    def array_contains(self, column: sa.ColumnElement[Any], values: Sequence[Any]) -> sa.ColumnElement[bool]:
        return column.contains(sa.cast(list(values), column.type))

    def array_empty(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.func.cardinality(column) == 0

    def explain(
        self, connection: Connection, sql: str, parameters: Any, *, analyze: bool
    ) -> list[dict[str, Any]]:
        return explain(connection, sql, parameters, analyze=analyze)

    def inline(self, connection: Connection, sql: str, parameters: Any) -> list[Piece]:
        return inline(connection, sql, parameters)

    def list_relations(self, connection: Connection, schemas: Sequence[str]) -> Listing:
        return postgresql_catalog.list_relations(connection, schemas)

    def read_facts(
        self, connection: Connection, relations: Sequence[Relation]
    ) -> dict[tuple[str | None, str], TableFacts]:
        return postgresql_catalog.read_facts(connection, relations)

    def read_all_values(self, engine: Engine) -> None:
        read_all_times(engine)

    def obstacle(self, url: URL, error: BaseException | None = None) -> str | None:
        return postgresql_catalog.reason(error) if error else None


def _key_columns(detail: str) -> tuple[str, ...]:
    found = _KEY_COLUMNS.match(detail.removeprefix("Key ").strip())
    if not found:
        return ()
    return tuple(name.strip().strip('"') for name in found.group(1).split(","))


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
