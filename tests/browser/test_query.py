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
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_role("button", name="Measure again")).to_be_visible()
    expect(tree).to_be_visible()  # as it was chosen before
    plan.get_by_text("Table", exact=True).click()
    expect(tree).to_be_hidden()


def test_it_follows_the_list(page: Page, site: str) -> None:
    """Another sort with the panel open explains that sort."""
    page.goto(f"{site}/orders/")
    page.locator("#query > summary").click()
    expect(page.locator("#statement-1-sql")).to_contain_text("placed_at DESC")
    page.click("#sort-total")
    expect(page.locator("#statement-1-sql")).to_contain_text("total ASC")


def test_below_what_asks_before_a_change(page: Page, site: str, axe: Callable[[Page], list[str]]) -> None:
    """On the preview of a change of many rows the panel opens by its key, is sent what the form holds by then, measures that
    and copies the plan; what was typed into the form stays, and nothing is changed."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/orders/")
    for number in range(3):
        page.locator("#results tbody input[type=checkbox]").nth(number).check()
    page.locator("#bulk button[value=edit]").click()
    page.locator("select[name='op-note']").select_option("clear")
    page.locator("button[name=step]").click()
    expect(page.locator("#plan")).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("q")
    panel = page.locator("section#explain")
    expect(panel.locator("[data-statement]")).not_to_have_count(0)
    expect(panel.locator("[data-statement] h2").first).to_have_text("What would change")
    panel.get_by_role("button", name="Measure").click()
    expect(panel.get_by_role("button", name="Measure again")).to_be_visible()
    expect(panel.locator("[data-statement] h2").first).to_have_text("What would change")
    panel.get_by_role("button", name="Copy JSON plan").first.click()
    expect(page.locator(".wa-toast")).to_contain_text("Copied")
    assert page.evaluate(
        "navigator.clipboard.readText().then(text => JSON.parse(text)[0]['Execution Time']) "
    )
    assert axe(page) == []
    expect(page.locator("#plan")).to_contain_text("Nothing is changed yet.")
    expect(page.locator("select[name='op-note']")).to_have_value("clear")


@pytest.mark.parametrize("path", ["/orders/explain/", "/staff/explain/"])
def test_on_sqlite(page: Page, shop_sqlite: Engine, live: Callable[..., str], path: str) -> None:
    """SQLite shows its own plan."""
    page.goto(f"{live(build(shop_sqlite))}/admin{path}")
    expect(page.locator("[data-node]").first).to_be_visible()
