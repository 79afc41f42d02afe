"""The maps of one admin in this process: kept within bounds, made one at a time by a thread of their own."""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool, QueuePool

from webadmin.database.session import Database
from webadmin.dialects import Timeouts
from webadmin.listing.pagemap.build import Builder, Interrupted, NotMapped
from webadmin.listing.pagemap.subject import Subject, SubjectKey
from webadmin.listing.pagemap.tree import IdList, PageMap
from webadmin.options.context import Context

logger = logging.getLogger("webadmin")

Map = PageMap | IdList

MEMORY = 64 * 1024 * 1024
"""Bytes that all maps of an admin may take."""
REST = 10
"""How much longer than a map takes to make it is left alone before it is made again."""
_PAUSE = 0.5  # seconds, the least between two makings of one map
_FRESH = 1.0  # seconds that what was heard of writes is good for
_QUIET = 60.0  # seconds after which a map is made again although nobody seems to have written to its table,
_QUIET_SHARE = 30  # or so many times what it took, if that is less
_GIVEN_UP = 600.0  # seconds after which a list that could not be mapped is tried again
_PASSING = {"statement_timeout", "lock_timeout", "connection_lost", "pool_timeout"}
"""Kinds of failures that say nothing of a map."""
_MOST_PAUSE = 2.0  # seconds
_MOST_WAITING = 20
_MOST_ENTRIES = 200
_MOST_FOLLOWED = 8


@dataclass(frozen=True, slots=True)
class Followed:
    """A map and the list that it is of."""

    map: PageMap
    context: Context
    """Of the person for whom it was made; its session is over."""
    subject: Subject


@dataclass(slots=True)
class _Entry:
    map: Map | None = None
    again: float = 0.0
    """From when on it may be looked after, on the monotonic clock."""
    anew: float = 0.0
    """From when on it may be made anew, on the same."""
    job: _Job | None = None
    """What it was made for."""


@dataclass(slots=True)
class _Job:
    context: Context
    subject: Subject
    environment: contextvars.Context = field(default_factory=contextvars.copy_context)
    """The host's functions may look into context variables to tell what a person may see."""


