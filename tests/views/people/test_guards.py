"""What nobody can do to people, whatever they post."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.views.people.conftest import House, address
from webadmin import Accounts, Admin, User
from webadmin.auth.accounts import roles as kept
from webadmin.testing import Client


@pytest.mark.parametrize("act", ["", "disable/", "enable/", "password/", "second/", "end/"])
def test_nobody_touches_who_has_more_rights(house: House, act: str) -> None:
    """Else they would set that person's password, and be them; neither by rights of their own nor by those of a role."""
    strong = house.role("Strong", "things.change")
    manager = house.manager("things.view")
    for id in (house.account("boss", grants=["*"]), house.account("other", roles=[strong])):
        before = tuple(house.stored(id))
        page = manager.get(address(id))
        assert not page.css('.wa-savebar, form[action$="/password/"], form[action$="/disable/"]')
        sent = {"name": "mine", "email": "me@x.org", "state": page.form("form")["state"]}
        manager.post(address(id, act), sent, status=403)
        assert tuple(house.stored(id)) == before
    assert not house.events()


@pytest.mark.parametrize("act", ["disable/", "enable/", "password/", "second/"])
def test_not_with_ones_own_account(house: House, act: str) -> None:
    """Whoever sits at somebody's open session must not get a password of that account."""
    id = house.account("ada", grants=["*"])
    house.account("bob", grants=["*"])
    ada = house.as_account("ada", id)
    before = tuple(house.stored(id))
    ada.post(address(id, act), status=403)
    assert tuple(house.stored(id)) == before


def test_ones_own_rights_cannot_be_raised(house: House) -> None:
    """Neither by a grant nor by a role."""
    strong = house.role("Strong", "things.change")
    id = house.account("ada", grants=["@accounts", "things.view"])
    ada = house.as_account("ada", id)
    page = ada.get(address(id))
    mine = ["@accounts", "things.view"]
    ada.submit(page, {"grant": [*mine, "*"]}, form="form", status=403)
    ada.submit(page, {"grant": [*mine, "things.change"]}, form="form", status=403)
    refused = ada.submit(page, {"role": str(strong)}, form="form", status=403)
    assert "Strong" in refused.errors()["role"]
    assert house.rights(id).all == set(mine)


def test_nobody_gives_others_what_they_do_not_have(house: House) -> None:
    """To an account that there is, or in making one."""
    strong = house.role("Strong", "things.change")
    id = house.account("lena", grants=["things.view"])
    manager = house.manager("things.view")
    page, new = manager.get(address(id)), manager.get("/account/people/add/")
    for sent in ({"grant": ["things.view", "things.add"]}, {"role": str(strong)}):
        manager.submit(page, sent, form="form", status=403)
        manager.submit(new, {"name": "mine", **sent}, form="form", status=403)
    assert house.rights(id).all == {"things.view"}
    assert house.root.get("/account/people/").count() == 1


def test_the_last_administrator_stays(both: House) -> None:
    """Nobody can disable them or take their right away, unless another can log in and has it."""
    id = both.account("ada", grants=["@accounts"])
    disabled = both.account("old", grants=["*"])
    both.root.post(address(disabled, "disable/"))
    page = both.root.get(address(id))
    both.root.post(address(id, "disable/"), status=422)
    refused = both.root.submit(page, {"grant": []}, form="form", status=422)
    assert "manage people" in refused.errors()["grant"]
    assert both.rights(id).own == {"@accounts"}
    assert both.stored(id).disabled_at is None
    both.root.post(address(disabled, "enable/"))
    both.root.post(address(id, "disable/"))
    assert both.stored(id).disabled_at is not None


def test_forms_of_other_sites_change_nothing(house: House) -> None:
    """Every form needs the token of its session."""
    role, id = house.role("Packing"), house.account("lena")
    for path in (
        *(address(id, act) for act in ("", "disable/", "enable/", "password/", "second/", "end/")),
        *("/account/people/add/", "/account/roles/add/", f"/account/roles/{role}/", f"/account/roles/{role}/delete/"),
    ):  # fmt: skip
        house.root.post(path, {"csrf_token": "x", "name": "evil"}, status=403)
    assert not house.events()
    assert house.stored(id).disabled_at is None


@pytest.mark.parametrize("path", ["people/", "people/add/", "people/{}/", "people/{}/rights/", "log/"])
def test_only_for_those_who_manage_people(house: House, path: str) -> None:
    """Every right to every list is not enough, and there is no link to them."""
    id = house.account("lena")
    given: Any = ("*.view", "*.change", "things.*", "@database")
    outsider = Client(house.admin, User("outsider", grants=given))
    outsider.get(f"/account/{path}".format(id), status=403)
    assert not [url for url in outsider.get("/").links().values() if "/account/people/" in url]
    assert [url for url in house.root.get("/").links().values() if url == "/account/people/"]


def test_a_read_only_admin_changes_nobody(house: House) -> None:
    """Pages are there to be looked at."""
    id, role = house.account("lena"), house.role("Packing")
    admin = Admin(house.engine, identify=Accounts(), read_only=True, secret_key="s" * 40)
    reader = Client(admin, User("root"))
    for path in (f"people/{id}/", f"roles/{role}/", "people/", "roles/"):
        assert not reader.get(f"/account/{path}").css("main form[method=post] button, main a[href$='/add/']")
    for path in (f"people/{id}/", f"people/{id}/disable/", f"people/{id}/password/", "people/add/", "roles/add/",
                 f"roles/{role}/", f"roles/{role}/delete/"):  # fmt: skip
        reader.post(f"/account/{path}", {"name": "x"}, status=403)
    assert not house.events()


def test_a_role_is_more_than_its_grants(house: House) -> None:
    """An app's own rules go by names of roles: nobody gives one that they do not have, touches somebody who has one, or calls their
    own by such a name."""
    boss, mine = house.role("boss"), house.role("mine", "things.view")
    lena, other = house.account("lena"), house.account("other", roles=[boss])
    id = house.account("ada", grants=["@accounts"], roles=[mine])
    ada = house.as_account("ada", id)
    for page in (ada.get(address(id)), ada.get(address(lena))):
        assert page.one(f'input[value="{boss}"]').get("disabled") is not None
        ada.submit(page, {"role": [str(mine), str(boss)]}, form="form", status=403)
    ada.post(address(other, "password/"), status=403)
    renamed = ada.submit(ada.get(f"/account/roles/{mine}/"), {"name": "manager"}, form="form", status=422)
    assert "another name" in renamed.errors()["name"]
    shared = house.role("shared", "things.view")
    with Session(house.engine) as session, session.begin():
        kept.give(session, other, [boss, shared], [])
    assert ada.get(f"/account/roles/{shared}/").css(".wa-note .wa-i")
    assert not ada.get(f"/account/roles/{shared}/").css(".wa-savebar")
    ada.submit(ada.get(address(lena)), {"role": str(mine)}, form="form")
    assert list(house.rights(lena).roles) == ["mine"]
    assert list(house.rights(id).roles) == ["mine"]
