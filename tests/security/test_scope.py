"""Rows outside a person's scope: attacked on every address that reads or writes one."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.pages import parse
from tests.security.desk import (
    FOREIGN,
    Comment,
    Ticket,
    Visitor,
    admin_of,
    stored,
    ticket_labels,
)
from webadmin.routes import ROUTES

READ = [
    "/tickets/2/",
    "/tickets/2/actions/",
    "/tickets/2/change/",
    "/tickets/2/cell/title/",
    "/tickets/2/delete/",
    "/tickets/2/history/",
    "/tickets/2/file/title/",
    "/tickets/5/purge/",
    "/people/2/",
    "/comments/2/",
]
WRITE = [
    "/tickets/2/change/",
    "/tickets/2/cell/title/",
    "/tickets/2/fields/",
    "/tickets/2/delete/",
    "/tickets/5/purge/",
    "/tickets/5/restore/",
]
BULK = [
    "/tickets/actions/delete/",
    "/tickets/actions/restore/",
    "/tickets/actions/purge/",
    "/tickets/actions/shout/",
]


def shows_nothing_foreign(answer: Any) -> None:
    assert FOREIGN.lower() not in answer.text.lower(), f"{answer.request.url} shows a row of the other team"


@pytest.mark.parametrize("path", READ)
def test_pain_10_a_foreign_row_is_read_by_no_address(red: Visitor, path: str) -> None:
    """A page of another team's row is a 404 that says nothing of it."""
    answer = red.get(path)
    assert answer.status_code == 404
    shows_nothing_foreign(answer)


@pytest.mark.parametrize("path", WRITE)
def test_writing_a_foreign_row(red: Visitor, desk: Engine, path: str) -> None:
    """Another team's row cannot be changed, deleted, purged or restored by its address."""
    before = [vars(stored(desk, Ticket, key)) | {"_sa_instance_state": 0} for key in (2, 5)]
    answer = red.submit(path, {"title": "mine", "confirm": "1"})
    assert answer.status_code == 404
    shows_nothing_foreign(answer)
    assert [vars(stored(desk, Ticket, key)) | {"_sa_instance_state": 0} for key in (2, 5)] == before


@pytest.mark.parametrize("path", BULK)
def test_foreign_rows_among_the_chosen(red: Visitor, desk: Engine, path: str) -> None:
    """Foreign ids mixed into a bulk action are left out of it."""
    page = red.submit(path, {"id": ["1", "2", "5", "3"]})
    shows_nothing_foreign(page)
    red.submit(path, {"id": ["1", "2", "5", "3"], "confirm": "1"})
    assert stored(desk, Ticket, 2).title == f"{FOREIGN} two"
    assert stored(desk, Ticket, 2).deleted_at is None
    assert stored(desk, Ticket, 5).deleted_at is not None


def test_every_address_is_walked(red: Visitor) -> None:
    """No page of one's own shows anything of the other team: lists, fragments, details, forms, plans, lookups."""
    paths = [
        "/", "/tickets/", "/tickets/?deleted=show&per_page=100", "/tickets/rows", "/tickets/rows?sort=owner",
        "/tickets/?columns=owner,labels,comments,title", "/people/", "/people/?columns=tickets,name", "/labels/",
        "/comments/", "/comments/?columns=ticket,text", "/tickets/1/", "/tickets/4/", "/people/1/", "/labels/1/", "/comments/1/",
        "/tickets/1/change/", "/tickets/4/change/", "/people/1/change/", "/comments/1/change/", "/tickets/1/delete/",
        "/tickets/3/purge/", "/people/1/delete/", "/tickets/lookup/owner/", "/tickets/facets/owner/", f"/tickets/lookup/owner/?q={FOREIGN}",
        "/tickets/lookup/owner/?q=2", "/tickets/lookup/labels/", "/comments/lookup/ticket/", "/tickets/add/?owner=2",
        "/tickets/add/?labels=2", "/tickets/?owner=2", "/tickets/?labels=2", "/tickets/?owner.not=2", "/tickets/?q=2",
        "/tickets/?sort=owner", "/tickets/?sort=owner:desc", "/tickets/explain/", "/people/3/delete/", "/changes/?deleted",
    ]  # fmt: skip
    for path in paths:
        answer = red.get(path)
        assert answer.status_code == 200, path
        # What was typed stands in the page again; what it led to must not.
        text = answer.text.replace(f"q={FOREIGN}", "")
        assert FOREIGN not in text, path


