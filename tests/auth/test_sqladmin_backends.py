"""Logins written for sqladmin, taken unchanged: its session, its form, its responses."""

from __future__ import annotations

from typing import Any

import pytest
from sqladmin.authentication import AuthenticationBackend, get_current_user_id
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.testclient import TestClient

from tests import bridge
from tests.pages import parse
from webadmin import Admin, ModelView

KEY = "k" * 40


class AdminAuth(AuthenticationBackend):
    """As sqladmin's documentation has it."""

    async def login(self, request: Request) -> bool:
        form = await request.form()
        username, password = form["username"], form["password"]
        if password != "swordfish":
            return False
        request.session.update({"token": "...", "user_id": str(username)})
        return True

    async def logout(self, request: Request) -> bool:
        request.session.clear()
        return True

    async def authenticate(self, request: Request) -> bool:
        token = request.session.get("token")
        return bool(token)


class Elsewhere(AuthenticationBackend):
    """Sends people to another place, as sqladmin's documentation does with OAuth."""

    async def login(self, request: Request) -> Response | bool:
        return RedirectResponse("https://login.example/begin", status_code=302)

    async def logout(self, request: Request) -> Response | bool:
        request.session.clear()
        return RedirectResponse("https://login.example/end", status_code=302)

    async def authenticate(self, request: Request) -> Response | bool:
        if "user" in request.session:
            return True
        if request.query_params.get("ticket") == "right":
            request.session["user"] = "ada"
            return RedirectResponse("/things/", status_code=302)
        return RedirectResponse("https://login.example/begin", status_code=302)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return bridge.filled(sqlite_engine)


def over(engine: Engine, backend: AuthenticationBackend, **options: Any) -> tuple[Admin, TestClient]:
    admin = bridge.admin_over(engine, **({"authentication_backend": backend} | options), secret_key=KEY)
    return admin, bridge.client(admin)


def log_in(admin: Admin, client: TestClient, password: str = "swordfish", next: str = "/things/") -> Any:
    data = {"name": "ada", "password": password, "next": next, "csrf_token": bridge.token(admin, client)}
    return client.post("/login/", data=data)


@pytest.mark.parametrize("named", ["identify", "authentication_backend"])
def test_login_and_logout(engine: Engine, named: str) -> None:
    """Its class works unchanged with our login page, under either name of the option."""
    admin, client = over(engine, AdminAuth(KEY), **{"authentication_backend": None, named: AdminAuth(KEY)})
    assert client.get("/things/").headers["location"] == "/login/?next=%2Fthings%2F"
    page = parse(client.get("/login/?next=/things/").text)
    assert {field.get("name") for field in page.css("form input")} == {
        "csrf_token",
        "next",
        "name",
        "password",
    }
    refused = log_in(admin, client, "wrong")
    assert refused.status_code == 422
    assert parse(refused.text).css("[data-error-for=password]")
    assert client.get("/things/").status_code == 303
    before = bridge.token(admin, client)
    assert log_in(admin, client).headers["location"] == "/things/"
    assert bridge.token(admin, client) != before
    assert "ada" in parse(client.get("/things/").text).text(".wa-side")
    token = bridge.token(admin, client)
    assert client.post("/things/add/", data={"name": "made", "csrf_token": token}).status_code == 303
    client.post("/logout/", data={"csrf_token": bridge.token(admin, client)})
    assert client.get("/things/").status_code == 303


def test_its_session_cannot_be_made_up(engine: Engine) -> None:
    """A session signed with another key counts as none."""
    admin, _client = over(engine, AdminAuth(KEY))
    other, elsewhere = over(engine, AdminAuth("o" * 40))
    log_in(other, elsewhere)
    client = bridge.client(admin)
    client.cookies.set("session", elsewhere.cookies["session"])
    assert client.get("/things/").status_code == 303


def test_forms_are_sent_from_our_pages(engine: Engine) -> None:
    """The backend is not asked about a login that was posted from elsewhere, nor logged out by one."""
    admin, client = over(engine, AdminAuth(KEY))
    data = {"username": "ada", "password": "swordfish"}
    assert client.post("/login/", data=data).status_code == 403
    assert client.get("/things/").status_code == 303
    log_in(admin, client)
    assert client.post("/logout/").status_code == 403
    assert client.get("/things/").status_code == 200
    assert log_in(admin, client, next="//evil.example/").headers["location"] == "/"


def test_responses_of_its_own(engine: Engine) -> None:
    """What a backend answers itself goes out as it is, with its session and the headers of every page."""
    admin, client = over(engine, Elsewhere(KEY))
    answer = client.get("/things/")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://login.example/begin")
    assert "content-security-policy" in answer.headers
    assert log_in(admin, client).headers["location"] == "https://login.example/begin"
    assert client.get("/?ticket=right").headers["location"] == "/things/"
    assert client.get("/things/").status_code == 200
    left = client.post("/logout/", data={"csrf_token": bridge.token(admin, client)})
    assert left.headers["location"] == "https://login.example/end"
    assert client.get("/things/").status_code == 302


def test_who_it_is_in_functions_of_the_host(engine: Engine) -> None:
    """A view's functions find the session and sqladmin's user id where they found them before."""
    seen: list[Any] = []

    class ThingView(ModelView, model=bridge.Thing):
        def is_accessible(self, request: Request) -> bool:
            seen.append((request.session["token"], get_current_user_id(request)))
            return True

    admin = Admin(engine, authentication_backend=AdminAuth(KEY), secret_key=KEY)
    admin.add_view(ThingView)
    client = bridge.client(admin)
    log_in(admin, client)
    client.get("/things/")
    assert set(seen) == {("...", "ada")}


def test_a_backend_that_fails(engine: Engine) -> None:
    """What it raises stays in the log and lets nobody in."""

    class Broken(AdminAuth):
        async def authenticate(self, request: Request) -> bool:
            raise RuntimeError("secret of the host")

    _admin, client = over(engine, Broken(KEY))
    answer = client.get("/things/")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_only_one(engine: Engine) -> None:
    """Two answers to who somebody is are a mistake of the program."""
    with pytest.raises(TypeError, match="both"):
        Admin(engine, identify=bridge.seen_by, authentication_backend=AdminAuth(KEY))
