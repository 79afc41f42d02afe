"""Working in a list: every control swaps the rows, the address follows, and going back works."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import LONG_AGO, ids, rows, texts
from webadmin.demo.models import OrderStatus


def test_heads_sort(page: Page, site: str) -> None:
    """A click sorts, a second one turns it round, Shift and a click add a key; Back undoes each."""
    page.goto(f"{site}/orders/")
    page.click("#sort-total")
    expect(page).to_have_url(re.compile(r"sort=total:asc"))
    expect(page.locator('th[data-head="total"]')).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("#sort-total")).to_be_focused()
    page.click("#sort-total")
    expect(page).to_have_url(re.compile(r"sort=total:desc"))
    page.click("#sort-status", modifiers=["Shift"])
    expect(page).to_have_url(re.compile(r"sort=total:desc,status:asc"))
    expect(page.locator("#sort-status .wa-sort__n")).to_contain_text("2")
    page.go_back()
    expect(page.locator('th[data-head="total"]')).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#sort-status .wa-sort__n")).to_have_count(0)


def test_a_box_filters_and_its_chip_takes_it_away(page: Page, site: str) -> None:
    """A tick narrows at once; chips name what is active and remove it one by one, or all of it."""
    page.goto(f"{site}/orders/")
    everything = page.locator("main [data-count]").get_attribute("data-count")
    page.get_by_role("checkbox", name="Sent", exact=True).check()
    expect(page.locator(".wa-chips .wa-chip")).to_have_text([re.compile("Status Sent")])
    assert set(texts(page, "status")) == {"Sent"}
    page.get_by_role("checkbox", name="Failed", exact=True).check()
    expect(page.locator(".wa-chips .wa-chip")).to_have_text([re.compile("Status Sent, Failed")])
    expect(page).to_have_url(re.compile("status=sent&status=failed"))
    page.get_by_label("Remove filter Status").click()
    expect(page.locator(".wa-chips .wa-chip")).to_have_count(0)
    expect(page.locator("main [data-count]")).to_have_attribute("data-count", str(everything))
    expect(page.get_by_role("checkbox", name="Sent", exact=True)).not_to_be_checked()


def test_ranges_presets_and_clear_all(page: Page, site: str) -> None:
    """A number is taken when its field is left, a preset is one click, and clear all leaves nothing."""
    page.goto(f"{site}/orders/")
    page.locator('[name="total.gte"]').fill("20")
    page.locator('[name="total.gte"]').press("Tab")
    expect(page).to_have_url(re.compile(r"total\.gte=20"))
    assert "total.lte" not in page.url, "empty fields stay out of the address"
    page.get_by_role("link", name="This year").first.click()
    expect(page.locator(".wa-chips .wa-chip")).to_have_count(2)
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator(".wa-chips .wa-chip")).to_have_count(0)
    expect(page.locator('[name="total.gte"]')).to_have_value("")
    expect(page).to_have_url(re.compile(r"/orders/$"))


def test_a_relation_is_searched_and_chosen(page: Page, site: str) -> None:
    """The combobox finds customers while one types; the arrow keys and Enter choose, and the list narrows."""
    page.goto(f"{site}/orders/?customer.null=false")
    name = texts(page, "customer")[0]
    page.goto(f"{site}/orders/")
    box = page.locator("#filters").get_by_role("combobox", name="Customer", exact=True)
    box.click()
    box.press_sequentially(name[:6])
    option = page.locator("#filters [role=option]", has_text=name).first
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    option.click()
    expect(page.locator(".wa-chips .wa-chip")).to_have_text([re.compile(f"Customer {re.escape(name)}")])
    assert set(texts(page, "customer")) == {name}
    expect(page.locator("#filters").get_by_role("combobox", name="Customer", exact=True)).to_have_value(name)


def test_searching_while_typing(page: Page, site: str) -> None:
    """Rows follow what is typed, matches are marked, and the box keeps focus and text meanwhile."""
    page.goto(f"{site}/orders/")
    page.locator("#q").press_sequentially("gift")
    expect(page.locator("#results mark").first).to_be_visible()
    expect(page).to_have_url(re.compile("q=gift"))
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#q")).to_have_value("gift")
    page.locator("#q").fill("zzzzzz")
    expect(page.get_by_role("heading", name="No orders match")).to_be_visible()
    expect(page.locator("#results thead th").nth(1)).to_be_attached()
    page.get_by_role("link", name="Clear search and filters").click()
    expect(rows(page).first).to_be_visible()
    expect(page.locator("#q")).to_have_value("")


def test_pages(page: Page, site: str) -> None:
    """Numbers, neighbours, the last page, a page to jump to and the number of rows."""
    page.goto(f"{site}/orders/")
    first = ids(page)
    pages = page.get_by_role("navigation", name="Pages")
    pages.get_by_label("Page 2").click()
    expect(pages.locator('[aria-current="page"]')).to_have_text("2")
    expect(page).to_have_url(re.compile(r"page=2$"))
    assert not set(first) & set(ids(page))
    pages.get_by_label("Next page").click()
    expect(pages.locator('[aria-current="page"]')).to_have_text("3")
    page.locator("#page-jump").fill("5")
    page.locator("#page-jump").press("Enter")
    expect(pages.locator('[aria-current="page"]')).to_have_text("5")
    pages.get_by_label("Last page").click()
    expect(pages.get_by_label("Next page")).to_have_count(0)
    page.locator("#page-size").select_option("100")
    expect(page).to_have_url(re.compile(r"per_page=100"))
    expect(rows(page)).to_have_count(100)
    for _ in range(5):
        page.go_back()
    expect(page).to_have_url(re.compile(r"/orders/$"))
    expect(rows(page).first).to_have_attribute("data-id", first[0])


def test_a_deleted_row_is_restored_from_the_list(
    page: Page, site: str, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """Shown, it is marked and has a button; pressed, the row lives and the list is the same one."""
    id = make_order(deleted_at=LONG_AGO)
    page.goto(f"{site}/orders/")
    expect(page.locator(f'tr[data-id="{id}"]')).to_have_count(0)
    page.get_by_role("group", name="Deleted rows").get_by_role("link", name="show").click()
    row = page.locator(f'tr[data-id="{id}"]')
    expect(row).to_have_attribute("data-deleted", "")
    row.get_by_role("button", name="Restore").click()
    expect(page.locator(".wa-toast").first).to_contain_text("was restored")
    expect(page).to_have_url(re.compile("deleted=show"))
    expect(page.locator(f'tr[data-id="{id}"]:not([data-deleted])')).to_have_count(1)
    assert stored(id).deleted_at is None


def test_chosen_rows_are_deleted_and_restored(
    page: Page, site: str, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """Shift chooses a range; the plan names the rows; deleted, they come back in bulk."""
    made = [make_order(recipient="Bulk") for _ in range(4)]
    page.goto(f"{site}/orders/")
    boxes = page.locator("#results [data-select]")
    bar = page.locator("#bulk")
    expect(bar).to_be_hidden()
    boxes.nth(0).check()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(bar.locator("[data-bulk-count]")).to_have_text("4")
    bar.get_by_role("button", name="Delete…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete 4 orders?")
    page.locator("#form").get_by_role("button", name="Delete").click()
    expect(page.locator(".wa-toast").first).to_contain_text("4 orders were deleted.")
    assert all(stored(id).deleted_at is not None for id in made)
    page.locator(".wa-toast").get_by_role("link", name="Show deleted").click()
    for id in made:
        page.locator(f'tr[data-id="{id}"] [data-select]').check()
    page.locator("#bulk").get_by_role("button", name="Restore").click()
    expect(page.locator(".wa-toast").first).to_contain_text("4 orders were restored.")
    assert all(stored(id).deleted_at is None for id in made)


def test_all_rows_of_the_page_are_chosen(page: Page, site: str) -> None:
    """The box in the head chooses all, shows when only some are, and clear lets go of them."""
    page.goto(f"{site}/orders/")
    head = page.locator("[data-select-all]")
    head.check()
    expect(page.locator("[data-bulk-count]")).to_have_text("25")
    page.locator("#results [data-select]").first.uncheck()
    assert head.evaluate("box => box.indeterminate")
    page.get_by_role("button", name="clear").click()
    expect(page.locator("#bulk")).to_be_hidden()


def test_an_action_keeps_the_list(
    page: Page, site: str, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """The model's own action asks first, acts, and leads back to the filters that were set."""
    id = make_order(status=OrderStatus.PACKED)
    page.goto(f"{site}/orders/?status=packed")
    page.locator(f'tr[data-id="{id}"] [data-select]').check()
    page.get_by_role("button", name="Mark as sent").click()
    page.locator("#form").get_by_role("button", name="Mark as sent").click()
    expect(page.locator(".wa-toast").first).to_contain_text("1 order is sent.")
    expect(page).to_have_url(re.compile(r"status=packed$"))
    assert stored(id).status is OrderStatus.SENT


