"""What an answer could tell that it must not: words of the database, statements, paths, messages of the host's own code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, event

from tests.security.desk import Ticket, TicketView, Visitor, admin_of, stored
from webadmin.options.actions import action

HERE = Path(__file__).resolve().parents[2]
"""The checkout: no answer may name a file of it."""

TELLING = re.compile(
    r"Traceback|File \"|site-packages|psycopg|sqlalchemy|sqlite3|SELECT |INSERT |UPDATE |constraint|relation \"|s3cr3t|hostword|/tmp/|/dev/shm/|"
    + re.escape(str(HERE))
)


def tells_nothing(answer: Any) -> None:
    for where in (answer.text, str(answer.headers)):
        found = TELLING.search(where)
        assert found is None, (
            f"{answer.request.url} tells: …{where[max(0, found.start() - 80) : found.end() + 80]}…"
        )


def _raise(*_args: Any, **_kwargs: Any) -> Any:
    raise RuntimeError(f"hostword s3cr3t {HERE} psycopg")


HOOKS = {
    "scope": ["/tickets/", "/tickets/1/"],
    "is_accessible": ["/tickets/"],
    "is_visible": ["/", "/people/"],
    "on_model_change": ["POST /tickets/1/change/"],
    "after_model_change": ["POST /tickets/1/change/", "POST /tickets/3/restore/"],
    "on_model_delete": ["POST /tickets/1/delete/"],
    "after_model_delete": ["POST /tickets/1/delete/"],
    "shout": ["POST /tickets/actions/shout/"],
}


@pytest.mark.parametrize("hook", HOOKS)
def test_a_host_function_that_fails(small_desk: Engine, hook: str) -> None:
    """A fault in the host's own code is a page with a number; its message stays in the log, and nothing was written."""
    members: dict[str, Any] = {"key": "tickets", hook: _raise}
    if hook == "shout":
        members[hook] = action("shout")(lambda *_args: _raise())
    broken = type("Broken", (TicketView,), members, model=Ticket)
    visitor = Visitor(admin_of(small_desk, broken))
    for path in HOOKS[hook]:
        method, _, address = path.rpartition(" ")
        fields: dict[str, Any] = {"title": "T", "price": "1", "confirm": "1", "id": "1"}
        if address.endswith("/change/"):  # else it is asked first whose values to keep
            fields = visitor.page(address).form("form") | fields
        answer = visitor.submit(address, fields) if method else visitor.get(address)
        assert answer.status_code == 500
        tells_nothing(answer)
    assert stored(small_desk, Ticket, 1).title == "Red one"


def test_a_formatter_that_fails(small_desk: Engine) -> None:
    """The same for what a host does while cells are made."""

    class Broken(TicketView, model=Ticket):
        key = "tickets"
        column_formatters = {"title": _raise}
        column_formatters_detail = {"title": _raise}

    visitor = Visitor(admin_of(small_desk, Broken))
    for path in ("/tickets/", "/tickets/rows", "/tickets/1/"):
        answer = visitor.get(path)
        assert answer.status_code == 500
        tells_nothing(answer)


@pytest.mark.parametrize(
    "sql",
    ["DROP TABLE ticket_labels", "ALTER TABLE tickets RENAME COLUMN body TO other", "DROP TABLE comments"],
)
def test_a_database_that_has_changed(desk: Engine, sql: str) -> None:
    """Tables and columns that are gone are a sentence without their names."""
    visitor = Visitor(admin_of(desk))
    visitor.submit("/account/")
    with desk.begin() as connection:
        connection.execute(sa.text(sql))
    for path in (
        "/tickets/",
        "/tickets/1/",
        "/tickets/1/change/",
        "/tickets/explain/",
        "/tickets/lookup/labels/",
        "/comments/",
    ):
        tells_nothing(visitor.get(path)) if "explain" not in path else visitor.get(path)
    for path in ("/tickets/1/change/", "/tickets/1/delete/", "/tickets/3/purge/"):
        tells_nothing(visitor.submit(path, {"title": "T", "body": "B", "price": "1", "confirm": "1"}))


ODD = [
    "'\"\\;-- OR 1=1--", "%", "_", "*", "[a-z]", "?", "$1 :1 %s %(x)s {}", "\x00", "1e309", "1;DROP TABLE tickets", "a:* & !( <-> \"b -c or",
    "'a':*", "\u00b2", "~n", "~00",
]  # fmt: skip
PLACES = [
    "/tickets/?q={}", "/tickets/?title={}", "/tickets/?title.contains={}", "/tickets/?owner={}", "/tickets/?labels={}", "/tickets/?owner.city.not={}",
    "/tickets/?sort={}", "/tickets/?sort=title:{}", "/tickets/?columns={}", "/tickets/?after={}", "/tickets/rows?after={}", "/tickets/rows?before={}",
    "/tickets/?deleted={}", "/tickets/{}/", "/tickets/{}/change/", "/tickets/lookup/{}/", "/tickets/facets/{}/", "/tickets/?where={}:1", "/tickets/lookup/owner/?q={}", "/tickets/?{}=1", "/{}/",
    "/tickets/?title.{}=1", "/tickets/?owner.{}=1", "/people/?columns={}",
]  # fmt: skip


def test_nothing_typed_becomes_a_statement(desk: Engine) -> None:
    """Quotes, wildcards, operators and placeholders are values wherever they are typed: never a fault, never other rows."""
    visitor = Visitor(admin_of(desk))
    sent: list[str] = []
    event.listen(desk, "before_cursor_execute", lambda _c, _cur, sql, *_rest: sent.append(sql))
    for text in ODD:
        for place in PLACES:
            answer = visitor.get(place.format(quote(text, safe="")))
            assert answer.status_code in {200, 303, 308, 400, 404, 422}, (place, text, answer.status_code)
            tells_nothing(answer)
    assert not any("DROP TABLE" in sql or "1=1--" in sql or "a-z" in sql for sql in sent)
    for text in ("%", "_", "*", "[a-z]", "?"):
        assert visitor.page(f"/tickets/?title.contains={quote(text)}").count() == 0
        assert visitor.page(f"/tickets/?q={quote(text)}").count() == 0


def test_the_panel_needs_its_right(small_desk: Engine) -> None:
    """Statements and plans are for those with the right to them; no other page has a word of SQL."""
    admin = admin_of(small_desk)
    visitor = Visitor(admin, grants="tickets.view tickets.change tickets.delete tickets.add people.view")
    assert visitor.get("/tickets/explain/").status_code == 403
    assert visitor.submit("/tickets/explain/", {"analyze": "1"}).status_code == 403
    page = visitor.page("/tickets/")
    assert page.css("#query") == []
    for path in ("/", "/tickets/", "/tickets/1/", "/tickets/1/change/", "/tickets/1/delete/"):
        tells_nothing(visitor.get(path))


def test_a_person_without_rights(small_desk: Engine) -> None:
    """Somebody who is known and may do nothing sees an empty first page."""
    visitor = Visitor(admin_of(small_desk), grants="nothing")
    page = visitor.page("/")
    assert page.css(".wa-model") == []