class PageMaps:
    """Maps by the list that they are of; safe to ask from any thread.

    :param memory: bytes that they may take together; those not asked for longest go first.
    """

    def __init__(self, database: Database, *, memory: int = MEMORY) -> None:
        self._database, self._memory = database, memory
        self._watcher = database.dialect.watcher(database.engine)
        self._entries: OrderedDict[SubjectKey, _Entry] = OrderedDict()
        self._waiting: OrderedDict[SubjectKey, _Job] = OrderedDict()
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._closed = False

    def find(self, subject: Subject) -> Map | None:
        """The map of a list, if there is one; it may have been overtaken by changes: see :meth:`exact`."""
        with self._lock:
            entry = self._entries.get(subject.key)
            if entry is None:
                return None
            self._entries.move_to_end(subject.key)
            return entry.map

    def any_of(self, view_key: str) -> bool:
        """Whether lists of this view have been asked for."""
        with self._lock:
            return any(subject.view_key == view_key for subject in self._entries)

    def exact(self, map: Map, connection: Connection, seen: Any) -> bool:
        """Whether ``map`` is right for a statement just run on ``connection``.

        :param seen: what the statement gave for ``dialect.snapshot()``, if anything.
        """
        dialect, state = self._database.dialect, map.state
        if state.seen is None:
            return False
        if dialect.supports_snapshots:
            return isinstance(seen, str) and dialect.same_data(state.seen, seen, frozenset(state.own))
        begun = dialect.begun(connection)
        # A transaction from before the map could still see what was there earlier.
        after = begun is not None and begun > state.finished
        return after and self._watcher is not None and self._watcher.state() == state.seen

    def within(self, map: Map, connection: Connection, table: sa.Table, *, ask: bool) -> int | None:
        """By how many rows at most places and total are off that ``map`` says of ``table``, as far as the database has
        counted others' writes; None where that is not known.

        :param ask: ask the database, with one statement.
        """
        heard = map.state.heard
        if heard is None or time.monotonic() - heard.at > _FRESH:
            if not ask:
                return None
            heard = map.state.hear(self._database.dialect.table_facts(connection, table)[1])
        return heard.within

    def want(self, context: Context, subject: Subject) -> None:
        """Have the map of a list made, or made again, when there is time for it. Returns at once."""
        with self._lock:
            entry = self._entries.setdefault(subject.key, _Entry())
            if self._closed or time.monotonic() < entry.again or subject.key in self._waiting:
                return
            if len(self._waiting) >= _MOST_WAITING or not self._spare_connection():
                return
            self._waiting[subject.key] = _Job(replace(context, hook_request=None), subject)
            if self._idle.is_set():
                self._idle.clear()
                threading.Thread(target=self._work, name="webadmin-page-maps", daemon=True).start()

    def followed(self) -> list[Followed]:
        """The maps whose lists were asked for last, each with what it was made for; an own change can be entered in
        them."""
        with self._lock:
            found = [
                Followed(entry.map, entry.job.context, entry.job.subject)
                for entry in reversed(self._entries.values())
                if isinstance(entry.map, PageMap)
                and entry.map.state.seen is not None
                and entry.job is not None
                and entry.job.subject.alone
            ]
        return found[:_MOST_FOLLOWED]

    def wait(self, seconds: float) -> bool:
        """Until nothing is being made any more; False when that takes longer than ``seconds``."""
        return self._idle.wait(seconds)

    def close(self) -> None:
        """Stop what is being made, and give back what is held."""
        with self._lock:
            self._closed = True
            for key in list(self._waiting)[1:]:
                del self._waiting[key]
            self._entries.clear()
        self._idle.wait(10)
        if self._watcher is not None:
            self._watcher.close()
        self._closed = False

    # -- the thread --------------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._idle.set()
                    return
                key, job = next(iter(self._waiting.items()))
            entry, begun = _Entry(), time.monotonic()
            try:
                entry = job.environment.run(self._made, key, job)
            except Exception:
                # Whatever it is, pages do without the map; they meet the database's own troubles by themselves.
                logger.warning("the page map of %s failed", job.subject.view.key, exc_info=True)
                entry.again = time.monotonic() + _GIVEN_UP
            finally:
                with self._lock:
                    self._waiting.pop(key, None)
                    if not self._closed:
                        self._keep(key, entry)
            # However many lists want maps: the database has at least half of the time for others.
            if entry.map is not None and not self._closed:
                time.sleep(min(time.monotonic() - begun, _MOST_PAUSE))

    def _made(self, key: SubjectKey, job: _Job) -> _Entry:
        with self._lock:
            entry = self._entries.get(key) or _Entry()
        found, begun = entry.map, time.monotonic()
        builder = Builder(self._database, self._watcher, job.context, job.subject, self._pressed)
        try:
            if found is None or (begun >= entry.anew and not self._unchanged(job, found)):
                made = builder.build()
                anew = time.monotonic() + max(_PAUSE, REST * made.state.seconds)
                return _Entry(made, time.monotonic() + _PAUSE, anew, job)
            made = builder.mend(found)
        except Interrupted:
            return _Entry(found, time.monotonic() + 2.0, entry.anew, job)
        except (NotMapped, exc.StatementError) as error:
            logger.debug("no page map of %s: %r", job.subject.view.key, error)
            if found is not None and self._database.dialect.failure(error).kind in _PASSING:
                pause = max(2.0, REST * (time.monotonic() - begun))
                return _Entry(found, time.monotonic() + pause, entry.anew, job)
            return _Entry(None, time.monotonic() + _GIVEN_UP)
        now = time.monotonic()
        return _Entry(made, now + max(_PAUSE, REST * (now - begun)), entry.anew, job)

    def _unchanged(self, job: _Job, found: Map) -> bool:
        """Whether others seem to have written only elsewhere, lately."""
        state = found.state
        age = time.monotonic() - state.finished
        if (
            state.writes is None
            or state.seen is None
            or state.own
            or age > min(_QUIET, _QUIET_SHARE * state.seconds)
        ):
            return False
        with self._database.transaction(read_only=True, timeouts=Timeouts(1000, 1000)) as session:
            facts = self._database.dialect.table_facts(session.connection(), job.subject.view.info.table)
        return facts == (True, state.writes)

    def _keep(self, key: SubjectKey, entry: _Entry) -> None:
        self._entries[key] = entry
        self._entries.move_to_end(key)
        total = sum(kept.map.size for kept in self._entries.values() if kept.map is not None)
        while (total > self._memory or len(self._entries) > _MOST_ENTRIES) and self._entries:
            _oldest, gone = self._entries.popitem(last=False)
            total -= gone.map.size if gone.map is not None else 0

    # -- connections -------------------------------------------------------------------------------------

    def _spare_connection(self) -> bool:
        """Whether there is a connection beyond the one of the request that asks and one more."""
        if isinstance(self._database.engine.pool, NullPool):
            return True
        return self._database.capacity >= 3 and not self._pressed(2)

    def _pressed(self, left: int = 1) -> bool:
        """Whether requests leave fewer than ``left`` connections, or all is to end."""
        if self._closed:
            return True
        pool = self._database.engine.pool
        return isinstance(pool, QueuePool) and self._database.capacity - pool.checkedout() < left
