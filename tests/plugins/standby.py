"""A PostgreSQL server with a streaming replica of it, made as an administrator makes one: by ``pg_basebackup``."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from sqlalchemy import Engine

from tests.plugins.databases import fresh_name, opened, run_folder
from webadmin.demo import postmaster
from webadmin.demo.binaries import Runner, find_binaries
from webadmin.demo.server import EmbeddedServer

_PATIENCE = 30.0


@dataclass
class Replicated:
    """Two servers, of which the second repeats what is written to the first."""

    primary: EmbeddedServer
    standby: EmbeddedServer

    def caught_up(self) -> None:
        """Wait until the standby has repeated all that was written."""
        with connect(self.primary) as writing, connect(self.standby) as reading:
            end = writing.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
            waits_for(
                lambda: (
                    reading.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", end).fetchone()
                    == (True,)
                )
            )

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Meanwhile the standby repeats nothing, though it hears of it."""
        with connect(self.standby) as reading:
            reading.execute("SELECT pg_wal_replay_pause()")
            waits_for(
                lambda: reading.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() == ("paused",)
            )
            try:
                yield
            finally:
                reading.execute("SELECT pg_wal_replay_resume()")
        self.caught_up()

    @contextmanager
    def killed(self) -> Iterator[None]:
        """Meanwhile there is no standby; it ends as by a power failure."""
        data = self.standby.folder / f"data-{_version()}"
        found = postmaster.running(data)
        assert found is not None
        os.kill(found.pid, signal.SIGKILL)
        waits_for(lambda: postmaster.running(data) is None)
        try:
            yield
        finally:
            self.standby.start()
        self.caught_up()


def waits_for(holds: Callable[[], bool]) -> None:
    """Wait until something holds, as it will in a moment."""
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it does not come about"
        time.sleep(0.01)


def connect(server: EmbeddedServer) -> psycopg.Connection:
    return psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True)


def _version() -> int:
    return find_binaries(Runner.here()).version


@pytest.fixture(scope="session")
def replicated() -> Iterator[Replicated]:
    """A server of the worker's own, and its replica."""
    place = fresh_name()
    with (
        EmbeddedServer(run_folder() / f"first-{place}", durable=False) as primary,
        EmbeddedServer(run_folder() / f"second-{place}", durable=False, following=primary) as standby,
    ):
        yield Replicated(primary, standby)


@pytest.fixture(scope="session")
def replicated_engines(replicated: Replicated) -> Iterator[tuple[Engine, Engine]]:
    """Engines on one database of both servers: the first may write."""
    name = fresh_name()
    url = replicated.primary.create_database(name)
    replicated.caught_up()
    with opened(url) as primary, opened(replicated.standby.url(name)) as standby:
        yield primary, standby
