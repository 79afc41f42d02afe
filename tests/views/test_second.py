"""The second factor as people meet it: at the login, set up by themselves, asked for by a role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests import bridge
from tests.pages import Page, parse
from webadmin import Accounts, Admin
from webadmin.auth.accounts import sessions, store, totp
from webadmin.auth.identity import TokenLogin
from webadmin.database.own_tables import accounts as tables
from webadmin.database.own_tables.base import metadata
from webadmin.mixins import uuid7
from webadmin.routes import ROUTES

KEY, PASSWORD = "k" * 40, "mauve giraffe on a ladder"


@dataclass
class Browser:
    """A browser of somebody's, with an admin before it."""

    admin: Admin
    client: TestClient

    def get(self, path: str, status: int = 200) -> Page:
        answer = self.client.get(path)
        assert answer.status_code == status, (answer.status_code, answer.headers.get("location"))
        return parse(answer.text)

    def send(self, path: str, status: int, **typed: str) -> Any:
        """Post to an address; the answer, whose status is what was said."""
        data = {**typed, "csrf_token": bridge.token(self.admin, self.client)}
        answer = self.client.post(path, data=data)
        assert answer.status_code == status, (answer.status_code, parse(answer.text).text("main"))
        return answer

    def log_in(self, name: str = "ada", next: str = "/things/") -> Any:
        return self.send("/login/", 303, name=name, password=PASSWORD, next=next)

    @property
    def token(self) -> str:
        signer = self.admin.runtime.responder.signer
        return next(str(one.value) for one in self.client.cookies.jar if one.name == signer.name(""))


@dataclass
class Site:
    engine: Engine
    admin: Admin

    def browser(self, admin: Admin | None = None) -> Browser:
        return Browser(admin or self.admin, bridge.client(admin or self.admin))

    def account(
        self, name: str = "ada", *, role: bool = False, factor: bool = False
    ) -> tuple[UUID, str, list[str]]:
        """Somebody who may do everything; the secret and the recovery codes of their factor."""
        keys = self.admin.keys
        with Session(self.engine) as session, session.begin():
            account_id = store.create(session, name, password=PASSWORD, grants=["*"])
            if role:
                own = uuid7()
                session.execute(
                    sa.insert(tables.role).values(id=own, name="keeper", needs_second_factor=True)
                )
                session.execute(sa.insert(tables.account_role).values(account_id=account_id, role_id=own))
            if not factor:
                return account_id, "", []
            secret = totp.secret_of(keys, account_id, totp.new_setup(keys, account_id)) or ""
            codes = totp.confirm(session, keys, account_id, secret, code(secret, -1))
            assert codes is not None
            return account_id, secret, codes

    def sessions(self) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(tables.session)) or 0


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(sessions.now() + timedelta(seconds=30 * steps))


def wrong(secret: str) -> str:
    """A code that is none of the secret's for a while."""
    right = {code(secret, steps) for steps in range(-5, 6)}
    return next(
        guess for guess in ("000000", "111111", *map(str, range(200000, 200012))) if guess not in right
    )


def secret_on(page: Page) -> str:
    return page.text("#key").replace(" ", "")


@pytest.fixture
def site(sqlite_engine: Engine) -> Site:
    metadata.create_all(bridge.filled(sqlite_engine))
    return Site(sqlite_engine, bridge.admin_over(sqlite_engine, identify=Accounts(), secret_key=KEY))


def addresses() -> Iterator[tuple[str, str]]:
    for route in ROUTES:
        path = route.pattern.format(key="things", id="1", name="x", field="name")
        for method in route.methods:
            yield method, f"/{path}" if path.endswith("/rows") or not path else f"/{path}/"


def test_half_a_login_opens_nothing(site: Site) -> None:
    """With the password alone every address leads to the second step, and none says what there is."""
    site.account(factor=True)
    ada = site.browser()
    assert ada.log_in().headers["location"] == "/things/"
    token = bridge.token(site.admin, ada.client)
    for method, path in addresses():
        if path in {"/login/", "/login/second/", "/logout/"} or path.startswith("/login/oidc/"):
            continue
        answer = ada.client.request(method, path, data={"csrf_token": token} if method == "POST" else None)
        assert answer.status_code == 303, (method, path, answer.status_code)
        assert answer.headers["location"].startswith("/login/second/?next="), (method, path)
    page = ada.get("/login/second/?next=/things/")
    assert page.text("h1") == "Admin"
    assert not page.css("a[href*=things], nav")
    # Nor do pages of errors show what the person would see.
    assert not parse(ada.client.get("/no/such/page/at/all/").text).css("nav a[href*=things]")
    ada.send("/logout/", 303)
    assert site.sessions() == 0


