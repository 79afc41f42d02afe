"""Who may come in: the machine itself, the host's own people, whoever has the token."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests import bridge
from tests.pages import parse
from webadmin import Admin, ModelView, User
from webadmin.auth.identity import TokenLogin
from webadmin.errors import Forbidden


def _identify_sync(request: Request) -> Any:
    return {"ada": User("Ada", grants=["*"]), "guest": User("Guest", grants=["*.view"]), "text": "Text"}.get(
        request.headers.get("x-name", "")
    )


async def _identify_async(request: Request) -> Any:
    return _identify_sync(request)


class _IdentifyByObject:
    async def __call__(self, request: Request) -> Any:
        return _identify_sync(request)


@pytest.mark.parametrize("identify", [_identify_sync, _identify_async, _IdentifyByObject()])
def test_the_hosts_function(sqlite_engine: Engine, identify: Any) -> None:
    """The host's function tells who it is, plain or as a coroutine; nobody gets 401."""
    sender = bridge.client(bridge.admin_over(bridge.filled(sqlite_engine), identify=identify))
    assert sender.get("/things/").status_code == 401
    for name in ("ada", "text"):
        assert sender.get("/things/add/", headers={"x-name": name}).status_code == 200
    assert sender.get("/things/", headers={"x-name": "guest"}).status_code == 200
    assert sender.get("/things/add/", headers={"x-name": "guest"}).status_code == 403


def _raise(error: Exception) -> Any:
    raise error


async def _raise_async(request: Request) -> Any:
    raise RuntimeError("secret of the host")


@pytest.mark.parametrize(
    "identify",
    [lambda request: _raise(RuntimeError("secret of the host")), _raise_async, lambda request: 42],
)
def test_the_hosts_function_fails(sqlite_engine: Engine, identify: Any) -> None:
    """A host's function that fails lets nobody in, and its message stays in the log."""
    sender = bridge.client(bridge.admin_over(bridge.filled(sqlite_engine), identify=identify))
    answer = sender.get("/things/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] in parse(answer.text).text("main")
    assert "content-security-policy" in answer.headers


def test_the_hosts_function_refuses(sqlite_engine: Engine) -> None:
    """A host's function may refuse with a page of its own words."""
    refused = Forbidden("Only on weekdays.")
    sender = bridge.client(bridge.admin_over(sqlite_engine, identify=lambda request: _raise(refused)))
    answer = sender.get("/")
    assert answer.status_code == 403
    assert "Only on weekdays." in parse(answer.text).text("main")


def test_a_hosts_word_that_fails_twice(sqlite_engine: Engine) -> None:
    """Where the host's own word on access fails, the page of the fault does not ask it again."""

    class ThingView(ModelView, model=bridge.Thing):
        def is_accessible(self, request: Any) -> bool:
            raise RuntimeError("broken")

    admin = Admin(bridge.filled(sqlite_engine))
    admin.add_view(ThingView)
    answer = bridge.client(admin).get("/")
    assert answer.status_code == 500
    assert parse(answer.text).h1 == "Something went wrong"


# -- nobody configured yet --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caller", "host", "headers", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8000", {}, 200),
        ("127.0.0.1", "localhost:8000", {}, 200),
        ("127.0.0.1", "app.localhost", {}, 200),
        ("::1", "[::1]:8000", {}, 200),
        ("::ffff:127.0.0.1", "localhost", {}, 200),
        ("127.0.0.1", f"{socket.gethostname()}:8000", {}, 200),
        ("127.0.0.1", "test", {}, 200),
        ("127.0.0.1", "testserver", {}, 200),
        ("127.0.0.1", "intranet:8000", {}, 403),
        ("127.0.0.1", "", {}, 200),
        ("127.0.0.1", "localhost.evil.example", {}, 403),
        ("127.0.0.1", "localhost:8000@evil", {}, 403),
        ("127.0.0.1", "localhost", {"CF-Connecting-IP": "8.8.8.8"}, 403),
        ("127.0.0.1", "localhost", {"X-Client-IP": "127.0.0.1"}, 403),
        ("192.168.1.7", "localhost", {}, 403),
        ("8.8.8.8", "127.0.0.1", {}, 403),
        ("", "localhost", {}, 403),
        ("127.0.0.1", "evil.example", {}, 403),
        ("127.0.0.1", "evil.example.", {}, 403),
        ("127.0.0.1", "127.0.0.1.evil.example:8000", {}, 403),
        ("127.0.0.1", "[evil.example]", {}, 403),
        ("127.0.0.1", "localhost", {"X-Forwarded-For": "8.8.8.8"}, 403),
        ("127.0.0.1", "localhost", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("127.0.0.1", "localhost", {"Forwarded": "for=8.8.8.8"}, 403),
        ("127.0.0.1", "localhost", {"X-Real-IP": "8.8.8.8"}, 403),
        ("127.0.0.1", "localhost", {"X-Forwarded-Proto": "https"}, 403),
        ("127.0.0.1", "localhost", {"Via": "1.1 proxy"}, 403),
    ],
)
def test_only_this_machine(
    sqlite_engine: Engine, caller: str, host: str, headers: dict[str, str], status: int
) -> None:
    """Without a login only this machine is answered: no other one, no foreign name, nothing that was forwarded."""
    admin = bridge.admin_over(bridge.filled(sqlite_engine))
    sender = TestClient(admin, client=(caller, 1234))
    answer = sender.get("/things/", headers={"Host": host, **headers})
    assert answer.status_code == status
    if status == 403:
        assert "Admin(identify=" in parse(answer.text).text("main")


