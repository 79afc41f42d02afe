"""The host's page in a browser: its list grows as one scrolls."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from playwright.sync_api import Page, expect

Example = Callable[[str], ModuleType]
Live = Callable[[Any], str]


def test_scrolling_loads_further_rows(example: Example, live: Live, page: Page) -> None:
    """The first rows come with the page, the next ones on scrolling, each row once and in order, to the last."""
    address = live(example("host_page").app)
    page.goto(f"{address}/")
    rows = page.locator("#results tr[data-id]")
    expect(rows.first).to_be_visible()
    first = rows.count()
    assert first < 150
    page.wait_for_function(
        """() => {
            window.scrollTo(0, document.body.scrollHeight);
            return !document.querySelector("tr.wa-more");
        }""",
        polling=100,
    )
    ids = rows.evaluate_all("rows => rows.map(row => Number(row.dataset.id))")
    assert len(ids) == 150
    assert ids == sorted(set(ids), reverse=True)
    assert page.url == f"{address}/"
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders that are paid")


def test_a_row_leads_into_the_admin(example: Example, live: Live, page: Page) -> None:
    """A row's link opens its page in the admin."""
    address = live(example("host_page").app)
    page.goto(f"{address}/")
    page.locator("#results tr[data-id] a").first.click()
    page.wait_for_url(f"{address}/admin/orders/*/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-0")


def scrolled_to_the_end(page: Page) -> list[int]:
    """The ids of all rows, once there are no more."""
    expect(page.locator("#results tr[data-id]").first).to_be_visible()
    page.wait_for_function(
        """() => {
            scrollTo(0, document.body.scrollHeight);
            return !document.querySelector("tr.wa-more[data-next]");
        }""",
        polling=100,
    )
    found = page.locator("#results tr[data-id]").evaluate_all(
        "rows => rows.map(row => Number(row.dataset.id))"
    )
    return [int(id) for id in found]


def test_a_macro_in_a_template(example: Example, live: Live, page: Page) -> None:
    """Each person sees the rows within their scope, with the filters, columns and size of the template, to the last."""
    address = live(example("embedded_list").app)
    seen: dict[str, list[int]] = {}
    for name in ("ada", "ben"):
        page.context.clear_cookies()
        page.goto(f"{address}/")
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", level=2)).to_have_text(f"Orders of {name} that are under way")
        seen[name] = scrolled_to_the_end(page)
        assert seen[name] == sorted(set(seen[name]), reverse=True)
        expect(page.locator("#results thead th")).to_have_text(["Number", "Status"])
        states = page.locator('#results td[data-column="status"]').all_inner_texts()
        assert {state.strip() for state in states} == {"open", "sent"}
        expect(page.locator("tr.wa-end")).to_have_text("No more rows")
    wanted = [n for n in range(1, 401) if n % 3 != 1 and n % 50 >= 10]
    assert {name: sorted(ids) for name, ids in seen.items()} == {
        "ada": [n for n in wanted if n % 2 == 0],
        "ben": [n for n in wanted if n % 2 == 1],
    }


def test_nobody_sees_rows_without_a_login(example: Example, live: Live, page: Page) -> None:
    """The fragment answers 401 to a stranger; what the template has in its place stays, and nobody is sent away."""
    address = live(example("embedded_list").app)
    page.goto(f"{address}/")
    assert page.request.get(f"{address}/admin/orders/rows").status in {401, 403}
    page.get_by_label("Name").fill("eve")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="See the list")).to_be_visible()
    expect(page.locator("#results")).to_have_count(0)
    assert page.url == f"{address}/"
