"""Two windows at one order, and cells of a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.conftest import field
from webadmin.demo.models import Order

Judge = Callable[[Page], list[str]]


def test_two_windows(
    page: Page,
    open_page: Callable[..., Any],
    site: str,
    engine: Engine,
    make_order: Callable[..., int],
    stored: Callable[[int], Any],
    axe: Judge,
) -> None:
    """One order edited in both: the second to save chooses field by field and saves in one go; then it is deleted in one
    while the other edits it, and comes back with what was typed."""
    id = make_order()
    with open_page(color_scheme="dark") as other:
        for window in (page, other):
            window.goto(f"{site}/orders/{id}/change/")
        field(other, "Note").fill("Theirs")
        field(other, "Recipient").fill("Theirs")
        other.get_by_role("button", name="Save", exact=False).first.click()
        expect(other.locator(".wa-toast").first).to_contain_text("was saved")
        field(page, "Note").fill("Mine")
        field(page, "Total").fill("12.50")
        page.keyboard.press("Control+s")
        merge = page.locator("#merge")
        expect(merge).to_be_focused()
        expect(merge.locator("[data-merge=recipient]")).to_contain_text("Theirs")
        expect(field(page, "Note")).to_have_value("Mine")
        assert axe(page) == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert axe(page) == []
        merge.get_by_role("radio", name="Keep mine: Mine").check()
        page.get_by_role("button", name="Save", exact=False).nth(2).click()
        expect(page.locator(".wa-toast").first).to_contain_text("was saved")
        row = stored(id)
        assert (row.note, row.recipient, str(row.total)) == ("Mine", "Theirs", "12.50")
        for window in (page, other):
            window.goto(f"{site}/orders/{id}/change/")
        with engine.begin() as connection:
            connection.execute(
                sa.update(Order).where(Order.id == id).values(deleted_at=dt.datetime.now(dt.UTC))
            )
        field(other, "Note").fill("Typed")
        other.keyboard.press("Control+s")
        expect(other.locator("[data-typed=note]")).to_contain_text("Typed")
        assert axe(other) == []
        other.get_by_role("button", name="Restore it and save this").click()
        expect(other.locator(".wa-toast").first).to_contain_text("was restored")
    assert (stored(id).note, stored(id).deleted_at) == ("Typed", None)


def test_cells(
    page: Page,
    site: str,
    engine: Engine,
    make_order: Callable[..., int],
    stored: Callable[[int], Any],
    axe: Judge,
) -> None:
    """Click, change, Enter; Escape; Tab to the next; an error and a clash stand in the cell; the rest of the list stays."""
    id = make_order()
    page.goto(f"{site}/orders/?status=pending&sort=placed_at:desc")
    row = page.locator(f'tr[data-id="{id}"]')
    total, note = row.locator("[data-column=total]"), row.locator("[data-column=note]")
    page.evaluate("document.querySelector('#results').dataset.same = ''")
    note.click()
    box = note.get_by_role("textbox")
    expect(box).to_be_focused()
    assert axe(page) == []
    box.fill("Left")
    box.press("Escape")
    expect(note).not_to_contain_text("Left")
    expect(note.locator("[data-cell]")).to_be_focused()
    page.keyboard.press("Enter")
    box.fill("Kept")
    box.press("Enter")
    expect(note).to_contain_text("Kept")
    expect(note.locator("[data-cell]")).to_be_focused()
    total.click()
    total.get_by_role("textbox").fill("much")
    total.get_by_role("textbox").press("Enter")
    expect(total.locator("[data-error-for=total]")).to_be_visible()
    total.get_by_role("textbox").fill("99")
    total.get_by_role("textbox").press("Tab")
    expect(total).to_contain_text("99.00")
    expect(box).to_be_focused()
    with engine.begin() as connection:
        connection.execute(sa.update(Order).where(Order.id == id).values(note="Theirs"))
    box.fill("Mine")
    box.press("Enter")
    expect(note.locator("[data-merge]")).to_contain_text("Theirs: Theirs")
    assert axe(page) == []
    note.get_by_role("radio", name="Mine: Mine").check()
    page.keyboard.press("Enter")
    expect(note.locator("form")).to_have_count(0)
    expect(note).to_contain_text("Mine")
    expect(page.locator("#results[data-same]")).to_be_visible()
    assert (stored(id).note, str(stored(id).total)) == ("Mine", "99.00")