# -- a token ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def login() -> TokenLogin:
    return TokenLogin()


@pytest.fixture
def sender(sqlite_engine: Engine, login: TokenLogin) -> TestClient:
    return bridge.client(bridge.admin_over(bridge.filled(sqlite_engine), identify=login))


def test_the_token_works_once(sender: TestClient, login: TokenLogin) -> None:
    """The address with the token logs in; a second use does not, and the next token is announced."""
    announced: list[str] = []
    login.announce = announced.append
    token = login.token
    answer = sender.get(f"/login/?token={token}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert sender.get("/things/").status_code == 200
    assert announced == [login.token]
    assert login.token != token
    sender.cookies.clear()
    answer = sender.get(f"/login/?token={token}")
    assert answer.status_code == 422
    assert "token" in parse(answer.text).errors()
    assert sender.get("/things/").status_code == 303


def test_a_look_does_not_use_the_token(sender: TestClient, login: TokenLogin) -> None:
    """HEAD, which programs send that preview an address, leaves the token good."""
    address = f"/login/?token={login.token}"
    assert sender.head(address).status_code == 200
    assert sender.get(address).status_code == 303


def test_the_form_of_the_login(sender: TestClient, login: TokenLogin) -> None:
    """The form takes the token too, and leads on to where the person wanted to go."""
    answer = sender.get("/things/?q=thing%20%C3%A4&page=1")
    page = parse(sender.get(answer.headers["location"]).text)
    form = page.form()
    wrong = sender.post(page.action(), data={**form, "token": "wrong"})
    assert wrong.status_code == 422
    answer = sender.post(page.action(), data={**parse(wrong.text).form(), "token": f" {login.token} "})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/things/?q=thing%20%C3%A4&page=1"


@pytest.mark.parametrize("next", ["/things/%C3%BC%25/?q=%C3%A4", "/things/a%3Fb/", "/things/ü/"])
def test_on_to_an_odd_address(sender: TestClient, login: TokenLogin, next: str) -> None:
    """An address with any character in it survives the login."""
    answer = sender.get("/login/", params={"token": login.token, "next": next})
    assert answer.status_code == 303
    assert answer.headers["location"] == next.replace("ü", "%C3%BC")


def test_back_to_an_encoded_row(sender: TestClient, login: TokenLogin) -> None:
    """Who is sent to the login from a row with an odd key comes back to that row."""
    answer = sender.get("/things/50%25%3F/change/")
    form = parse(sender.get(answer.headers["location"]).text).form()
    assert form["next"] == "/things/50%25%3F/change/"


@pytest.mark.parametrize(
    "next",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example/",
        "/things/\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_on_to_own_addresses_only(sender: TestClient, login: TokenLogin, next: str) -> None:
    """After the login nobody is led away from the admin."""
    answer = sender.get("/login/", params={"token": login.token, "next": next})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    "next", ["/", "/other/", "/admin/../other/", "/admin/%2e%2e/other/", "/administrators/"]
)
def test_on_to_addresses_below_the_mount(sqlite_engine: Engine, login: TokenLogin, next: str) -> None:
    """A mounted admin leads on below its own mount point only."""
    admin = bridge.admin_over(bridge.filled(sqlite_engine), identify=login)
    sender = bridge.client(Starlette(routes=[Mount("/admin", admin)]))
    answer = sender.get("/admin/login/", params={"token": login.token, "next": next})
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/")


def test_a_new_session_begins_with_the_login(sender: TestClient, login: TokenLogin) -> None:
    """A session that was planted before the login is worth nothing after it."""
    before = parse(sender.get("/login/").text).form()["csrf_token"]
    sender.get(f"/login/?token={login.token}")
    after = parse(sender.get("/account/").text).css("input[name=csrf_token]")[0].get("value")
    assert before != after


def test_log_out(sender: TestClient, login: TokenLogin) -> None:
    """Logging out takes a POST; afterwards the way leads to the login."""
    sender.get(f"/login/?token={login.token}")
    assert sender.get("/logout/").status_code == 405
    page = parse(sender.get("/things/").text)
    assert sender.post("/logout/", data={}).status_code == 403
    answer = sender.post(page.action("/logout/"), data=page.form("/logout/"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/login/")
    assert sender.get("/things/").headers["location"].startswith("/login/")


def test_htmx_goes_to_the_login(sender: TestClient) -> None:
    """A part of a page that needs a login sends the whole page there."""
    answer = sender.get(
        "/things/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/things/"}
    )
    assert answer.headers["hx-redirect"].startswith("/login/")


def test_a_proxy_that_says_nothing(sqlite_engine: Engine, live: Callable[[Any], str]) -> None:
    """A proxy that nobody configured speaks HTTP 1.0 and names this machine as the host: it brings strangers."""
    port = int(live(bridge.admin_over(bridge.filled(sqlite_engine))).rpartition(":")[2])
    for version, status in (("1.0", b"403"), ("1.1", b"200")):
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(
                f"GET /things/ HTTP/{version}\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
            )
            assert line.makefile("rb").readline().split()[1] == status
