"""Headers: those that protect stand on every answer there is, and no text of anybody's gets into one."""

from __future__ import annotations

import itertools
from typing import Any

import anyio
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.security.desk import Ticket, TicketView, Visitor, admin_of
from webadmin import Admin
from webadmin.auth.identity import TokenLogin
from webadmin.rendering.assets import Assets
from webadmin.routes import ROUTES

_BOMB = b"x" * 11_000_000
FORM = {"content-type": "application/x-www-form-urlencoded"}


def judge(answer: Any) -> None:
    """The policy is whole, nothing is kept by a cache but files that hold no data, and there is one of each header."""
    said = answer.headers
    policy = dict(part.strip().partition(" ")[::2] for part in said["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    if "sandbox" not in policy:
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert {
            policy[name] for name in policy if name not in {"default-src", "base-uri", "frame-ancestors"}
        } == {"'self'"}
    expected = {
        "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
    }  # fmt: skip
    assert {name: said[name] for name in expected} == expected
    assert "camera=()" in said["permissions-policy"]
    kept = "/static/" in str(answer.request.url) and answer.status_code in {200, 304}
    assert ("no-store" in said["cache-control"]) is not kept
    assert not [name for name in said if name.startswith("access-control-")]
    assert "x-powered-by" not in said
    assert "server" not in said
    names = [name for name, _ in said.multi_items() if name != "set-cookie"]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "methods", [["GET"], ["HEAD"], ["POST"], ["PUT", "DELETE", "OPTIONS", "TRACE", "BREW"]], ids=" ".join
)
def test_every_address(small_desk: Engine, methods: list[str]) -> None:
    """Pages, fragments, forms, redirects and refusals of every route, with the slash and without it, by every method, for somebody
    who may do all, who may do nothing, and for nobody. Methods that no route takes stand for each other: they come in turn."""
    admin = admin_of(small_desk)
    assert not {method for route in ROUTES for method in route.methods} & set(methods[1:])
    for name, grants in (("red", "*"), ("red", "none"), ("", "")):
        turn = itertools.cycle(methods)
        visitor = Visitor(admin, name, grants)
        for route in ROUTES:
            path = "/" + route.pattern.format(key="tickets", id="1", name="shout", field="owner")
            for address in dict.fromkeys((path, path.rstrip("/") + "/", f"{path}x/y/z/w/")):
                judge(visitor.request(next(turn), address))
        for method in methods:
            judge(visitor.request(method, "/tickets/", headers={"HX-Request": "true"}))


def test_refusals_before_any_page(small_desk: Engine) -> None:
    """Too much sent, forms that cannot be read, addresses and hosts that are none, and faults of the program."""

    class Failing(TicketView, model=Ticket):
        key = "tickets"

        def scope(self, stmt: sa.Select[Any], user: Any) -> sa.Select[Any]:
            raise RuntimeError("a fault of the host's")

    visitor = Visitor(admin_of(small_desk, Failing))
    for status, method, path, more in (
        (413, "POST", "/tickets/add/", {"content": _BOMB, "headers": FORM}),
        (413, "GET", "/tickets/?" + "x" * 17_000, {}), (400, "GET", "/people/?%ff", {}),
        (422, "POST", "/tickets/add/", {"content": b"{}", "headers": {"content-type": "application/json"}}),
        (400, "POST", "/tickets/add/", {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=y"}}),
        (500, "GET", "/tickets/", {}), (404, "GET", "/", {"headers": {"Host": "["}}), (404, "GET", "/x/y/", {"headers": {"Host": "a b:99999"}}),
        (403, "POST", "/tickets/add/", {"content": b"a=1", "headers": FORM}), (404, "GET", "/%00/%0d%0a/", {}),
    ):  # fmt: skip
        answer = visitor.request(method, path, **more)
        assert answer.status_code == status or (status == 404 and answer.status_code == 200), path[:40]
        judge(answer)


def test_files_and_logins(small_desk: Engine) -> None:
    """Static files, whole, known, absent or asked for by a wrong method; the way to the login, and through it."""
    login = TokenLogin()
    admin = Admin(small_desk, identify=login)
    admin.add_view(TicketView)
    stranger = TestClient(admin, follow_redirects=False)
    name = Assets().url("css/webadmin.css")
    whole = stranger.get(f"/static/{name}")
    assert whole.headers["cache-control"].startswith("public")
    for answer, status in (
        (whole, 200), (stranger.head(f"/static/{name}"), 200), (stranger.get("/static/css/webadmin.css"), 200),
        (stranger.get(f"/static/{name}", headers={"If-None-Match": whole.headers["etag"]}), 304),
        (stranger.get("/static/none"), 404), (stranger.post(f"/static/{name}"), 405), (stranger.get("/static"), 404),
        (stranger.get("/tickets/"), 303), (stranger.get("/tickets/", headers={"HX-Request": "true"}), 200),
        (stranger.get("/login/"), 200), (stranger.get("/login/?token=none"), 422), (stranger.get(f"/login/?token={login.token}"), 303),
    ):  # fmt: skip
        judge(answer)
        assert answer.status_code == status or answer.request.url.path == "/static"


BREAK = "\r\nSet-Cookie: planted=1\r\nX-Planted: 1\r\n\r\n<html>"


def test_no_text_begins_a_header(small_desk: Engine) -> None:
    """Line breaks in addresses, parameters, fields, names of rows and headers end no header and begin none."""
    with small_desk.begin() as connection:
        connection.execute(sa.update(Ticket).where(Ticket.id == 1).values(title=BREAK, code=BREAK))
    visitor = Visitor(admin_of(small_desk, title=BREAK))
    answers = [
        visitor.get(
            path, params={"next": f"/{BREAK}", "_next": BREAK, "q": BREAK, "sort": BREAK, "after": BREAK}
        )
        for path in (
            "/",
            "/login/",
            "/account/",
            "/tickets/",
            "/tickets",
            "/tickets/rows",
            "/tickets/1/change",
            "/tickets/1/change/",
        )
    ]
    answers += [
        visitor.get("/%0d%0aX-Planted:%201/"),
        visitor.get("/tickets/%0d%0aX-Planted:%201"),
        visitor.get("/tickets%0d%0aX-Planted:%201"),
    ]
    for path in (
        "/account/",
        "/tickets/1/change/",
        "/tickets/3/restore/",
        "/tickets/actions/shout/",
        "/tickets/4/delete/",
    ):
        fields = {
            "next": f"/{BREAK}",
            "_next": f"/tickets/?{BREAK}",
            "title": BREAK,
            "price": "1",
            "id": "1",
            "confirm": "1",
        }
        answers.append(visitor.submit(path, fields, headers={"Referer": "/tickets/?%0d%0aX-Planted:1"}))
    for answer in answers:
        judge(answer)
        assert "x-planted" not in answer.headers
        assert "planted" not in answer.cookies
        for value in answer.headers.values():
            assert not {"\r", "\n", "\0"} & set(value)


def test_what_a_host_sets_ends_no_header() -> None:
    """A value with a line break loses it on the way out, whatever part of the program made it."""
    from webadmin.headers import guarded

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"X-A", b"1\r\nX-B: 2\0"), (b"Cache-Control", b"public")],
    }
    anyio.run(guarded(send), start)
    headers = dict(sent[0]["headers"])
    assert headers[b"x-a"] == b"1X-B: 2"
    assert headers[b"cache-control"] == b"public"
    assert b"content-security-policy" in headers
