"""Where one is logged in."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.pages import parse
from tests.people import PASSWORD, Browser, admin_of, person, rows
from webadmin import Admin
from webadmin.auth.accounts import throttle
from webadmin.auth.accounts.agents import in_words
from webadmin.database.own_tables import accounts as tables

PATH = "/account/sessions/"


@pytest.fixture
def admin(sqlite_engine: Engine) -> Admin:
    made = admin_of(sqlite_engine)
    person(made, "Ada")
    person(made, "Eve")
    return made


def test_shown_and_ended(admin: Admin) -> None:
    """Each session is told with browser and address, this one first; one can be ended, and all others."""
    browser = Browser(admin)
    browser.http.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"
    browser.logged_in("Ada")
    second, third = Browser(admin, "198.51.100.2").logged_in("Ada"), Browser(admin).logged_in("Ada")
    page = browser.get(PATH)
    told = page.texts("tr[data-session]")
    assert len(told) == 3
    assert told[0].startswith("Firefox on Linux This one")
    assert "192.0.2.1" in told[0]
    (row,) = [row for row in rows(admin, tables.session) if row.address == "198.51.100.2"]
    typed = {"password": PASSWORD, "id": str(row.id)}
    assert browser.send(page, "sessions", typed).status_code == 303
    assert [one.may() for one in (browser, second, third)] == [True, False, True]
    everywhere = {"password": PASSWORD, "others": "1"}
    assert browser.send(browser.get(PATH), "sessions", everywhere).status_code == 303
    assert [one.may() for one in (browser, third)] == [True, False]
    assert not browser.get(PATH).css("button[name=others]")


def test_the_password_is_asked_for(admin: Admin) -> None:
    """Whoever has got hold of a session cannot shut its owner out, nor guess the password here."""
    owner, thief = Browser(admin).logged_in("Ada"), Browser(admin).logged_in("Ada")
    page = thief.get(PATH)
    wrong = [
        thief.send(page, "sessions", {"password": f"guess {n}", "others": "1"})
        for n in range(throttle.DEVICE.free + 1)
    ]
    assert [answer.status_code for answer in wrong] == [422] * throttle.DEVICE.free + [429]
    assert all(set(parse(answer.text).errors()) == {"password"} for answer in wrong)
    assert thief.send(page, "sessions", {"password": PASSWORD, "others": "1"}).status_code == 429
    assert owner.may()


def test_only_ones_own(admin: Admin) -> None:
    """Nobody sees or ends somebody else's sessions, nor this one by its id; what is no id is a 400."""
    ada, eve = Browser(admin, "198.51.100.2").logged_in("Ada"), Browser(admin).logged_in("Eve")
    page = eve.get(PATH)
    assert len(page.css("tr[data-session]")) == 1
    assert "198.51.100.2" not in page.text("main")
    token = page.token
    for row in rows(admin, tables.session):
        typed = {"csrf_token": token, "id": str(row.id), "password": PASSWORD}
        assert eve.http.post(PATH, data=typed).status_code == 303
    assert ada.may()
    assert eve.may()
    assert eve.http.post(PATH, data={"csrf_token": token, "id": "' OR 1=1"}).status_code == 400
    assert eve.http.post(PATH, data={"id": str(row.id)}).status_code == 403


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1", "Safari on macOS"),
        ("robot/1.0 (made of Lego)", "robot/1.0"),
        ("", "Unknown"),
    ],
)  # fmt: skip
def test_browsers_in_words(agent: str, words: str) -> None:
    """A person recognizes their browser."""
    assert in_words(agent) == words
