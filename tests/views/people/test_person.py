"""Accounts of others: made, changed, disabled, handed a password, logged out."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.views.people.conftest import PASSWORD, House, address
from webadmin.database.own_tables import accounts as tables
from webadmin.testing import Client

NEW = "another long phrase"
ABSENT = "00000000-0000-7000-8000-000000000000"


def test_an_account_is_made_and_logged_in_with(both: House) -> None:
    """The password is on the page that answers and nowhere else; it opens one page, on which another is chosen; then the
    person may do what was ticked."""
    role = both.role("Packing", "things.view")
    sent = {
        "name": "lena",
        "full_name": "Lena Ortiz",
        "email": "lena@x.org",
        "role": str(role),
        "grant": "things.add",
    }
    page = both.root.submit(both.root.get("/account/people/add/"), sent, form="form")
    password = page.text("#password")
    found = both.root.get("/account/people/").links("#people a")
    person = both.root.get(found["Lena Ortiz"])
    assert person.form("form") | {"state": ""} == sent | {"state": "", "csrf_token": person.token}
    stored = both.stored(UUID(found["Lena Ortiz"].split("/")[-2]))
    assert stored.must_change_password
    assert password not in str(tuple(stored))
    assert password not in str(both.events())
    assert password not in " ".join(person.texts("main"))

    lena = Client(both.admin)
    changing = lena.log_in({"name": "lena", "password": password})
    assert changing.url.endswith("/account/password/?next=%2F") or "/account/password/" in changing.url
    lena.get("/things/", status=303)
    lena.submit(changing, {"current": password, "password": NEW, "repeat": NEW})
    assert lena.get("/things/").h1 == "Things"
    lena.get("/things/1/change/", status=403)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "ADA"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\u200bb"}, "name"),
        ({"full_name": "x" * 201}, "full_name"),
        ({"full_name": "a\u202eb"}, "full_name"),
        ({"email": "nobody"}, "email"),
        ({"email": "a b@x"}, "email"),
        ({"email": "x" * 320 + "@x"}, "email"),
        ({"role": ABSENT}, "role"),
        ({"role": "1' OR 1=1"}, "role"),
        ({"grant": "things.fly"}, "grant"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(house: House, fields: dict[str, str], field: str) -> None:
    """Of new accounts and of those that there are; nothing is written, and what was typed stays."""
    house.account("ada")
    before = house.account("bob")
    for path, typed in (("/account/people/add/", {"name": "carl"}), (address(before), {})):
        page = house.root.submit(house.root.get(path), {**typed, **fields}, form="form", status=422)
        assert list(page.errors()) == [field]
        if field in {"name", "full_name", "email"}:
            assert page.form("form")[field] == fields[field]
    assert house.root.get("/account/people/").count() == 2
    assert not house.events()


def test_what_is_changed_is_written_down(both: House) -> None:
    """Who, what, from what to what; a save that changes nothing is no entry."""
    packing = both.role("Packing", "things.view")
    id = both.account("lena", grants=["things.add"])
    page = both.root.get(address(id))
    both.root.submit(page, form="form")
    assert not both.events()
    page = both.root.submit(
        page, {"name": "Lena O", "role": str(packing), "grant": ["things.delete"]}, form="form"
    )
    assert page.text("[data-event]").startswith("root changed Lena O")
    [event] = both.events()
    assert event.who == "root"
    assert event.detail == {
        "fields": {"name": ["lena", "Lena O"]},
        "grants": {"added": ["things.delete"], "removed": ["things.add"]},
        "roles": {"added": ["Packing"], "removed": []},
    }


def test_disabling_ends_sessions_in_every_process(both: House) -> None:
    """Who is logged in elsewhere is not with the next page, and cannot log in again until enabled."""
    id = both.account("lena", grants=["things.view"])
    lena = Client(both.another())
    lena.log_in({"name": "lena", "password": PASSWORD})
    assert lena.get("/things/").h1 == "Things"
    both.root.post(address(id, "disable/"))
    lena.get("/things/", status=303)
    with pytest.raises(AssertionError):
        Client(both.another()).log_in({"name": "lena", "password": PASSWORD})
    both.root.post(address(id, "enable/"))
    lena.log_in({"name": "lena", "password": PASSWORD})
    assert [event.kind for event in both.events()] == ["enabled", "disabled"]


def test_rights_act_at_once_in_every_process(both: House) -> None:
    """A grant, and what a role gives, hold from the next page on, without logging in again."""
    role = both.role("Packing")
    id = both.account("lena", roles=[role])
    lena = Client(both.another())
    lena.log_in({"name": "lena", "password": PASSWORD})
    lena.get("/things/", status=403)
    both.root.submit(both.root.get(f"/account/roles/{role}/"), {"grant": "things.view"}, form="form")
    assert lena.get("/things/").h1 == "Things"
    both.root.submit(both.root.get(address(id)), {"role": []}, form="form")
    lena.get("/things/", status=403)


def test_a_new_password_ends_what_the_old_one_opened(house: House) -> None:
    """It is shown once and has to be changed; the old one is worth nothing."""
    id = house.account("lena", grants=["things.view"])
    lena = Client(house.admin)
    lena.log_in({"name": "lena", "password": PASSWORD})
    password = house.root.post(address(id, "password/")).text("#password")
    lena.get("/things/", status=303)
    with pytest.raises(AssertionError):
        lena.log_in({"name": "lena", "password": PASSWORD})
    assert "/account/password/" in lena.log_in({"name": "lena", "password": password}).url
    assert password not in str(house.events())


def test_logins_are_ended_one_by_one_or_all(house: House) -> None:
    """Each by its id; an id of somebody else's login ends nothing."""
    id, other = house.account("lena", grants=["things.view"]), house.account("bob")
    browsers = [Client(house.admin) for _ in range(3)]
    for browser in browsers:
        browser.log_in({"name": "lena", "password": PASSWORD})
    bob = Client(house.admin)
    bob.log_in({"name": "bob", "password": PASSWORD})
    page = house.root.get(address(id))
    assert len(page.css("#logins tbody tr")) == 3
    login = page.css("#logins button")[0].get("value")
    house.root.post(address(other, "end/"), {"login": login})
    house.root.post(address(id, "end/"), {"login": login})
    assert len(house.root.get(address(id)).css("#logins tbody tr")) == 2
    house.root.post(address(id, "end/"))
    assert not house.root.get(address(id)).css("#logins")
    assert bob.get("/account/").h1
    house.root.post(address(id, "end/"), {"login": "x"}, status=400)
    for browser in browsers:
        browser.get("/things/", status=303)


