"""The summary in a browser: asked for with the keyboard, drawn, read, and followed to its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Judge = Callable[[Page], list[str]]

PATHS = [
    "/orders/summary/",
    "/orders/summary/?group=status&measure=sum.total",
    "/orders/summary/?group=placed_at:month&measure=count,median.total",
    "/orders/summary/?group=customer&measure=avg.total&having=count.gte:2",
    "/orders/summary/?group=status&having=count.gte:100000",
    "/orders/summary/?q=zzzzzz&group=status",
    "/orders/summary/?group=nothing",
    "/orders/?latest_per=customer",
]


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_nothing_stands_in_the_way(
    open_page: Callable[..., Any], site: str, axe: Judge, theme: str, width: int
) -> None:
    """Axe finds nothing, and no page is wider than its window."""
    with open_page(
        color_scheme=theme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    ) as page:
        found = {}
        for path in PATHS:
            page.goto(f"{site}{path}")
            if violations := axe(page):
                found[path] = violations
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert found == {}


def test_from_the_list_to_a_group_and_its_rows(page: Page, site: str) -> None:
    """With the keyboard alone: a filtered list is summed up, grouped, drawn, and one group leads to its rows, its bar does by the mouse."""
    page.goto(f"{site}/orders/?total.gte=50")
    page.locator("#summarise").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Summary of Orders")
    page.get_by_label("Group by").select_option("status")
    page.get_by_label("Measure").select_option("sum.total")
    page.get_by_role("button", name="Show groups").focus()
    page.keyboard.press("Enter")
    expect(page.locator("svg[data-chart=bar]")).to_be_visible()
    row = page.locator("#groups tbody tr").first
    number = row.locator("[data-rows]").get_attribute("data-rows")
    row.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-count]").first).to_have_attribute("data-count", number or "")
    assert "total.gte=50" in page.url
    page.go_back()
    expect(page.locator("#groups")).to_be_visible()
    page.locator("svg[data-chart] a [data-mark]").first.click()
    expect(page.locator("[data-count]").first).to_have_attribute("data-count", number or "")


def test_marks_have_their_place(page: Page, site: str) -> None:
    """No bar lies outside of its drawing, words do not cover one another, and a point answers over its part of the width."""
    for path in ("group=channel", "group=placed_at:month"):
        page.goto(f"{site}/orders/summary/?{path}")
        chart = page.locator("svg[data-chart]")
        box = chart.bounding_box()
        assert box is not None
        marks = chart.locator("[data-mark]")
        assert marks.count()
        for place in range(marks.count()):
            mark = marks.nth(place).bounding_box()
            assert mark is not None
            assert mark["x"] >= box["x"] - 6
            assert mark["x"] + mark["width"] <= box["x"] + box["width"] + 6
            assert mark["y"] >= box["y"] - 6
            assert mark["y"] + mark["height"] <= box["y"] + box["height"] + 6


def test_without_scripts(open_page: Callable[..., Any], site: str) -> None:
    """The same pages, by links and a form."""
    with open_page(java_script_enabled=False) as page:
        page.goto(f"{site}/orders/")
        page.locator("#summarise").click()
        page.get_by_label("Group by").select_option("channel")
        page.get_by_role("button", name="Show groups").click()
        expect(page.locator("svg[data-chart]")).to_be_visible()
        page.locator("#groups tbody a").first.click()
        expect(page.locator("#results")).to_be_visible()
