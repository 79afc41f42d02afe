"""The shop with webadmin's own tables, and persons at browsers of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from tests.pages import Page
from tests.views.conftest import Admin
from webadmin import User
from webadmin.auth.identity import HostIdentity
from webadmin.database.own_tables.base import metadata
from webadmin.demo.app import build


def who(connection: HTTPConnection) -> User | None:
    """The person whose name and rights stand in headers."""
    name = connection.headers.get("x-user", "")
    return User(name, grants=connection.headers.get("x-grants", "*").split()) if name else None


class Person(Admin):
    """Somebody at a browser."""

    def save(self, list_query: str, name: str, **more: str) -> Page:
        """Save what a list shows as a view; the list that follows."""
        page = self.get(f"/orders/?{list_query}")
        return self.post(page.action("/views/"), page.form("/views/") | {"name": name, **more})

    def press(self, id: str, do: str, status: int = 303, **fields: Any) -> Page:
        """Press a button on the page of views."""
        return self.post(f"/orders/views/{id}/", {"csrf_token": self.token, "do": do, **fields}, status)

    @property
    def token(self) -> str:
        return str(self.get("/account/").one("#form input[name=csrf_token]").get("value"))

    def views(self) -> dict[str, str]:
        """The names of the tabs with their ids, in order."""
        return tabs(self.get("/orders/?view=none"))


def tabs(page: Page) -> dict[str, str]:
    """The names of a list's saved views with their ids."""
    return {
        tab.cssselect("bdi")[0].text_content(): tab.get("id").removeprefix("view-")
        for tab in page.css(".wa-tab:has(bdi)")
    }


def current(page: Page) -> str:
    """The tab that is open."""
    return page.text(".wa-tabs [aria-current]")


@pytest.fixture
def kept(shop: Engine) -> Starlette:
    """The demo over a shop with webadmin's own tables; on PostgreSQL and on SQLite."""
    metadata.create_all(shop)
    return build(shop, login=HostIdentity(who))


@pytest.fixture
def person(kept: Starlette, shop: Engine) -> Callable[..., Person]:
    """Somebody at a browser of their own."""

    def come(name: str = "Ada", grants: str = "*") -> Person:
        return Person(TestClient(kept, headers={"x-user": name, "x-grants": grants}), shop)

    return come


@pytest.fixture
def ada(person: Callable[..., Person]) -> Person:
    return person("Ada")


@pytest.fixture
def bob(person: Callable[..., Person]) -> Person:
    """May see orders and nothing else."""
    return person("Bob", "orders.view")


@pytest.fixture
def guest(shop: Engine) -> Person:
    """At a shop without webadmin's own tables."""
    return Person(TestClient(build(shop, login=HostIdentity(who)), headers={"x-user": "Gil"}), shop)


@pytest.fixture(params=["tables", "cookie"])
def owner(request: pytest.FixtureRequest, shop: Engine) -> Person:
    """Somebody whose views are kept in the tables, and somebody whose are in the cookie."""
    if request.param == "tables":
        metadata.create_all(shop)
    return Person(TestClient(build(shop, login=HostIdentity(who)), headers={"x-user": "Ada"}), shop)
