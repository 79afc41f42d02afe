"""Rows on another row's form: what a crafted form can reach of them, which is what a person can reach anyway."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.pages import Page, parse
from tests.security.desk import (
    FOREIGN,
    Comment,
    CommentView,
    Label,
    LabelView,
    Ticket,
    TicketView,
    Visitor,
    admin_of,
    stored,
)
from webadmin import Inline, ModelView


class WithComments(TicketView, model=Ticket):
    inlines = [Inline("comments", columns=[Comment.text])]


def visitor(engine: Engine, *views: type[ModelView], **options: Any) -> Visitor:
    return Visitor(admin_of(engine, WithComments, *views), **options)


def form_of(person: Visitor, path: str = "/tickets/1/change/") -> Page:
    return person.page(path)


def send(person: Visitor, page: Page, **typed: str) -> Any:
    return person.post("/tickets/1/change/", data=page.form("form") | typed)


def with_another(desk: Engine) -> Engine:
    """Another ticket of the red team with a comment of its own."""
    with Session(desk) as session, session.begin():
        session.add(Comment(id=7, team="red", text="elsewhere", ticket_id=4))
    return desk


@pytest.fixture
def own(desk: Engine) -> Engine:
    return with_another(desk)


@pytest.fixture
def small(small_desk: Engine) -> Engine:
    return with_another(small_desk)


def row(number: int, id: str, **typed: str) -> dict[str, str]:
    fields = {"_id": id, **typed}
    return {f"comments-{number}-{name}": value for name, value in fields.items()}


def test_only_what_the_person_may_see(own: Engine) -> None:
    """The table has the rows of this one that lie in the person's scope."""
    page = form_of(visitor(own))
    assert [cell.get("value") for cell in page.css("#inline-comments input[name$='-text']")] == ["hello"]
    assert FOREIGN not in " ".join(page.texts("#inline-comments"))


def test_an_id_of_another_row(own: Engine) -> None:
    """A row of another parent, of another team, or of none is not changed, not deleted and not moved here."""
    person = visitor(own)
    page = form_of(person)
    for id in ("7", "2", "3", "99", "x", "1,1", "~", "9" * 40, "'; --"):
        for typed in ({"text": "Mine now"}, {"_delete": "y"}, {"_delete": "y", "text": "Mine now"}):
            answer = send(person, page, **row(9, id, **typed))
            assert answer.status_code == (303 if "_delete" in typed else 422)
            if answer.status_code == 422:
                assert FOREIGN not in answer.text
                assert "not there any more" in parse(answer.text).errors()["comments-1"]
    for key, ticket, text in ((7, 4, "elsewhere"), (2, 1, f"{FOREIGN} says"), (3, 2, f"{FOREIGN} says")):
        found = stored(own, Comment, key)
        assert (found.ticket_id, found.text) == (ticket, text)
    with own.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(Comment)) == 4


def test_fields_that_the_table_does_not_have(own: Engine) -> None:
    """What ties a row to its parent, and columns that the table does not show, are never read from the form."""
    person = visitor(own)
    page = form_of(person)
    crafted = {"text": "Changed", "ticket": "4", "ticket_id": "4", "team": "blue", "id": "50"}
    new = {f"comments-8-{name}": value for name, value in crafted.items()} | {"comments-8-_id": ""}
    assert (
        send(person, page, **{f"comments-0-{name}": value for name, value in crafted.items()}).status_code
        == 303
    )
    found = stored(own, Comment, 1)
    assert (found.ticket_id, found.team, found.text) == (1, "red", "Changed")
    assert stored(own, Comment, 50) is None
    answer = send(person, form_of(person), **new)
    assert answer.status_code == 422, "a comment needs a team, which this table has no field for"


