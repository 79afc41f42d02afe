"""What somebody may do, and why: the page says what the pages do."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Mapped, mapped_column

from tests import bridge
from tests.views.people.conftest import House
from webadmin import Admin, ModelView, User
from webadmin.auth.user import PERMISSIONS
from webadmin.database.own_tables.base import metadata
from webadmin.mixins import SoftDeleteMixin
from webadmin.testing import Client, Page


class Parcel(SoftDeleteMixin, bridge.Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    weight: Mapped[int]
    price: Mapped[int]
    note: Mapped[str]


class ParcelView(ModelView, model=Parcel):
    can_delete = False

    def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
        return stmt.where(Parcel.weight > 1)

    def can_read_field(self, name: str, user: User) -> bool:
        return name != "price" or "boss" in user.roles

    def can_write_field(self, name: str, user: User) -> bool:
        return name != "note"


def line(page: Page, permission: str, key: str = "") -> tuple[str, str]:
    """Whether, and why."""
    where = f'[data-list="{key}"] ' if key else ""
    found = page.one(f'{where}[data-permission="{permission}"]')
    return found.get("data-allowed"), found.cssselect("td:last-child")[0].text_content()


def test_each_right_has_its_reason(house: House) -> None:
    """From which role or right of their own; or which option, mark or missing right stands in the way."""
    house.admin.add_view(ParcelView)
    packing, reading = house.role("Packing", "parcels.change"), house.role("Reading", "*.view")
    id = house.account("lena", grants=["parcels.*", "things.add"], roles=[packing, reading])
    boss = Client(house.admin, User("boss", roles=("boss",)))
    page = boss.get(f"/account/people/{id}/rights/")
    assert line(page, "view", "parcels") == (
        "true",
        "a right of their own: parcels.*; the role “Reading”: *.view",
    )
    assert line(page, "change", "parcels")[1] == (
        "the role “Packing”: parcels.change; a right of their own: parcels.*"
    )
    assert line(page, "delete", "parcels") == (
        "false",
        "The list does not offer it to anybody (can_delete = False).",
    )
    assert line(page, "restore", "things")[0] == "false"
    assert "no mark" in line(page, "restore", "things")[1]
    assert line(page, "change", "things") == ("false", "No role and no right of their own gives it.")
    assert line(page, "@accounts")[0] == "false"
    notes = page.texts('[data-list="parcels"] [data-note]')
    assert [note.partition(":")[0] for note in notes] == [
        "Only some rows",
        "Fields that are not shown to them",
        "Fields that cannot be changed",
    ]
    assert "Price" in notes[1]
    assert "Note" in notes[2]
    seen = house.root.get(f"/account/people/{id}/rights/").texts('[data-list="parcels"] [data-note]')
    assert not any("Price" in note for note in seen)  # which whoever asks may not read themselves


def test_without_viewing_nothing_can_be_done(house: House) -> None:
    """A right to change alone opens no page, and the page says why."""
    id = house.account("lena", grants=["things.change"])
    allowed, why = line(house.root.get(f"/account/people/{id}/rights/"), "change", "things")
    assert allowed == "false"
    assert why.startswith("Nothing can be done")
    house.as_account("lena", id).get("/things/1/change/", status=403)


def test_one_question(house: House) -> None:
    """May they do this, in this list? One answer; what there is not cannot be asked."""
    id = house.account("lena", grants=["things.view"])
    address = f"/account/people/{id}/rights/"
    page = house.root.get(f"{address}?list=things&do=view")
    assert page.one("#answer").get("data-allowed") == "true"
    assert "things.view" in page.text("#answer p")
    page = house.root.get(f"{address}?list=things&do=action:shout")
    assert page.one("#answer").get("data-allowed") == "false"
    assert len(house.root.get(f"{address}?do=delete").css("[data-permission]")) == 1
    for query in ("list=gone", "do=fly", "list=%00"):
        house.root.get(f"{address}?{query}", status=400)


def test_who_is_disabled_may_do_nothing(house: House) -> None:
    """Whatever their rights are."""
    id = house.account("lena", grants=["*"])
    house.account("ada", grants=["*"])
    house.root.post(f"/account/people/{id}/disable/")
    page = house.root.get(f"/account/people/{id}/rights/")
    assert not page.css('[data-allowed="true"]')
    assert "disabled" in page.text("main .wa-note")


def test_the_page_and_the_pages_agree(house: House) -> None:
    """What it says is what routes do, for grants of every kind."""
    pages = {
        "view": "/things/",
        "add": "/things/add/",
        "change": "/things/1/change/",
        "delete": "/things/1/delete/",
    }
    for grants in ([], ["things.view"], ["*.view", "things.add"], ["things.*"], ["*"], ["things.delete"]):
        user = Client(
            house.admin,
            User("x", grants=grants, id=str(house.account(f"x{len(house.events())}{grants}", grants))),
        )
        own = user.get("/account/rights/")
        for permission, path in pages.items():
            found = own.css(f'[data-list="things"] [data-permission="{permission}"]')
            allowed = bool(found) and found[0].get("data-allowed") == "true"
            user.get(path, status=200 if allowed else 403)


@pytest.mark.parametrize("tables", [True, False])
def test_people_of_the_host(sqlite_engine: Engine, tables: bool) -> None:
    """The app names roles, and the tables say what they give; without tables, what the app grants is all."""
    bridge.filled(sqlite_engine)
    people = {
        "packer": User("packer", grants=("things.add",), roles=("Packing", "Gone")),
        "boss": User("boss", grants=("*",)),
        "nobody": User("nobody", grants=()),
    }
    admin = Admin(sqlite_engine, identify=lambda request: people[request.headers["x-name"]])
    admin.add_view(type("View", (ModelView,), {"model": bridge.Thing}))
    admin.add_view(ParcelView)
    boss = Client(admin, headers={"x-name": "boss"})
    packer = Client(admin, headers={"x-name": "packer"})
    if tables:
        metadata.create_all(sqlite_engine)
        new = boss.get("/account/roles/add/")
        boss.submit(new, {"name": "Packing", "grant": ["things.view", "parcels.view"]}, form="form")
        page = packer.get("/account/rights/")
        assert line(page, "view", "things") == ("true", "the role “Packing”: things.view")
        assert line(page, "add", "things") == ("true", "given at the login: things.add")
        assert page.texts('[data-list="parcels"] [data-note]')[1] == "1 field is not shown to you."
        assert packer.get("/things/").h1 == "Things"
        packer.get("/things/1/change/", status=403)
        links = boss.get("/").links()
        assert links["Roles"] == "/account/roles/"
        assert "Nobody logs in" in boss.get("/account/people/").text("main .wa-note")
    else:
        packer.get("/things/", status=403)
        assert packer.get("/account/rights/").text(".wa-empty h2") == "No list may be seen"
    page = boss.get("/account/rights/")
    assert {one.get("data-allowed") for one in page.css('[data-list="things"] [data-permission="add"]')} == {
        "true"
    }
    nobody = Client(admin, headers={"x-name": "nobody"}).get("/account/rights/")
    assert not nobody.css("[data-list], #f-list option[value=things]")


@pytest.mark.parametrize("id", ["", "7", "00000000-0000-7000-8000-000000000000"])
def test_somebody_without_an_account(house: House, id: str) -> None:
    """Whoever comes in by another way, such as the terminal's token, has what that gives."""
    page = Client(house.admin, User("root", grants=("*.view",), id=id)).get("/account/rights/")
    assert line(page, "view", "things") == ("true", "given at the login: *.view")


def test_a_read_only_admin(house: House) -> None:
    """Says so, for everything that writes."""
    admin = Admin(house.engine, read_only=True)
    admin.add_model(bridge.Thing)
    page = Client(admin).get("/account/rights/")
    allowed = {one for one in PERMISSIONS if line(page, one, "things")[0] == "true"}
    assert allowed == {"view", "export", "explain", "share_views"}
    assert "read-only" in line(page, "change", "things")[1]


def test_a_function_that_needs_the_persons_own_request(house: House) -> None:
    """Nobody else's page can tell what it would say; it does not fail."""

    class Asking(ModelView, model=Parcel):
        def can_read_field(self, name: str, user: User) -> bool:
            return bool(user.request.headers.get("x-clearance"))

    house.admin.add_view(Asking)
    id = house.account("lena", grants=["*.view"])
    cleared = Client(house.admin, User("root"), headers={"x-clearance": "1"})
    notes = cleared.get(f"/account/people/{id}/rights/").texts('[data-list="parcels"] [data-note]')
    assert "depends on their request" in notes[-1]
