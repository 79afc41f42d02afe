"""The second step of the login: half a login opens nothing, a code opens everything once."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests import bridge
from tests.factors import KEY, Site, addresses, code, site_over, wrong
from tests.pages import parse
from webadmin import Accounts


@pytest.fixture
def site(sqlite_engine: Engine) -> Site:
    return site_over(sqlite_engine)


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


def test_only_own_addresses_come_next(site: Site) -> None:
    """The second step leads nowhere else."""
    _id, _secret, codes = site.account(factor=True)
    for target, recovery in zip(
        ("//evil.example/", "https://evil.example/", "/\\evil", "/../x"), codes, strict=False
    ):
        ada = site.browser()
        ada.log_in(next=target)
        answer = ada.send("/login/second/", 303, code=recovery, next=target)
        assert answer.headers["location"] == "/", target


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
