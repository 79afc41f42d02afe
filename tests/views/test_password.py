"""Choosing another password."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.pages import parse
from tests.people import PASSWORD, Browser, admin_of, person, rows, write
from webadmin import Admin, User
from webadmin.auth.accounts import store, throttle
from webadmin.database.own_tables import accounts as tables
from webadmin.testing import Client

NEW = "slow lantern by the canal"
PATH = "/account/password/"
TYPED = {"current": PASSWORD, "password": NEW, "repeat": NEW}


@pytest.fixture
def admin(sqlite_engine: Engine) -> Admin:
    made = admin_of(sqlite_engine)
    person(made, "Ada")
    return made


def change(browser: Browser, **typed: str) -> Any:
    return browser.send(browser.get(PATH), "form", TYPED | typed)


def test_changed(admin: Admin) -> None:
    """The new password counts from then on; all other sessions end, and the token of this one is another."""
    browser, other = Browser(admin).logged_in("Ada"), Browser(admin).logged_in("Ada")
    stolen = browser.copied()
    assert browser.get("/account/").links()["Password"] == PATH
    answer = change(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/")
    assert [one.may() for one in (browser, other, stolen)] == [True, False, False]
    assert Browser(admin).enter("Ada").status_code == 422
    assert Browser(admin).logged_in("Ada", NEW).may()
    assert [row.kind for row in rows(admin, tables.event)] == ["password_changed"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"current": "wrong"}, "current"),
        ({"current": ""}, "current"),
        ({"password": "short", "repeat": "short"}, "password"),
        ({"password": "ada ada ada ada", "repeat": "ada ada ada ada"}, "password"),
        ({"password": "things things 1", "repeat": "things things 1"}, "password"),
        ({"password": PASSWORD, "repeat": PASSWORD}, "password"),
        ({"repeat": "another"}, "repeat"),
    ],
)
def test_refused(admin: Admin, typed: dict[str, str], field: str) -> None:
    """What is wrong stands at its field, nothing that was typed comes back, and the password stays."""
    browser = Browser(admin).logged_in("Ada")
    answer = change(browser, **typed)
    assert answer.status_code == 422
    assert set(parse(answer.text).errors()) == {field}
    assert NEW not in answer.text
    assert Browser(admin).logged_in("Ada").may()


def test_guessing(admin: Admin) -> None:
    """Whoever has got hold of a session cannot try many passwords with it, and keeps nobody else from logging in."""
    browser = Browser(admin).logged_in("Ada")
    answers = [change(browser, current=f"guess {n}").status_code for n in range(throttle.DEVICE.free + 1)]
    assert answers == [422] * throttle.DEVICE.free + [429]
    assert change(browser).headers["retry-after"] == "2"
    assert Browser(admin).logged_in("Ada").may()


def test_given_out(admin: Admin) -> None:
    """With a password that somebody else has made nothing can be done but choose another one, or leave; then it goes on to where they
    wanted to go. After a week it is worth nothing."""
    write(admin, tables.account, must_change_password=True)
    browser = Browser(admin)
    assert browser.enter("Ada", next="/things/").headers["location"] == "/things/"
    for path in ("/things/", "/", "/account/", "/account/sessions/", "/account/people/", "/login/unsent/"):
        assert browser.http.get(path).headers["location"].startswith(PATH)
    page = browser.get(browser.http.get("/things/").headers["location"])
    assert not page.css(".wa-nav")
    assert browser.send(page, "form", TYPED | {"repeat": "x"}).status_code == 422
    assert not browser.may()
    answer = browser.send(page, "form", TYPED)
    assert answer.headers["location"] == "/things/"
    assert browser.may()
    write(admin, tables.account, must_change_password=True)
    leaving = Browser(admin).logged_in("Ada", NEW)
    changed = rows(admin, tables.account)[0].password_changed_at
    write(admin, tables.account, password_changed_at=changed - store.GIVEN_OUT_FOR)
    assert Browser(admin).enter("Ada", NEW).status_code == 422
    assert leaving.send(leaving.get(PATH), "leave", {}).headers["location"] == "/login/"


def test_no_way_around_the_second_factor(admin: Admin) -> None:
    """Whoever has only the password cannot leave out the code by choosing another password."""
    write(admin, tables.account, totp_confirmed_at=rows(admin, tables.account)[0].created_at, totp_secret="x")
    browser = Browser(admin).logged_in("Ada")
    assert browser.http.get(PATH).headers["location"].startswith("/login/second/")
    token = browser.get("/login/second/").token
    answer = browser.http.post(PATH, data=TYPED | {"csrf_token": token})
    assert answer.headers["location"].startswith("/login/second/")
    assert not browser.may()
    assert Browser(admin).enter("Ada").status_code == 303


def test_without_an_account(admin: Admin) -> None:
    """People whom somebody else knows have no password here: there is no link, and no page."""
    client = Client(admin, User("host's own", id="7"))
    assert "Password" not in client.get("/account/").links()
    client.get(PATH, status=404)
    client.get("/account/sessions/", status=404)
