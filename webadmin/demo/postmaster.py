"""The processes of an embedded PostgreSQL: is one alive, stop it, and watch over the program that uses it.

Only the standard library is imported: the watcher runs this file by itself, in a bare interpreter.

Every program holds a shared lock on ``users.lock`` for as long as it uses the server. The kernel lets go of it however
the program ends, so whoever can take that lock alone is the last one, and stops the server. ``start.lock`` lets only
one program at a time start or stop.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]

SOCKET_FOLDER_PREFIX = "webadmin-pg-"
"""How a socket folder outside the data folder is named; it goes when the server stops."""

_FAST = signal.SIGINT  # what PostgreSQL calls a fast shutdown: open transactions are rolled back


class Postmaster(NamedTuple):
    """What ``postmaster.pid`` in a data folder says about the server that runs there."""

    pid: int
    socket_folder: str


def supported() -> bool:
    """Whether this system has the file locks and signals that the manager is built on."""
    return fcntl is not None


def running(data: Path) -> Postmaster | None:
    """The live server of a data folder, or None; a zombie or a stranger under a used pid is no server."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        found = Postmaster(int(lines[0]), lines[4])
    except (OSError, ValueError, IndexError):
        return None
    return found if _is_postgres(found.pid) else None


def _is_postgres(pid: int) -> bool:
    """Whether a live process of this number is a PostgreSQL server process."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            name, _, rest = (
                stat.read_text(encoding="utf-8", errors="replace").partition("(")[2].rpartition(")")
            )
        except OSError:
            return False
        return name.startswith("postgres") and rest.split()[0] not in "ZX"
    command = ["ps", "-o", "stat=,comm=", "-p", str(pid)]
    state, _, name = (
        subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip().partition(" ")
    )
    return bool(state) and not state.startswith("Z") and "postgres" in name


def clear_stale(data: Path) -> None:
    """Remove what a killed server left, so that the next one starts. Call under the start lock, with none running.

    PostgreSQL judges its lock files by ``kill(pid, 0)``, which a zombie answers and so does any process that got the
    number since. Its former child processes must be gone first: they still write to the shared memory.
    """
    deadline = time.monotonic() + 10
    while _working_in(data) and time.monotonic() < deadline:
        time.sleep(0.05)
    for stale in (data / "postmaster.pid", *data.parent.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)


def _working_in(data: Path) -> bool:
    """Whether a live process works in this folder, as every PostgreSQL process does in its data folder (Linux)."""
    here = str(data.resolve())
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.readlink(process / "cwd") == here and _is_postgres(int(process.name)):
                return True
    return False


def stop(data: Path, *, patience: float = 20.0) -> None:
    """Stop the server of a data folder and wait until it is gone: politely for ``patience`` seconds, then hard."""
    server = running(data)
    if server is None:
        return
    for how, seconds in ((_FAST, patience), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(server.pid, how)
        deadline = time.monotonic() + seconds
        while _is_postgres(server.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        if not _is_postgres(server.pid):
            break
    if Path(server.socket_folder).name.startswith(SOCKET_FOLDER_PREFIX):
        shutil.rmtree(server.socket_folder, ignore_errors=True)


@contextlib.contextmanager
def starting(folder: Path) -> Iterator[None]:
    """Hold the lock under which alone a server of this folder is started or stopped; waits for it."""
    with (folder / "start.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def join(folder: Path) -> int:
    """Take part in using the server; returns a descriptor to close when done. Call under the start lock."""
    descriptor = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def unused(folder: Path) -> bool:
    """Whether no program uses the server any more. Call under the start lock, with one's own part given up."""
    with (folder / "users.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def watch(folder: Path, data: Path) -> subprocess.Popen[bytes]:
    """Start a process that outlives this one, however it ends, and then stops a server that nobody uses.

    Close its standard input to set it off; write a byte first to dismiss it.
    """
    command = [sys.executable or "python3", "-I", "-S", __file__, str(folder), str(data)]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )


def _watch(folder: Path, data: Path) -> None:
    if sys.stdin.buffer.read(1):
        return
    # A dying process gives up the pipe and the lock one after the other: the first look may come in between.
    for _ in range(40):
        if not data.exists():
            return
        with starting(folder):
            if unused(folder):
                stop(data)
                return
        time.sleep(0.05)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    _watch(Path(sys.argv[1]), Path(sys.argv[2]))
