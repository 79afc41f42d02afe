"""The session cookie: signed, out of reach of scripts, for this admin alone."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests import bridge
from tests.pages import parse
from webadmin.auth.cookie import CookieSigner, SessionData
from webadmin.auth.identity import TokenLogin
from webadmin.auth.keys import Keys


def morsel(header: str) -> Morsel[str]:
    (found,) = SimpleCookie(header).values()
    return found


@pytest.mark.parametrize("path", ["", "/admin", "/a/b"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_attributes(sqlite_engine: Engine, path: str, scheme: str) -> None:
    """HttpOnly, SameSite, the admin's own path, and no domain; under https Secure, and the prefix that nobody else can set."""
    admin = bridge.admin_over(bridge.filled(sqlite_engine))
    app = Starlette(routes=[Mount(path, admin)]) if path else admin
    answer = bridge.client(app, f"{scheme}://testserver").get(f"{path}/")
    cookie = morsel(answer.headers["set-cookie"])
    assert cookie.key.startswith("__Host-webadmin_" if scheme == "https" else "webadmin_")
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == ("/" if scheme == "https" else path or "/")
    assert bool(cookie["secure"]) is (scheme == "https")
    assert cookie["domain"] == ""


def test_sent_only_when_it_changed(sqlite_engine: Engine) -> None:
    """A page that changes nothing in the session sends no cookie."""
    sender = bridge.client(bridge.admin_over(bridge.filled(sqlite_engine)))
    assert "set-cookie" in sender.get("/").headers
    assert "set-cookie" not in sender.get("/things/").headers


def test_a_forged_cookie_is_none() -> None:
    """A cookie that somebody changed, or signed with another key, counts as no session."""
    signer = CookieSigner(Keys("key"))
    data = SessionData(id="1", user="ada")
    value = morsel(signer.header(data, "", secure=False)).value
    assert signer.read(value).user == "ada"
    for forged in (value[:-2], value[1:], "x" + value, "", "a.b.c", "ü"):
        assert signer.read(forged).user == ""
    assert CookieSigner(Keys("other")).read(value).user == ""


def test_preferences_and_messages(sqlite_engine: Engine) -> None:
    """What the session keeps is there on the next page; a message is shown once."""
    sender = bridge.client(bridge.admin_over(bridge.filled(sqlite_engine)))
    form = parse(sender.get("/account/").text).form()
    assert sender.post("/account/", data={**form, "theme": "dark"}).status_code == 303
    assert parse(sender.get("/").text).one("html").get("data-theme") == "dark"
    form = parse(sender.get("/things/1/change/").text).form()
    sender.post("/things/1/change/", data={**form, "name": "renamed"})
    assert len(parse(sender.get("/things/").text).messages()) == 1
    assert parse(sender.get("/things/").text).messages() == []


def test_two_ports_of_one_host(sqlite_engine: Engine) -> None:
    """A browser sends the cookies of one port to all others: two admins there do not end each other's session."""
    engine = bridge.filled(sqlite_engine)
    logins = [TokenLogin(), TokenLogin()]
    admins = [bridge.admin_over(engine, identify=login) for login in logins]
    jar = bridge.client(admins[0]).cookies
    places = [(admins[0], "http://localhost:8000"), (admins[1], "http://localhost:8010")]
    senders = [
        TestClient(admin, base_url=base, cookies=jar, follow_redirects=False) for admin, base in places
    ]
    for sender, login in zip(senders, logins, strict=True):
        sender.cookies = jar
        assert sender.get(f"/login/?token={login.token}").status_code == 303
        jar = sender.cookies
    for sender in senders:
        sender.cookies = jar
        assert sender.get("/things/").status_code == 200
    assert CookieSigner.name("", "[::1]") == CookieSigner.name("") != CookieSigner.name("", "[::1]:80")
