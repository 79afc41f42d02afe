"""Logging in with a name and a password, and what attacks on that meet."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.bridge import Thing
from tests.pages import parse
from tests.people import KEY, PASSWORD, Browser, admin_of, later, person, rows, write
from webadmin import Accounts, Admin, ModelView, User
from webadmin.auth.accounts import sessions, store, throttle
from webadmin.database.own_tables import accounts as tables


@pytest.fixture
def admin(sqlite_engine: Engine) -> Admin:
    return admin_of(sqlite_engine)


def test_in_and_out(engine: Engine) -> None:
    """A login leads to the page that was asked for, is written down, and ends in the database, wherever its cookie is by then."""
    admin = admin_of(engine)
    person(admin, "Ada")
    browser = Browser(admin)
    asked = browser.http.get("/things/?q=1")
    page = browser.get(asked.headers["location"])
    answer = browser.send(page, "login", {"name": " ADA ", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/things/?q=1")
    assert browser.get("/").text(".wa-user").endswith("Ada")
    assert browser.http.get("/login/").headers["location"] == "/"
    (account,) = rows(admin, tables.account)
    assert account.last_login_address == "192.0.2.1"
    stolen = browser.copied()
    assert stolen.may()
    assert browser.http.get("/logout/").status_code == 405
    assert browser.send(browser.get("/"), "logout/", {}).status_code == 303
    assert not browser.may()
    assert not stolen.may()
    assert not rows(admin, tables.session)


def test_one_answer(admin: Admin) -> None:
    """Unknown names, wrong passwords, disabled accounts and those without a password get one answer, by the same statements."""
    person(admin, "Ada")
    person(admin, "Bob", password=None)
    person(admin, "Cyd")
    engine = admin.runtime.database.engine
    with engine.begin() as connection:
        disabled = sa.update(tables.account).where(tables.account.c.name == "Cyd")
        connection.execute(disabled.values(disabled_at=sessions.now()))
    answers: list[Any] = []
    for name, password in (("Ada", "wrong"), ("Bob", PASSWORD), ("Cyd", PASSWORD), ("Eve", PASSWORD)):
        browser, seen = Browser(admin), []
        page = browser.get("/login/")

        def note(connection: Any, cursor: Any, statement: str, *rest: Any, seen: list[str] = seen) -> None:
            seen.append(re.sub(r"sa_savepoint_\d+", "", statement))

        sa.event.listen(engine, "before_cursor_execute", note)
        answer = browser.send(page, "login", {"name": name, "password": password})
        sa.event.remove(engine, "before_cursor_execute", note)
        assert not browser.may()
        text = re.sub(r"[0-9a-f]{12,64}", "", answer.text).replace(name, "NAME")
        # What is counted is counted in the order of hashes.
        answers.append((answer.status_code, text, sorted(seen)))
    assert answers[0][0] == 422
    for answer in answers[1:]:
        assert answer == answers[0]


def test_what_was_typed_stays(admin: Admin) -> None:
    """Name and next page are there again after a wrong try and during a wait; a password never is."""
    person(admin, "Bob")
    browser = Browser(admin)
    for number in range(throttle.PAIR.free + 1):
        answer = browser.enter("<Ada> & co", "s3cret-typed", "/things/")
        page = parse(answer.text)
        assert answer.status_code == (422 if number < throttle.PAIR.free else 429)
        assert page.form("login")["name"] == "<Ada> & co"
        assert page.form("login")["next"] == "/things/"
        assert page.one("[data-error-for]").text_content().strip()
        assert "s3cret-typed" not in answer.text
    assert answer.headers["retry-after"] == "2"
    assert "2 seconds" in page.text("[role=alert]")
    assert Browser(admin).enter("", "").status_code == 422


def test_guessing(admin: Admin) -> None:
    """After a few wrong tries not even the right password is looked at; the browser that the person always uses is let in all the
    while, also from the attacker's own address."""
    person(admin, "Ada")
    usual = Browser(admin, "198.51.100.1").logged_in("Ada")
    usual.send(usual.get("/"), "logout/", {})
    attacker = Browser(admin, "198.51.100.1")
    assert [attacker.enter("Ada", f"guess {n}").status_code for n in range(throttle.PAIR.free)] == [
        422
    ] * throttle.PAIR.free
    # Names that only look different are one.
    for name in ("Ada", "ＡDA", "a\u200bda", "  ada "):
        assert attacker.enter(name).status_code == 429
    assert usual.enter("Ada").status_code == 303
    assert Browser(admin, "203.0.113.7").enter("Ada").status_code == 303


def test_fixation(admin: Admin) -> None:
    """A session that somebody else knows from before the login is none afterwards, and neither is its token for forms."""
    person(admin, "Ada")
    browser = Browser(admin)
    browser.get("/login/")
    planted = browser.copied()
    before = parse(planted.http.get("/login/").text).form("login")["csrf_token"]
    browser.logged_in("Ada")
    assert not planted.may()
    assert browser.http.post("/logout/", data={"csrf_token": before}).status_code == 403
    assert browser.may()


