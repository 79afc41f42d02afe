"""The panel that shows what a list's statements cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from webadmin.demo.app import build


def test_opened_in_the_list_and_measured(page: Page, site: str) -> None:
    """It loads when it is opened, measures on a press of its button and stays where it is; the list does not change."""
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{site}/orders/?sort=due_on:asc")
    assert not [url for url in requests if "/explain/" in url], "nothing is explained before it is asked for"
    page.locator("#query > summary").click()
    panel = page.locator("section#explain")
    expect(panel.locator("[data-statement]")).not_to_have_count(0)
    expect(panel.locator("[data-node]").first).to_be_visible()
    expect(panel.get_by_role("columnheader", name="Actual")).to_have_count(0)
    panel.get_by_role("button", name="Measure").click()
    expect(panel.get_by_role("columnheader", name="Actual").first).to_be_visible()
    expect(panel.get_by_role("button", name="Measure again")).to_be_visible()
    assert page.url.endswith("sort=due_on:asc")


def test_a_plan_is_a_tree_for_the_keyboard(page: Page, site: str) -> None:
    """Table or tree is chosen beside the plan; in the tree arrow keys go along the steps in sight, and close and open them."""
    page.goto(f"{site}/orders/explain/?sort=due_on:asc")
    plan = page.locator("[data-statement]").filter(has=page.get_by_role("heading", name="Page of rows"))
    tree = plan.locator("[data-plantree]")
    expect(tree).to_be_hidden()
    plan.get_by_text("Tree", exact=True).click()
    expect(plan.locator("[data-node]").first).to_be_hidden()
    top, second = (tree.locator("[data-step]").nth(number).locator("> summary") for number in (0, 1))
    expect(second).to_be_visible()
    top.focus()
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(second).to_be_hidden()
    page.keyboard.press("ArrowDown")  # nothing else is in sight
    expect(top).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    page.keyboard.press("End")
    expect(tree.locator("[data-step]").last.locator("> summary")).to_be_focused()
    plan.get_by_text("Table", exact=True).click()
    expect(tree).to_be_hidden()


def test_it_follows_the_list(page: Page, site: str) -> None:
    """Another sort with the panel open explains that sort."""
    page.goto(f"{site}/orders/")
    page.locator("#query > summary").click()
    expect(page.locator("#statement-1-sql")).to_contain_text("placed_at DESC")
    page.click("#sort-total")
    expect(page.locator("#statement-1-sql")).to_contain_text("total ASC")


@pytest.mark.parametrize("path", ["/orders/explain/", "/staff/explain/"])
def test_on_sqlite(page: Page, shop_sqlite: Engine, live: Callable[..., str], path: str) -> None:
    """SQLite shows its own plan."""
    page.goto(f"{live(build(shop_sqlite))}/admin{path}")
    expect(page.locator("[data-node]").first).to_be_visible()
