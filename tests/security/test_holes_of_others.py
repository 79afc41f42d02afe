"""What starlette-admin, Flask-Admin and Django let through, each hole by its name: none of them is one here."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.security.desk import (
    FOREIGN,
    Comment,
    CommentView,
    Person,
    Ticket,
    TicketView,
    Visitor,
    admin_of,
    stored,
)
from webadmin import Inline, ModelView, action


class Guarded(TicketView, model=Ticket):
    """Rows of which some may not be shouted, with comments on its form that nobody may delete there."""

    key = "tickets"
    inlines = [Inline("comments", columns=[Comment.text], can_delete=False)]

    @action(allowed=Ticket.code != "R4")
    def whisper(self, rows: list[Ticket], request: Any) -> str:
        for row in rows:
            row.title = "whispered"
        return "Done."


@pytest.fixture
def red(small_desk: Engine) -> Visitor:
    return Visitor(admin_of(small_desk, Guarded))


@pytest.mark.parametrize("typed", [{"text": "Mine now"}, {"_delete": "y"}])
def test_starlette_admin_inline_of_another_parent(
    red: Visitor, small_desk: Engine, typed: dict[str, str]
) -> None:
    """The id of a child that belongs elsewhere changes and deletes nothing."""
    form = red.page("/tickets/1/change/").form("form")
    for id in ("2", "3"):
        red.submit(
            "/tickets/1/change/",
            {**form, **{f"comments-9-{name}": value for name, value in {"_id": id, **typed}.items()}},
        )
    assert [stored(small_desk, Comment, id).text for id in (2, 3)] == [f"{FOREIGN} says"] * 2


def test_starlette_admin_inline_that_only_hides_its_button(red: Visitor, small_desk: Engine) -> None:
    """What a table on a form does not allow is refused, whoever sends it; so is what the view of its rows does not allow."""
    closed = type("Closed", (CommentView,), {"can_edit": False, "key": "comments"}, model=Comment)
    for visitor, typed in (
        (red, {"_delete": "y"}),
        (Visitor(admin_of(small_desk, Guarded, closed)), {"text": "Mine now"}),
    ):
        form = visitor.page("/tickets/1/change/").form("form")
        visitor.submit(
            "/tickets/1/change/",
            {**form, **{f"comments-0-{name}": value for name, value in {"_id": "1", **typed}.items()}},
        )
        assert stored(small_desk, Comment, 1).text == "hello"


def test_starlette_admin_action_on_rows_that_it_is_not_for(red: Visitor, small_desk: Engine) -> None:
    """Whether an action is for a row is asked before it runs, for one and for many; on a row out of sight it does not run at all."""
    for chosen in (["4"], ["2"], ["1", "4"], ["99"]):
        red.submit("/tickets/actions/whisper/", {"id": chosen, "confirm": "1"})
    assert stored(small_desk, Ticket, 4).title == "Red four"
    assert stored(small_desk, Ticket, 2).title.startswith(FOREIGN)


def test_starlette_admin_list_loads_every_child(red: Visitor, small_desk: Engine) -> None:
    """A row with hundreds of children is a line like any other."""
    before = len(red.get("/tickets/").text)
    with Session(small_desk) as session, session.begin():
        session.add_all(
            [Comment(id=1000 + n, team="red", text=f"comment {n}", ticket_id=1) for n in range(500)]
        )
    assert len(red.get("/tickets/").text) < before + 5_000


def test_flask_admin_cell_of_a_list_that_is_not_edited(small_desk: Engine) -> None:
    """Editing in the list asks for the same right as the form."""
    closed = type("Closed", (TicketView,), {"can_edit": False, "key": "tickets"}, model=Ticket)
    for visitor in (Visitor(admin_of(small_desk, closed)), Visitor(admin_of(small_desk), grants="*.view")):
        assert visitor.submit("/tickets/1/cell/title/", {"title": "Mine"}).status_code == 403
    assert stored(small_desk, Ticket, 1).title == "Red one"


@pytest.mark.parametrize("path", ["", "change/", "history/", "cell/title/", "delete/", "file/title/"])
def test_flask_admin_row_of_another_tenant(red: Visitor, small_desk: Engine, path: str) -> None:
    """The scope is asked for one row as for many, and (unlike Django's editable lists) when a cell of it is saved."""
    for answer in (
        red.get(f"/tickets/2/{path}"),
        red.submit(f"/tickets/2/{path}", {"title": "Mine", "confirm": "1"}),
    ):
        assert answer.status_code in {404, 405}
        assert FOREIGN not in answer.text
    assert stored(small_desk, Ticket, 2).title.startswith(FOREIGN)


def test_flask_admin_look_up_without_end(red: Visitor, small_desk: Engine) -> None:
    """A look-up gives a page of rows that one may see, however many it is asked for, and nothing without the right."""
    with Session(small_desk) as session, session.begin():
        session.add_all([Person(id=100 + n, team="red", name=f"Person {n}", city="x") for n in range(200)])
    for query in ("limit=100000", "per_page=100000", "page=1&limit=-1", "q=Person&limit=1000"):
        answer = red.get(f"/tickets/lookup/owner/?{query}")
        assert answer.text.count('role="option"') <= 25
        assert FOREIGN not in answer.text
    assert Visitor(red.app, grants="tickets.view").get("/tickets/lookup/owner/").status_code in {403, 404}


def test_no_view_is_open_without_being_asked(small_desk: Engine) -> None:
    """A view without a word about rights gives nothing to somebody who has none."""
    plain: type[ModelView] = type("Plain", (ModelView,), {"key": "tickets"}, model=Ticket)
    visitor = Visitor(admin_of(small_desk, plain), grants="people.view")
    for path in ("/tickets/", "/tickets/1/", "/tickets/1/change/", "/tickets/export/?format=csv"):
        assert visitor.get(path).status_code == 403
