"""The second factor of one's own account: asked for by a role, set up, changed, turned off."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests import bridge
from tests.factors import KEY, PASSWORD, Browser, Site, addresses, code, secret_on, site_over, wrong
from tests.pages import parse
from webadmin import Accounts
from webadmin.auth.accounts import totp
from webadmin.auth.identity import TokenLogin
from webadmin.database.own_tables import accounts as tables
from webadmin.database.own_tables.base import metadata


@pytest.fixture
def site(sqlite_engine: Engine) -> Site:
    return site_over(sqlite_engine)


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
    # Nor does the page of an error show what the person would see.
    error = parse(ada.send("/account/second/", 400, do="something else").text)
    assert not error.css("a[href*=things], a[href*=people]")
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
    site = Site(sqlite_engine, bridge.admin_over(sqlite_engine, identify=Accounts(terminal=terminal)))
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
