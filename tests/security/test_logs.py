"""The log: faults and refusals can be read in it, passwords, tokens and rows cannot, and nobody writes lines of their own into it."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.security.desk import Comment, Ticket, TicketView, Visitor, admin_of
from webadmin import Admin
from webadmin.auth.identity import TokenLogin
from webadmin.cli import main

PASSWORD = "hunter2-of-somebody"


class Careless(TicketView, model=Ticket):
    """Its action lets an exception of the database through inside one of its own."""

    key = "tickets"

    def scope(self, stmt: sa.Select[Any], user: Any) -> sa.Select[Any]:
        if user.name != "careless":
            return super().scope(stmt, user)
        session = user.request.session
        try:
            session.execute(
                sa.select(sa.literal(PASSWORD), sa.text("no_such_column")).where(sa.literal(PASSWORD) == "x")
            )
            session.execute(sa.insert(Comment).values(text=PASSWORD, team=None, ticket_id=1))
        except sa.exc.SQLAlchemyError as error:
            raise RuntimeError("the host's own words") from error
        return stmt


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """What webadmin logs, all of it and nothing else: a framework that another test mounted it in may have turned up the rest."""
    caplog.set_level(logging.DEBUG, "webadmin")
    for library in ("httpx2", "httpx"):
        monkeypatch.setattr(logging.getLogger(library), "disabled", True)
    return caplog


def test_a_fault_without_values(desk: Engine, lines: pytest.LogCaptureFixture) -> None:
    """A fault that a statement caused is there with its number, its statement and what the database says of it, without what was
    sent along."""
    visitor = Visitor(admin_of(desk, Careless), "careless")
    answer = visitor.get("/tickets/")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in lines.text
    assert "the host's own words" in lines.text
    assert "no_such_column" in lines.text
    assert PASSWORD not in lines.text
    assert PASSWORD not in answer.text
    assert "no_such_column" not in answer.text


def test_a_refused_row_is_not_repeated(pg_engine: Engine, lines: pytest.LogCaptureFixture) -> None:
    """PostgreSQL repeats the whole row that it does not take: none of it gets into a line."""
    from webadmin import logs

    logs.protect()
    with pg_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE kept (name text NOT NULL, password text)")
        with pytest.raises(sa.exc.IntegrityError) as caught:
            connection.execute(
                sa.text("INSERT INTO kept VALUES (:name, :password)"), {"name": None, "password": PASSWORD}
            )
        assert PASSWORD in str(caught.value)
        logging.getLogger("webadmin").error("it failed", exc_info=caught.value)
    assert "null value" in lines.text
    assert PASSWORD not in lines.text


def test_refusals(small_desk: Engine, lines: pytest.LogCaptureFixture) -> None:
    """Forged forms and missing rights are one line each: who, from where, what, and the number that the page shows."""
    visitor = Visitor(admin_of(small_desk), "eve\nroot", "people.view")
    for method, path in (("GET", "/tickets/"), ("POST", "/tickets/add/")):
        answer = visitor.request(method, path, data={"a": PASSWORD})
        line = lines.records[-1]
        assert line.name == "webadmin.security"
        for part in ("refused", answer.headers["x-request-id"], "'testclient'", f"'{path}'"):
            assert part in line.getMessage()
    assert "eve" in lines.records[0].getMessage()
    assert "\n" not in lines.records[0].getMessage()
    assert PASSWORD not in lines.text


def test_no_line_of_somebodys_own(small_desk: Engine, lines: pytest.LogCaptureFixture) -> None:
    """What stands in an address cannot begin a line, nor colour a terminal."""

    def nobody_knows(request: Any) -> None:
        raise RuntimeError("the host's own login fails")

    admin = Admin(small_desk, identify=nobody_knows)
    assert Visitor(admin, "").get("/%0aroot: logged in%0d%1b[31m%c2%85/").status_code == 500
    (said,) = [record.getMessage() for record in lines.records]
    assert "\\x0aroot: logged in\\x0d\\x1b[31m\\x85" in said
    assert set(said).isdisjoint("\n\r\x1b\x85")


def test_nothing_that_lets_anybody_in(small_desk: Engine, lines: pytest.LogCaptureFixture) -> None:
    """A login, its cookie, its forms and their refusal leave no token in any line, however much is logged."""
    login = TokenLogin()
    admin = Admin(small_desk, identify=login, secret_key=PASSWORD * 3)
    admin.add_view(TicketView)
    visitor = TestClient(admin, follow_redirects=False)
    token = login.token
    visitor.get("/login/?token=wrong")
    visitor.get(f"/login/?token={token}")
    page = visitor.get("/account/")
    visitor.post("/account/", data={"csrf_token": "wrong", "password": PASSWORD})
    visitor.get(f"/login/?token={token}", headers={"Host": "["})
    for secret in (token, login.token, *visitor.cookies.values(), PASSWORD):
        assert secret not in lines.text
    assert page.status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:{0}@127.0.0.1:1/x",
        "postgresql+psycopg://ada:{0}@127.0.0.1:1/x",
        "nothing://ada:{0}@x/y",
        "sqlite://{0}@/x",
    ],
)
def test_addresses_of_databases(url: str) -> None:
    """What the command line says of a database that cannot be opened holds no password."""
    for command in ("serve", "doctor", "migrate"):
        said = CliRunner().invoke(main, [command, url.format(PASSWORD)])
        assert said.exit_code != 0
        assert PASSWORD not in said.output
