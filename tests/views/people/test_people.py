"""The lists of people and of what was done with them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.views.people.conftest import PASSWORD, House
from webadmin import User
from webadmin.auth.accounts import people
from webadmin.database.own_tables import accounts as tables
from webadmin.mixins import uuid7
from webadmin.testing import Client, assert_statement_budget


def names(page: Any) -> list[str]:
    return [link.text_content() for link in page.css("#people th a")]


def fill(house: House, count: int) -> None:
    with house.engine.begin() as connection:
        rows = [{"id": uuid7(), "name": f"P{n:03}", "name_key": f"p{n:03}"} for n in range(count)]
        connection.execute(sa.insert(tables.account), rows)


def test_people_are_found(both: House) -> None:
    """By words in names and addresses, wildcards as they are written; by state; by role."""
    packing = both.role("Packing")
    lena = both.account("lena", roles=[packing])
    both.account("100%_man")
    both.account("Ärmel")
    with Session(both.engine) as session, session.begin():
        people.rename(session, lena, {"name": "lena", "full_name": "Lena Ortiz", "email": "l@x.org"})
        people.disable(session, lena)
    root = both.root
    assert names(root.get("/account/people/")) == ["100%_man", "Lena Ortiz", "Ärmel"]
    assert names(root.get("/account/people/?q=ORTIZ+le")) == ["Lena Ortiz"]
    assert names(root.get("/account/people/?q=x.org")) == ["Lena Ortiz"]
    assert names(root.get("/account/people/?q=%25_")) == ["100%_man"]
    assert names(root.get("/account/people/?q=_")) == ["100%_man"]
    assert names(root.get("/account/people/?state=disabled")) == ["Lena Ortiz"]
    assert names(root.get("/account/people/?state=enabled")) == ["100%_man", "Ärmel"]
    assert names(root.get(f"/account/people/?role={packing}")) == ["Lena Ortiz"]
    assert root.get("/account/people/?q=nobody").text(".wa-empty h2") == "Nobody like this"


def test_pages(house: House) -> None:
    """25 at once; a page that there is not is the nearest, and what is asked for stays in the links."""
    fill(house, 60)
    page = house.root.get("/account/people/?q=p&page=2")
    assert (page.count(), len(names(page)), names(page)[0]) == (60, 25, "P025")
    links = page.pages()
    assert links == {"Previous": "/account/people/?q=p&page=1", "Next": "/account/people/?q=p&page=3"}
    assert names(house.root.get("/account/people/?page=99"))[-1] == "P059"


@pytest.mark.parametrize(
    "query",
    [
        "page=x",
        "page=-1",
        "page=9999999999999",
        "state=odd",
        "role=1",
        "q=%00",
        "q=" + "x" * 300,
        "page=%C2%B2",
    ],
)
def test_what_cannot_be_asked(house: House, query: str) -> None:
    """A plain sentence, on both databases alike."""
    house.root.get(f"/account/people/?{query}", status=400)


@pytest.mark.parametrize(
    ("path", "most"),
    [("people/", 5), ("people/{}/", 8), ("people/{}/rights/", 4), ("roles/", 2), ("log/", 1)],
)
def test_statements(house: House, path: str, most: int) -> None:
    """As many for many people as for one."""
    fill(house, 30)
    roles = [house.role(f"Role {n}", "things.view", f"things.action:a{n}") for n in range(12)]
    address = f"/account/{path}".format(house.account("lena", roles=roles))
    house.root.get(address)
    with assert_statement_budget(house.admin, most):
        house.root.get(address)


def test_the_log_is_read_page_by_page(house: House) -> None:
    """The newest first; ``before`` goes on, and nothing else is a place in it."""
    id = house.account("lena")
    for _ in range(14):
        house.root.post(f"/account/people/{id}/disable/")
        house.root.post(f"/account/people/{id}/enable/")
    page = house.root.get("/account/log/")
    assert len(page.css("[data-event]")) == 25
    assert len(house.root.get(page.links()["Older"]).css("[data-event]")) == 3
    house.root.get("/account/log/?before=x", status=400)


def test_lines_of_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """One for each event, with who did it, and neither a password nor an address of a person in it."""
    sent = {"name": "lena", "email": "lena@x.org"}
    page = house.root.submit(house.root.get("/account/people/add/"), sent, form="form")
    [line] = [record.getMessage() for record in caplog.records if record.name == "webadmin.security"]
    assert "person added" in line
    assert "by='root'" in line
    assert "lena@x.org" not in line
    assert page.text("#password") not in caplog.text


def test_the_first_administrator_is_in_the_log(house: House) -> None:
    """By their own hand, with everything."""
    first = Client(house.admin)
    page = first.get(f"/login/?token={house.admin.keys.mark('first administrator', '')}")
    first.submit(page, {"name": "ada", "password": PASSWORD, "repeat": PASSWORD})
    [event] = house.events()
    assert (event.kind, event.who, event.detail) == ("added", "ada", {"grants": {"added": ["*"]}})
    assert first.get("/account/log/").text("[data-event] .wa-muted") == "Rights: +*"


def test_without_tables(house: House) -> None:
    """The pages say how to make them; one's own rights are shown all the same."""
    tables.metadata.drop_all(house.engine)
    admin = house.another()
    root = Client(admin, User("root"))
    assert "webadmin migrate" in root.get("/account/people/").text("main")
    root.get("/account/roles/")
    root.get("/account/log/")
    assert root.get("/account/rights/").h1 == "What you may do"
