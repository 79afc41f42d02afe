"""A web server around an ASGI app, for the command line."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import uvicorn


class PortInUse(Exception):
    """Another program listens there."""


def serve_app(app: Any, *, host: str, port: int, started: Callable[[str], None]) -> None:
    """Serve until Ctrl+C or SIGTERM. ``started`` is called with the address (no trailing slash) once it listens.

    Raises PortInUse with one clear line when the port cannot be had.
    """
    listener = _listen(host, port)
    with listener:
        number = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else "127.0.0.1" if host == "0.0.0.0" else host
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=3)
        server = _Server(config, lambda: started(f"http://{shown}:{number}"))
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._announce()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        raise PortInUse(
            f"cannot listen on {host} port {port}: {error.strerror or error}; choose another with --port"
        ) from None
    return listener