def test_numbers_of_foreign_rows(red: Visitor) -> None:
    """To-many numbers count what the person may see and no more."""
    page = red.page("/tickets/")
    by_title = {row["title"]: row for row in page.table()}
    assert (by_title["Red one"]["labels"], by_title["Red one"]["comments"]) == ("1", "1")
    assert page.count() == 2
    assert red.page("/tickets/1/").texts("[data-related=comments] header .wa-badge") == ["1"]


def test_sizes_on_the_first_page(desk: Engine) -> None:
    """The first page tells nobody how large a table is of which they may see a part."""
    if desk.dialect.name != "postgresql":
        pytest.skip("statistics are needed")
    with desk.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
    page = Visitor(admin_of(desk)).page("/")
    assert page.css(".wa-model__n[data-count]") == []


@pytest.mark.parametrize(
    "query",
    [
        f"owner.city={FOREIGN}ville",
        f"owner.city.contains={FOREIGN}",
        "owner.city.null=false&title=Red+four",
        f"q={FOREIGN}",
        "labels=2",
    ],
)
def test_asking_for_columns_of_foreign_rows(red: Visitor, query: str) -> None:
    """Filters and searches through a relation do not answer about rows that the person may not see."""
    assert red.page(f"/tickets/?{query}").count() == 0


def test_not_of_a_foreign_column(red: Visitor) -> None:
    """The opposite question gives the same answer whatever a foreign row holds."""
    wrong = red.page("/tickets/?owner.city.not=Paris").ids()
    right = red.page(f"/tickets/?owner.city.not={FOREIGN}ville").ids()
    assert wrong == right


def test_order_and_cursors_hold_nothing_foreign(red: Visitor) -> None:
    """Sorting by a related row neither orders by foreign values nor puts them into a cursor."""
    for sort in ("owner", "owner:desc", "owner.city", "owner.city:desc"):
        page = parse(red.get(f"/tickets/rows?per_page=1&sort={sort}").text)
        url = page.one("[data-next]").get("data-next")
        cursor = url.partition("after=")[2].partition("&")[0]
        held = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode(errors="replace")
        assert FOREIGN not in held
        assert red.get(url).status_code == 200


def test_a_cursor_of_somebody_else(desk: Engine) -> None:
    """A cursor from a person with a wider scope leads only to one's own rows."""
    admin = admin_of(desk)
    page = parse(Visitor(admin, "chief").get("/tickets/rows?per_page=1&sort=title").text)
    answer = Visitor(admin).get(page.one("[data-next]").get("data-next"))
    assert answer.status_code == 200
    shows_nothing_foreign(answer)


def test_pain_11_choices_keep_to_what_one_may_see(desk: Engine) -> None:
    """Rows of a list that a person may not look at are not offered, not named, and not taken from a crafted form."""
    person = Visitor(admin_of(desk), grants="tickets.* comments.* labels.*")
    assert person.get("/tickets/lookup/owner/").status_code == 403
    page = person.page("/tickets/4/change/")
    answer = person.post("/tickets/4/change/", data=page.form("form") | {"owner": "1"})
    assert answer.status_code == 422
    assert "Ada" not in answer.text
    assert stored(desk, Ticket, 4).owner_id == 2
    assert person.post("/tickets/4/change/", data=page.form("form") | {"title": "Mine"}).status_code == 303
    assert stored(desk, Ticket, 4).owner_id == 2, "what it led to before stays"


