"""Every example runs as it stands, and every address on its pages stays below its mount point."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import httpx2 as httpx
import pytest
from litestar.testing import TestClient as LitestarClient
from starlette.testclient import TestClient

from tests.crawl import crawl
from tests.pages import Page, parse

Example = Callable[[str], ModuleType]
Live = Callable[[Any], str]

PLACES = [
    ("fastapi_app", "/admin/"),
    ("starlette_app", "/admin/"),
    ("litestar_app", "/admin/"),
    ("two_admins", "/sales/"),
    ("two_admins", "/stock/"),
    ("host_page", "/admin/"),
    ("sqladmin_views", "/admin/"),
]
LOGINS = ["own_login", "behind_prefix", "embedded_list"]


def getter(client: Any) -> Callable[[str], Any]:
    return lambda address: client.get(address, follow_redirects=False)


def csrf(page: Page) -> str:
    """The token that all forms of a page carry."""
    (token,) = {field.get("value") for field in page.css("input[name=csrf_token]")}
    return str(token)


@pytest.mark.parametrize(("name", "home"), PLACES)
def test_every_address_stays_below(example: Example, live: Live, name: str, home: str) -> None:
    """Over a real server, all that pages lead to lies below the mount point and answers."""
    address = live(example(name).app)
    with httpx.Client(base_url=address, timeout=30) as client:
        found = crawl(getter(client), home)
    assert found.faults == []
    assert len(found.pages) > 5
    assert any(file.startswith(f"{home}static/") for file in found.files)
    assert all(post.startswith(home) for post in found.posts)


def test_fastapi(example: Example) -> None:
    """The app's own route goes through the AsyncEngine, the admin through its twin: both see a new row."""
    with TestClient(example("fastapi_app").app) as client:
        assert client.get("/books").json() == ["The Dispossessed", "The Lathe of Heaven"]
        form = parse(client.get("/admin/authors/add/").text).form()
        answer = client.post("/admin/authors/add/", data={**form, "name": "N. K. Jemisin"})
        assert parse(answer.text).h1 == "N. K. Jemisin"
        assert client.get("/openapi.json").status_code == 200


def test_starlette_action(example: Example) -> None:
    """The action of the view runs over the chosen rows."""
    with TestClient(example("starlette_app").app) as client:
        page = parse(client.get("/admin/invoices/?state=open&per_page=10").text)
        chosen = page.ids()[:2]
        fields = {"csrf_token": csrf(page), "id": chosen}
        before = parse(client.post("/admin/invoices/actions/mark-paid/", data=fields).text)
        answer = client.post(before.action("mark-paid/"), data=before.form("mark-paid/"))
        assert answer.status_code == 200
        assert parse(client.get("/admin/invoices/?state=paid").text).count() == 2


def test_litestar_client(example: Example) -> None:
    """Through Litestar's own test client, a row is created and rows with odd keys open."""
    with LitestarClient(example("litestar_app").app) as client:
        page = parse(client.get("/admin/labels/").text)
        ids = page.ids()
        assert len(ids) == 3
        for id in ids:
            assert client.get(f"/admin/labels/{id}/").status_code == 200
        form = parse(client.get("/admin/labels/add/").text).form()
        answer = client.post("/admin/labels/add/", data={**form, "name": "neu/ü"})
        assert answer.status_code == 200
        assert parse(answer.text).h1 == "neu/ü"


def test_two_admins_keep_apart(example: Example) -> None:
    """Each admin has its own rows, its own session cookie, and its own rights."""
    with TestClient(example("two_admins").app) as client:
        sales = parse(client.get("/sales/items/").text)
        stock = parse(client.get("/stock/items/").text)
        assert (sales.count(), stock.count()) == (3, 2)
        cookies = list(client.cookies.jar)
        assert {cookie.path for cookie in cookies} == {"/sales", "/stock"}
        assert len({cookie.name for cookie in cookies}) == 2
        assert client.get("/sales/items/add/").status_code == 200
        assert client.get("/stock/items/add/").status_code == 403
        token = csrf(parse(client.get("/sales/account/").text))
        answer = client.post("/stock/account/", data={"csrf_token": token, "theme": "dark"})
        assert answer.status_code == 403


def test_sqladmin_views(example: Example, caplog: pytest.LogCaptureFixture) -> None:
    """The options of sqladmin's views apply, and what has no effect is named once."""
    with TestClient(example("sqladmin_views").app) as client:
        page = parse(client.get("/admin/people/?q=grace").text)
        assert page.h1 == "Colleagues"
        assert page.column("email") == ["grace@example.com"]
        assert client.get("/admin/people/?sort=email").status_code == 400
        assert client.get("/admin/teams/1/delete/").status_code == 403
        form = parse(client.get("/admin/people/add/").text).form()
        answer = client.post("/admin/people/add/", data={**form, "name": "Ada", "email": "ADA@Example.org"})
        assert answer.status_code == 200
        assert parse(client.get("/admin/people/?q=ADA").text).column("email") == ["ada@example.org"]
    notes = [record.getMessage() for record in caplog.records if "list_template" in record.getMessage()]
    assert len(notes) == 1


def test_own_login(example: Example) -> None:
    """Nobody is sent to the host's login; a guest may look and not change; ada may change."""
    with TestClient(example("own_login").app) as client:
        answer = client.get("/admin/articles/")
        assert answer.status_code == 401
        assert parse(answer.text).links("main a")["Log in"] == "/login"
        client.post("/login", data={"name": "guest"})
        assert client.get("/admin/articles/").status_code == 200
        assert client.get("/admin/articles/1/change/").status_code == 403
        assert client.get("/admin/articles/explain/").status_code == 403
        client.post("/login", data={"name": "ada"})
        assert client.get("/admin/articles/1/change/").status_code == 200


@pytest.mark.parametrize("name", sorted({name for name, _ in PLACES} | set(LOGINS)))
def test_docstring_says_how_to_run(example: Example, name: str) -> None:
    """The docstring names the command and the address."""
    text = example(name).__doc__ or ""
    assert f"python {name}.py" in text
    assert "http://127.0.0.1:8000/" in text
