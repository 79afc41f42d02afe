"""Forged requests: other sites, other sessions, other methods, other mount points, other names in the address."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.pages import parse
from tests.security.desk import FOREIGN, Comment, Person, Ticket, TicketView, Visitor, admin_of, stored
from webadmin import Admin
from webadmin.auth.cookie import SessionData
from webadmin.auth.identity import TokenLogin
from webadmin.auth.keys import Keys
from webadmin.routes import ROUTES

HOLES = {"key": "tickets", "name": "shout", "field": "owner", "token": "none"}
POSTS = sorted(
    "/".join(HOLES.get(part[1:-1], "3" if "purge" in route.pattern or "restore" in route.pattern else "1") if part.startswith("{") else part
             for part in route.pattern.split("/"))
    for route in ROUTES
    if "POST" in route.methods
)  # fmt: skip
FOREIGN_ORIGINS = (
    "null", "http://evil.example", "https://evil.example", "http://testserver.evil.example", "http://testserver:8080", "http://xtestserver",
    "http://", "testserver", "ftp://testserver", "http://testserver@evil.example", "http://testserver/", "",
)  # fmt: skip
FIELDS = {"id": "1", "confirm": "1", "title": "Forged", "code": "F", "price": "1", "theme": "dark"}


def snapshot_of(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [
            connection.execute(sa.select(table)).all()
            for table in (Ticket.__table__, Comment.__table__, Person.__table__)
        ]


@pytest.mark.parametrize("path", POSTS)
def test_forms_of_other_sites(small_desk: Engine, path: str) -> None:
    """No address that takes a form takes one without the session's token, with another session's, or from another site."""
    admin = admin_of(small_desk)
    other = Visitor(admin)
    other.submit("/account/")
    visitor = Visitor(admin)
    visitor.submit("/account/")
    before = snapshot_of(small_desk)
    address = f"/{path}/"
    tries: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"csrf_token": ""}, {}),
        ({"csrf_token": other.token}, {}),
        ({}, {"X-CSRF-Token": other.token}),
        ({"csrf_token": "\u00e9" * 64}, {}),
        ({"csrf_token": visitor.token}, {"Sec-Fetch-Site": "cross-site"}),
        ({"csrf_token": visitor.token}, {"Sec-Fetch-Site": "same-site"}),
        *(({"csrf_token": visitor.token}, {"Origin": origin}) for origin in FOREIGN_ORIGINS),
        ({"csrf_token": visitor.token}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}),
        ({}, {"Content-Type": "text/plain"}),
        ({}, {"Content-Type": "application/json", "X-CSRF-Token": ""}),
    ]
    for fields, headers in tries:
        answer = visitor.post(address, data={**FIELDS, **fields}, headers=headers)
        assert answer.status_code in {403, 422}, (fields, headers)
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    body = f'--x\r\nContent-Disposition: form-data; name="csrf_token"; filename="a"\r\n\r\n{visitor.token}\r\n--x--\r\n'
    assert visitor.post(address, content=body, headers=kind).status_code == 403
    assert snapshot_of(small_desk) == before


@pytest.mark.parametrize(
    ("base", "headers", "status"),
    [
        ("http://testserver", {}, 303), ("http://testserver", {"Origin": "http://testserver"}, 303),
        ("http://testserver", {"Origin": "HTTP://TestServer:80"}, 303), ("http://testserver", {"Origin": "https://testserver"}, 303),
        ("https://testserver", {"Origin": "https://testserver"}, 303), ("https://testserver", {"Origin": "http://testserver"}, 403),
        ("http://testserver:8080", {"Origin": "http://testserver:8080"}, 303), ("http://testserver:8080", {"Origin": "http://testserver"}, 403),
        ("http://10.0.0.7:8000", {"Origin": "https://admin.example", "Sec-Fetch-Site": "same-origin"}, 303),
    ],
)  # fmt: skip
def test_pages_of_ones_own(small_desk: Engine, base: str, headers: dict[str, str], status: int) -> None:
    """The origin of a form is compared with that of the request as the server knows it; a page without https is none of
    an admin with it, and a browser's own word counts where a proxy has changed the host's name."""
    visitor = Visitor(admin_of(small_desk), base=base)
    assert visitor.submit("/account/", {"theme": "dark"}, headers=headers).status_code == status


@pytest.mark.parametrize("path", POSTS)
def test_nothing_changes_by_another_method(small_desk: Engine, path: str) -> None:
    """GET, HEAD, OPTIONS and the rest change nothing, whatever says that they are a POST."""
    visitor = Visitor(admin_of(small_desk))
    visitor.submit("/account/")
    before = snapshot_of(small_desk)
    address = f"/{path}/?csrf_token={visitor.token}&confirm=1&id=1&title=Forged&_method=POST"
    override = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST", "X-HTTP-Method": "POST"}
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
        answer = visitor.request(method, address, headers={**override, "X-CSRF-Token": visitor.token})
        assert answer.status_code in {200, 303, 400, 403, 404, 405}
        assert snapshot_of(small_desk) == before


def test_two_admins_with_one_secret(small_desk: Engine, tmp_path: Path) -> None:
    """A login at one admin of a host is none at another, though both sign with the same key."""
    logins = [TokenLogin(name="ada"), TokenLogin(name="bob")]
    admins = []
    for login in logins:
        admin = Admin(small_desk, identify=login, secret_key="shared")
        admin.add_view(TicketView)
        admins.append(admin)
    app = Starlette(routes=[Mount("/a", admins[0]), Mount("/b", admins[1])])
    visitor = TestClient(app, follow_redirects=False)
    assert visitor.get(f"/a/login/?token={logins[0].token}").status_code == 303
    assert visitor.get("/a/").status_code == 200
    value = next(iter(visitor.cookies.values()))
    names = [admins[1].runtime.responder.signer.name(root, "testserver") for root in ("", "/a", "/b")]
    for name in names:
        answer = TestClient(app, follow_redirects=False).get("/b/", headers={"Cookie": f"{name}={value}"})
        assert answer.status_code == 303, "logged in at the second with the cookie of the first"
    assert visitor.get("/b/").status_code == 303


def test_a_session_of_ones_own_making(small_desk: Engine) -> None:
    """Who is logged in stands in a signed cookie: one that somebody wrote themselves, or for another use, is none."""
    login = TokenLogin()
    admin = Admin(small_desk, identify=login)
    admin.add_view(TicketView)
    signer = admin.runtime.responder.signer
    name = signer.name("", "testserver")
    forged = SessionData(id="x", user="admin")
    other = (
        type(signer)(Keys("another key")).header(forged, "", secure=False).partition("=")[2].partition(";")[0]
    )
    page = TestClient(admin, follow_redirects=False).get("/login/")
    own = page.headers["set-cookie"].partition("=")[2].partition(";")[0]
    payload, _, rest = own.partition(".")
    for value in (
        other,
        own,
        f"{payload}x.{rest}",
        "",
        "a.b.c",
        ".eJ" + "A" * 3000 + ".x.y",
        "\u00ff".encode("latin-1").decode("latin-1"),
    ):
        answer = TestClient(admin, follow_redirects=False).get(
            "/tickets/", headers=[(b"cookie", f"{name}={value}".encode("latin-1"))]
        )
        assert answer.status_code == 303, value
        assert answer.headers["location"].startswith("/login/")


def test_strangers_learn_nothing(small_desk: Engine) -> None:
    """Before a login all lists look alike, whether they exist or not: no navigation, no link, no times, no names."""
    admin = Admin(small_desk, identify=TokenLogin(), title="Desk")
    admin.add_view(TicketView)
    stranger = TestClient(admin, follow_redirects=False)
    long = "x=" + "y" * 20_000

    def seen(key: str, method: str, path: str, **more: Any) -> tuple[Any, ...]:
        answer = stranger.request(method, path.format(key=key), **more)
        text = re.sub(r"[0-9a-f]{12,64}", "", answer.text).replace(key, "KEY")
        assert "server-timing" not in answer.headers
        assert parse(answer.text).css(".wa-nav .wa-nav__item")[1:] == [] if answer.text else True
        return answer.status_code, answer.headers.get("location", "").replace(key, "KEY"), text

    for method, path, more in (
        ("GET", "/{key}/", {}), ("GET", "/{key}/?" + long, {}), ("POST", "/{key}/add/", {"data": {"a": "1"}}),
        ("POST", "/{key}/1/delete/", {}), ("GET", "/{key}/1/", {}), ("PUT", "/{key}/1/", {}), ("GET", "/{key}/a/b/c/d/", {}),
        ("POST", "/{key}/1/change/", {"content": b"x" * 11_000_000, "headers": {"content-type": "text/plain"}}),
        ("POST", "/{key}/add/", {"content": b"x", "headers": {"content-type": "application/json"}}),
        ("GET", "/{key}/rows", {"headers": {"HX-Current-URL": "http://testserver/shop"}}),
    ):  # fmt: skip
        assert seen("tickets", method, path, **more) == seen("nothing", method, path, **more), (
            method,
            path[:40],
        )


def test_a_folder_of_templates_is_not_named_by_the_address(small_desk: Engine, tmp_path: Path) -> None:
    """Only models of the admin have templates of their own: no other folder of the host's is rendered from."""
    for folder in ("emails", "tickets"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "error.html").write_text(f"<p>{folder}</p>")
    visitor = Visitor(admin_of(small_desk, templates_dir=tmp_path))
    assert "<p>emails</p>" not in visitor.get("/emails/").text
    assert "<p>tickets</p>" in visitor.get("/tickets/99/").text
    for key in ("..", "%2e%2e", "..%2f..", ".", "%00", "emails%00"):
        assert visitor.get(f"/{key}/list.html/").status_code in {404, 200}