@pytest.mark.parametrize(
    "next",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/../x", "\thttp://evil.example"],
)  # fmt: skip
def test_next_is_own(admin: Admin, next: str) -> None:
    """A login goes on to pages of this admin alone."""
    person(admin, "Ada")
    assert Browser(admin).enter("Ada", next=quote(next, safe="")).headers["location"] == "/"


def test_end_of_a_session(admin: Admin) -> None:
    """It ends by rest, by age and with the account, at once; an old cookie does not come back with it."""
    id = person(admin, "Ada")
    browser = Browser(admin).logged_in("Ada")
    later(admin, sessions.Lifetime.idle)
    assert not browser.may()
    browser.logged_in("Ada")
    write(admin, tables.session, ends_at=sessions.now())
    assert not browser.may()
    browser.logged_in("Ada")
    write(admin, tables.account, disabled_at=sessions.now())
    assert not browser.may()
    assert browser.enter("Ada").status_code == 422
    with admin.runtime.database.engine.begin() as connection:
        connection.execute(sa.delete(tables.account).where(tables.account.c.id == id))
    assert not browser.may()


@pytest.mark.parametrize("change", [{"password_hash": "another"}, {"disabled_at": sessions.now()}])
def test_changed_meanwhile(admin: Admin, change: dict[str, Any]) -> None:
    """Whose password is changed, or account disabled, while a login with it is looked at, does not come in by it."""
    person(admin, "Ada")
    with Session(admin.runtime.database.engine) as session:
        account = store.by_name(session, "Ada")
        assert account is not None
        session.commit()
        write(admin, tables.account, **change)
        assert not store.note_login(session, account, PASSWORD, "192.0.2.1")


def test_costs_follow(admin: Admin) -> None:
    """A hash of other costs is made anew at the next login, and the password stays the same."""
    person(admin, "Ada")
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    write(admin, tables.account, password_hash=old)
    Browser(admin).enter("Ada", "wrong")
    assert rows(admin, tables.account)[0].password_hash == old
    for _ in range(2):
        Browser(admin).logged_in("Ada")
        assert rows(admin, tables.account)[0].password_hash != old


def test_parts_of_pages(admin: Admin) -> None:
    """Where a part of a page was asked for, the login goes on to the whole page, if that is one of ours."""
    for page, next in (("/things/?q=1", "/things/?q=1"), ("//evil.example/", "/")):
        sent = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
        answer = Browser(admin).http.get("/things/", headers=sent)
        assert answer.headers["hx-redirect"] == f"/login/?next={quote(next, safe='')}"
    broken = {"HX-Request": "true", "HX-Current-URL": "http://[broken"}
    assert Browser(admin).http.get("/things/", headers=broken).status_code == 401


@pytest.mark.parametrize("password", ["x" * 100_000, "a\x00b", "\u0627" * 400, " "])
def test_odd_passwords(admin: Admin, password: str) -> None:
    """Whatever is sent as name or password is at most wrong."""
    person(admin, "Ada")
    browser = Browser(admin)
    assert browser.enter("Ada", password).status_code == 422
    assert browser.enter(password, password).status_code == 422


def test_log(admin: Admin, caplog: pytest.LogCaptureFixture) -> None:
    """Each event is one line, and what was typed stands in none: people type passwords into the field of the name."""
    person(admin, "Ada")
    browser = Browser(admin)
    browser.enter("typed-in-wrong-field", "wr0ng-password")
    browser.enter("Ada", "wr0ng-password")
    browser.logged_in("Ada")
    browser.send(browser.get("/"), "logout/", {})
    events = [line.message for line in caplog.records if line.name == "webadmin.security"]
    assert [event.partition(":")[0] for event in events] == [
        "login failed",
        "login failed",
        "login",
        "logout",
    ]
    assert "'Ada'" in events[2]
    told = "".join(events)
    for secret in ("typed-in-wrong-field", "wr0ng-password", PASSWORD, browser.cookie.id):
        assert secret not in told


def test_without_tables(sqlite_engine: Engine) -> None:
    """Where webadmin's own tables are missing the page says how they are made, and nobody is let in."""
    admin = admin_of(sqlite_engine)
    for table in reversed(tables.account.metadata.sorted_tables):
        table.drop(sqlite_engine)
    browser = Browser(admin)
    page = browser.get("/login/", 503)
    assert "webadmin migrate" in page.text(".wa-note")
    assert not page.css("form")
    assert browser.get("/things/", 303)


def test_a_name_that_others_could_have(sqlite_engine: Engine) -> None:
    """What rules of an app know somebody by is the name of the account, which nobody else has; the full name, which may be anybody's, is
    only shown."""

    class Things(ModelView, model=Thing):
        key = "things"

        def scope(self, stmt: Any, user: User) -> Any:
            return stmt if user.name == "Boss" else stmt.where(sa.false())

    boss = admin_of(sqlite_engine)
    admin = Admin(sqlite_engine, identify=Accounts(), secret_key=KEY)
    admin.add_view(Things)
    person(boss, "Boss")
    person(boss, "eve", full_name="Boss")
    assert Browser(admin).logged_in("Boss").get("/things/").css('a[href="/things/1/"]')
    page = Browser(admin).logged_in("eve").get("/things/")
    assert page.text(".wa-user").endswith("Boss")
    assert not page.css('a[href="/things/1/"]')
