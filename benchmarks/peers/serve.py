"""Serves a peer's app on a free port of this machine, until standard input ends."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from typing import Any

import uvicorn


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def serve(app: Any) -> None:
    """Print the port, then answer until standard input ends."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    # With its protocol named, or else asyncio leaves small answers waiting for what was sent before them to be acknowledged.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)  # who connects before the app is ready waits
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])