@pytest.mark.parametrize(
    "name",
    ["..%2fpyproject.toml", "%2e%2e/%2e%2e/etc/passwd", "css/%2e%2e/%2e%2e/pyproject.toml", "/etc/passwd", "js/index.js",
     "css/webadmin.css%00.js", "..\\..\\x", "vendor/%2e%2e/vendor/htmx.min.js", ""],
)  # fmt: skip
def test_files(small_desk: Engine, name: str) -> None:
    """Static files are those that pages link, and no path leads to any other."""
    answer = Visitor(admin_of(small_desk)).get(f"/static/{name}")
    assert answer.status_code == 404
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/tickets/../../x",
        "javascript:1",
        "%09//evil.example",
    ],
)
def test_nobody_is_led_away(small_desk: Engine, target: str) -> None:
    """Whatever an address or a form says of where to go on, it is a page of this admin."""
    visitor = Visitor(admin_of(small_desk))
    for path, data in (
        ("/account/", {"next": target, "theme": "dark"}), ("/tickets/3/restore/", {"next": target, "_next": target}),
        ("/tickets/1/change/", {"title": "T", "_next": target, "next": target, "price": "1"}),
        ("/tickets/actions/restore/", {"id": "3", "_next": target, "next": target}),
        ("/tickets/actions/shout/", {"id": "1", "confirm": "1", "_next": target, "next": target}),
        ("/tickets/4/delete/", {"confirm": "1", "_next": target, "next": target}),
    ):  # fmt: skip
        answer = visitor.submit(
            path, data, headers={"Referer": target.strip(), "Origin": "http://testserver"}
        )
        if answer.status_code == 303:
            assert re.fullmatch(r"/(?![/\\]).*", answer.headers["location"])
            assert "evil" not in answer.headers["location"].partition("?")[0]
    for path in (f"/account/?next={target}", f"/login/?next={target}"):
        answer = visitor.get(path)
        assert "evil" not in answer.headers.get("location", "")
        if answer.text:
            assert "evil" not in str(
                parse(answer.text).css("input[name=next]")[0:1]
                and parse(answer.text).one("input[name=next]").get("value")
            )
    for path in (
        "//evil.example",
        "/%2f%2fevil.example",
        "/\\evil.example",
        "/%5cevil.example",
        "/%09/evil.example",
    ):
        answer = visitor.get(f"http://testserver{path}")
        assert not answer.headers.get("location", "").startswith(("//", "/\\", "http"))


