"""Stopping what the database does for a request when nobody waits for the answer any more."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import anyio
from sqlalchemy.engine import Connection
from starlette.types import Receive

from webadmin.dialects import Dialect
from webadmin.errors import BadRequest
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin")

T = TypeVar("T")


class Stop:
    """The connection of one request, to be stopped from outside; safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._work: tuple[Dialect, Connection] | None = None
        self._gone = False

    @contextmanager
    def of(self, dialect: Dialect, connection: Connection) -> Iterator[None]:
        """While within, :meth:`now` stops what ``connection`` does; never what it does for the next request.
        Raises BadRequest when that was said before."""
        with self._lock:
            if self._gone:
                raise BadRequest(_("The request was given up before it was answered."))
            self._work = dialect, connection
        try:
            yield
        finally:
            with self._lock:
                self._work = None

    def is_gone(self) -> bool:
        """Whether it was said that nobody waits any more."""
        return self._gone

    def now(self) -> None:
        """Stop the statement that runs, if one does."""
        with self._lock:
            self._gone = True
            if self._work is None:
                return
            dialect, connection = self._work
            try:
                dialect.cancel(connection)
            except Exception:
                # Its time limit ends the statement as well, only later.
                logger.debug("a statement could not be stopped", exc_info=True)


async def until_gone(
    work: Callable[[], T], stop: Stop, receive: Receive, limiter: anyio.CapacityLimiter
) -> T:
    """What ``work`` answers in a thread; ``stop`` is pulled when the client goes away meanwhile."""

    async def listen() -> None:
        while (await receive())["type"] == "http.request":
            pass
        # In a thread of its own, as the others may all be waiting for their statements.
        await anyio.to_thread.run_sync(stop.now, limiter=anyio.CapacityLimiter(1))

    async with anyio.create_task_group() as group:
        group.start_soon(listen)
        found = await anyio.to_thread.run_sync(work, limiter=limiter)
        group.cancel_scope.cancel()
    return found
