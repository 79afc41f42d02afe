"""The client that acts as a person, and the transaction in which it does."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests.security.desk import Ticket, admin_of, stored
from webadmin import Admin, User
from webadmin.auth.identity import TokenLogin
from webadmin.testing import Client, assert_statement_budget, rolled_back


def test_reading_a_list(red: Client) -> None:
    """Rows, ids, the total and links are there without a word of HTML."""
    page = red.get("/tickets/?sort=title:desc")
    assert page.ids() == ["1", "4"]
    assert page.count() == 2
    assert [row["title"] for row in page.rows()] == page.column("title") == ["Red one", "Red four"]
    assert red.get(page.links()["Red one"]).h1 == "Red one"
    assert (page.status, page.url) == (200, "http://testserver/tickets/?sort=title:desc")


def test_filling_in_a_form(red: Client, webadmin_session: Session) -> None:
    """A form is sent as it stands but for what is changed; what it wrote is in the test's own transaction."""
    page = red.get("/tickets/1/change/")
    assert page.form("form")["title"] == "Red one"
    after = red.submit(page, {"title": "Red 1"}, form="form")
    assert after.messages() == ["Red 1 was saved."]
    assert webadmin_session.scalar(sa.select(Ticket.title).where(Ticket.id == 1)) == "Red 1"
    refused = red.submit(red.get("/tickets/1/change/"), {"title": ""}, form="form", status=422)
    assert set(refused.errors()) == {"title"}


def test_nothing_is_left_of_it(red: Client, desk: Engine, webadmin_admin: Admin) -> None:
    """Others see nothing of what a test does, and the transaction ends with it; an inner one ends before it."""
    red.submit(red.get("/tickets/1/change/"), {"title": "Mine"}, form="form")
    with rolled_back(webadmin_admin):
        red.submit(red.get("/tickets/1/change/"), {"title": "Inner"}, form="form")
        red.post("/tickets/actions/delete/", {"id": "4", "confirm": "1"})
        assert red.get("/tickets/").column("title") == ["Inner"]
    assert set(red.get("/tickets/").column("title")) == {"Mine", "Red four"}
    if desk.dialect.name == "postgresql":  # elsewhere, whoever writes keeps others waiting
        assert stored(desk, Ticket, 1).title == "Red one"


def test_the_rows_are_as_before(desk: Engine) -> None:
    """What the tests above have written is gone."""
    assert stored(desk, Ticket, 1).title == "Red one"
    assert stored(desk, Ticket, 4).deleted_at is None


def test_rows_of_the_test(red: Client, webadmin_session: Session) -> None:
    """The admin shows what the test has put in, committed or not yet."""
    webadmin_session.add(Ticket(team="red", title="Red new", code="N"))
    webadmin_session.commit()
    assert "Red new" in red.get("/tickets/").column("title")
    webadmin_session.add(Ticket(team="red", title="Red newer", code="NN"))
    webadmin_session.flush()
    assert "Red newer" in red.get("/tickets/").column("title")


def test_reading_is_still_reading(red: Client, desk: Engine, webadmin_admin: Admin) -> None:
    """Where the database can hold a savepoint to reading, a GET is; later requests can write, and so can the test."""
    database, limits = webadmin_admin.runtime.database, webadmin_admin.runtime.responder.settings.timeouts
    renamed = sa.update(Ticket).where(Ticket.id == 1).values(title="Written")
    if desk.dialect.name == "postgresql":
        with (
            pytest.raises(sa.exc.DBAPIError, match="read-only"),
            database.transaction(read_only=True, timeouts=limits) as session,
        ):
            session.execute(renamed)
    with database.transaction(read_only=False, timeouts=limits) as session:
        session.execute(renamed)
        session.commit()
    assert "Written" in red.get("/tickets/").column("title")


def test_after_a_failure(red: Client) -> None:
    """A request that fails leaves nothing behind, and later ones can write."""
    form = red.get("/tickets/1/change/").form("form")
    red.post("/tickets/1/change/", {**form, "owner": "2"}, status=422)
    red.get("/tickets/2/", status=404)
    red.submit(red.get("/tickets/1/change/"), {"title": "Still"}, form="form")


def test_what_a_failure_says(red: Client) -> None:
    """An unexpected status fails with the request and what the page says; at fields, with the fields."""
    with pytest.raises(AssertionError, match=r"GET /tickets/2/ answers 404: "):
        red.get("/tickets/2/")
    with pytest.raises(AssertionError, match=r"POST /tickets/1/change/ answers 422: title: "):
        red.submit(red.get("/tickets/1/change/"), {"title": ""}, form="form")


def test_the_admin_knows_nobody_more(webadmin_admin: Admin, red: Client) -> None:
    """Who a client acts as counts for its own requests: beside it the admin finds whom it found before, whatever headers or
    cookies of the client's a request brings."""
    identity = webadmin_admin.identity
    assert red.get("/").h1
    assert webadmin_admin.identity is identity
    outside = TestClient(webadmin_admin, cookies=dict(red.http.cookies), headers=dict(red.http.headers))
    assert outside.get("/tickets/").status_code == 401
    assert Client(webadmin_admin).get("/tickets/", status=401).ids() == []
    assert Client(webadmin_admin, headers={"x-user": "red"}).get("/tickets/").count() == 2


def test_rights_of_the_person(webadmin_admin: Admin, red: Client) -> None:
    """Grants limit the client as they limit a person."""
    reader = Client(webadmin_admin, User("red", grants=["tickets.view"]))
    assert reader.get("/tickets/").count() == 2
    reader.get("/tickets/1/change/", status=403)
    reader.post("/tickets/actions/delete/", {"id": "1", "confirm": "1"}, status=403)


def test_logging_in(desk: Engine) -> None:
    """Without a person the client logs in by the login page, and logs out."""
    login = TokenLogin()
    client = Client(admin_of(desk))
    client.admin.identify_by(login)
    with pytest.raises(AssertionError, match=r"answers 422: token: "):
        client.log_in({"token": "wrong"})
    client.log_in({"token": login.token})
    assert client.get("/account/").status == 200
    client.post("/account/", {"theme": "dark"})
    client.log_out()
    assert client.get("/tickets/", status=303).status == 303


def test_the_budget(red: Client, webadmin_admin: Admin) -> None:
    """Statements of requests are counted, those that set a transaction up are not; the failure lists them."""
    red.get("/tickets/")
    with assert_statement_budget(webadmin_admin, 4) as sent:
        red.get("/tickets/")
    assert 0 < len(sent) <= 4
    with (
        pytest.raises(AssertionError, match=r"statements were sent, 0 are allowed:\n1\. "),
        assert_statement_budget(webadmin_admin, 0),
    ):
        red.get("/tickets/")


def test_what_it_needs() -> None:
    """Without the extra, importing it fails with a sentence that says what to install."""
    code = "import sys; sys.modules['lxml'] = None; import webadmin.testing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == (
        "ImportError: webadmin.testing needs lxml, which the extra “test” brings: pip install 'webadmin[test]'"
    )
