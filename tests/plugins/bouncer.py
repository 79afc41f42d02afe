"""A real PgBouncer before the test server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy.engine import make_url

from tests.plugins.databases import fresh_name, only_one, run_folder
from tests.plugins.pgbouncer import find_or_install
from tests.plugins.standby import waits_for
from webadmin.demo.binaries import Runner

_PORT = 6432  # of a socket in a folder of its own
_SESSIONS = 3


@dataclass
class Bouncer:
    """A PgBouncer that shares few sessions among many connections, by the transaction."""

    folder: Path

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of the server behind it."""
        return f"postgresql+psycopg://postgres@/{quote(database, safe='')}?host={self.folder}&port={_PORT}"


@contextmanager
def bouncing(program: str, folder: Path, host: str) -> Iterator[Bouncer]:
    """A PgBouncer whose socket and settings are in ``folder``, before the server at ``host``."""
    runner = Runner.here()
    folder.mkdir()
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"""
        [databases]
        * = host={host} user=postgres
        [pgbouncer]
        listen_addr =
        listen_port = {_PORT}
        unix_socket_dir = {folder}
        auth_type = any
        pool_mode = transaction
        default_pool_size = {_SESSIONS}
        max_client_conn = 200
        logfile = {folder / "pgbouncer.log"}
        """.replace("\n        ", "\n")
    )
    if runner.drops:
        os.chown(folder, runner.uid, runner.gid)
    account = {"user": runner.uid, "group": runner.gid, "extra_groups": []} if runner.drops else {}
    command = [program, "-q", str(settings)]
    running = subprocess.Popen(command, cwd="/", stdin=subprocess.DEVNULL, **account)  # type: ignore[call-overload]
    try:
        waits_for((folder / f".s.PGSQL.{_PORT}").exists)
        yield Bouncer(folder)
    finally:
        running.terminate()
        running.wait(30)


@pytest.fixture(scope="session")
def bouncer(request: pytest.FixtureRequest) -> Iterator[Bouncer]:
    """A PgBouncer before the test server; tests with it are skipped where it cannot be installed."""
    with only_one("pgbouncer"):
        program = find_or_install()
    if program is None:
        pytest.skip("there is no PgBouncer on this machine, and it cannot be installed")
    server = request.getfixturevalue("server")
    host = str(make_url(server.url()).query["host"])
    with bouncing(program, run_folder() / f"bouncer-{fresh_name()}", host) as running:
        yield running
