"""What tests and scripts hold on to in a list."""

from __future__ import annotations

import pytest

from tests.pages import Page, parse
from tests.rendering.samples import lists, shell
from webadmin.rendering.environment import Renderer


@pytest.fixture
def page(renderer: Renderer) -> Page:
    return parse(renderer.page("list.html", lists.list_page(), shell()))


def test_rows_carry_their_id_and_whether_they_are_deleted(page: Page) -> None:
    assert page.ids() == [str(number) for number in range(25)]
    assert page.deleted_ids() == ["6", "13"]


def test_cells_carry_their_column(page: Page) -> None:
    assert page.table()[0] | {"note": "", "created_at": ""} == {
        "number": "A-1048800", "customer": "Marta Kowalczyk", "status": "Paid", "total": "0.50 EUR", "lines": "0",
        "created_at": "", "gift": "No", "note": "",
    }  # fmt: skip
    assert page.table()[1]["note"] == "–"


def test_the_total_says_whether_it_is_exact(page: Page, renderer: Renderer) -> None:
    assert (page.count(), page.exact()) == (4_800_673, False)
    bare = parse(renderer.page("list.html", lists.bare_list_page(), shell()))
    assert (bare.count(), bare.exact()) == (0, True)


def test_a_deleted_row_has_a_button_that_restores_it(page: Page) -> None:
    assert page.action("/6/restore/") == "/admin/orders/6/restore/"
    assert len(page.css("tr form")) == 2


def test_heads_sort_and_the_first_key_is_announced(page: Page) -> None:
    assert [head.get("data-head") for head in page.css("th[aria-sort=descending]")] == ["created_at"]
    assert page.links("th a")["Status"] == "?sort=status:asc"
    assert page.one("#sort-total").get("data-sort-add") == "?sort=created_at:desc,total:asc"
    assert page.text("caption") == "Orders, sorted by Placed (descending), then Total (descending)"


def test_the_pager_leads_to_first_last_neighbours_and_numbers(page: Page) -> None:
    assert page.pages()["Last page"] == "?page=192027"
    assert page.links('nav[aria-label="Pages"] [aria-current=page]') == {"Page 2": "?page=2"}


def test_forms_carry_the_rest_of_the_address_along(page: Page) -> None:
    assert page.form("search") == {"sort": "created_at:desc,total:desc", "status": "paid", "q": "mar"}
    assert page.form("filters") | {"x": ""} == {
        "q": "mar", "deleted": "show", "status": ["paid", "sent"], "created_at.gte": "2026-10-01", "created_at.lt": "",
        "total.gte": "", "total.lt": "", "customer": "42", "gift": "", "note.contains": "", "x": "",
    }  # fmt: skip


def test_row_boxes_belong_to_the_form_of_actions(page: Page) -> None:
    boxes = page.css('input[form="bulk"][name="id"]')
    assert [box.get("value") for box in boxes] == page.ids()
    assert page.links("form#bulk button") == {}
    assert [button.get("formaction") for button in page.css("form#bulk button[formaction]")] == [
        "/admin/orders/actions/restore/",
        "/admin/orders/actions/delete/",
    ]


def test_every_row_is_a_card_on_a_narrow_screen(page: Page) -> None:
    cards = {cell.get("data-card") for cell in page.css("#results tbody td[data-column]")}
    assert cards == {"title", "state", "main", "value", "meta", "none"}


def test_an_empty_list_says_why(renderer: Renderer) -> None:
    page = parse(renderer.page("list.html", lists.list_page(rows=()), shell()))
    assert page.text(".wa-empty h2") == "No orders match"
    assert page.css("form#filters")
    assert not page.css("table tbody tr, form#bulk")


def test_explain_loads_when_its_place_opens(page: Page) -> None:
    place = page.one("details#query [hx-get]")
    assert place.get("hx-get") == "/admin/orders/explain/?q=mar"
    assert page.links("details#query a") == {
        "Show the statements and their plans": "/admin/orders/explain/?q=mar"
    }
