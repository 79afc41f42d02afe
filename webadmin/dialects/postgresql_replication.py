"""How a request's transaction begins: its limits, how far a standby is, and what a pooler between must not see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy.engine import Connection

from webadmin.dialects.base import Dialect
from webadmin.dialects.postgresql_session import ask, begin
from webadmin.dialects.postgresql_values import all_times, only_known_times, unreadable
from webadmin.dialects.replication import Standing
from webadmin.dialects.timeouts import Timeouts

# Everybody sees whether there is a process that receives, its other columns only some. Texts, since they come as such
# where nobody but the driver reads them.
_STANDING = """
    SELECT pg_is_in_recovery()::int::text,
           CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint::text END,
           CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')::bigint::text END,
           (EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL))::int::text,
           extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8::text,
           CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused()::int::text ELSE '0' END
"""
# Where the next record will be put: what was written out may end before it, where commits do not wait for the disk.
_WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint::text"
_THRESHOLD = "webadmin_prepare_threshold"


class PostgreSQLReplication(Dialect):
    """Beginning and ending a transaction on the server itself, on one that follows it, through a pooler."""

    supports_replicas = True
    _reads_all = False
    """There were times that Python has not. Reading those as text costs something for every time, so it is not done before."""

    def begin(self, connection: Connection, *, read_only: bool, timeouts: Timeouts) -> None:
        self._begin(connection, timeouts, read_only=read_only)

    def begin_on_standby(self, connection: Connection, timeouts: Timeouts) -> Standing:
        return _standing(self._begin(connection, timeouts, read_only=True, first=_STANDING))

    def _begin(
        self, connection: Connection, timeouts: Timeouts, *, read_only: bool, first: str = ""
    ) -> Sequence[str | None]:
        # One string of SET LOCAL costs a round trip less per setting; through the driver's own cursor it
        # is not counted among the page's statements. LOCAL, since behind a pooler the next transaction of this
        # connection may have another session, and another connection this one.
        commands = [
            f"SET LOCAL statement_timeout = {int(timeouts.statement_ms)}",
            f"SET LOCAL lock_timeout = {int(timeouts.lock_ms)}",
        ]
        if read_only:
            commands.insert(0, "SET TRANSACTION READ ONLY")
        raw = connection.connection.driver_connection
        if getattr(raw, "autocommit", False):
            # The host's engine commits each statement; until the connection goes back it does not.
            connection.execution_options(isolation_level="READ COMMITTED")
        if self.unprepared and isinstance(raw, psycopg.Connection) and raw.prepare_threshold is not None:
            connection.info[_THRESHOLD] = raw.prepare_threshold
            raw.prepare_threshold = None
        found = begin(connection, commands, first)
        if self._reads_all:
            all_times(connection)
        return found

    def finish(self, connection: Connection) -> None:
        threshold = connection.info.pop(_THRESHOLD, None)
        raw = connection.connection.driver_connection
        if threshold is not None and isinstance(raw, psycopg.Connection):
            raw.prepare_threshold = threshold
        if self._reads_all:
            only_known_times(connection)

    def reads_more_after(self, error: BaseException) -> bool:
        self._reads_all = self._reads_all or unreadable(error)
        return unreadable(error)

    def standing(self, connection: Connection) -> Standing:
        return _standing(ask(connection, _STANDING))

    def written(self, connection: Connection) -> int | None:
        found = ask(connection, _WRITTEN)[0]
        return None if found is None else int(found)

    def through_pooler(self, raw: Any) -> bool:
        # A pooler tells each client a number of its own for the session, by which it knows which one a client wants to
        # have cancelled; the server names its own.
        told = getattr(getattr(raw, "info", None), "backend_pid", None)
        if told is None:
            return False
        cursor = raw.cursor()
        try:
            cursor.execute("SELECT pg_backend_pid()")
            return bool(cursor.fetchone()[0] != told)
        finally:
            cursor.close()
            raw.rollback()

    def stop_preparing(self, raw: Any) -> None:
        if isinstance(raw, psycopg.Connection):
            raw.prepare_threshold = None


def _standing(row: Sequence[str | None]) -> Standing:
    follows, replayed, received, streams, age, paused = row
    return Standing(
        follows=follows == "1",
        replayed=None if replayed is None else int(replayed),
        received=None if received is None else int(received),
        streams=streams == "1",
        age=None if age is None else float(age),
        paused=paused == "1",
    )