@pytest.mark.parametrize(
    "data", [{"owner": "2"}, {"labels": ["1", "2"]}, {"reviewer_id": "2"}, {"labels": "1 2"}]
)
def test_choosing_a_foreign_row(red: Visitor, desk: Engine, data: dict[str, Any]) -> None:
    """A form does not take the key of a row that the person may not see, in a relation or in a bare foreign key."""
    form = red.page("/tickets/1/change/").form("form")
    answer = red.submit("/tickets/1/change/", {**form, "labels": "1", **data})
    assert answer.status_code == 422
    shows_nothing_foreign(answer)
    ticket = stored(desk, Ticket, 1)
    assert (ticket.owner_id, ticket.reviewer_id) == (1, None)
    new = {"title": "New", "code": "N", "price": "1", "owner": "1", "labels": "1", **data}
    answer = red.submit("/tickets/add/", new)
    assert answer.status_code == 422
    shows_nothing_foreign(answer)


def test_a_foreign_target_stays(red: Visitor, desk: Engine) -> None:
    """Saving a row leaves links to foreign rows as they are, also where the form does not show them."""
    form = red.page("/tickets/4/change/").form("form")
    assert red.submit("/tickets/4/change/", {**form, "title": "Red 4"}).status_code == 303
    assert stored(desk, Ticket, 4).owner_id == 2
    form = red.page("/tickets/1/change/").form("form")
    assert red.submit("/tickets/1/change/", {**form, "labels": ""}).status_code == 303
    with desk.connect() as connection:
        left = connection.execute(sa.select(ticket_labels).order_by(sa.text("1, 2"))).all()
    assert [tuple(row) for row in left] == [(1, 2), (2, 2)]


def test_a_snapshot_of_somebody_else(desk: Engine) -> None:
    """What a form showed to a person with a wider scope does not let another one touch foreign rows."""
    admin = admin_of(desk)
    wide = Visitor(admin, "chief").page("/tickets/1/change/").form("form")
    red = Visitor(admin)
    own = red.page("/tickets/1/change/").form("form")
    assert red.submit("/tickets/1/change/", {**own, "_shown": wide["_shown"], "labels": "1"}).status_code in {
        303,
        409,
        422,
    }
    with desk.connect() as connection:
        left = connection.execute(sa.select(ticket_labels).order_by(sa.text("1, 2"))).all()
    assert [tuple(row) for row in left] == [(1, 1), (1, 2), (2, 2)]


def test_a_unique_value_of_a_foreign_row(red: Visitor, desk: Engine) -> None:
    """That a value is taken is all that is said when a foreign row has it."""

    class Free(Visitor):
        pass

    from tests.security.desk import TicketView

    class Editable(TicketView, model=Ticket):
        key = "tickets"
        form_widget_args = {}

    visitor = Visitor(admin_of(desk, Editable))
    form = visitor.page("/tickets/1/change/").form("form")
    answer = visitor.submit("/tickets/1/change/", {**form, "code": f"{FOREIGN}2"})
    assert answer.status_code == 422
    assert f"{FOREIGN} two" not in answer.text
    with desk.begin() as connection:
        connection.execute(sa.update(Ticket).where(Ticket.id == 3).values(code=f"{FOREIGN}2"))
    answer = visitor.submit("/tickets/3/restore/")
    assert answer.status_code == 409
    assert f"{FOREIGN} two" not in answer.text


def test_deleting_through_to_foreign_rows(red: Visitor, desk: Engine) -> None:
    """A row whose deletion would take foreign rows along stays: they are not this person's to delete."""
    with desk.begin() as connection:
        connection.execute(
            sa.update(Ticket).where(Ticket.id == 1).values(deleted_at=sa.func.current_timestamp())
        )
    page = red.get("/tickets/1/purge/")
    assert FOREIGN not in page.text
    answer = red.submit("/tickets/1/purge/", {"confirm": "1"})
    assert answer.status_code == 409
    assert stored(desk, Ticket, 1) is not None
    assert stored(desk, Comment, 2) is not None


def test_every_route_with_an_id_is_attacked_here() -> None:
    """A new route below a row has to be added to the attacks above; saved views and changes have attacks of their own."""
    with_id = {
        route.pattern
        for route in ROUTES
        if route.pattern.startswith("{key}/{id}") and "/views/" not in route.pattern
    }
    attacked = {
        path.replace("/tickets/2", "{key}/{id}")
        .replace("/tickets/5", "{key}/{id}")
        .replace("/title/", "/{field}/")
        .strip("/")
        for path in [*READ, *WRITE]
    }
    assert with_id <= attacked
