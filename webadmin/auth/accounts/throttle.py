"""Guessing is slowed down: failed tries are counted in the database, for all processes together, and each limit that they pass makes
the next try wait longer.

Who tries is told apart first, as OWASP proposes ("Slow Down Online Guessing Attacks with Device Cookies"): a browser that has logged in
to the account before has a mark of that in its signed cookie.

- A browser with the mark is counted by itself alone. So nobody who tries elsewhere, from the same office or from ten thousand
  addresses, can keep a person from logging in where they always do: there is no lock that an attacker can close.
- Anybody else is counted three times: by account and address, by address, by account. The first stops somebody who guesses one
  person's password, after few tries and for up to a quarter of an hour. The second stops one who tries a password on many names. The third
  stops one who uses many addresses; its waits stay short, since they also meet the person at a new browser.

A try is counted before the password is looked at, in one statement that finds out at the same time whether it has to wait, and the
row stays locked until it is known how it went: fifty tries at once are no more guesses than fifty in a row. One that goes well takes its own
count back, and all that was counted of this browser, or of this account at this address; not what was counted of the address or
of the account, since whoever has an account of their own could otherwise wipe out their guesses at others.

A try that has to wait is not counted, does not make the wait longer, and its password is not looked at. Names that no account has are
counted in the same way, so that waits tell nothing. No name and no address is kept, only hashes with the secret key.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin.auth.accounts.sessions import now
from webadmin.auth.keys import Keys
from webadmin.database.own_tables.accounts import login_attempt
from webadmin.dialects.upserts import insert
from webadmin.mixins import UtcDateTime

_PURPOSE = "throttle"
_REMOVED_AT_ONCE = 100
_attempt = login_attempt.c


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures go without waiting, and how the wait grows from then on: two seconds, four, eight."""

    kind: str
    free: int
    longest: timedelta
    forgotten: timedelta = timedelta(days=1)
    """After so long without a failure it is counted from the beginning."""

    def wait(self, failures: int) -> timedelta:
        """How long the next try waits after this many failures."""
        over = failures - self.free
        return timedelta(0) if over < 0 else min(timedelta(seconds=2 ** min(over + 1, 30)), self.longest)

    @property
    def steps(self) -> range:
        """The numbers of failures after each of which the wait is another one, but for the longest."""
        end = self.free
        while self.wait(end) < self.longest:
            end += 1
        return range(self.free, end)


DEVICE = Limit("device", 5, timedelta(minutes=15))
PAIR = Limit("pair", 5, timedelta(minutes=15))
ADDRESS = Limit("address", 30, timedelta(minutes=5), timedelta(hours=1))
ACCOUNT = Limit("account", 20, timedelta(minutes=1))
_FORGOTTEN = max(limit.forgotten for limit in (DEVICE, PAIR, ADDRESS, ACCOUNT))


@dataclass(frozen=True, slots=True)
class Tally:
    """One thing that is counted."""

    limit: Limit
    key: str


class Try:
    """One try: how long it has to wait; it counts as failed until it has gone well."""

    def __init__(self, wait: int = 0) -> None:
        self.wait = wait
        """Seconds; 0 when it may be made now."""
        self.went_well = False

    def succeeded(self) -> None:
        """Take its count back."""
        self.went_well = True


def of_login(keys: Keys, purpose: str, name: str, address: str, device: str = "") -> tuple[Tally, ...]:
    """What a try is counted by.

    :param purpose: what is guessed: ``login``, ``second``. Each is counted by itself.
    :param name: the key of the name that was typed, or the id of an account.
    :param address: of the network.
    :param device: the mark of a browser that has logged in to this very account before.
    """
    if device:
        return (_tally(keys, DEVICE, purpose, name, device),)
    place = network(address)
    return (
        _tally(keys, PAIR, purpose, name, place),
        _tally(keys, ADDRESS, purpose, place),
        _tally(keys, ACCOUNT, purpose, name),
    )


def of_known(keys: Keys, purpose: str, account: str) -> tuple[Tally, ...]:
    """What a try of somebody who is logged in is counted by: nobody else can make it, so that it meets nobody else."""
    return (_tally(keys, DEVICE, purpose, account),)


def network(address: str) -> str:
    """What is counted as one address: of IPv6 the first half, all of which one customer has."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        known = known.ipv4_mapped or ipaddress.ip_network((int(known) >> 64 << 64, 64)).network_address
    return str(known)


def _tally(keys: Keys, limit: Limit, *parts: str) -> Tally:
    return Tally(limit, keys.mark(_PURPOSE, "\0".join((limit.kind, *parts))))


@contextmanager
def trying(session: Session, tallies: Sequence[Tally]) -> Iterator[Try]:
    """Count a try, and find out whether it has to wait, in which case it must not be made.

    Nothing else is to be written inside: where the try goes well, all of it is taken back.
    """
    _remove_old(session)
    moment = now()
    counted = session.begin_nested()
    try:
        # In an order that is the same for all, so that no two tries wait for each other.
        free = [_count(session, tally, moment) for tally in sorted(tallies, key=lambda tally: tally.key)]
        if not all(free):
            counted.rollback()
            yield Try(_wait(session, tallies, moment))
            return
        made = Try()
        yield made
    except BaseException:
        if counted.is_active:
            counted.rollback()
        raise
    if not made.went_well:
        counted.commit()
        return
    counted.rollback()
    own = [tally.key for tally in tallies if tally.limit.kind in {DEVICE.kind, PAIR.kind}]
    session.execute(sa.delete(login_attempt).where(_attempt.key.in_(own)))


def _count(session: Session, tally: Tally, moment: datetime) -> bool:
    """Count one more failure, unless that has to wait; returns whether it was counted."""
    limit = tally.limit
    waited = sa.case(
        *((_attempt.failures == failures, _at(moment - limit.wait(failures))) for failures in limit.steps),
        else_=_at(moment - limit.longest),
    )
    stmt = insert(session.connection(), login_attempt).values(key=tally.key, failures=1, last_at=moment)
    stmt = stmt.on_conflict_do_update(
        index_elements=[_attempt.key],
        set_={
            "failures": sa.case(
                (_attempt.last_at < moment - limit.forgotten, 1), else_=_attempt.failures + 1
            ),
            "last_at": moment,
        },
        where=sa.or_(_attempt.failures < limit.free, _attempt.last_at <= waited),
    )
    return session.execute(stmt.returning(_attempt.key)).first() is not None


def _at(moment: datetime) -> sa.ColumnElement[datetime]:
    return sa.literal(moment, UtcDateTime())


def _wait(session: Session, tallies: Sequence[Tally], moment: datetime) -> int:
    limits = {tally.key: tally.limit for tally in tallies}
    found = session.execute(sa.select(login_attempt).where(_attempt.key.in_(limits))).all()
    until: list[datetime] = [row.last_at + limits[row.key].wait(row.failures) for row in found]
    return max(1, *(ceil((one - moment) / timedelta(seconds=1)) for one in until))


def _remove_old(session: Session) -> None:
    """Take away what counts no more, a little at each try; what somebody else is at is left for later."""
    old: Any = sa.select(_attempt.key).where(_attempt.last_at < now() - _FORGOTTEN).order_by(_attempt.last_at)
    old = old.limit(_REMOVED_AT_ONCE).with_for_update(skip_locked=True)
    session.execute(sa.delete(login_attempt).where(_attempt.key.in_(old)))
