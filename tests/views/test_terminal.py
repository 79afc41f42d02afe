"""The token of the terminal beside accounts."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.bridge import Thing
from tests.people import KEY, Browser, admin_of, person, rows
from webadmin import Accounts, Admin
from webadmin.auth.identity import TokenLogin
from webadmin.database.own_tables import accounts as tables


@pytest.fixture
def terminal() -> TokenLogin:
    return TokenLogin()


@pytest.fixture
def admin(engine: Engine, terminal: TokenLogin) -> Admin:
    return admin_of(engine, terminal=terminal)


def test_one_address_one_login(admin: Admin, terminal: TokenLogin) -> None:
    """The printed address logs in with one GET, once, as somebody without an account who may do everything; the session is one of the
    database and ends there."""
    printed = f"/login/?token={terminal.token}"
    browser = Browser(admin)
    assert browser.http.head(printed).status_code == 200
    assert browser.get(printed, 303)
    assert browser.may()
    assert browser.http.get("/things/add/").status_code == 200
    (session,) = rows(admin, tables.session)
    assert (session.kind, session.account_id, session.name) == ("terminal", None, "admin")
    other = Browser(admin)
    assert other.get(printed, 422).text("[role=alert]")
    assert not other.may()
    copied = browser.copied()
    browser.send(browser.get("/"), "logout/", {})
    assert not copied.may()
    assert not rows(admin, tables.session)


def test_not_everywhere(engine: Engine) -> None:
    """An admin without a terminal's token knows nobody who has come in by one elsewhere, though the key and the database are the same."""
    token = TokenLogin()
    browser = Browser(admin_of(engine, terminal=token))
    browser.get(f"/login/?token={token.token}", 303)
    assert browser.may()
    twin = Admin(engine, identify=Accounts(), secret_key=KEY)
    twin.add_model(Thing)
    other = Browser(twin)
    for name, value in browser.http.cookies.items():
        other.http.cookies.set(name, value)
    assert not other.may()


def test_both_ways(admin: Admin, terminal: TokenLogin) -> None:
    """Once there is an account, the page takes names and tokens; before, tokens alone, and no address for a first administrator."""
    page = Browser(admin).get("/login/")
    assert not page.css("#login")
    made_up = admin.keys.mark("first administrator", "")
    assert Browser(admin).get(f"/login/?token={made_up}", 422)
    person(admin, "Ada")
    browser = Browser(admin)
    page = browser.get("/login/")
    assert browser.send(page, "token-login", {"token": "wrong"}).status_code == 422
    assert browser.send(page, "token-login", {"token": terminal.token}).status_code == 303
    assert browser.may()
    assert Browser(admin).logged_in("Ada").may()


def test_an_account_is_not_the_terminal(engine: Engine) -> None:
    """The cookie of somebody with an account opens nothing where the token alone lets in, though the key be the same: neither
    before a second step nor after the session has ended."""
    admin = admin_of(engine)
    person(admin, "ada", grants=())
    browser = Browser(admin).logged_in("ada")
    other = Browser(Admin(engine, identify=TokenLogin(), secret_key=KEY))
    other.http.cookies.update(browser.http.cookies)
    answer = other.http.get("/account/")
    assert answer.headers["location"].startswith("/login/")
    assert other.http.get("/login/").status_code == 200
