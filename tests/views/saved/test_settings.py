"""Density, rows per page and other switches, kept for one list and person."""

from __future__ import annotations

from typing import Any

from tests.pages import Page, query
from tests.views.saved.conftest import Person


def keep(owner: Person, status: int = 303, **fields: Any) -> Page:
    return owner.post("/orders/settings/", {"csrf_token": owner.token, **fields}, status)


def test_density_is_of_one_list(owner: Person) -> None:
    """The list has its own; others have that of the account."""
    keep(owner, density="compact")
    page = owner.get("/orders/")
    assert page.root.get("data-density") == "compact"
    assert page.one("button[value=compact]").get("aria-pressed") == "true"
    assert owner.get("/products/").root.get("data-density") == "comfortable"
    owner.post("/account/", {"csrf_token": owner.token, "density": "compact"})
    keep(owner, density="comfortable")
    assert owner.get("/orders/").root.get("data-density") == "comfortable"
    assert owner.get("/products/").root.get("data-density") == "compact"


def test_rows_per_page(owner: Person) -> None:
    """Kept ones hold where the address says nothing; the address wins, and its links keep what it says."""
    page = keep(owner, per_page="10", _next="http://testserver/admin/orders/?status=paid&per_page=50&page=2")
    assert len(owner.get("/orders/").ids()) == 10
    assert page.chips() == ["Status Paid"]
    assert page.one("#page-size option[selected]").get("value") == "10"
    wide = owner.get("/orders/?per_page=25")
    assert len(wide.ids()) == 25
    assert ("per_page", "25") in query(wide.pages()["Next page"])
    assert ("per_page", "10") in query(owner.get("/orders/").one("#query [hx-get]").get("hx-get"))
    keep(owner, per_page="25")
    assert len(owner.get("/orders/").ids()) == 25


def test_without_scripts_a_size_is_kept_by_a_button(owner: Person) -> None:
    """It stands beside a size that is not the usual one."""
    page = owner.get("/orders/?per_page=50&status=paid")
    kept = owner.post(page.action("/settings/"), _size_form(page))
    assert kept.one("#page-size option[selected]").get("value") == "50"
    assert kept.chips() == ["Status Paid"]
    assert not kept.css("form.wa-nojs")


def _size_form(page: Page) -> dict[str, Any]:
    return {field.get("name"): field.get("value") for field in page.css("form.wa-nojs input")}


def test_positions_that_do_not_exist(owner: Person) -> None:
    numbers = ("0", "-1", "9999", "1e2", "٣", "9" * 5000)
    for fields in ({"density": "huge"}, {"scroll": "x"}, *({"per_page": number} for number in numbers)):
        assert keep(owner, 400, **fields).h1 == "That address does not work", fields


def test_what_is_not_known_is_ignored(owner: Person) -> None:
    """Other fields change nothing."""
    page = keep(owner, theme="dark", columns="id", default="x", order="y")
    assert page.h1 == "Orders"
    assert page.root.get("data-theme") == "system"


def test_a_foreign_address_to_go_back_to(owner: Person) -> None:
    """Leads to the list all the same."""
    page = keep(owner, density="compact", _next="https://elsewhere.example/admin/orders/?status=paid")
    assert page.chips() == ["Status Paid"]
    assert keep(owner, density="compact", _next="/admin/products/").h1 == "Orders"
    assert keep(owner, density="compact", _next="/admin/orders/?nope=1").h1 == "Orders"
