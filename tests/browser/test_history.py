"""A change, its place in the history, and taking it back, in the browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.plugins.web import served
from webadmin.database.own_tables.migrate import upgrade
from webadmin.demo.app import build


@pytest.fixture(scope="module")
def host(engine: Engine) -> Iterator[str]:
    upgrade(engine)
    with served(build(engine)) as address:
        yield address


def test_from_a_mistake_to_its_undoing(
    page: Page,
    site: str,
    make_order: Callable[..., int],
    stored: Callable[[int], Any],
    axe: Callable[[Page], list[str]],
) -> None:
    """Saved with a reason; the message leads to the plan, which puts it back; all of it stands in the row's history and
    among all changes; pages are free of faults for those who cannot see or use a mouse."""
    id = make_order(note="As it was.")
    page.goto(f"{site}/orders/{id}/change/")
    page.get_by_label("Note", exact=True).fill("A mistake.")
    page.get_by_label("Reason").fill("The wrong order")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".wa-toast").get_by_role("link", name="Undo").click()
    expect(page.locator("#plan-ready")).to_contain_text("A mistake.")
    assert not axe(page)
    page.get_by_role("button", name="Undo 1 row").click()
    expect(page.locator(".wa-toast").first).to_contain_text("1 row was set back")
    assert stored(id).note == "As it was."
    assert not axe(page)
    page.get_by_role("link", name="taken back").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("took back a change of")

    page.goto(f"{site}/orders/{id}/")
    page.get_by_role("link", name="History").click()
    articles = page.locator("article[data-change]")
    expect(articles).to_have_count(2)
    expect(articles.nth(1)).to_contain_text("The wrong order")
    expect(articles.nth(1).locator("ins")).to_have_text("A mistake.")
    assert not axe(page)
    page.locator("body").press("g")
    page.locator("body").press("c")
    expect(page.get_by_role("heading", level=1)).to_have_text("Changes")
    page.get_by_label("Words").fill("wrong order")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#changes > li")).to_have_count(1)
    assert not axe(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
