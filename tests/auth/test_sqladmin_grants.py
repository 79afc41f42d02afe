"""sqladmin's own authorization backends, with sqladmin's own classes."""

from __future__ import annotations

from typing import Any

import pytest
from sqladmin import ModelView as SqladminView
from sqladmin.authorization import (
    AllowAllAuthorizationBackend,
    AuthorizationBackend,
    GrantsAuthorizationBackend,
)
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests import bridge
from tests.pages import parse
from tests.test_routes import TrashableView
from webadmin import Accounts, Admin, User
from webadmin.auth.user import PERMISSIONS


class ByHeader(GrantsAuthorizationBackend):
    """Grants stand in a header: ``thing:list trashable:action:shout``."""

    async def get_grants(self, request: Any) -> set[tuple[str, str]]:
        return {
            (name, action)
            for name, _, action in (one.partition(":") for one in request.headers["x-grants"].split())
        }


class Renamed(SqladminView, model=bridge.Thing):
    """Called otherwise than its model."""


Renamed.identity = "gadget"


def may(admin: Admin, grants: str) -> set[str]:
    """What somebody may do, as their own page about it tells."""
    client = TestClient(admin, headers={"x-grants": grants})
    page = parse(client.get("/account/rights/").text)
    found = set()
    for part in page.css("[data-list]"):
        lines = part.cssselect('[data-allowed="true"]')
        found |= {f"{part.get('data-list')}.{line.get('data-permission')}" for line in lines}
    return found


def admin_with(engine: Engine, backend: Any, **more: Any) -> Admin:
    admin = Admin(bridge.filled(engine), authorization_backend=backend, **more)
    admin.add_view(TrashableView)
    admin.add_view(Renamed)
    return admin


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ("", set()),
        ("trashable:list", set()),
        ("trashable:list trashable:details", {"trashables.view"}),
        ("gadget:list gadget:details gadget:edit", {"things.view", "things.change"}),
        ("thing:list thing:details", set()),
        ("*:list *:details", {"trashables.view", "things.view"}),
        (
            "trashable:list trashable:details trashable:delete",
            {"trashables.view", "trashables.delete", "trashables.restore", "trashables.purge"},
        ),
        (
            "trashable:list trashable:details trashable:action:shout trashable:create",
            {"trashables.view", "trashables.add", "trashables.action:shout"},
        ),
        ("trashable:*", {f"trashables.{one}" for one in PERMISSIONS} | {"trashables.action:shout"}),
    ],
)
def test_grants_are_those_of_sqladmin(sqlite_engine: Engine, grants: str, expected: set[str]) -> None:
    """Wildcards too; a list takes sqladmin's list and its pages of rows."""
    assert may(admin_with(sqlite_engine, ByHeader()), grants) == expected


def test_every_page_asks(sqlite_engine: Engine) -> None:
    """Routes are refused and opened by it, and nobody manages people by a wildcard of sqladmin's."""
    admin = admin_with(sqlite_engine, ByHeader())
    client = TestClient(admin, headers={"x-grants": "gadget:list gadget:details"})
    assert client.get("/things/").status_code == 200
    assert client.get("/things/1/change/").status_code == 403
    assert client.get("/trashables/").status_code == 403
    client = TestClient(admin, headers={"x-grants": "*:*"})
    assert client.get("/things/1/change/").status_code == 200
    assert client.get("/account/roles/").status_code == 403


def test_the_site_is_managed_by_whom_identify_names(sqlite_engine: Engine) -> None:
    """Roles and site permissions of the person stay; the general grant that a person has by default does not."""
    people = {"ada": User("ada", grants=("@database", "*")), "bob": User("bob")}
    admin = admin_with(sqlite_engine, ByHeader(), identify=lambda request: people[request.headers["x-name"]])
    for name in people:
        client = TestClient(admin, headers={"x-grants": "", "x-name": name})
        assert client.get("/things/").status_code == 403
        page = parse(client.get("/account/rights/").text)
        assert page.one('[data-permission="@database"]').get("data-allowed") == str(name == "ada").lower()


def test_a_function_of_ones_own(sqlite_engine: Engine) -> None:
    """One that forbids a single thing forbids all that does it here."""

    class NoDeleting(AllowAllAuthorizationBackend):
        def has_permission(self, request: Any, identity: str, action: str, obj: Any = None) -> bool:
            return action != "delete"

    found = may(admin_with(sqlite_engine, NoDeleting()), "")
    assert "things.view" in found
    assert not {"trashables.delete", "trashables.purge", "trashables.restore"} & found


def test_nobody_is_asked_about_strangers(sqlite_engine: Engine) -> None:
    """A backend that needs somebody to be there, as a session with a name in it, is not asked before."""
    admin = admin_with(sqlite_engine, ByHeader(), identify=lambda request: None)
    assert TestClient(admin).get("/things/").status_code == 401


def test_what_cannot_be_asked_here_is_said_at_once(sqlite_engine: Engine) -> None:
    """A backend that looks at rows would let too much through; one beside accounts would be asked by nobody."""

    class ByRow(AuthorizationBackend):
        def has_permission(self, request: Any, identity: str, action: str, obj: Any = None) -> bool:
            return obj is None or bool(obj.mine)

    with pytest.raises(TypeError, match="scope"):
        Admin(sqlite_engine, authorization_backend=ByRow())
    with pytest.raises(TypeError, match="own tables"):
        Admin(sqlite_engine, identify=Accounts(), authorization_backend=ByHeader())
