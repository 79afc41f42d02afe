"""What a process remembers of saved views and settings, so that a list does not ask for them on every page."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from sqlalchemy import exc

from webadmin.auth.cookie import SessionData
from webadmin.database.own_tables.there import There
from webadmin.options.context import Context
from webadmin.saved.cookie import CookieStore
from webadmin.saved.kept import Kept
from webadmin.saved.store import Store, person_of
from webadmin.saved.tables import TABLES, TableStore

FRESH = 30.0
"""Seconds after which is asked again what others may have changed."""
_MOST = 2000  # lists of persons, of which each takes some kilobytes at most
_STAMP = "t"


class Shelf:
    """Opens the store of a person and a list, and remembers what was read from it.

    A change of one's own is seen at once, in every process: the cookie names the last one, and what was remembered before
    it counts no more. What others have shared is seen within ``FRESH`` seconds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: OrderedDict[tuple[str, str], tuple[float, str, Kept]] = OrderedDict()
        self._there = There(TABLES)

    def open(
        self, context: Context, cookie: SessionData, key: str, *, writes: bool, read_only: bool
    ) -> Store:
        """The store of the request's person for the list ``key``.

        :param writes: the request may change it, so it is read anew.
        :param read_only: nothing is written to the database, so the cookie has to do.
        """
        person = person_of(context.user)
        if not person or read_only or not self._there.ask(context.dialect, context.session.connection()):
            return CookieStore(cookie, person, key)

        def changed() -> None:
            cookie.keep({**cookie.kept, _STAMP: secrets.token_hex(4)})
            self._forget(key)

        def remembered(read: Callable[[], Kept]) -> Kept:
            return self._remembered((person, key), str(cookie.kept.get(_STAMP, "")), read)

        return TableStore(context, person, key, changed, None if writes else remembered)

    def _remembered(self, place: tuple[str, str], stamp: str, read: Callable[[], Kept]) -> Kept:
        """What ``read`` gives, or gave a short while ago under the same ``stamp``."""
        now = time.monotonic()
        with self._lock:
            found = self._read.get(place)
        if found is not None and found[1] == stamp and now - found[0] < FRESH:
            return found[2]
        try:
            kept = read()
        except exc.DBAPIError:
            self._there.forget()
            raise
        with self._lock:
            self._read[place] = (now, stamp, kept)
            self._read.move_to_end(place)
            while len(self._read) > _MOST:
                self._read.popitem(last=False)
        return kept

    def _forget(self, key: str) -> None:
        with self._lock:
            for place in [place for place in self._read if place[1] == key]:
                del self._read[place]
