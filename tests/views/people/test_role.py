"""Roles: made, changed, deleted, and what nobody may do with them."""

from __future__ import annotations

import pytest

from tests.views.people.conftest import House
from webadmin import User
from webadmin.testing import Client, Page


def test_a_role_is_made_changed_and_deleted(both: House) -> None:
    """What is ticked is what it gives; each step is in the log, and nothing is said twice."""
    made = both.root.submit(
        both.root.get("/account/roles/add/"),
        {"name": "Packing", "description": "Packs", "grant": ["things.view", "things.action:shout"]},
        form="form",
    )
    assert made.h1 == "Packing"
    fields = made.form("form")
    assert fields["grant"] == ["things.view", "things.action:shout"]
    changed = both.root.submit(made, {"grant": ["*.view"], "needs_second_factor": "1"}, form="form")
    assert changed.form("form")["grant"] == "*.view"
    assert [one.text_content() for one in changed.css("[data-event] .wa-muted")] == [
        "Needs a second factor: “yes”",
        "Rights: +*.view, −things.action:shout, −things.view",
        "Description: “Packs”",
        "Name: “Packing”",
        "Rights: +things.action:shout, +things.view",
    ]
    listed = both.root.get("/account/roles/")
    assert "All lists: view" in listed.text("#roles tbody tr")
    both.root.submit(both.root.get(f"{_address(changed)}delete/"))
    assert not both.root.get("/account/roles/").css("#roles")
    assert [event.kind for event in both.events()] == ["deleted", "changed", "added"]


