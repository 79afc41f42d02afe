"""The EXPLAIN panel of a list."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.views.conftest import Admin
from webadmin.demo.models import Order


def test_one_entry_for_each_statement(reader: Admin) -> None:
    """The page's statements stand in the panel with their plans, as many as the list sends."""
    query = "status=paid&total.gte=10&sort=total:desc&deleted=show"
    with reader.statements() as seen:
        reader.get(f"/orders/?{query}")
    page = reader.get(f"/orders/explain/?{query}")
    statements = page.css("section#explain [data-statement]")
    assert len(statements) == len(seen)
    assert all(statement.cssselect("[data-node]") for statement in statements)
    assert "paid" in page.text("#statement-1-sql").lower(), "with its bound values"
    assert page.one(".wa-head__actions a").get("href") == f"/admin/orders/?{query}", "back to the page"


def test_htmx_gets_the_panel_alone(reader: Admin) -> None:
    """Opened inside of the list it is the section and nothing around it."""
    panel = reader.get("/orders/explain/", **{"HX-Request": "true"})
    assert panel.one("section#explain") is not None
    assert not panel.css("main, html head title")


def test_reading_runs_no_analysis(reader: Admin) -> None:
    """Opening the panel plans; only the button measures."""
    with reader.statements() as seen:
        reader.get("/orders/explain/")
    assert not [statement for statement in seen if "(ANALYZE" in statement.upper()]


def test_the_button_measures(admin: Admin) -> None:
    """Pressed, every node has its time and its rows; nothing is changed by it."""
    page = admin.get("/orders/explain/?sort=due_on:asc")
    before = admin.value(sa.select(sa.func.count()).select_from(Order))
    if admin.engine.dialect.name == "sqlite":
        assert page.css("[data-node]")
        return
    measured = admin.post(page.action("explain/"), page.form("explain/"), 200)
    assert "Actual" in measured.texts("section#explain thead th")
    assert measured.css("[data-node]")
    assert admin.value(sa.select(sa.func.count()).select_from(Order)) == before


def test_a_sort_without_index_is_told(reader: Admin) -> None:
    """The list's link to the panel carries the query string along."""
    page = reader.get("/orders/?sort=due_on:asc")
    link = page.one("#query a").get("href")
    assert "sort=due_on:asc" in link
    assert reader.get(link).css("[data-statement]")


@pytest.mark.parametrize("bad", ["page=x", "sort=note:asc", "status=lost"])
def test_bad_query_strings_are_refused(reader: Admin, bad: str) -> None:
    """The panel takes what the list takes, and refuses what it refuses."""
    reader.get(f"/orders/explain/?{bad}", 400)
