"""The connections of this process: how many there are, what they wait for, and the statements that took longest, with their pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy.pool import QueuePool

from webadmin.database.watched import Open, Slow, Watched
from webadmin.dialects.overview import valueless
from webadmin.request import AdminRequest
from webadmin.text import format_ago, format_count, format_number
from webadmin.text import gettext as _

_SHOWN = 20
_OPEN = 1.0
"""Seconds from which a transaction is worth a word."""
_LIST = re.compile(r"GET (/[^/{]+)/")


@dataclass(frozen=True, slots=True)
class PoolState:
    """Connections of this process."""

    kind: str
    size: int | None
    """None where there is no pool."""
    in_use: int
    idle: int
    overflow: int
    most: int
    """How many there can be at once."""
    facts: tuple[tuple[str, str], ...] = ()
    """What else there is to say, with its label."""
    troubled: bool = False
    """Somebody waits, or got no connection."""


@dataclass(frozen=True, slots=True)
class SlowLine:
    sql: str
    page: str
    url: str | None
    """The list that sent it, where it was one."""
    count: str
    longest: str
    total: str
    last: str


def pool_state(request: AdminRequest) -> PoolState:
    """What is known of the pool that the request's own connection is of."""
    pool = request.session.connection().engine.pool
    watched = request.watched
    facts = _facts(watched) if watched is not None else ()
    threads = watched.threads() if watched is not None else None
    troubled = bool(threads and threads.waiting) or bool(watched and watched.timeouts)
    if not isinstance(pool, QueuePool):
        return PoolState(type(pool).__name__, None, 0, 0, 0, 0, facts, troubled)
    overflow = max(pool.overflow(), 0)
    most = pool.size() + max(pool._max_overflow, 0)
    return PoolState(
        type(pool).__name__,
        pool.size(),
        pool.checkedout(),
        pool.checkedin(),
        overflow,
        most,
        (*_limits(pool), *facts),
        troubled or pool.checkedout() >= most,
    )


def _limits(pool: QueuePool) -> tuple[tuple[str, str], ...]:
    recycle = pool._recycle
    return (
        (_("Idle"), format_number(pool.checkedin())),
        (
            _("Kept open, and more when needed"),
            _("{size}, {overflow} more").format(size=pool.size(), overflow=max(pool._max_overflow, 0)),
        ),
        (_("Waited for at most"), _seconds(pool._timeout)),
        (_("Looked at before use"), _("yes") if pool._pre_ping else _("no")),
        (_("Renewed after"), _seconds(recycle) if recycle > 0 else _("never")),
    )


def _facts(watched: Watched) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    threads = watched.threads()
    if threads is not None:
        found += [
            (
                _("Threads at work"),
                _("{busy} of {most}").format(busy=threads.busy, most=threads.most),
            ),
            (_("Requests that wait for a thread"), format_number(threads.waiting)),
        ]
    for text, share in ((_("Wait for a connection, median"), 0.5), (_("Wait for a connection, 95%"), 0.95)):
        wait = watched.wait(share)
        if wait is not None:
            found.append((text, _milliseconds(wait)))
    found += [
        (_("Requests that got no connection"), format_number(watched.timeouts)),
        (_("Connections that were dead"), format_number(watched.invalidated)),
    ]
    oldest = watched.longest_open()
    if oldest is not None and oldest.seconds >= _OPEN:
        found.append((_("Longest open"), _open(oldest)))
    return tuple(found)


def _open(oldest: Open) -> str:
    page = oldest.page or _("work behind the pages")
    return _("{time}, {page}").format(time=_seconds(oldest.seconds), page=page)


def slow_lines(request: AdminRequest) -> tuple[SlowLine, ...]:
    """The statements that took longest in this process, the slowest first. Values never stand in them."""
    found = request.watched.slow()[:_SHOWN] if request.watched is not None else []
    return tuple(_slow(request, one) for one in found)


def _slow(request: AdminRequest, one: Slow) -> SlowLine:
    found = _LIST.fullmatch(one.page)
    view = request.registry.views.get(found[1].strip("/")) if found else None
    shown = view is not None and request.context.may_look(view)
    return SlowLine(
        sql=" ".join(valueless(one.sql).split()),
        page=one.page or _("work behind the pages"),
        url=request.urls.list(view) if view is not None and shown else None,
        count=format_count(one.count),
        longest=_milliseconds(one.longest),
        total=_milliseconds(one.total),
        last=format_ago(one.last_at),
    )


def _seconds(seconds: float) -> str:
    return _("%s s") % format_number(seconds, 0 if seconds == int(seconds) or seconds >= 10 else 1)


def _milliseconds(seconds: float) -> str:
    milliseconds = seconds * 1000
    return _("%s ms") % format_number(milliseconds, 1 if milliseconds < 10 else 0)
