"""Every address × every permission × a row of one's own, one of others and one that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests.security.desk import Comment, Ticket, TicketView, admin_of, fill, ticket_labels
from tests.security.logins import account, logged_in
from tests.security.matrix import EXPECTED, FIELDS, Ask
from webadmin import Admin, Upload
from webadmin.auth.accounts import roles
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.user import PERMISSIONS, SITE_PERMISSIONS, User
from webadmin.database.own_tables import accounts
from webadmin.database.own_tables.changes import change
from webadmin.database.own_tables.migrate import upgrade
from webadmin.routes import ROUTES
from webadmin.runtime import Route
from webadmin.testing import rolled_back
from webadmin.testing.walk import Answer, Walker, address
from webadmin.transfer.imports import store
from webadmin.transfer.imports.asked import FileForm, Problem
from webadmin.transfer.imports.draft import Draft
from webadmin.transfer.imports.noted import keep_problems

ALL = (*PERMISSIONS, "action:shout", *SITE_PERMISSIONS)
ANYBODY = ("known", "entering", "public")
THERE = [(route, method) for route in ROUTES for method in route.methods]
CASES = [
    (route, method)
    for route, method in THERE
    if method in EXPECTED.get(route.pattern, {})
    # A panel answers both in the same way.
    and (method == route.methods[0] or route.explains is None or route.pattern == "{key}/explain")
]


class Tickets(TicketView, model=Ticket):
    key = "tickets"
    column_details_list = [*TicketView.column_details_list, Ticket.scan]
    form_columns = [*TicketView.form_columns, Ticket.team, Ticket.scan]
    form_widget_args = {}
    form_uploads = {Ticket.scan: Upload()}


@dataclass
class Office:
    """The admin with the rows that the addresses name, what they are called in them, and who is logged in."""

    admin: Admin
    ids: dict[str, UUID]
    """Of the accounts."""
    cookies: dict[str, Mapping[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def logged_in(self, name: str, grants: list[str]) -> Iterator[Walker]:
        """Somebody at a browser who may do that; what they do is rolled back."""
        browser = Walker(self.admin, self.cookies[name], self.tokens[name])
        with rolled_back(self.admin) as connection, browser as walker:
            own = accounts.account_grant.c.account_id == self.ids[name]
            connection.execute(sa.delete(accounts.account_grant).where(own))
            if grants:
                given = [{"account_id": self.ids[name], "name": grant} for grant in grants]
                connection.execute(sa.insert(accounts.account_grant), given)
            yield walker

    def ask(self, walker: Walker, route: Route, method: str, ask: Ask, row: str) -> Answer:
        row = self.names.get(row, row)
        values = {"key": "tickets", "id": row, "name": "shout", "field": FIELDS.get(route.pattern, "owner")}
        query = f"?{ask.query.format(row)}" if ask.query else ""
        form = {name: value.format(row) for name, value in ask.form.items()}
        return walker.ask(method, address(route, values) + query, form)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('office') / 'desk.db'}")
    fill(engine)
    upgrade(engine)
    admin = admin_of(
        engine, Tickets, secret_key="a key of the tests' own, long enough for all that it has to sign"
    )
    identity = Accounts()
    admin.identify_by(identity)
    office = Office(admin, {})
    with Session(engine) as session, session.begin():
        session.execute(sa.update(Ticket).values(scan=b"%PDF"))
        session.execute(sa.delete(ticket_labels).where(ticket_labels.c.ticket_id == 1))
        session.execute(sa.delete(Comment))
        for name in ("red", "blue"):
            office.ids[name] = account(session, name, ["*"])
            office.cookies[name] = logged_in(admin, session, office.ids[name])
        for name in ("a role", "another role"):
            role = roles.new(name, "", False, ["labels.view"])
            roles.save(session, role)
            office.names[name] = str(role.id)
    for name, id, whose in (("red", "4", "own"), ("blue", "2", "foreign")):
        with Walker(admin, office.cookies[name]) as walker:
            assert walker.ask("POST", "/tickets/actions/shout/", {"id": id, "confirm": "1"}).status == 303
            assert walker.ask("POST", "/tickets/views/", {"name": name, "query": ""}).status == 303
            view = walker.ask("GET", "/tickets/views/").page.css("form[action^='/tickets/views/']")[-1]
            office.names[f"{whose} view"] = view.get("action", "").split("/")[3]
            office.tokens[name] = walker.token
        with engine.connect() as connection:
            newest = sa.select(change.c.id).order_by(change.c.id.desc()).limit(1)
            office.names[f"{whose} change"] = str(connection.execute(newest).scalar_one())
        office.names[f"{whose} account"] = str(office.ids[name])
        with Session(engine) as session, session.begin():
            office.names[f"{whose} import"] = str(uploaded(session, str(office.ids[name])))
    with engine.begin() as connection:  # nobody changes people who may do more than themselves
        connection.execute(
            sa.delete(accounts.account_grant).where(accounts.account_grant.c.account_id == office.ids["blue"])
        )
    yield office
    engine.dispose()


def uploaded(session: Session, account: str) -> UUID:
    """An import of that person, one row of which has a problem."""
    user, draft = User("somebody", id=account), Draft(FileForm("csv"), ("title",), (("one",),))
    id = store.add(session, "tickets", f"id:{account}", user, "rows.csv", BytesIO(b"title\none\n"), draft)
    keep_problems(session, id, [Problem(2, "title", "long", "one", "It is too long.")])
    return id


def grants(route: Route, permission: str) -> list[str]:
    """That permission for what the route is about, with the right to see rows."""
    own = [permission] if permission in SITE_PERMISSIONS else [f"tickets.{permission}"]
    page = [f"tickets.{needed(route.explains)}"] if route.explains else []
    return list(dict.fromkeys(["*.view", *own, *page]))


def needed(route: Route) -> str:
    return route.permission.format(name="shout")


def test_every_address_has_an_entry() -> None:
    """A new address fails here until ``tests/security/matrix.py`` says what it answers; one that is gone, too."""
    there = {(route.pattern, method) for route, method in THERE}
    told = {(pattern, method) for pattern, asks in EXPECTED.items() for method in asks}
    assert there - told == set(), "tests/security/matrix.py says nothing of these"
    assert told - there == set()


@pytest.mark.parametrize(
    ("route", "method"), CASES, ids=lambda value: getattr(value, "pattern", value) or "home"
)
def test_matrix(office: Office, route: Route, method: str) -> None:
    """With its permission an address answers as the table says; without it, however many others one has, each row is
    refused as any other is, whether it is there or not. Grants only add up, so that all others at once stand for each of them."""
    ask = EXPECTED[route.pattern][method]
    faults: list[Any] = []
    if needed(route) in ANYBODY:
        allowed = [["tickets.*", "*.view"]]
        refused: list[list[str]] = []
    else:
        right = needed(route)
        others = [*(f"*.{name}" for name in ALL if name != right), *(set(SITE_PERMISSIONS) - {right})]
        allowed = [grants(route, right)]
        if right == "view":
            allowed.append([*grants(route, right), *others])
        refused = [others]
        if right not in {"view", *SITE_PERMISSIONS}:
            refused.append([f"tickets.{right}"])
        refused += [[f"people.{right}"], []]
        if route.explains and needed(route.explains) != "view":
            refused.append(["*.view", f"tickets.{right}"])
    for given in allowed:
        for row, status in ask.cases():
            with office.logged_in("red", given) as walker:
                answer = office.ask(walker, route, method, ask, row)
            if answer.status != status:
                said = " ".join(answer.page.texts("main"))[:200]
                faults.append((given, row, f"{answer.status} instead of {status}", said))
    for given in refused:
        with office.logged_in("red", given) as walker:
            found = {row: office.ask(walker, route, method, ask, row).status for row, _status in ask.cases()}
        if set(found.values()) != {403}:
            faults.append((given, found))
    assert faults == []


@pytest.mark.parametrize(
    ("route", "method"), CASES, ids=lambda value: getattr(value, "pattern", value) or "home"
)
def test_nobody(office: Office, route: Route, method: str) -> None:
    """Whoever is not logged in is led to the login from everywhere, with whatever row; only that page is open."""
    ask = EXPECTED[route.pattern][method]
    with rolled_back(office.admin), Walker(office.admin) as walker:
        for row, _status in ask.cases():
            answer = office.ask(walker, route, method, ask, row)
            assert answer.refused != (route.permission == "public"), answer


def test_engine_is_real(office: Office) -> None:
    """The rows that the table speaks of are there, so that a 404 says something."""
    engine: Engine = office.admin.runtime.database.engine
    with engine.connect() as connection:
        teams = dict(map(tuple, connection.execute(sa.select(Ticket.id, Ticket.team))))
    assert teams == {1: "red", 2: "blue", 3: "red", 4: "red", 5: "blue"}
