"""A server that follows the one that is written to: pages read from it while it is near enough, and people see there what
they have written themselves.

The cookie of whoever writes keeps where the log ended behind the commit (:meth:`Replicas.mark`). A read asks the replica how
far it is as it begins its transaction, and goes to the primary where that is not far enough.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exc
from sqlalchemy.engine import Connection, Engine

from webadmin.database.connections import capacity_of
from webadmin.database.pooler import Pooler
from webadmin.database.stored import as_stored
from webadmin.dialects import Dialect, Standing, Timeouts

logger = logging.getLogger("webadmin")

Mark = Sequence[int]
"""How far the log was behind what a person has written (-1: nobody knows), and when, in seconds of the epoch."""

_LONGEST_PAUSE = 30.0
"""Seconds, the most between two tries of a replica that does not answer."""
_SHORTEST_PAUSE = 1.0
_UNHEARD = 60.0
"""Seconds within which a server notices that it is cut off from the one that it follows, by default."""
_UNKNOWN = -1


@dataclass(slots=True)
class Reads:
    """Where one request reads, and where it has read."""

    after: int | None = None
    """It must see the log up to here; None: all of it, so it reads from the primary."""
    on_replica: bool = False
    """Its last transaction was on the replica."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A replica as people who look after it want to see it."""

    used: bool
    why: str
    """Why it is not used: ``unreachable``, ``behind``, ``paused``, ``no_standby``, ``unknown``; or empty."""
    standing: Standing | None
    """How far it was when it was asked last."""
    behind: float
    """Seconds by which it was behind at most."""
    missing: int | None
    """Bytes of the log that it has not repeated yet."""
    again_in: float
    """Seconds until it is tried again, where it is left alone."""
    here: int
    """Transactions of this process that it has served,"""
    elsewhere: int
    """and those that went to the primary instead of it."""
    most_behind: float
    place: str
    """Its address, without a password."""


