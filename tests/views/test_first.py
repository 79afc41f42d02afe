"""The first administrator of a fresh installation."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.pages import parse
from tests.people import KEY, PASSWORD, Browser, admin_of, person, rows
from webadmin import Accounts, Admin
from webadmin.auth.accounts import store
from webadmin.database.own_tables import accounts as tables

TYPED = {"name": "Ada", "password": PASSWORD, "repeat": PASSWORD}


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The addresses that the log tells."""
    return [line.message.rpartition(" ")[2] for line in caplog.records if "no account yet" in line.message]


def test_from_the_log_to_an_administrator(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """The log has an address, once, without the host that the request names; there the account is made that may do everything. Then the
    address is worth nothing."""
    admin = admin_of(engine)
    browser = Browser(admin)
    for _ in range(2):
        page = browser.get("/login/?next=/things/", headers={"Host": "evil.example"})
    assert "no account" in page.text(".wa-note")
    assert not page.css("form")
    (address,) = told(caplog)
    assert address.startswith("/login/?token=")
    page = browser.get(address)
    wrong = browser.send(page, "form", TYPED | {"password": "k0rz-typed", "name": " "})
    assert wrong.status_code == 422
    assert set(parse(wrong.text).errors()) == {"name", "password", "repeat"}
    assert "k0rz-typed" not in wrong.text
    answer = browser.send(parse(wrong.text), "form", TYPED)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.may()
    assert [row.name for row in rows(admin, tables.account_grant)] == ["*"]
    stranger = Browser(admin)
    assert stranger.get(address, 303)
    assert stranger.send(page, "form", TYPED | {"name": "Eve"}).status_code in {303, 403}
    assert [row.name for row in rows(admin, tables.account)] == ["Ada"]
    caplog.clear()
    stranger.get("/login/")
    assert not told(caplog)


def test_the_token(sqlite_engine: Engine) -> None:
    """It is the same in all processes with the key, another with another key, and a guess is refused."""
    admin = admin_of(sqlite_engine)
    token = admin.keys.mark("first administrator", "")
    twin = Admin(sqlite_engine, identify=Accounts(), secret_key=KEY)
    other = Admin(sqlite_engine, identify=Accounts(), secret_key=KEY[::-1])
    assert Browser(twin).get(f"/login/?token={token}").css("#form")
    page = Browser(other).get(f"/login/?token={token}", 422)
    assert not page.css("form")
    assert Browser(admin).get(f"/login/?token={token[:-1]}x", 422).text("[role=alert]")


def test_only_one_wins(engine: Engine) -> None:
    """Of several who send the form at once one makes the account."""
    admin = admin_of(engine)
    token = admin.keys.mark("first administrator", "")
    browsers = [Browser(admin) for _ in range(6)]
    pages = [browser.get(f"/login/?token={token}") for browser in browsers]
    threads = [
        threading.Thread(target=browser.send, args=(page, "form", TYPED | {"name": f"Ada {number}"}))
        for number, (browser, page) in enumerate(zip(browsers, pages, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(admin, tables.account)) == 1
    assert [browser.may() for browser in browsers].count(True) == 1
    assert not rows(admin, tables.login_attempt)


def test_names(sqlite_engine: Engine) -> None:
    """A name is taken whatever its case and width; one that cannot be seen is none."""
    admin = admin_of(sqlite_engine)
    person(admin, "Straße")
    with Session(sqlite_engine) as session:
        for name in ("STRASSE", "strasse", "Stra\u00dfe ", "\uff33trasse", "str\u00adasse"):
            with pytest.raises(store.Unprocessable):
                store.create(session, name, password=PASSWORD)
        assert session.scalar(sa.select(sa.func.count()).select_from(tables.account)) == 1
        found = store.by_name(session, " strasse")
        assert found is not None
        assert found.name == "Straße"
