"""The statements of pages that are no list: every page of a list has its panel, and none of them does anything."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.pages import Page, parse
from tests.security.desk import Person, Ticket, TicketView, Visitor, admin_of, fill, stored
from tests.views.conftest import Admin
from webadmin import action
from webadmin.auth.user import PERMISSIONS
from webadmin.demo.models import Category, Order

PAGES = (
    *("", "?status=paid&sort=due_on:asc", "rows", "count/", "add/", "summary/?group=status", "export/"),
    *(
        "facets/status/",
        "lookup/customer/?q=a",
        "{}/",
        "{}/actions/",
        "{}/change/",
        "{}/delete/",
        "{}/history/",
    ),
)


def counts(page: Page) -> list[int]:
    """How often each statement of the panel was sent."""
    return [int(one.get("data-count", "")) for one in page.css("[data-statement]")]


def labels(page: Page) -> list[str]:
    return page.texts("[data-statement] h2")


def test_every_statement_of_every_page(reader: Admin) -> None:
    """The panel of each page has as many statements as the page sends, and leads back to the page."""
    id = reader.get("/orders/").css("tr[data-id]")[0].get("data-id")
    for address in PAGES:
        path = f"/orders/{address.format(id)}"
        panel = path.replace("/orders/", "/orders/explain/")
        reader.get(panel)  # what a process asks once is known from here on
        with reader.statements() as seen:
            reader.get(path)
        page = reader.get(panel)
        fresh = not address or address.startswith(
            "?"
        )  # of lists it also shows what need not be asked just now
        assert sum(counts(page)) >= len(seen) if fresh else sum(counts(page)) == len(seen), path
        assert page.one(".wa-head__actions a").get("href") == f"/admin{path}"
        assert not [label for label in labels(page) if label.startswith("Statement ")], "each has a name"


def test_why_each_is_sent(reader: Admin) -> None:
    """Statements say which options they are there for, as far as the page makes use of them."""

    def causes(path: str) -> dict[str, list[str]]:
        page = reader.get(f"/orders/explain/{path}")
        told = {}
        for one in page.css("[data-statement]"):
            label = one.cssselect("h2")[0].text_content()
            told.setdefault(label, [code.text_content() for code in one.cssselect("[data-causes] code")])
        return told

    found = causes("?status=paid&sort=total:desc")["Page of rows"]
    assert {"column_list", "column_filters: status", "column_sortable_list: total"} <= set(found)
    assert "column_default_sort" in causes("")["Page of rows"]
    assert causes("lookup/customer/?q=a") == {"Rows to choose from": ["form_ajax_refs: customer"]}
    assert "column_filters: status" in causes("facets/status/")["Groups"]
    id = reader.get("/orders/").css("tr[data-id]")[0].get("data-id")
    assert causes(f"{id}/")["The row"] == ["column_details_list"]
    form = causes(f"{id}/change/")
    assert {"The row", "Rows below a form", "Rows that a form names"} <= set(form)
    assert "inlines" in form["Rows below a form"]


def test_a_file_is_not_made(reader: Admin) -> None:
    """Of an export the statement is shown, with its first rows; no file comes."""
    page = reader.get("/orders/explain/export/?format=csv")
    assert labels(page) == ["Export"]
    assert page.css("[data-node]")


def test_it_is_on_the_page(reader: Admin) -> None:
    """Each page has its panel at its foot, closed, with a link for those without scripts; only one of them."""
    id = reader.get("/orders/").css("tr[data-id]")[0].get("data-id")
    for address in PAGES:
        page = reader.get(f"/orders/{address.format(id)}")
        if page.css("main"):
            panel = page.one("details#query")
            assert panel.get("open") is None
            assert panel.cssselect("a")[0].get("href").startswith("/admin/orders/explain/")


def test_previews(admin: Admin) -> None:
    """A form's preview is explained by what the form names, shows the same again when measured, and never acts, whatever is
    sent along."""
    listed = admin.get("/orders/?status=pending")
    ids = [row.get("data-id") for row in listed.css("tr[data-id]")][:2]
    before = admin.value(sa.select(sa.func.count()).where(Order.status == "pending"))
    for name, more in (
        ("mark-paid", {}),
        ("edit", {"step": "preview", "op-note": "set", "note": "x"}),
        ("delete", {}),
    ):
        preview = admin.act(listed, name, ids)
        button = preview.one("#query button")
        assert (button.get("form"), button.get("formnovalidate")) == ("form", "")
        fields: dict[str, Any] = {**preview.form("form"), **more, "id": ids}
        where = button.get("formaction")
        page = admin.post(where, fields | {"confirm": "1"}, 200)
        assert sum(counts(page)) >= 1
        if page.css("#explain form"):
            again = page.form(f"explain/actions/{name}/")
            assert "confirm" not in again
            measured = admin.post(page.action(f"explain/actions/{name}/"), again | {"id": ids}, 200)
            assert counts(measured) == counts(page)
    admin.post("/orders/explain/actions/edit/", fields | {"step": "confirm", "op-note": "clear"}, 200)
    assert admin.value(sa.select(sa.func.count()).where(Order.status == "pending")) == before
    assert (
        admin.value(
            sa.select(sa.func.count()).where(Order.deleted_at.isnot(None), Order.id.in_(map(int, ids)))
        )
        == 0
    )


def test_forms_that_come_back(admin: Admin) -> None:
    """A form that is shown once more with its faults has the panel of the form; a deletion that is blocked, and has no button,
    has its panel too."""
    page = admin.get("/orders/add/")
    wrong = admin.post("/orders/add/", page.form("form") | {"total": "much"}, 422)
    assert wrong.one("#query a").get("href") == "/admin/orders/explain/add/"
    parent = admin.value(sa.select(Category.parent_id).where(Category.parent_id.isnot(None)).limit(1))
    blocked = admin.act(admin.get("/categories/"), "delete", [str(parent)])
    assert blocked.css("#plan-blocked")
    assert blocked.css("#form button") == []
    panel = admin.post(blocked.one("#query button").get("formaction"), blocked.form("form"), 200)
    assert sum(counts(panel)) >= 1


class Nosy(TicketView, model=Ticket):
    """Asks for each row; and what it is confirmed for would be seen outside of the database."""

    key = "tickets"
    done: list[str] = []

    @action(allowed=lambda row, request: row.owner is None or bool(row.owner.city))
    def call(self, rows: list[Ticket], request: Any) -> None:
        self.done.append("called")


def test_an_action_that_asks_for_each_row(engine: Engine) -> None:
    """What a host's function loads row by row is named: the relation, the option, the function; and no hook runs."""
    fill(engine)
    with engine.begin() as connection:
        for id in range(10, 16):
            connection.execute(sa.insert(Person).values(id=id, team="red", name=f"p{id}", city="Rome"))
            row = {"id": id, "team": "red", "title": f"t{id}", "code": f"c{id}", "owner_id": id}
            connection.execute(sa.insert(Ticket).values(**row, body="", secret="", price=0))
    visitor = Visitor(admin_of(engine, Nosy))
    sent = {"id": [str(id) for id in range(10, 16)], "confirm": "1"}
    page = parse(visitor.submit("/tickets/explain/actions/call/", sent).text)
    (entry,) = [one for one in page.css("[data-statement]") if one.get("data-count") == "6"]
    assert [one.get("data-warning") for one in entry.cssselect("[data-warning]")] == ["n_plus_one"]
    said = entry.text_content()
    assert "Ticket.owner is read row by row, in 6 statements" in said
    assert f"{__name__}.Nosy.<lambda>, line" in said
    assert Nosy.done == []
    assert stored(engine, Ticket, 10).title == "t10"


@pytest.mark.parametrize("path", ["/tickets/", "/tickets/?owner=1", "/tickets/1/", "/tickets/1/change/"])
def test_closed_it_costs_nothing(sqlite_engine: Engine, path: str) -> None:
    """A page with the panel on it sends what it sends to somebody who may not have the panel, statement by statement."""
    fill(sqlite_engine)
    admin = admin_of(sqlite_engine)
    seen: dict[str, list[str]] = {
        "*": [],
        " ".join(f"*.{one}" for one in PERMISSIONS if one != "explain"): [],
    }

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen[grants].append(statement)

    for grants in seen:  # what a process asks once is known from here on
        Visitor(admin, grants=grants).page(path)
        seen[grants].clear()
    sa.event.listen(sqlite_engine, "before_cursor_execute", note)
    for grants in seen:
        page = Visitor(admin, grants=grants).page(path)
        assert len(page.css("#query")) == (grants == "*")
    sa.event.remove(sqlite_engine, "before_cursor_execute", note)
    with_panel, without = seen.values()
    assert with_panel == without != []
