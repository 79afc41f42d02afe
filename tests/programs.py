"""The command line as a program of its own: started, asked, stopped."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

_ROOT = Path(__file__).parents[1]
_PATIENCE = 60.0  # seconds, for a machine that is busy


class Program:
    """A running ``webadmin``; what it prints is read line by line."""

    def __init__(
        self, *arguments: str, environment: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> None:
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "webadmin", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1", **(environment or {})},
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=read, daemon=True) for read in (self._read_output, self._read_errors)
        ]
        for reader in self._readers:
            reader.start()

    def _read_output(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors.append(line.rstrip("\n"))

    def line(self) -> str:
        """The next line of its output. Raises AssertionError when it ends before."""
        found = self._lines.get(timeout=_PATIENCE)
        assert found is not None, f"it ended: {self.errors}"
        return found

    def address(self) -> str:
        """The address that it prints when it is ready."""
        found = re.search(r"http://\S+", self.line())
        assert found is not None
        return found.group()

    def wait_for_error(self, word: str) -> None:
        """Until it has written ``word`` to its error output."""
        deadline = time.monotonic() + _PATIENCE
        while not any(word in line for line in self.errors):
            assert self.process.poll() is None, self.errors
            assert time.monotonic() < deadline, self.errors
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Tell it to stop; returns how many seconds that took. Its exit status is ``process.returncode``."""
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(_PATIENCE)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        took = time.monotonic() - begun
        for reader, pipe in zip(self._readers, (self.process.stdout, self.process.stderr), strict=True):
            reader.join(_PATIENCE)
            if pipe is not None:
                pipe.close()
        return took


@contextmanager
def running(
    *arguments: str, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Iterator[Program]:
    """A ``webadmin`` with these arguments, stopped at the end."""
    program = Program(*arguments, environment=environment, folder=folder)
    try:
        yield program
    finally:
        program.stop()


@contextmanager
def browsing() -> Iterator[httpx.Client]:
    """A client that keeps cookies and follows redirects."""
    with httpx.Client(follow_redirects=True, timeout=_PATIENCE) as client:
        yield client


def working_in(folder: Path) -> list[int]:
    """The processes that have this folder, or one below it, as their working folder or among their arguments (Linux)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            here = os.readlink(entry / "cwd")
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if int(entry.name) != os.getpid() and any(text.startswith(str(folder)) for text in (here, *words)):
            found.append(int(entry.name))
    return found
