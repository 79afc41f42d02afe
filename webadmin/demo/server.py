"""An embedded PostgreSQL: a server of one's own in a folder, for the demo, the tests and the benchmarks.

The programs come from a wheel, or from the system. The server listens on a Unix socket in a closed folder only, and
lives as long as some program uses it: see :mod:`webadmin.demo.postmaster`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from webadmin.demo import postmaster
from webadmin.demo.binaries import Binaries, EmbeddedServerError, Runner, find_binaries

__all__ = ["EmbeddedServer", "EmbeddedServerError", "default_folder"]

_SOCKET_LIMIT = 80  # bytes; the system's limit is about 103 with the socket's own name, and URLs hold it too
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What PostgreSQL takes of itself is for the smallest of machines. Memory is only taken as far as it is used.
    "shared_buffers": "512MB",
}
_FAST_AND_LOOSE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


def default_folder() -> Path:
    """Where the demo's data is kept for this user."""
    try:
        from platformdirs import user_data_path
    except ImportError:  # comes with the extra "demo"; the system's own PostgreSQL can be used without it
        return Path.home() / ".local" / "share" / "webadmin" / "postgresql"
    return user_data_path("webadmin", appauthor=False) / "postgresql"


class EmbeddedServer:
    """A PostgreSQL server whose data lives in a folder; a context manager that starts and stops it.

    Any number of programs may use one folder at once: the first starts the server, the last stops it, however each of
    them ends. ``durable=False`` trades safety against power loss for speed (tests). ``following``: a server that runs, of
    which this one is a streaming replica; it is copied where the folder is empty. ``programs`` is a folder with PostgreSQL's
    programs; by default one is found.
    """

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = True,
        following: EmbeddedServer | None = None,
        programs: Path | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.durable = durable
        self.programs = programs
        self._following = following
        self._data: Path | None = None
        self._membership: int | None = None
        self._watcher: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server, or join the one that runs; returns the URL of its database ``postgres``.

        Recovers by itself from a server that was killed, also when called again on a started object. Raises
        :class:`EmbeddedServerError` when there is no PostgreSQL to run or it does not start.
        """
        if not postmaster.supported():
            raise EmbeddedServerError("The embedded PostgreSQL runs on Linux and macOS only.")
        runner = Runner.here()
        binaries = find_binaries(runner, self.programs)
        try:
            self.folder = _prepare(self.folder, runner)
        except OSError as error:
            raise EmbeddedServerError(
                f"The folder {self.folder} cannot be used: {error.strerror}."
            ) from error
        self._data = self.folder / f"data-{binaries.version}"
        with postmaster.starting(self.folder):
            if self._membership is None:
                self._membership = postmaster.join(self.folder)
            try:
                if not postmaster.running(self._data):
                    self._launch(self._data, binaries, runner)
                if self._watcher is None:
                    self._watcher = postmaster.watch(self.folder, self._data)
            except BaseException:
                self._leave()
                raise
        return self.url()

    def stop(self) -> None:
        """Leave the server; the last program to leave stops it. Does nothing when not started."""
        if self._data is None or self._membership is None:
            return
        with postmaster.starting(self.folder):
            self._leave()
            if postmaster.unused(self.folder):
                postmaster.stop(self._data)

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of a database of the running server."""
        return f"postgresql+psycopg://postgres@/{quote(database, safe='')}?host={quote(self._socket_folder(), safe='')}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, as a copy of ``template`` if one is given; returns its URL.

        The template must have no open connections. Raises :class:`psycopg.Error` when the name is taken.
        """
        with self._connect() as connection:
            copy: sql.Composable = sql.SQL("")
            if template is not None:
                copy = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
                if connection.info.server_version >= 150000:
                    copy += sql.SQL(
                        " STRATEGY file_copy"
                    )  # faster than the write-ahead log for small databases
                if connection.info.server_version >= 180000:
                    with contextlib.suppress(psycopg.Error):  # not on every file system
                        connection.execute("SET file_copy_method = clone")
            connection.execute(sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(name), copy))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists, cutting its connections."""
        with self._connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=self._socket_folder(), user="postgres", dbname="postgres", autocommit=True
        )

    def _socket_folder(self) -> str:
        server = postmaster.running(self._data) if self._data is not None else None
        if server is None:
            raise EmbeddedServerError("The embedded PostgreSQL is not running.")
        return server.socket_folder

    def _launch(self, data: Path, binaries: Binaries, runner: Runner) -> None:
        if not data.exists():
            self._create(data, binaries, runner)
        postmaster.clear_stale(data)
        settings = _SETTINGS if self.durable else _SETTINGS | _FAST_AND_LOOSE
        settings = settings | {"unix_socket_directories": self._make_socket_folder(runner)}
        options = shlex.join(f"--{name}={value}" for name, value in settings.items())
        log = self.folder / "server.log"
        done = runner.run(binaries["pg_ctl"], "-w", "-t", "60", "-D", data, "-l", log, "-o", options, "start")
        if done.returncode or not postmaster.running(data):
            raise EmbeddedServerError(f"The embedded PostgreSQL did not start; {log} says why.")

    def _create(self, data: Path, binaries: Binaries, runner: Runner) -> None:
        """Make the data folder under another name first: one that was interrupted is never taken for a whole one."""
        unfinished = data.with_name(f"{data.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if runner.drops:
            os.chown(unfinished, runner.uid, runner.gid)
        if self._following is not None:
            self._copy(self._following, unfinished, binaries, runner)
        else:
            self._fill(unfinished, binaries, runner)
        unfinished.rename(data)

    def _copy(self, other: EmbeddedServer, folder: Path, binaries: Binaries, runner: Runner) -> None:
        # Without waiting for a checkpoint, with all that is needed to follow from then on.
        options = ["--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf"]
        if not self.durable:
            options.append("--no-sync")
        place: list[str | Path] = ["-h", other._socket_folder(), "-U", "postgres", "-D", folder]
        done = runner.run(binaries["pg_basebackup"], *options, *place)
        if done.returncode:
            lines = done.stdout.strip().splitlines() or ["it said nothing"]
            raise EmbeddedServerError(f"PostgreSQL could not copy {other.folder} ({lines[-1]}).")

    def _fill(self, folder: Path, binaries: Binaries, runner: Runner) -> None:
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        if binaries.version >= 17:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            options.append("--no-sync")
        done = runner.run(binaries["initdb"], *options, "-D", folder)
        if done.returncode:
            lines = done.stdout.strip().splitlines() or ["it said nothing"]
            raise EmbeddedServerError(f"PostgreSQL could not create {folder} ({lines[-1]}).")

    def _make_socket_folder(self, runner: Runner) -> str:
        if len(os.fsencode(self.folder)) <= _SOCKET_LIMIT and "," not in str(self.folder):
            return str(self.folder)
        short = tempfile.mkdtemp(prefix=postmaster.SOCKET_FOLDER_PREFIX, dir="/tmp")
        if runner.drops:
            os.chown(short, runner.uid, runner.gid)
        return short

    def _leave(self) -> None:
        if self._membership is not None:
            os.close(self._membership)
            self._membership = None
        if self._watcher is not None:
            with contextlib.suppress(BrokenPipeError):
                self._watcher.communicate(b"x")
            self._watcher = None


def _prepare(folder: Path, runner: Runner) -> Path:
    """Make the folder and hand it to the server's account; returns the folder to use, absolute.

    As root, a folder below a closed one (root's home, say) cannot be entered by that account, and opening the parents
    to everybody is not ours to do: then a folder of root's own stands in for it.
    """
    folder = folder.expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if not runner.drops:
        folder.chmod(0o700)
        return folder
    if not runner.reaches(folder.parent):
        mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        folder = Path("/var/lib/webadmin") / mark
        folder.mkdir(parents=True, exist_ok=True)
        folder.parent.chmod(0o755)
    os.chown(folder, runner.uid, runner.gid)
    folder.chmod(0o700)
    return folder