def test_logging_in_with_a_code(site: Site) -> None:
    """A right code logs in to where the person wanted to go, with a new token; whoever had the old one has nothing."""
    _id, secret, _codes = site.account(factor=True)
    ada, thief = site.browser(), site.browser()
    ada.log_in()
    name = site.admin.runtime.responder.signer.name("")
    thief.client.cookies.set(name, ada.token)
    before = ada.token
    answer = ada.send("/login/second/", 422, code=wrong(secret), next="/things/")
    assert "not right" in parse(answer.text).text("[data-error-for=code]")
    answer = ada.send("/login/second/", 303, code=code(secret), next="/things/")
    assert answer.headers["location"] == "/things/"
    assert ada.token != before
    ada.get("/things/")
    assert thief.client.get("/things/").headers["location"].startswith("/login/?")
    assert ada.client.get("/login/second/?next=/things/").headers["location"] == "/things/"


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/../x"])
def test_only_own_addresses_come_next(site: Site, target: str) -> None:
    """The second step leads nowhere else."""
    _id, secret, _codes = site.account(factor=True)
    ada = site.browser()
    ada.log_in(next=target)
    answer = ada.send("/login/second/", 303, code=code(secret), next=target)
    assert answer.headers["location"] == "/"


def test_a_code_logs_in_once(site: Site) -> None:
    """Somebody who has seen the password and the code being typed is refused with both; a recovery code too works once."""
    _id, secret, codes = site.account(factor=True)
    ada, eve = site.browser(), site.browser()
    for browser in (ada, eve):
        browser.log_in()
    now = code(secret)
    ada.send("/login/second/", 303, code=now)
    eve.send("/login/second/", 422, code=now)
    eve.send("/login/second/", 303, code=codes[0])
    assert "9 are left" in eve.get("/").text("#toasts")
    late = site.browser()
    late.log_in()
    late.send("/login/second/", 422, code=codes[0])


def test_guessing_is_slowed_down(site: Site) -> None:
    """After a few wrong codes not even a right one is looked at, in another process neither, nor after another login."""
    _id, secret, _codes = site.account(factor=True)
    other = bridge.admin_over(site.engine, identify=Accounts(), secret_key=KEY)
    for number in range(5):
        eve = site.browser(other if number % 2 else None)
        eve.log_in()
        eve.send("/login/second/", 422, code=wrong(secret))
    for admin in (site.admin, other):
        eve = site.browser(admin)
        eve.log_in()
        answer = eve.send("/login/second/", 429, code=code(secret))
        assert int(answer.headers["retry-after"]) > 0
        assert "Wait" in parse(answer.text).text("[data-error-for=code]")


def test_a_role_asks_for_it(site: Site) -> None:
    """A person whose role needs one sets it up before any page, and is not asked for the password again meanwhile."""
    site.account(role=True)
    ada, elsewhere = site.browser(), site.browser()
    ada.log_in(), elsewhere.log_in()
    for method, path in addresses():
        if path in {"/login/", "/login/second/", "/logout/", "/account/second/"} or path.startswith(
            "/login/oidc/"
        ):
            continue
        data = {"csrf_token": bridge.token(site.admin, ada.client)} if method == "POST" else None
        answer = ada.client.request(method, path, data=data)
        assert answer.headers.get("location", "").startswith("/account/second/?next="), (method, path)
    page = ada.get("/account/second/?next=/things/")
    assert "keeper" in page.text("main")
    assert page.css("svg path")
    assert not page.css("nav, [style], img")
    secret = secret_on(page)
    fields = page.form("confirm")
    answer = ada.send("/account/second/", 422, **{**fields, "do": "confirm", "code": wrong(secret)})
    assert secret_on(parse(answer.text)) == secret
    before = ada.token
    answer = ada.send("/account/second/", 200, **{**fields, "do": "confirm", "code": code(secret)})
    shown = [item.text_content().strip() for item in parse(answer.text).css("#codes li")]
    assert len(shown) == totp.RECOVERY_CODES
    assert parse(answer.text).css("a.wa-btn--primary")[0].get("href") == "/things/"
    assert ada.token != before
    assert ada.get("/things/")
    assert elsewhere.client.get("/things/").headers["location"].startswith("/login/?")
    assert not [one for one in shown if one in ada.client.get("/account/second/").text]
    refused = ada.send("/account/second/", 422, do="off", password=PASSWORD, code=shown[0])
    assert "keeper" in parse(refused.text).text("[data-error-for=off]")


def begun(site: Site, **more: Any) -> tuple[Browser, str, list[str]]:
    """Somebody who is logged in, to the end."""
    _id, secret, codes = site.account(**more)
    ada = site.browser()
    ada.log_in()
    if secret:
        ada.send("/login/second/", 303, code=code(secret))
    return ada, secret, codes


