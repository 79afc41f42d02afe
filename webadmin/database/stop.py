"""Stopping what the database does for somebody who does not wait for it any more."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection

from webadmin.dialects import Dialect
from webadmin.errors import BadRequest
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin")


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
