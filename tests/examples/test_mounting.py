"""The admin behind proxies and under odd mounts: no address leaves the place where the browser sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from litestar import Litestar, asgi
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.crawl import crawl
from tests.pages import parse
from webadmin.auth.identity import LocalUser

Example = Callable[[str], ModuleType]
Live = Callable[[Any], str]


def take_off(app: ASGIApp, prefix: str, root_path: str = "") -> ASGIApp:
    """What an app sees behind a proxy that takes ``prefix`` off every path."""

    async def stripped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            assert scope["path"].startswith(f"{prefix}/")
            path = scope["path"].removeprefix(prefix)
            raw = scope["raw_path"].removeprefix(prefix.encode())
            scope = {**scope, "path": path, "raw_path": raw}
            if root_path:
                scope["root_path"] = root_path
        await app(scope, receive, send)

    return stripped


def as_uvicorn_does(app: ASGIApp, root_path: str) -> ASGIApp:
    """``uvicorn --root-path``: the prefix stands before the path again."""

    async def prefixed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            raw = root_path.encode() + scope["raw_path"]
            scope = {**scope, "path": root_path + scope["path"], "raw_path": raw, "root_path": root_path}
        await app(scope, receive, send)

    return prefixed


def walk(app: ASGIApp, home: str) -> None:
    client = TestClient(app)
    found = crawl(lambda address: client.get(address, follow_redirects=False), home)
    assert found.faults == []
    assert any(file.startswith(f"{home}static/") for file in found.files)
    assert any("/pages/" in address for address in found.pages)
    rows = parse(client.get(f"{home}pages/").text).ids()
    assert len(rows) == 5
    for id in rows:
        assert client.get(f"{home}pages/{id}/change/", follow_redirects=False).status_code == 200
    # A missing slash is added where the browser is, and the query stays.
    answer = client.get(f"{home}pages?per_page=10", follow_redirects=False)
    if answer.status_code != 200:
        assert (answer.status_code, answer.headers["location"]) == (308, f"{home}pages/?per_page=10")
    form = parse(client.get(f"{home}pages/add/").text).form()
    answer = client.post(
        f"{home}pages/add/", data={**form, "slug": "né/w", "title": "New"}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(home)
    assert parse(client.get(answer.headers["location"]).text).h1 == "New"


@pytest.fixture
def admin(example: Example) -> Any:
    """An admin over pages whose keys hold every kind of character."""
    module = example("behind_prefix")
    module.admin.identify_by(LocalUser())
    return module.admin


def mounted(framework: type, admin: Any, **options: Any) -> Any:
    app = framework(**options)
    app.mount("/admin", admin)
    return app


def test_at_the_root(admin: Any) -> None:
    """The admin is the whole app."""
    walk(admin, "/")


def test_nested_mounts(admin: Any) -> None:
    """Three mounts, one inside the other."""
    inner = Starlette(routes=[Mount("/admin", admin)])
    walk(Starlette(routes=[Mount("/a", Starlette(routes=[Mount("/b", inner)]))]), "/a/b/admin/")


def test_mount_with_odd_characters(admin: Any) -> None:
    """A mount point may need encoding, the cookie's path too."""
    walk(Starlette(routes=[Mount("/büro 1", admin)]), "/b%C3%BCro%201/")


def test_mount_with_a_parameter(admin: Any) -> None:
    """The part of the address that a mount's parameter took stands in every link, and a cookie cannot be broken by it."""
    app = Starlette(routes=[Mount("/of/{tenant}", admin)])
    walk(app, "/of/acme/")
    answer = TestClient(app).get("/of/x%3B%20Domain=evil.example/")
    assert "Path=/of/x%3B%20Domain=evil.example;" in answer.headers["set-cookie"]


def test_uvicorn_root_path(admin: Any) -> None:
    """A proxy takes the prefix off, uvicorn is told of it."""
    app = as_uvicorn_does(Starlette(routes=[Mount("/admin", admin)]), "/shop")
    walk(take_off(app, "/shop"), "/shop/admin/")


@pytest.mark.filterwarnings("ignore:The `root_path` parameter is deprecated")
def test_fastapi_root_path(admin: Any) -> None:
    """A proxy takes the prefix off, and only FastAPI is told of it."""
    app = mounted(FastAPI, admin, root_path="/shop")
    walk(take_off(app, "/shop"), "/shop/admin/")


@pytest.mark.filterwarnings("ignore:The `root_path` parameter is deprecated")
def test_fastapi_root_path_and_prefix_kept(admin: Any) -> None:
    """FastAPI is told of the prefix, and the proxy leaves it on."""
    walk(mounted(FastAPI, admin, root_path="/shop"), "/shop/admin/")


def test_root_path_without_a_framework(admin: Any) -> None:
    """The admin alone behind a prefix, taken off or told in both ways."""
    walk(take_off(admin, "/shop", root_path="/shop"), "/shop/")
    walk_again = take_off(as_uvicorn_does(admin, "/shop"), "/shop")
    assert TestClient(walk_again).get("/shop/pages/").status_code == 200


@pytest.mark.parametrize("path", ["/admin", "/a/b/admin"])
def test_litestar(admin: Any, path: str) -> None:
    """Litestar takes its mount point off the path without a word."""
    walk(Litestar([asgi(path, is_mount=True, copy_scope=True)(admin)], logging_config=None), f"{path}/")


def test_litestar_root_path(admin: Any) -> None:
    """Litestar's mount, behind a prefix that uvicorn is told of."""
    app = Litestar([asgi("/admin", is_mount=True, copy_scope=True)(admin)], logging_config=None)
    walk(take_off(as_uvicorn_does(app, "/shop"), "/shop"), "/shop/admin/")


@pytest.fixture
def proxied(example: Example, live: Live) -> Iterator[str]:
    """The example's own proxy before its app on a real server with ``root_path``; the proxy's address."""
    module = example("behind_prefix")
    app_address = live(as_uvicorn_does(module.app, module.PREFIX))
    handler = type("Proxy", (module.Proxy,), {"app_port": urlsplit(app_address).port})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_behind_a_real_proxy(proxied: str) -> None:
    """Through a proxy that takes the prefix off, every address on the pages works in the browser."""
    with httpx.Client(base_url=proxied, timeout=30) as client:
        found = crawl(lambda address: client.get(address, follow_redirects=False), "/shop/admin/")
        assert found.faults == []
        assert len(found.pages) > 10
        ids = parse(client.get("/shop/admin/pages/").text).ids()
        titles = {parse(client.get(f"/shop/admin/pages/{id}/").text).h1 for id in ids}
        assert titles == {"Über Uns", "100%", "A/B", "About", "What?"}
        answer = client.get("/shop/admin/pages?q=a", follow_redirects=False)
        assert answer.headers["location"] == "/shop/admin/pages/?q=a"
        form = parse(client.get("/shop/admin/pages/about/change/").text).form()
        answer = client.post("/shop/admin/pages/about/change/", data={**form, "title": "About us"})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/shop/admin/")


def test_nobody_without_the_proxys_word(example: Example) -> None:
    """Without the name that the proxy sends there is no way in."""
    answer = TestClient(example("behind_prefix").app).get("/admin/")
    assert answer.status_code == 401