def test_setting_up_by_oneself(site: Site) -> None:
    """The password is asked for before a secret is shown; the code of the app turns it on, and logins elsewhere end."""
    ada, _secret, _codes = begun(site)
    elsewhere = site.browser()
    elsewhere.log_in()
    page = ada.get("/account/second/")
    assert not page.css("#key")
    for password in ("", "wrong"):
        answer = ada.send("/account/second/", 422, do="start", password=password)
        assert not parse(answer.text).css("#key")
    shown = parse(ada.send("/account/second/", 200, do="start", password=PASSWORD).text)
    fields = shown.form("confirm")
    assert secret_on(shown) not in str(fields)
    answer = ada.send("/account/second/", 200, **{**fields, "do": "confirm", "code": code(secret_on(shown))})
    assert parse(answer.text).css("#codes li")
    assert elsewhere.client.get("/things/").status_code == 303
    with site.engine.connect() as connection:
        assert list(connection.execute(sa.select(tables.event.c.kind)).scalars()) == ["second_factor_on"]


@pytest.mark.parametrize("setup", ["", "made up", "eve's"])
def test_no_secret_of_somebody_else(site: Site, setup: str) -> None:
    """A secret that this page did not show to this person cannot be turned on."""
    ada, _secret, _codes = begun(site)
    eve_id, _secret, _codes = site.account("eve")
    theirs = totp.new_setup(site.admin.keys, eve_id)
    secret = totp.secret_of(site.admin.keys, eve_id, theirs) or ""
    sent = theirs if setup == "eve's" else setup
    answer = ada.send("/account/second/", 422, do="confirm", setup=sent, code=code(secret))
    assert "Begin again" in parse(answer.text).text("[data-error-for=setup]")


@pytest.mark.parametrize("what", ["off", "codes", "start"])
def test_changing_it_takes_password_and_code(site: Site, what: str) -> None:
    """Neither alone is enough to turn it off, to get new recovery codes or to set up another app."""
    ada, secret, codes = begun(site, factor=True)
    elsewhere = site.browser()
    elsewhere.log_in()
    elsewhere.send("/login/second/", 303, code=codes[2])
    for password, given, field in (
        ("", codes[0], "password"),
        ("wrong", codes[0], "password"),
        (PASSWORD, wrong(secret), "code"),
    ):
        answer = ada.send("/account/second/", 422, do=what, password=password, code=given)
        assert parse(answer.text).css(f"[data-error-for={field}]")
    right = {"do": what, "password": PASSWORD, "code": codes[0]}
    if what == "off":
        ada.send("/account/second/", 303, **right)
        assert elsewhere.client.get("/things/").status_code == 303
        plain = site.browser()
        plain.log_in()
        plain.get("/things/")
    else:
        page = parse(ada.send("/account/second/", 200, **right).text)
        assert bool(page.css("#key")) == (what == "start")
        assert (len(page.css("#codes li")) == totp.RECOVERY_CODES) == (what == "codes")
        assert elsewhere.client.get("/things/").status_code == 200
    ada.send("/account/second/", 422 if what != "off" else 200, **right)


def test_proving_it_is_slowed_down(site: Site) -> None:
    """Whoever finds a browser that is logged in does not guess the password there."""
    ada, _secret, _codes = begun(site)
    for _number in range(5):
        ada.send("/account/second/", 422, do="start", password="wrong")
    ada.send("/account/second/", 429, do="start", password=PASSWORD)


def test_where_there_can_be_none(sqlite_engine: Engine) -> None:
    """Without an account there is no such page; without a key that lasts nothing is encrypted with it."""
    metadata.create_all(bridge.filled(sqlite_engine))
    assert bridge.client(bridge.admin_over(sqlite_engine)).get("/account/second/").status_code == 404
    terminal = TokenLogin()
    admin = bridge.admin_over(sqlite_engine, identify=Accounts(terminal=terminal), secret_key=KEY)
    root = bridge.client(admin)
    root.get(f"/login/?token={terminal.token}")
    assert root.get("/account/second/").status_code == 404
    site = Site(sqlite_engine, bridge.admin_over(sqlite_engine, identify=Accounts()))
    ada, _secret, _codes = begun(site)
    assert "no secret key" in ada.get("/account/second/").text("main")
    ada.send("/account/second/", 400, do="start", password=PASSWORD)


def test_nothing_secret_in_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Codes, secrets and passwords stand in no line."""
    with caplog.at_level("DEBUG"):
        ada, secret, codes = begun(site, factor=True)
        ada.send("/account/second/", 422, do="off", password=PASSWORD, code=wrong(secret))
        ada.send("/account/second/", 200, do="codes", password=PASSWORD, code=codes[3])
    said = re.sub(r"\W", "", caplog.text)
    assert not [one for one in (secret, PASSWORD, codes[3]) if re.sub(r"\W", "", one) in said]
