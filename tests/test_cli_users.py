"""``webadmin users``: accounts from a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.plugins.databases import opened
from webadmin.auth.accounts import elsewhere, events, passwords, roles, store, totp
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.accounts.oidc import OIDC, Person
from webadmin.auth.identity import LocalUser, TokenLogin
from webadmin.auth.keys import Keys
from webadmin.cli import main
from webadmin.cli.commands import with_accounts
from webadmin.database.own_tables import accounts as tables
from webadmin.database.own_tables.migrate import upgrade

GOOD = "kettle under violet snow"


@pytest.fixture
def url(sqlite_engine: Engine, sqlite_url: str) -> str:
    upgrade(sqlite_engine)
    return sqlite_url


@pytest.fixture
def session(sqlite_engine: Engine, url: str) -> Iterator[Session]:
    with Session(sqlite_engine) as opened:
        yield opened


def run(command: str, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["users", command, *arguments], input=typed)


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2, result.output
    assert len(result.stderr.strip().splitlines()) == 1
    assert not result.stdout
    assert all(word in result.stderr for word in words), result.stderr


def test_from_nothing_to_disabled(url: str, session: Session) -> None:
    """An account is made, listed, given another password, disabled and enabled, and all of that is written down without secrets."""
    packer = roles.new("packer", "", False, ["orders.view"])
    roles.save(session, packer)
    session.commit()
    options = ["--grant", "orders.change", "--role", "packer", "--password-stdin", "--full-name", "Ada L."]
    assert run("create", url, "Ada", *options, typed=f"{GOOD}\n").exit_code == 0
    made = store.by_name(session, "ada")
    assert made is not None
    assert store.proven(made, GOOD)
    assert roles.rights_of(session, made.id).all == {"orders.change", "orders.view"}
    assert run("list", url).stdout == "Ada\tenabled\tpacker\torders.change\tnever\n"
    changed = run("password", url, "ADA", "--generate")
    session.expire_all()
    session.commit()
    again = store.by_name(session, "ada")
    assert again is not None
    assert again.must_change_password
    assert passwords.fits(again.password_hash, changed.stdout.strip())
    for command, state in (("disable", "disabled"), ("enable", "enabled")):
        assert run(command, url, "ada").exit_code == 0
        assert run("list", url).stdout.split("\t")[1] == state
    written, _more = events.read(session)
    assert [event.kind for event in written] == ["enabled", "disabled", "password", "added"]
    stored = str(session.execute(sa.select(tables.event)).all())
    assert GOOD not in stored
    assert changed.stdout.strip() not in stored


@pytest.mark.parametrize(
    ("arguments", "typed", "word"),
    [
        (["create", "Ada"], None, "terminal"),
        (["create", "Ada", "--password-stdin"], "short\n", "at least 12"),
        (["create", "Ada", "--password-stdin"], "ada ada ada ada\n", "easy to guess"),
        (["create", " ", "--generate"], None, "Enter a name"),
        (["create", "Ada", "--generate", "--password-stdin"], "x", "either"),
        (["create", "Ada", "--generate", "--grant", "orders.fly"], None, "grants nothing"),
        (["create", "Ada", "--generate", "--role", "pilot"], None, "pilot"),
        (["create", "BOB", "--generate"], None, "already"),
        (["password", "nobody", "--generate"], None, "nobody"),
        (["disable", "nobody"], None, "nobody"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_refused(url: str, session: Session, arguments: list[str], typed: str | None, word: str) -> None:
    """What cannot be done is one line and exit status 2."""
    store.create(session, "Bob", password=GOOD)
    session.commit()
    refused(run(arguments[0], url, *arguments[1:], typed=typed), word)


def test_without_tables(sqlite_url: str) -> None:
    """Where the tables are missing, the line says how they are made."""
    for arguments in (["list"], ["create", "Ada", "--generate"], ["disable", "Ada"]):
        refused(run(arguments[0], sqlite_url, *arguments[1:]), "webadmin migrate")


def test_who_logs_in_where(url: str, sqlite_engine: Engine, tmp_path: Path) -> None:
    """A served database takes accounts where it has the tables and lets a login be written; else the terminal's token alone."""
    token = TokenLogin()
    found = with_accounts(token, sqlite_engine)
    assert isinstance(found, Accounts)
    assert found.terminal is token
    nobody = LocalUser()
    assert with_accounts(nobody, sqlite_engine) is nobody
    file = sqlite_engine.url.database
    for other in (f"sqlite:///file:{file}?mode=ro&uri=true", f"sqlite:///{tmp_path / 'other.db'}"):
        with opened(other) as engine:
            assert with_accounts(token, engine) is token


def test_a_login_elsewhere(url: str, session: Session) -> None:
    """An account that is linked logs in as one person at one provider, and with no password; no other account as the same."""
    for name in ("ada", "eve"):
        run("create", url, name, "--generate")
    assert run("link", url, "ada", "https://login.example.com", "7").exit_code == 0
    made = store.by_name(session, "ada")
    assert made is not None
    assert (made.password_hash, made.must_change_password) == (None, False)
    person = Person("https://login.example.com 7", ("x",), "", "", (), factor=False)
    oidc = OIDC("https://login.example.com", "webadmin", create=False)
    assert elsewhere.account_of(session, oidc, person, "").id == made.id
    session.rollback()
    refused(run("link", url, "eve", "https://login.example.com", "7"), "already")
    refused(run("link", url, "eve", "https://login.example.com", "a" * 700), "sub")
    refused(run("link", url, "nobody", "https://login.example.com", "8"), "nobody")


def test_a_lost_second_factor(url: str, session: Session) -> None:
    """Who may open the database takes the factor off that the last administrator has lost; without one there is nothing to do."""
    run("create", url, "ada", "--password-stdin", typed=f"{GOOD}\n")
    refused(run("second", url, "ada"), "no second factor")
    refused(run("second", url, "nobody"), "nobody")
    made = store.by_name(session, "ada")
    assert made is not None
    keys = Keys("k" * 40)
    secret = totp.secret_of(keys, made.id, totp.new_setup(keys, made.id)) or ""
    assert totp.confirm(session, keys, made.id, secret, pyotp.TOTP(secret).now())
    session.commit()
    assert run("second", url, "ada").exit_code == 0
    session.expire_all()
    assert totp.factor(session, made.id) is None