@pytest.mark.parametrize(
    ("right", "typed"),
    [
        ("add", row(5, "", text="New")),
        ("change", row(0, "1", text="Changed")),
        ("delete", row(0, "1", _delete="y")),
    ],
)
@pytest.mark.parametrize("by", ["grants", "view", "inline"])
def test_the_rights_of_their_own_view(small: Engine, right: str, typed: dict[str, str], by: str) -> None:
    """Whoever may not add, change or delete these rows by themselves may not do it here either; nothing offers it."""
    grants, views = "*", []
    if by == "grants":
        others = {"view", "add", "change", "delete"} - {right}
        grants = " ".join(["tickets.*", "people.*", "labels.*", *(f"comments.{name}" for name in others)])
    if by == "view":
        flag = {"add": "can_create", "change": "can_edit", "delete": "can_delete"}[right]
        views = [type("Held", (CommentView,), {flag: False, "model": Comment})]
    given: Any = {f"can_{right}": False} if by == "inline" else {}
    held = type(
        "Tickets",
        (TicketView,),
        {"inlines": [Inline("comments", columns=["text"], **given)], "model": Ticket},
    )
    person = Visitor(admin_of(small, held, *views), grants=grants)
    page = form_of(person)
    offered = {
        "add": "button[value='comments:add']",
        "change": "#inline-comments input[name$='-text']",
        "delete": "#inline-comments input[name$='-_delete']",
    }
    for name, selector in offered.items():
        assert bool(page.css(selector)) is (name != right)
    assert send(person, page, **typed).status_code == 403
    found = stored(small, Comment, 1)
    assert (found.text, found.ticket_id) == ("hello", 1)
    with small.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(Comment)) == 4
    assert send(person, page, title="Still mine").status_code == 303, "the rest of the form works"
    assert stored(small, Ticket, 1).title == "Still mine"


def test_whoever_may_not_see_them(small: Engine) -> None:
    """Without the right to see these rows there is no table, and what is sent for it does nothing."""
    person = visitor(small, grants="tickets.* people.* labels.*")
    page = form_of(person)
    assert not page.css("[data-inline]")
    assert (
        send(person, page, **row(0, "1", text="Changed", _delete="y"), _do="comments:add").status_code == 200
    )
    assert send(person, page, **row(0, "1", text="Changed", _delete="y")).status_code == 303
    assert stored(small, Comment, 1).text == "hello"


def test_buttons_that_save_nothing(small: Engine) -> None:
    """Whatever they ask for, the form comes back with what was typed, and nothing is written."""
    person = visitor(small)
    page = form_of(person)
    for do in (
        "comments:add",
        "comments:page:0",
        "comments:page:99999999999",
        "comments:page:",
        "x",
        ":::",
        "no:add",
    ):
        answer = send(person, page, title="Not yet", **row(0, "1", text="Not yet"), _do=do)
        assert answer.status_code == 200
        assert parse(answer.text).form("form")["title"] == "Not yet"
    assert (stored(small, Ticket, 1).title, stored(small, Comment, 1).text) == ("Red one", "hello")


def test_names_that_are_none(small: Engine) -> None:
    """Names that no form has are not read."""
    person = visitor(small)
    page = form_of(person)
    for name in (
        "comments-x-_id",
        "comments-99999999-_id",
        "comments--1-_id",
        "comments-0-_id-_id",
        "-0-_id",
    ):
        assert send(person, page, **{name: "2", "comments-_page": "x"}).status_code == 303


def test_a_parent_out_of_reach(small: Engine) -> None:
    """Rows below a row that the person may not see are none either."""
    person = visitor(small)
    data = form_of(person).form("form") | row(0, "3", text="Mine now")
    assert person.post("/tickets/2/change/", data=data).status_code == 404
    assert stored(small, Comment, 3).text == f"{FOREIGN} says"


def test_a_dialog_asks_for_the_same(small: Engine) -> None:
    """A row is not made in a dialog by whoever may not make it, nor without the reason that its form would ask for."""
    held = type("Labels", (LabelView,), {"change_reason": "required", "model": Label})
    person = Visitor(admin_of(small, held))
    fields = {"_dialog": "1", "new-team": "red", "new-name": "Made"}
    assert person.submit("/labels/add/", fields).status_code == 422
    assert person.submit("/labels/add/", fields | {"new-_reason": "Needed"}).status_code == 200
    other = Visitor(admin_of(small), grants="*.view tickets.*")
    assert other.submit("/labels/add/", fields).status_code == 403
    with small.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(Label.name == "Made")) == 1
