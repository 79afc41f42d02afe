"""What SQLite tells of itself: the size of its file, and as many rows as ANALYZE has counted."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection

from webadmin.dialects.overview import IndexUse, Overview, Place, Server, TableSize

_SETTINGS = (
    "journal_mode", "synchronous", "foreign_keys", "busy_timeout", "page_size", "cache_size", "encoding", "auto_vacuum",
)  # fmt: skip


class SQLiteOverview(Overview):
    def server(self, connection: Connection) -> Server:
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
        size = connection.exec_driver_sql("PRAGMA page_size").scalar() or 0
        settings = [(name, str(connection.exec_driver_sql(f"PRAGMA {name}").scalar())) for name in _SETTINGS]
        return Server(
            connection.engine.url.database or "", f"SQLite {version}", pages * size, settings=settings
        )

    def table_sizes(self, connection: Connection) -> list[TableSize]:
        counted: dict[str, int] = {}
        try:
            for table, stat in connection.exec_driver_sql(
                "SELECT tbl, stat FROM sqlite_stat1 WHERE stat <> ''"
            ):
                counted[table] = int(str(stat).split()[0])
        except exc.DBAPIError:
            pass  # nobody has run ANALYZE
        inspector = sa.inspect(connection)
        found = [TableSize(None, name, rows=counted.get(name)) for name in inspector.get_table_names()]
        return sorted(
            [*found, *(TableSize(None, name, "view") for name in inspector.get_view_names())],
            key=lambda table: table.name,
        )

    def index_uses(self, connection: Connection, table: Place) -> list[IndexUse]:
        stmt = sa.text(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table ORDER BY name"
        )
        return [
            IndexUse(
                name,
                sql or "made by a constraint",
                is_unique="UNIQUE" in (sql or "UNIQUE").upper().split("(")[0],
            )
            for name, sql in connection.execute(stmt, {"table": table[1]})
        ]