class Replica:
    """One replica as a process knows it; safe to use from any thread.

    :param most_behind: seconds that it may be behind.
    :param pooler: what is known of a pooler before it.
    """

    def __init__(
        self, engine: Engine, dialect: Dialect, pooler: Pooler, *, most_behind: float, owned: bool = False
    ) -> None:
        self.engine, self.owned, self.most_behind = engine, owned, most_behind
        self._pooler = pooler
        self.reading = as_stored(engine)
        self._dialect = dialect
        # Nobody waits for a connection to it: the primary has one for every request.
        self._free = threading.BoundedSemaphore(capacity_of(engine.pool))
        self._lock = threading.Lock()
        self._why, self._looks, self._pause, self._again = "", 0, 0.0, 0.0
        self._standing: Standing | None = None
        self._near = -math.inf
        """When it was seen last to have all that there was, on the monotonic clock."""
        self._here = self._elsewhere = 0

    @property
    def is_tried(self) -> bool:
        """Whether it is worth asking just now."""
        return time.monotonic() >= self._again

    def after(self, mark: Mark | None) -> int | None:
        """What a person with this ``mark`` has to see; None where only the primary is sure to have it.

        A mark counts for a while only: whatever is used by then is not that far behind, and the log of another server, that
        has taken the primary's place since, may be shorter.
        """
        if not mark:
            return 0
        position, at = mark
        if time.time() - at > 2 * self.most_behind + _UNHEARD:
            return 0
        return None if position == _UNKNOWN else position

    def begun(self, timeouts: Timeouts, after: int) -> Connection | None:
        """A connection on which a transaction has begun that sees the log up to ``after``; None where the primary has to be
        asked instead. To be given to :meth:`release` when it has gone back."""
        found = self._begun(timeouts, after) if self._may_try() else None
        with self._lock:
            self._here += found is not None
            self._elsewhere += found is None
        return found

    def _begun(self, timeouts: Timeouts, after: int) -> Connection | None:
        if not self._free.acquire(blocking=False):
            return None
        connection = None
        try:
            self._pooler.settle()
            connection = self.reading.connect()
            self._pooler.ask(connection)
            standing = self._dialect.begin_on_standby(connection, timeouts)
            if self._suits(standing) and standing.replayed is not None and standing.replayed >= after:
                return connection
        except exc.SQLAlchemyError as error:
            self.failed(error)
        if connection is not None:
            _close(connection, self._dialect)
        self._free.release()
        return None

    def release(self) -> None:
        """A connection of :meth:`begun` has gone back."""
        self._free.release()

    def failed(self, error: BaseException) -> None:
        """It could not be reached: leave it alone, twice as long each time."""
        said = str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__]
        self._unused("unreachable", min(max(_SHORTEST_PAUSE, 2 * self._pause), _LONGEST_PAUSE), said[0])

    def ask(self) -> Standing | None:
        """How far it is now; None where it is left alone, or does not answer."""
        if not self._may_try() or not self._free.acquire(blocking=False):
            return None
        try:
            with self.reading.connect() as connection:
                standing = self._dialect.standing(connection)
        except exc.SQLAlchemyError as error:
            self.failed(error)
            return None
        finally:
            self._free.release()
        self._suits(standing)
        return standing

    def seen(self, end: int | None) -> Seen:
        """What is known of it.

        :param end: where the primary's log ends, where that is known.
        """
        with self._lock:
            standing = self._standing
            missing = None
            if standing is not None and standing.replayed is not None and end is not None:
                missing = max(0, end - standing.replayed)
            return Seen(
                used=not self._why,
                why=self._why,
                standing=standing,
                behind=self._behind(standing) if standing is not None else math.inf,
                missing=missing,
                again_in=max(0.0, self._again - time.monotonic()) if self._why else 0.0,
                here=self._here,
                elsewhere=self._elsewhere,
                most_behind=self.most_behind,
                place=self.engine.url.render_as_string(hide_password=True),
            )

    def _may_try(self) -> bool:
        """Whether this caller may ask it: of those who come while it is in doubt, one after each pause."""
        with self._lock:
            now = time.monotonic()
            if now < self._again:
                return False
            if self._why:
                self._again = now + max(self._pause, _SHORTEST_PAUSE)
            return True

    def _suits(self, standing: Standing) -> bool:
        """Whether a replica that stands like this may be read from."""
        with self._lock:
            self._standing = standing
            if standing.behind == 0:
                self._near = time.monotonic()
            behind = self._behind(standing)
        if not standing.follows:
            self._unused("no_standby", _LONGEST_PAUSE)
        elif standing.replayed is None:
            self._unused("unknown", _LONGEST_PAUSE)
        elif behind > self.most_behind:
            self._unused("paused" if standing.paused else "behind", _SHORTEST_PAUSE)
        else:
            self._used()
            return True
        return False

    def _behind(self, standing: Standing) -> float:
        """What it misses has been written since it had all: the age of its last commit says little after a quiet time."""
        return min(standing.behind, time.monotonic() - self._near)

    def _unused(self, why: str, pause: float, said: str = "") -> None:
        with self._lock:
            self._looks = self._looks + 1 if why == self._why else 1
            self._why, self._pause, self._again = why, pause, time.monotonic() + pause
            # Where nobody has asked for a while one look may be wrong, but not a second one.
            told = self._looks == (2 if why == "behind" else 1)
        if told:
            logger.warning("the replica is not used: %s", f"{why} ({said})" if said else why)

    def _used(self) -> None:
        with self._lock:
            before, looks = self._why, self._looks
            self._why, self._looks, self._pause, self._again = "", 0, 0.0, 0.0
        if before and (before != "behind" or looks > 1):
            logger.info("the replica is used again")


def _close(connection: Connection, dialect: Dialect) -> None:
    with connection:
        if not connection.invalidated:
            connection.rollback()
            dialect.finish(connection)


def now_marked(position: int | None) -> list[int]:
    """The mark of somebody who has written just now; ``position``: where the log ended behind it, None if nobody knows."""
    return [_UNKNOWN if position is None else position, int(time.time())]