def test_a_message_keeps_within_its_cookie(small_desk: Engine) -> None:
    """However long the text of a row, what is said of it fits into the cookie, and breaks no header."""
    with small_desk.begin() as connection:
        connection.execute(
            sa.update(Ticket)
            .where(Ticket.id == 1)
            .values(title="\r\nSet-Cookie: a=b\r\n" + "\u4e2d\U0001f600" * 900)
        )
    visitor = Visitor(admin_of(small_desk))
    for _ in range(7):
        answer = visitor.submit(
            "/tickets/1/change/", {"title": "\r\nX: y\r\n" + "\u4e2d\U0001f600" * 900, "price": "1"}
        )
        for value in answer.headers.get_list("set-cookie"):
            assert len(value) < 4096
            assert "\n" not in value
    assert stored(small_desk, Ticket, 2).title == f"{FOREIGN} two"


@pytest.mark.parametrize("charset", ["punycode", "utf-7", "unicode_escape", "undefined", '"PunyCode"'])
def test_encodings_of_forms(small_desk: Engine, charset: str) -> None:
    """Nobody chooses in which encoding their form is read: some take minutes for what is quickly sent, others fail."""
    visitor = Visitor(admin_of(small_desk))
    text = "-" + "a" * 2000
    body = f'--X\r\nContent-Disposition: form-data; name="title"\r\n\r\n{text}\r\n--X--\r\n'
    for kind in (
        f"multipart/form-data; boundary=X; charset={charset}",
        f"multipart/form-data; charset={charset}; boundary=X",
    ):
        answer = visitor.post("/login/", content=body, headers={"content-type": kind})
        assert answer.status_code == 400