def test_a_lost_second_factor_is_taken_off(house: House) -> None:
    """With its recovery codes, and every login."""
    id = house.account("lena")
    with house.engine.begin() as connection:
        values = {"totp_secret": "sealed", "totp_confirmed_at": sa.func.now(), "totp_step": 7}
        connection.execute(sa.update(tables.account).values(values))
        connection.execute(sa.insert(tables.recovery_code).values(account_id=id, code_hash="x"))
    house.root.post(address(id, "second/"))
    stored = house.stored(id)
    assert (stored.totp_secret, stored.totp_confirmed_at, stored.totp_step) == (None, None, None)
    with house.engine.connect() as connection:
        assert not connection.execute(sa.select(tables.recovery_code)).all()


def test_nobody_overwrites_what_was_changed_meanwhile(house: House) -> None:
    """The second of two who save is told so, and keeps what was typed."""
    id = house.account("lena")
    first, second = house.root.get(address(id)), house.root.get(address(id))
    house.root.submit(first, {"grant": ["things.view"]}, form="form")
    page = house.root.submit(second, {"full_name": "Lena"}, form="form", status=409)
    assert page.form("form")["full_name"] == "Lena"
    assert house.rights(id).own == {"things.view"}


def test_names_that_are_markup(house: House) -> None:
    """They are shown as they are, wherever they stand."""
    bad = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    role = house.role(bad, "things.view")
    sent = {"name": bad, "full_name": bad, "email": f"{bad.replace(' ', '')}@x", "role": str(role)}
    house.root.submit(house.root.get("/account/people/add/"), sent, form="form")
    [id] = house.root.get("/account/people/").ids()
    paths = [
        "people/",
        f"people/{id}/",
        f"people/{id}/rights/",
        "roles/",
        f"roles/{role}/",
        f"roles/{role}/delete/",
        "log/",
    ]
    for path in paths:
        page = house.root.get(f"/account/{path}")
        assert not page.css("main img")
        assert any(bad in text for text in [*page.texts("main *"), page.h1])


@pytest.mark.parametrize("name", ["1", "x" * 3000, "%00", ABSENT, ABSENT.replace("-", ""), "{id}"])
def test_absent_people(house: House, name: str) -> None:
    """An id that is none is no address, for any of their pages."""
    for act in ("", "rights/"):
        house.root.get(f"/account/people/{name}/{act}", status=404)
    for act in ("", "disable/", "password/", "end/"):
        house.root.post(f"/account/people/{name}/{act}", status=404)
