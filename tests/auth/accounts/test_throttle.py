"""Failed tries are counted in the database, and make the next one wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from webadmin.auth.accounts import throttle
from webadmin.auth.accounts.throttle import Limit, Tally
from webadmin.auth.keys import Keys
from webadmin.database.own_tables.accounts import login_attempt
from webadmin.database.own_tables.base import metadata
from webadmin.dialects import Timeouts, for_engine

KEYS = Keys("k" * 32)


@pytest.fixture
def opened(engine: Engine) -> Iterator[Session]:
    metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def tried(session: Session, tallies: Sequence[Tally], *, well: bool = False) -> int:
    """Seconds that the try had to wait instead of being made."""
    with throttle.trying(session, tallies) as attempt:
        if well and not attempt.wait:
            attempt.succeeded()
    return attempt.wait


def later(session: Session, by: timedelta) -> None:
    """As if everything that was counted had been counted so long ago."""
    for row in session.execute(sa.select(login_attempt)).all():
        own = login_attempt.c.key == row.key
        session.execute(sa.update(login_attempt).where(own).values(last_at=row.last_at - by))


def login(name: str = "ada", address: str = "192.0.2.1", device: str = "") -> tuple[Tally, ...]:
    return throttle.of_login(KEYS, "login", name, address, device)


def test_waits_grow(opened: Session) -> None:
    """The first failures cost nothing, each one after them twice the wait, up to the longest; trying meanwhile adds nothing."""
    waits = []
    for _ in range(throttle.PAIR.free + 12):
        assert tried(opened, login()) == 0
        waits.append(tried(opened, login()) if len(waits) + 1 >= throttle.PAIR.free else 0)
        later(opened, timedelta(seconds=waits[-1]))
    assert waits[: throttle.PAIR.free - 1] == [0] * (throttle.PAIR.free - 1)
    grown = waits[throttle.PAIR.free - 1 :]
    assert grown[:3] == [2, 4, 8]
    assert grown[-2:] == [900, 900]


def test_success_takes_back(opened: Session) -> None:
    """A try that goes well clears what was counted of the account at this address, and nothing of the address or the account."""
    for _ in range(4):
        tried(opened, login())
    assert tried(opened, login(), well=True) == 0
    counts = sorted(opened.scalars(sa.select(login_attempt.c.failures)))
    assert counts == [4, 4]
    assert [tried(opened, login()) for _ in range(throttle.PAIR.free)] == [0] * throttle.PAIR.free


def test_nobody_is_locked_out_by_others(opened: Session) -> None:
    """However often others try an account, from everywhere, also from the person's own address: a browser that logged in before is let
    try, and counted by itself."""
    for number in range(throttle.ACCOUNT.free + 1):
        tried(opened, login(address=f"198.51.100.{number}"))
        tried(opened, login())
    assert tried(opened, login(address="203.0.113.5")) > 0
    assert tried(opened, login(device="mark"), well=True) == 0
    waits = [tried(opened, login(device="mark")) for _ in range(throttle.DEVICE.free + 1)]
    assert waits[-1] == 2
    assert tried(opened, login(device="another")) == 0


def test_many_names_from_one_address(opened: Session) -> None:
    """One password tried on many names is stopped by the address; all addresses of one IPv6 customer are one."""
    waits = [tried(opened, login(f"name{n}", f"2001:db8::{n:x}")) for n in range(throttle.ADDRESS.free + 1)]
    assert waits == [0] * throttle.ADDRESS.free + [2]
    assert tried(opened, login("name1", "2001:db8:0:1::1")) == 0
    assert throttle.network("::ffff:192.0.2.1") == "192.0.2.1"


def test_nothing_is_told(opened: Session) -> None:
    """The table has neither names nor addresses, and what is counted for one use is not for another."""
    tried(opened, login("ada@example.org", "192.0.2.77"))
    stored = str(opened.execute(sa.select(login_attempt)).all())
    assert "ada" not in stored
    assert "192.0" not in stored
    keys = {tally.key for tally in (*login(), *throttle.of_login(KEYS, "second", "ada", "192.0.2.1"))}
    assert len(keys) == 6


def test_forgotten(opened: Session) -> None:
    """After a day it is counted from the beginning, and what nobody tries again is removed."""
    for _ in range(throttle.PAIR.free):
        tried(opened, login("bob"))
        tried(opened, login())
    later(opened, throttle.PAIR.forgotten + timedelta(minutes=1))
    assert tried(opened, login()) == 0
    assert set(opened.scalars(sa.select(login_attempt.c.failures))) == {1}


def test_steps() -> None:
    """A limit's steps are the failures after which the wait is not the longest yet."""
    limit = Limit("x", 3, timedelta(seconds=10))
    assert [limit.wait(n).seconds for n in range(8)] == [0, 0, 0, 2, 4, 8, 10, 10]
    assert list(limit.steps) == [3, 4, 5]


def test_storm(engine: Engine) -> None:
    """Of many tries at once exactly as many are made as of tries in a row, and each of those is counted."""
    metadata.create_all(engine)
    dialect, waits = for_engine(engine), []

    def once() -> None:
        with engine.connect() as connection:
            dialect.begin(connection, read_only=False, timeouts=Timeouts(lock_ms=30_000, statement_ms=60_000))
            with Session(connection) as session:
                waits.append(tried(session, login()))
                session.commit()
            dialect.finish(connection)

    threads = [threading.Thread(target=once) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        failures = set(connection.scalars(sa.select(login_attempt.c.failures)))
    assert len(waits) == 24
    assert failures == {waits.count(0)}
    assert waits.count(0) >= throttle.PAIR.free