def _address(page: Page) -> str:
    return page.action("form")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "PACKING"}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"description": "x" * 1001}, "description"),
        ({"grant": "orders.view"}, "grant"),
        ({"grant": "things.fly"}, "grant"),
        ({"grant": "things.action:fly"}, "grant"),
        ({"grant": "*.*"}, "grant"),
        ({"grant": "*.*.view"}, "grant"),
        ({"grant": "@everything"}, "grant"),
        ({"grant": "x" * 5000}, "grant"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(house: House, fields: dict[str, str], field: str) -> None:
    """Nothing is written, and what was typed stays."""
    house.role("Packing", "things.view")
    page = house.root.submit(
        house.root.get("/account/roles/add/"), {"name": "New", **fields}, form="form", status=422
    )
    assert list(page.errors()) == [field]
    assert page.form("form")["name"] == fields.get("name", "New")
    assert not house.events()


def test_an_unknown_right_is_answered_with_those_there_are(house: House) -> None:
    """The sentence names what stands in its place."""
    sent = {"name": "New", "grant": "things.fly"}
    page = house.root.submit(house.root.get("/account/roles/add/"), sent, form="form", status=422)
    assert "things.action:shout" in page.errors()["grant"]


def test_rights_of_lists_that_are_gone_stay_and_are_marked(house: House) -> None:
    """They are shown apart, are kept by a save, and go when their box is cleared."""
    id = house.role("Old", "gone.view", "things.action:gone", "things.view")
    address = f"/account/roles/{id}/"
    page = house.root.get(address)
    assert [box.get("value") for box in page.css(".wa-note input")] == ["gone.view", "things.action:gone"]
    house.root.submit(page, {"name": "Older"}, form="form")
    role = house.stored_role(id)
    assert role is not None
    assert role.grants == {"gone.view", "things.action:gone", "things.view"}
    house.root.submit(house.root.get(address), {"grant": ["things.view"]}, form="form")
    role = house.stored_role(id)
    assert role is not None
    assert role.grants == {"things.view"}


@pytest.mark.parametrize("grant", ["*", "things.change", "things.*", "*.change", "@database"])
def test_nobody_gives_what_they_do_not_have(house: House, grant: str) -> None:
    """The box is shut, and a grant that is posted all the same is refused."""
    id = house.role("Packing", "things.view")
    manager = house.manager("things.view", "things.delete")
    page = manager.get(f"/account/roles/{id}/")
    box = next(box for box in page.css('input[name="grant"]') if box.get("value") == grant)
    assert box.get("disabled") is not None
    answer = manager.submit(page, {"grant": ["things.view", grant]}, form="form", status=403)
    assert grant in answer.errors()["grant"]
    new = manager.get("/account/roles/add/")
    manager.submit(new, {"name": "Mine", "grant": [grant]}, form="form", status=403)
    role = house.stored_role(id)
    assert role is not None
    assert role.grants == {"things.view"}
    assert not house.events()
    manager.submit(page, {"grant": ["things.view", "things.delete"]}, form="form")
    assert [event.kind for event in house.events()] == ["changed"]


def test_a_role_with_more_rights_is_only_looked_at(house: House) -> None:
    """Neither it nor one that somebody with more rights has can be changed or deleted by somebody with fewer."""
    strong, shared = house.role("Strong", "*"), house.role("Shared", "things.view", factor=True)
    house.account("boss", roles=[strong, shared])
    manager = house.manager("things.view")
    for id in (strong, shared):
        address = f"/account/roles/{id}/"
        page = manager.get(address)
        assert not page.css(".wa-savebar")
        assert not page.css('input[name="grant"]:not([disabled])')
        assert not page.css('a[href$="/delete/"]')
        sent = {"name": "Weak", "needs_second_factor": "", "state": page.form("form")["state"]}
        assert manager.post(address, sent, status=403).errors()["state"]
        manager.get(f"{address}delete/", status=403)
        manager.post(f"{address}delete/", status=403)
        role = house.stored_role(id)
        assert role is not None
        assert role.name in {"Strong", "Shared"}
    assert not house.events()


def test_nobody_overwrites_what_was_changed_meanwhile(house: House) -> None:
    """The second of two who save is told so, and keeps what was typed; neither is a role deleted that others got meanwhile."""
    id = house.role("Packing", "things.view")
    address = f"/account/roles/{id}/"
    first, second = house.root.get(address), house.root.get(address)
    house.root.submit(first, {"grant": []}, form="form")
    page = house.root.submit(second, {"name": "Sending"}, form="form", status=409)
    assert page.form("form")["name"] == "Sending"
    assert page.errors()["state"]
    page = house.root.get(f"{address}delete/")
    house.account("lena", roles=[id])
    house.root.submit(page, status=409)
    assert house.stored_role(id) is not None


def test_who_has_a_role_is_said_before_it_is_deleted(both: House) -> None:
    """They lose what it gives; nothing else of theirs is touched."""
    id, other = both.role("Packing", "things.view"), both.role("Other")
    lena = both.account("lena", grants=["things.add"], roles=[id, other])
    page = both.root.get(f"/account/roles/{id}/delete/")
    assert page.texts("[data-holder]") == ["lena"]
    both.root.submit(page)
    rights = both.rights(lena)
    assert (rights.own, dict(rights.roles)) == ({"things.add"}, {"Other": frozenset()})


def test_the_last_administrator_keeps_their_role(both: House) -> None:
    """It can neither lose the right nor be deleted, but by then somebody else has it."""
    id = both.role("Staff", "@accounts", "things.view")
    both.account("ada", roles=[id])
    page = both.root.get(f"/account/roles/{id}/")
    refused = both.root.submit(page, {"grant": ["things.view"]}, form="form", status=422)
    assert "manage people" in refused.errors()["grant"]
    assert "@accounts" in refused.form("form")["grant"] or refused.form("form")["grant"] == "things.view"
    both.root.submit(both.root.get(f"/account/roles/{id}/delete/"), status=422)
    assert not both.events()
    both.account("bob", grants=["*"])
    both.root.submit(page, {"grant": ["things.view"]}, form="form")
    role = both.stored_role(id)
    assert role is not None
    assert role.grants == {"things.view"}


@pytest.mark.parametrize("path", ["", "add/", "{}/", "{}/delete/"])
def test_only_for_those_who_manage_people(house: House, path: str) -> None:
    """Every right to every list is not enough."""
    address = f"/account/roles/{path}".format(house.role("Packing"))
    outsider = User("outsider", grants=("*.view", "*.change", "things.*", "@database"))
    Client(house.admin, outsider).get(address, status=403)


def test_absent_roles(house: House) -> None:
    """An id that is none, and one that is written otherwise, are no address."""
    id = house.role("Packing")
    for name in ("1", "0" * 32, str(id).upper() + "x", id.hex, "00000000-0000-7000-8000-000000000000"):
        house.root.get(f"/account/roles/{name}/", status=404)
        house.root.post(f"/account/roles/{name}/", {"name": "x"}, status=404)
        house.root.post(f"/account/roles/{name}/delete/", status=404)