def test_what_is_open_stays_open(page: Page, site: str) -> None:
    """The column of filters and its sections stay as a person left them, also on the next page."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{site}/orders/")
    filters = page.locator("#filters")
    expect(filters).to_be_visible()
    page.click("#filters-open")
    expect(filters).to_be_hidden()
    page.goto(f"{site}/products/")
    expect(page.locator("#filters")).to_be_hidden()
    page.click("#filters-open")
    expect(page.locator("#filters")).to_be_visible()


def test_a_long_text_shows_in_full(page: Page, site: str, make_order: Callable[..., int]) -> None:
    """What is cut off in the list shows while the pointer rests on it."""
    text = "A long note that has much more to say than the list has room for, to the very last word."
    id = make_order(note=text)
    page.goto(f"{site}/orders/")
    cell = page.locator(f'tr[data-id="{id}"] td[data-column="note"]')
    narrow = cell.locator("span").bounding_box()
    cell.hover()
    expect(cell).to_have_attribute("data-peek", "")
    wide = cell.locator("span").bounding_box()
    assert narrow
    assert wide
    assert wide["width"] > narrow["width"]


def test_nothing_overlaps(page: Page, site: str) -> None:
    """At 1440 and 1024 pixels the page never scrolls sideways, and no cell is wider than its column."""
    for width in (1440, 1024):
        page.set_viewport_size({"width": width, "height": 900})
        for key in ("orders", "products", "customers", "reviews", "order_lines", "staff_notes"):
            page.goto(f"{site}/{key}/?per_page=100")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, key
            spilled = page.evaluate(
                """[...document.querySelectorAll("#results tbody td")].filter((cell) => {
                  const style = getComputedStyle(cell);
                  return cell.scrollWidth > cell.clientWidth + 1 && style.overflowX === "visible" && !cell.matches(".wa-actions, .wa-selcell");
                }).map((cell) => cell.dataset.column + ": " + cell.textContent)"""
            )
            assert spilled == [], f"{key} at {width}"


def test_a_similar_search_and_the_other_order_are_a_click_away(page: Page, site: str) -> None:
    """A mistyped word leads to one that is there; the box then says that one; orders change without a new page."""
    page.goto(f"{site}/orders/")
    page.locator("#q").fill("delivry")
    page.locator("#suggestion").click()
    expect(page).to_have_url(re.compile("q=delivery"))
    expect(page.locator("#q")).to_have_value("delivery")
    expect(page.locator("#search-note")).to_have_text("Best matches first.")
    expect(page.locator("td[data-column=note] mark").first).to_have_text(
        re.compile("delivery", re.IGNORECASE)
    )
    page.locator("#search-order").click()
    expect(page.locator('th[data-head="placed_at"]')).to_have_attribute("aria-sort", "descending")
    page.locator("#search-order").click()
    expect(page.locator("th[aria-sort]")).to_have_count(0)
    page.go_back()
    expect(page.locator('th[data-head="placed_at"]')).to_have_attribute("aria-sort", "descending")
