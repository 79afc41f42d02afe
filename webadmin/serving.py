"""A web server around an ASGI app, for the command line."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EADDRNOTAVAIL
from types import FrameType
from typing import Any

import uvicorn

_PATIENCE = 2  # seconds that requests may still take when the program is told to stop


class PortInUse(Exception):
    """Another program listens there."""


@contextmanager
def reserve(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that nobody can connect to yet, so that a port which is taken is known before any work is done.

    Raises PortInUse with one clear line.
    """
    with _failing_plainly(host, port):
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        reserved = socket.socket(family, kind, protocol)
        try:
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            reserved.bind(address)
        except OSError:
            reserved.close()
            raise
    with reserved:
        yield reserved


def serve_app(app: Any, reserved: socket.socket, *, host: str, started: Callable[[str], None]) -> None:
    """Serve until Ctrl+C or SIGTERM. ``started`` is called with the address (no trailing slash) once it listens.

    Raises PortInUse when another program was quicker to listen there.
    """
    number = reserved.getsockname()[1]
    with _failing_plainly(host, number):
        reserved.listen(128)
    shown = f"[{host}]" if ":" in host else "127.0.0.1" if host == "0.0.0.0" else host
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=_PATIENCE
    )
    gc.freeze()  # what was made so far stays: the collector need not go through it again and again
    _Server(config, lambda: started(f"http://{shown}:{number}")).run(sockets=[reserved])


@contextmanager
def _failing_plainly(host: str, port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        other = "--host" if isinstance(error, socket.gaierror) or error.errno == EADDRNOTAVAIL else "--port"
        reason = error.strerror or str(error)
        raise PortInUse(
            f"cannot listen on {host} port {port}: {reason}; choose another with {other}"
        ) from None


@contextmanager
def stopping() -> Iterator[None]:
    """Ctrl+C and SIGTERM end the program at any time in the same way, through every ``finally`` inside, and without
    waiting for statements that still run. The exit status is 0 for Ctrl+C, 143 for SIGTERM."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    previous = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        print(file=sys.stderr)
        _leave_threads_behind(0)
    except SystemExit as stopped:
        _leave_threads_behind(stopped.code if isinstance(stopped.code, int) else 1)
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)


def _leave_threads_behind(status: int) -> None:
    """A thread that waits for the database would keep the program for as long as that takes."""
    others = (thread for thread in threading.enumerate() if thread is not threading.main_thread())
    if any(not thread.daemon for thread in others):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # From here on a request that is cut off is no fault that anybody has to read about.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)
        await super().shutdown(sockets=sockets)
