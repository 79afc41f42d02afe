"""A form that is sent after its session has ended."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from tests import bridge
from tests.pages import Page, parse
from tests.people import PASSWORD, Browser, admin_of, later, person, write
from webadmin import Admin
from webadmin.auth.accounts import sessions
from webadmin.auth.identity import TokenLogin
from webadmin.database.own_tables import accounts as tables

TYPED = {"name": 'typed for <an hour> & "kept"'}


@pytest.fixture
def admin(sqlite_engine: Engine) -> Admin:
    made = admin_of(sqlite_engine)
    person(made, "Ada")
    person(made, "Eve")
    return made


def too_late(browser: Browser, path: str = "/things/1/change/", typed: dict[str, Any] = TYPED) -> Page:
    """The page that a form gets whose session has ended while it was filled in."""
    form = browser.get(path)
    later(browser.admin, sessions.Lifetime.idle)
    answer = browser.send(form, "form", typed)
    assert answer.status_code == 401
    return parse(answer.text)


def log_in(browser: Browser, page: Page, name: str, password: str = PASSWORD) -> Any:
    return browser.send(page, "login", {"name": name, "password": password})


def test_nothing_is_lost(admin: Admin, sqlite_engine: Engine) -> None:
    """What was typed comes through the login, a wrong password too, is shown, and is saved by a click and not before."""
    browser = Browser(admin).logged_in("Ada")
    page = too_late(browser)
    assert "Nothing that you typed is lost" in page.text(".wa-note")
    wrong = log_in(browser, page, "Ada", "wrong")
    answer = log_in(browser, parse(wrong.text), "Ada")
    assert answer.headers["location"] == "/login/unsent/"
    assert bridge.names(sqlite_engine)[0] == "thing 1"
    page = browser.get("/login/unsent/")
    assert page.texts("#form dl dd") == [TYPED["name"]]
    assert browser.send(page, "form", {}).status_code == 303
    assert bridge.names(sqlite_engine)[0] == TYPED["name"]


def test_only_for_who_typed_it(admin: Admin, sqlite_engine: Engine) -> None:
    """Somebody else who logs in at that browser gets nothing of it, and no other browser can bring it in."""
    browser = Browser(admin).logged_in("Ada")
    page = too_late(browser)
    sealed = page.form("login")["_unsent"]
    assert log_in(browser, page, "Eve").headers["location"] == "/"
    assert browser.get("/login/unsent/", 404)
    other = Browser(admin)
    planted = other.send(
        other.get("/login/"), "login", {"name": "Ada", "password": PASSWORD, "_unsent": sealed}
    )
    assert planted.headers["location"] == "/"
    assert bridge.names(sqlite_engine)[0] == "thing 1"


def test_through_all_steps(admin: Admin) -> None:
    """It waits while another step of the login comes in between."""
    browser = Browser(admin).logged_in("Ada")
    page = too_late(browser)
    write(admin, tables.account, must_change_password=True)
    first = log_in(browser, page, "Ada").headers["location"]
    step = browser.get(browser.http.get(first).headers["location"])
    new = "slow lantern by the canal"
    answer = browser.send(step, "form", {"current": PASSWORD, "password": new, "repeat": new})
    assert browser.get(answer.headers["location"]).texts("#form dl dd") == [TYPED["name"]]


def test_secrets_are_left_out(admin: Admin) -> None:
    """Passwords, tokens and files are neither carried nor shown, and the page says that something is missing."""
    browser = Browser(admin).logged_in("Ada")
    typed = TYPED | {"api_key": "k3y-of-theirs", "password": "p4ss-of-theirs"}
    answer = log_in(browser, too_late(browser, typed=typed), "Ada")
    page = browser.get(answer.headers["location"])
    assert not {"api_key", "password"} & set(page.form("form"))
    assert "not kept" in page.text(".wa-note")


def test_without_its_token(admin: Admin) -> None:
    """A form of another site is refused before it is known whose session that was; nothing of it is carried along."""
    browser = Browser(admin).logged_in("Ada")
    later(admin, sessions.Lifetime.idle)
    answer = browser.http.post("/things/1/change/", data={"name": "forged", "csrf_token": "x"})
    assert answer.status_code == 403
    assert "forged" not in answer.text


def test_not_kept(admin: Admin) -> None:
    """Forms about logging in are not kept, and a form that is too long is not either: the login page comes first."""
    browser = Browser(admin).logged_in("Ada")
    token = browser.get("/account/sessions/").token
    later(admin, sessions.Lifetime.idle)
    for path, fields in (("/account/sessions/", {"others": "1"}), ("/things/add/", {"name": "x" * 600_000})):
        answer = browser.http.post(path, data=fields | {"csrf_token": token})
        assert answer.headers["location"].startswith("/login/")


def test_without_an_account(sqlite_engine: Engine) -> None:
    """Whoever came in by the terminal's token could not be told from another: nothing is kept for them."""
    terminal = TokenLogin()
    browser = Browser(admin_of(sqlite_engine, terminal=terminal))
    browser.get(f"/login/?token={terminal.token}", 303)
    form = browser.get("/things/1/change/")
    later(browser.admin, sessions.Lifetime.idle)
    assert browser.send(form, "form", TYPED).headers["location"].startswith("/login/")
