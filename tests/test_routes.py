"""Every address names a permission, which views and read-only admins forbid to everybody.

Who is refused without it, ``tests/security/test_matrix.py`` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from starlette.requests import Request
from starlette.testclient import TestClient

from tests import bridge
from tests.pages import parse
from webadmin import Admin, ModelView, User, action
from webadmin.admission import ENTERING
from webadmin.auth.user import ACCOUNTS, DATABASE, INDEXES, PERMISSIONS
from webadmin.database.own_tables.base import metadata as own_tables
from webadmin.database.own_tables.lists import saved_view
from webadmin.mixins import SoftDeleteMixin
from webadmin.routes import ROUTES, match
from webadmin.runtime import Route


class Trashable(SoftDeleteMixin, bridge.Base):
    __tablename__ = "trashables"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    thing_id: Mapped[int | None] = mapped_column(ForeignKey("things.id"))
    thing: Mapped[bridge.Thing | None] = relationship()


class TrashableView(ModelView, model=Trashable):
    column_filters = ["thing"]
    column_editable_list = ["thing"]

    @action()
    def shout(self, rows: Sequence[Any], request: Any) -> str:
        for row in rows:
            row.name = row.name.upper()
        return "done"


def grants_of(request: Request) -> User:
    return User("somebody", grants=request.headers.get("x-grants", "").split())


@pytest.fixture
def admin(sqlite_engine: Engine) -> Admin:
    admin = Admin(bridge.filled(sqlite_engine), identify=grants_of)
    admin.add_model(bridge.Thing)
    admin.add_view(TrashableView)
    with Session(sqlite_engine) as session, session.begin():
        session.add(Trashable(id=1, name="live"))
        session.add(Trashable(id=2, name="gone", deleted_at=datetime(2026, 1, 1, tzinfo=UTC)))
    own_tables.create_all(sqlite_engine)
    own = {"list_key": "trashables", "person": "name:somebody", "person_name": "somebody", "shared": False}
    with sqlite_engine.begin() as connection:
        connection.execute(sa.insert(saved_view).values(id="1", name="mine", query="", **own))
    return admin


MODELS = [route for route in ROUTES if route.pattern.startswith("{key}")]
MANAGED = ("account/people", "account/roles", "account/log")
VALUES = {"key": "trashables", "id": "1", "name": "shout", "field": "thing"}


def id_for(route: Route) -> str:
    """A row that the route is for: a deleted one where only those can be meant."""
    return "2" if route.permission in {"restore", "purge"} else "1"


def address(route: Route) -> str:
    path = route.pattern.format(**{**VALUES, "id": id_for(route)})
    return f"/{path}" if path.endswith("/rows") else f"/{path}/"


def without_file(route: Route) -> set[int]:
    """What is answered where the row has no file, which none here has: the one route that can find nothing to send."""
    return {404} if "/file/" in route.pattern else set()


def ask(admin: Admin, route: Route, method: str, grants: list[str]) -> Any:
    sender = TestClient(admin, follow_redirects=False, headers={"x-grants": " ".join(grants)})
    data = {"csrf_token": bridge.token(admin, sender), "id": id_for(route), "confirm": "1"}
    if method == "POST":
        return sender.post(address(route), data=data)
    return sender.request(method, address(route))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.pattern or "home")
def test_every_route_names_a_permission(route: Route) -> None:
    """It is one of the known ones; only the login is open to all, and only pages of no model to all who are known, unless
    they are about other people."""
    permission = route.permission
    if route.pattern.startswith("{key}"):
        assert permission in PERMISSIONS or permission == "action:{name}"
    elif route.pattern.startswith(MANAGED):
        assert permission == ACCOUNTS
    elif route.pattern.startswith("database"):
        assert permission == (INDEXES if route.pattern == "database/indexes" else DATABASE)
    else:
        assert permission in (
            {*ENTERING, "known"} if route.pattern.startswith("login") else {"entering", "known"}
        )
    assert set(route.methods) <= {"GET", "POST"}
    # Providers send people back by GET alone; what was begun in this very browser is asked for in its place.
    assert ("GET" in route.writes_on) == (route.pattern == "login/oidc/callback")


def test_read_only(sqlite_engine: Engine) -> None:
    """A read-only admin takes no change from anybody but of how lists look for them."""
    admin = Admin(bridge.filled(sqlite_engine), read_only=True)
    admin.add_view(TrashableView)
    with Session(sqlite_engine) as session, session.begin():
        session.add(Trashable(id=1, name="live"))
    for route in MODELS:
        for method in route.methods:
            status = ask(admin, route, method, ["*"]).status_code
            allowed = {200, 303, 404, 422} if method == "POST" and route.permission == "view" else {200}
            allowed |= without_file(route)
            taken = {route.permission, route.explains.permission if route.explains else route.permission}
            assert status in (allowed if taken <= {"view", "explain", "export"} else {403})


@pytest.mark.parametrize(
    "option", ["can_view", "can_create", "can_edit", "can_delete", "can_restore", "can_explain", "can_import"]
)
def test_what_a_view_forbids(sqlite_engine: Engine, option: str) -> None:
    """``can_…`` of a view counts for everybody, and its links are gone from the pages."""
    admin = Admin(bridge.filled(sqlite_engine))
    admin.add_view(type("Restricted", (TrashableView,), {option: False, "model": Trashable}))
    with Session(sqlite_engine) as session, session.begin():
        session.add(Trashable(id=1, name="live"))
    permission = {"can_create": "add", "can_edit": "change"}.get(option, option.removeprefix("can_"))
    for route in MODELS:
        if route.permission == permission:
            assert all(ask(admin, route, method, ["*"]).status_code == 403 for method in route.methods)
    if option != "can_view":
        page = parse(bridge.client(admin).get("/trashables/?deleted=show").text)
        word = f"/{permission}/"
        addresses = [
            e.get("href") or e.get("formaction") or "" for e in page.css("main [href], main [formaction]")
        ]
        assert not [found for found in addresses if found.partition("?")[0].endswith(word)]


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/", ""),
        ("", ""),
        ("/login/", "login"),
        ("/orders/", "{key}"),
        ("/orders", "{key}"),
        ("/orders/rows", "{key}/rows"),
        ("/orders/add/", "{key}/add"),
        ("/orders/explain/", "{key}/explain"),
        ("/orders/explain/42/", "{key}/explain/{id}"),
        ("/orders/explain/history/", "{key}/explain/{id}"),
        ("/orders/explain/add/", "{key}/explain/add"),
        ("/orders/explain/actions/delete/", "{key}/explain/actions/delete"),
        ("/orders/42/", "{key}/{id}"),
        ("/orders/42/change/", "{key}/{id}/change"),
        ("/orders/lookup/customer/", "{key}/lookup/{field}"),
        ("/orders/actions/delete/", "{key}/actions/delete"),
        ("/orders/actions/mine/", "{key}/actions/{name}"),
        ("/orders/42/nope/", None),
        ("/a/b/c/d/e/", None),
    ],
)
def test_match(path: str, pattern: str | None) -> None:
    """Fixed words win over parameters, and what is no address is none."""
    route, _ = match(path)
    assert (route.pattern if route is not None else None) == pattern
