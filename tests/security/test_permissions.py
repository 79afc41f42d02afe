"""Rights that a person lacks, on every address; models that the host has closed; fields that a form does not have."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.pages import parse
from tests.security.desk import Comment, Label, OwnTeam, Person, Ticket, TicketView, Visitor, admin_of, stored
from webadmin.routes import ROUTES

CALLS: dict[str, list[tuple[str, str]]] = {
    "tickets.view": [
        ("GET", "/tickets/"), ("GET", "/tickets/rows"), ("GET", "/tickets/1/"), ("GET", "/tickets/lookup/owner/"),
    ],
    "tickets.add": [("GET", "/tickets/add/"), ("POST", "/tickets/add/")],
    "tickets.change": [("GET", "/tickets/1/change/"), ("POST", "/tickets/1/change/"), ("POST", "/tickets/actions/edit/")],
    "tickets.delete": [("GET", "/tickets/1/delete/"), ("POST", "/tickets/1/delete/"), ("POST", "/tickets/actions/delete/")],
    "tickets.purge": [("GET", "/tickets/3/purge/"), ("POST", "/tickets/3/purge/"), ("POST", "/tickets/actions/purge/")],
    "tickets.restore": [("POST", "/tickets/3/restore/"), ("POST", "/tickets/actions/restore/")],
    "tickets.explain": [("GET", "/tickets/explain/"), ("POST", "/tickets/explain/")],
    "tickets.export": [("GET", "/tickets/export/"), ("GET", "/tickets/export/?format=csv"), ("POST", "/tickets/export/?format=csv")],
    "tickets.import": [("GET", "/tickets/import/"), ("POST", "/tickets/import/"), ("POST", "/tickets/import/1/stop/")],
    "tickets.action:shout": [("POST", "/tickets/actions/shout/")],
}  # fmt: skip
ALL = [(right, method, path) for right, calls in CALLS.items() for method, path in calls]
FLAGS = {
    "view": "can_view", "add": "can_create", "change": "can_edit", "delete": "can_delete", "purge": "can_purge",
    "restore": "can_restore", "explain": "can_explain", "export": "can_export", "import": "can_import",
}  # fmt: skip
WRITES = [call for call in ALL if call[0] not in {"tickets.view", "tickets.explain", "tickets.export"}]
FORM = {"id": ["1", "3"], "confirm": "1", "title": "T", "code": "C", "price": "1"}


def ask(visitor: Visitor, method: str, path: str) -> int:
    answer = visitor.get(path) if method == "GET" else visitor.submit(path, FORM)
    return int(answer.status_code)


def unchanged(engine: Engine) -> bool:
    with engine.connect() as connection:
        titles = connection.execute(
            sa.select(Ticket.title, Ticket.deleted_at.is_(None)).order_by(Ticket.id)
        ).all()
    return [tuple(row) for row in titles][:1] == [("Red one", True)] and len(titles) == 5 and not titles[2][1]


@pytest.mark.parametrize(("right", "method", "path"), ALL)
def test_a_right_that_is_missing(small_desk: Engine, right: str, method: str, path: str) -> None:
    """Every right but one does not open the address that takes this one; nor does a right on another model."""
    others = [other for other in CALLS if other != right] if right != "tickets.view" else list(CALLS)[1:]
    admin = admin_of(small_desk)
    for grants in (
        " ".join(others),
        f"people.* labels.* *.{'add' if right.endswith('view') else 'view'}",
        "",
    ):
        assert ask(Visitor(admin, grants=grants or "nothing"), method, path) == 403
    assert unchanged(small_desk)


@pytest.mark.parametrize(("right", "method", "path"), [call for call in ALL if ":" not in call[0]])
def test_a_flag_that_is_off(small_desk: Engine, right: str, method: str, path: str) -> None:
    """What a view switches off is off for everybody, also for a request that no page offers."""
    flag = FLAGS[right.partition(".")[2]]
    closed = type("Closed", (TicketView,), {"key": "tickets", flag: False}, model=Ticket)
    assert ask(Visitor(admin_of(small_desk, closed)), method, path) == 403
    assert unchanged(small_desk)


@pytest.mark.parametrize(("right", "method", "path"), WRITES)
def test_an_admin_that_only_reads(small_desk: Engine, right: str, method: str, path: str) -> None:
    """An admin that is read-only changes nothing, whatever is asked of it."""
    assert ask(Visitor(admin_of(small_desk, read_only=True)), method, path) == 403
    assert unchanged(small_desk)


@pytest.mark.parametrize(("right", "method", "path"), ALL)
def test_a_view_that_the_host_closes(small_desk: Engine, right: str, method: str, path: str) -> None:
    """A view that is not accessible answers on no address."""

    class Closed(TicketView, model=Ticket):
        key = "tickets"

        def is_accessible(self, request: Any) -> bool:
            return False

    assert ask(Visitor(admin_of(small_desk, Closed)), method, path) == 403
    assert unchanged(small_desk)


def test_every_route_of_a_model_is_tried() -> None:
    """A new route has to be added to the attacks above."""
    mine = {route.permission.replace("{name}", "shout") for route in ROUTES if "{key}" in route.pattern}
    assert {f"tickets.{permission}" for permission in mine} == set(CALLS)


def _closed_people() -> type[OwnTeam]:
    class Closed(OwnTeam, model=Person):
        key = "people"

        def is_accessible(self, request: Any) -> bool:
            return False

    return Closed


@pytest.mark.parametrize("how", ["no right", "closed by the host"])
def test_rows_that_one_may_not_look_at_cannot_be_searched_through_a_relation(
    small_desk: Engine, how: str
) -> None:
    """A relation to a model that the person may not look at is no way into it: no search, no names for keys, no table."""
    admin = admin_of(small_desk, *([_closed_people()] if how == "closed by the host" else []))
    visitor = Visitor(admin, grants="*" if how == "closed by the host" else "tickets.* comments.* labels.*")
    assert visitor.get("/tickets/lookup/owner/?q=C").status_code == 403
    for path in ("/tickets/?owner=3", "/tickets/add/?owner=3"):
        assert "Lookaway" not in visitor.get(path).text
    assert visitor.page("/tickets/1/").css("a[href*='/people/']") == []
    assert visitor.page("/").css("a[href*='/people/']") == []


def test_related_rows_of_a_closed_view(small_desk: Engine) -> None:
    """A detail page has no table of rows whose own view the host has closed."""

    class Closed(TicketView, model=Ticket):
        key = "tickets"

        def is_accessible(self, request: Any) -> bool:
            return False

    page = Visitor(admin_of(small_desk, Closed)).page("/people/1/")
    assert page.css("[data-related=tickets]") == []
    assert "Red one" not in page.text("main")


def test_deleting_what_goes_along(desk: Engine) -> None:
    """Rows that would be deleted along with a row take the right to delete them too."""
    with desk.begin() as connection:
        connection.execute(sa.delete(Comment).where(Comment.team == "blue"))
    admin = admin_of(desk)
    with desk.begin() as connection:
        connection.execute(sa.update(Ticket).where(Ticket.id == 1).values(deleted_at=dt.datetime.now(dt.UTC)))
    weak = Visitor(admin, grants="tickets.*")
    assert [line.get("data-rule") for line in weak.page("/tickets/1/purge/").css("#plan-blocked li")] == [
        "not allowed"
    ]
    assert weak.submit("/tickets/1/purge/", {"confirm": "1"}).status_code == 409
    assert stored(desk, Comment, 1) is not None
    assert Visitor(admin).submit("/tickets/1/purge/", {"confirm": "1"}).status_code == 303
    assert stored(desk, Comment, 1) is None


def test_fields_that_the_form_does_not_have(desk: Engine) -> None:
    """What is posted beside the form's own fields is not written: no column, no key, no relation, no read-only field."""
    visitor = Visitor(admin_of(desk))
    more = {
        "id": "77", "team": "blue", "secret": "mine", "code": "FORGED", "deleted_at": "2020-01-01", "comments": "3",
        "owner_id": "2", "_sa_instance_state": "1", "metadata": "1", "__class__": "x",
    }  # fmt: skip
    form = visitor.page("/tickets/1/change/").form("form")
    assert "code" not in form
    assert visitor.submit("/tickets/1/change/", {**form, "title": "T", **more}).status_code == 303
    ticket = stored(desk, Ticket, 1)
    assert (ticket.title, ticket.team, ticket.secret, ticket.code, ticket.owner_id) == (
        "T",
        "red",
        "s3cr3t",
        "R1",
        1,
    )
    assert ticket.deleted_at is None
    assert stored(desk, Ticket, 77) is None
    assert stored(desk, Comment, 3).ticket_id == 2


