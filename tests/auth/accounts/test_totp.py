"""The second factor: encrypted secrets, codes that work once, recovery codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from webadmin.auth.accounts import sessions, totp
from webadmin.auth.cookie import SessionData
from webadmin.auth.keys import Keys
from webadmin.database.own_tables import accounts as tables
from webadmin.database.own_tables.base import metadata
from webadmin.mixins import uuid7

OLD, NEW = "o" * 40, "n" * 40
KEYS = Keys(OLD)
CONNECTION = HTTPConnection({"type": "http", "headers": []})


@pytest.fixture(params=["pg_engine", "sqlite_engine"])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    engine: Engine = request.getfixturevalue(request.param)
    metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def account(session: Session, name: str = "ada") -> UUID:
    account_id = uuid7()
    session.execute(sa.insert(tables.account).values(id=account_id, name=name, name_key=name))
    return account_id


def code(secret: str, steps: int = 0) -> str:
    """The app's code, so many half minutes from now."""
    return pyotp.TOTP(secret).at(sessions.now() + timedelta(seconds=30 * steps))


def enrolled(session: Session, account_id: UUID) -> tuple[str, list[str]]:
    """The secret and the recovery codes of a factor that was confirmed with the code of a step ago."""
    secret = totp.secret_of(KEYS, account_id, totp.new_setup(KEYS, account_id))
    assert secret is not None
    codes = totp.confirm(session, KEYS, account_id, secret, code(secret, -1))
    assert codes is not None
    return secret, codes


def check(session: Session, keys: Keys, account_id: UUID, code: str) -> bool:
    """Whether the code is right and could be used up; what is not right is used up by nobody."""
    match = totp.look(session, keys, account_id, code)
    return match is not None and totp.use(session, keys, match)


def kept(session: Session) -> str:
    return str(session.scalar(sa.select(tables.account.c.totp_secret)))


def test_setting_up(session: Session) -> None:
    """Nothing is kept before a code confirms it; then the secret and the recovery codes are there, but not to be read."""
    ada = account(session)
    setup = totp.new_setup(KEYS, ada)
    secret = totp.secret_of(KEYS, ada, setup)
    assert secret is not None
    assert secret not in setup
    wrong = f"{(int(code(secret)) + 1) % 10**6:06d}"
    assert totp.confirm(session, KEYS, ada, secret, wrong) is None
    assert totp.factor(session, ada) is None
    assert totp.pending(session, ada) == ""
    codes = totp.confirm(session, KEYS, ada, secret, code(secret))
    assert codes is not None
    assert len(set(codes)) == totp.RECOVERY_CODES
    assert totp.pending(session, ada) == sessions.SECOND_FACTOR
    found = totp.factor(session, ada)
    assert found is not None
    assert found.codes_left == totp.RECOVERY_CODES
    stored = [
        str(value)
        for table in (tables.account, tables.recovery_code)
        for row in session.execute(sa.select(table))
        for value in row
    ]
    assert not [text for text in stored if secret in text or text in codes]


def test_a_setup_belongs_to_one_account(session: Session) -> None:
    """A page's secret is nobody else's, cannot be made up, and is not what the database keeps."""
    ada, eve = account(session), account(session, "eve")
    assert totp.secret_of(KEYS, eve, totp.new_setup(KEYS, ada)) is None
    assert totp.secret_of(Keys(NEW), ada, totp.new_setup(KEYS, ada)) is None
    for made_up in ("", "ü", "gAAAA"):
        assert totp.secret_of(KEYS, ada, made_up) is None
    enrolled(session, ada)
    ours = session.scalar(sa.select(tables.account.c.totp_secret).where(tables.account.c.id == ada))
    assert totp.secret_of(KEYS, ada, str(ours)) is None
    # Nor does a secret that somebody with the database gives to another account become that account's.
    values = {"totp_secret": ours, "totp_confirmed_at": sessions.now()}
    session.execute(sa.update(tables.account).where(tables.account.c.id == eve).values(values))
    secret = enrolled(session, ada)[0]
    assert not check(session, KEYS, eve, code(secret))


def test_address() -> None:
    """The app gets names as they are, and cannot be told another issuer by one."""
    uri = totp.address(pyotp.random_base32(), "ada: root", "Evil:Shop & Co")
    parsed = pyotp.parse_uri(uri)
    assert (parsed.name, parsed.issuer) == ("ada  root", "Evil Shop & Co")


