"""What PostgreSQL tells of itself: sizes and use by the statistics views, connections with who blocks whom."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects.overview import (
    Connected,
    Counter,
    IndexUse,
    Overview,
    Place,
    Server,
    TableSize,
    valueless,
)

_KINDS = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialized view",
    "f": "foreign table",
}
_SETTINGS = (
    "max_connections", "shared_buffers", "work_mem", "maintenance_work_mem", "effective_cache_size", "random_page_cost",
    "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "default_transaction_isolation", "jit",
    "max_parallel_workers_per_gather", "autovacuum", "track_io_timing", "wal_level", "TimeZone", "server_encoding",
)  # fmt: skip

_SERVER = sa.text(
    "SELECT current_database(), current_setting('server_version'), pg_database_size(current_database()), "
    "pg_postmaster_start_time()"
)
_OF_SETTINGS = sa.text(
    "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(:names) ORDER BY name"
)
_EXTENSIONS = sa.text("SELECT extname, extversion FROM pg_extension ORDER BY extname")
_TYPES = sa.text(
    """
    SELECT format_type(t.oid, NULL), string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
      FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.oid ORDER BY 1
    """
)
_COUNTERS = sa.text(
    """
    SELECT schemaname || '.' || sequencename, last_value::float / max_value
      FROM pg_sequences WHERE last_value > max_value / 2 AND increment_by > 0 ORDER BY 2 DESC
    """
)
_TABLES = sa.text(
    """
    SELECT CASE WHEN n.nspname = current_schema() THEN NULL ELSE n.nspname END, c.relname, c.relkind,
           CASE WHEN c.relkind IN ('r', 'm', 'f') AND c.reltuples >= 0 AND NOT row_security_active(c.oid)
                THEN c.reltuples::bigint
                WHEN c.relkind = 'p'
                THEN (SELECT sum(leaf.reltuples)::bigint FROM pg_partition_tree(c.oid) tree
                        JOIN pg_class leaf ON leaf.oid = tree.relid WHERE tree.isleaf AND leaf.reltuples >= 0) END,
           CASE WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid)
                WHEN c.relkind = 'p' THEN (SELECT sum(pg_total_relation_size(tree.relid))::bigint
                                             FROM pg_partition_tree(c.oid) tree WHERE tree.isleaf) END,
           CASE WHEN c.relkind IN ('r', 'm') THEN pg_indexes_size(c.oid) END,
           s.n_dead_tup, greatest(s.last_vacuum, s.last_autovacuum), greatest(s.last_analyze, s.last_autoanalyze)
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND has_schema_privilege(n.oid, 'USAGE')
       AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
     ORDER BY 1 NULLS FIRST, 2
    """
)
_INDEXES = sa.text(
    """
    SELECT c.relname, pg_get_indexdef(c.oid), pg_relation_size(c.oid), s.idx_scan,
           (to_jsonb(s) ->> 'last_idx_scan')::timestamptz, i.indisunique, i.indisvalid AND i.indisready,
           (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database())
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
      LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = i.indexrelid
     WHERE i.indrelid = to_regclass(:table)
     ORDER BY i.indisprimary DESC, c.relname
    """
)
_CONNECTED = sa.text(
    """
    SELECT pid, application_name, coalesce(state, ''), state_change, coalesce(wait_event_type || ': ' || wait_event, ''),
           pg_blocking_pids(pid), left(coalesce(query, ''), 500), usename = current_user
      FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
     ORDER BY state_change NULLS LAST LIMIT 200
    """
)


class PostgreSQLOverview(Overview):
    def server(self, connection: Connection) -> Server:
        name, version, size, since = connection.execute(_SERVER).one()
        return Server(
            name,
            f"PostgreSQL {version}",
            size,
            since,
            settings=[tuple(row) for row in connection.execute(_OF_SETTINGS, {"names": list(_SETTINGS)})],
            extensions=[tuple(row) for row in connection.execute(_EXTENSIONS)],
            types=[tuple(row) for row in connection.execute(_TYPES)],
            counters=[Counter(*row) for row in connection.execute(_COUNTERS)],
        )

    def table_sizes(self, connection: Connection) -> list[TableSize]:
        return [
            TableSize(schema, name, _KINDS[kind], *rest)
            for schema, name, kind, *rest in connection.execute(_TABLES)
        ]

    def index_uses(self, connection: Connection, table: Place) -> list[IndexUse]:
        quote = connection.dialect.identifier_preparer.quote
        name = ".".join(quote(part) for part in table if part is not None)
        return [IndexUse(*row) for row in connection.execute(_INDEXES, {"table": name})]

    def connected(self, connection: Connection) -> list[Connected] | None:
        return [
            Connected(
                str(id),
                application,
                state,
                since,
                waits,
                tuple(map(str, blocking)),
                valueless(statement),
                own,
            )
            for id, application, state, since, waits, blocking, statement, own in connection.execute(
                _CONNECTED
            )
        ]