def test_columns_that_no_page_shows(small_desk: Engine) -> None:
    """A column that neither the list nor the row's page has cannot be had by choosing it, sorting or filtering."""
    for name in ("secret", "price", "team"):
        visitor = Visitor(admin_of(small_desk))
        assert visitor.get(f"/tickets/?columns=title,{name}").status_code == 400
        assert visitor.get(f"/tickets/rows?columns={name}").status_code == 400

    class Guessed(OwnTeam, model=Ticket):
        column_exclude_list = [Ticket.body, Ticket.code]
        column_details_exclude_list = [Ticket.body, Ticket.code]

    visitor = Visitor(admin_of(small_desk, Guessed))
    for query in ("columns=body", "columns=code", "body.contains=x", "code=R1", "sort=code"):
        assert visitor.get(f"/tickets/?{query}").status_code == 400, query
    assert visitor.page("/tickets/?q=R1").count() == 0


def test_a_row_moved_to_another_team(small_desk: Engine) -> None:
    """A relation of one's own row cannot be used to take rows of others in."""
    visitor = Visitor(admin_of(small_desk))
    form = visitor.page("/people/1/change/").form("form")
    answer = visitor.submit("/people/1/change/", {**form, "tickets": ["1", "2"], "name": "Ada"})
    assert answer.status_code in {303, 422}
    assert stored(small_desk, Ticket, 2).owner_id == 2
    assert stored(small_desk, Label, 2).team == "blue"
    assert parse(visitor.get("/people/1/").text).h1 == "Ada"