def test_a_code_works_once(session: Session) -> None:
    """A code is refused the second time, and so is every one before it; the clock may be wrong by one step."""
    ada = account(session)
    secret, _codes = enrolled(session, ada)
    assert not check(session, KEYS, ada, code(secret, -1))  # it confirmed the factor
    for steps in (-3, 3):
        assert not check(session, KEYS, ada, code(secret, steps))
    now = code(secret)
    assert check(session, KEYS, ada, f" {now[:3]} {now[3:]} ")
    assert totp.look(session, KEYS, ada, now) is None
    twice = totp.look(session, KEYS, ada, code(secret, 1))
    assert twice is not None
    assert totp.use(session, KEYS, twice)
    assert not totp.use(session, KEYS, twice)  # two processes have looked at it at once
    assert not check(session, KEYS, ada, now)


@pytest.mark.parametrize(
    "tried", ["", "12345", "1234567", "１２３４５６", "'; --", "0" * 5000, "a" * 24, "\x00"]
)
def test_no_code(session: Session, tried: str) -> None:
    """What is no code is wrong, whatever it is, and so is any for an account without a factor."""
    ada, eve = account(session), account(session, "eve")
    enrolled(session, ada)
    for account_id in (ada, eve, uuid7()):
        assert not check(session, KEYS, account_id, tried)


def test_recovery_codes(session: Session) -> None:
    """Each works once, typed in any manner, for its own account alone; new ones end the old ones."""
    ada, eve = account(session), account(session, "eve")
    _secret, codes = enrolled(session, ada)
    enrolled(session, eve)
    assert not check(session, KEYS, eve, codes[0])
    assert check(session, KEYS, ada, codes[0].upper().replace("-", " "))
    assert totp.look(session, KEYS, ada, codes[0]) is None
    found = totp.factor(session, ada)
    assert found is not None
    assert found.codes_left == totp.RECOVERY_CODES - 1
    fresh = totp.new_codes(session, ada)
    assert not check(session, KEYS, ada, codes[1])
    assert check(session, KEYS, ada, fresh[1])


def test_keys_are_changed(session: Session) -> None:
    """A secret of the old key is read and written anew with the new one, so that the old one can leave."""
    ada = account(session)
    secret, codes = enrolled(session, ada)
    before = kept(session)
    assert check(session, Keys([NEW, OLD]), ada, code(secret))
    assert kept(session) != before
    assert check(session, Keys(NEW), ada, code(secret, 1))
    assert not totp.readable(session, Keys(OLD), ada)
    assert not check(session, Keys(OLD), ada, code(secret, 1))
    assert check(session, Keys(OLD), ada, codes[0])


def test_reset(session: Session) -> None:
    """An administrator's reset leaves no secret, no codes and no session."""
    ada = account(session)
    secret, codes = enrolled(session, ada)
    cookie = SessionData(id="x")
    sessions.open_session(session, cookie, CONNECTION, sessions.Lifetime(), kind="password", account_id=ada)
    assert totp.reset(session, ada)
    assert not totp.reset(session, ada)
    assert sessions.known(session, cookie, sessions.Lifetime()) is None
    assert not check(session, KEYS, ada, code(secret))
    assert not check(session, KEYS, ada, codes[0])


def test_roles_that_ask_for_it(session: Session) -> None:
    """A session leads to the factor that a role asks for: to setting one up, to giving it, and nowhere once it was given."""
    ada, role = account(session), uuid7()
    session.execute(sa.insert(tables.role), [{"id": role, "name": "boss", "needs_second_factor": True}])
    session.execute(sa.insert(tables.account_role).values(account_id=ada, role_id=role))
    cookie = SessionData(id="x")

    def opened(**more: Any) -> None:
        sessions.open_session(
            session, cookie, CONNECTION, sessions.Lifetime(), kind="password", account_id=ada, **more
        )

    def step() -> str:
        known = sessions.known(session, cookie, sessions.Lifetime())
        assert known is not None
        return known.step

    assert totp.needed_by(session, ada) == ("boss",)
    opened()
    assert step() == sessions.ENROL
    enrolled(session, ada)
    assert step() == "login/second"
    sessions.renew(session, cookie, factor=True)
    assert step() == ""
    opened(pending=sessions.PASSWORD)
    assert step() == "account/password"
    opened(factor=True)
    assert step() == ""
