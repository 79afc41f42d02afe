"""What forms do while they are filled: tabs, fields that depend on others, JSON, files, and the keys that save."""

from __future__ import annotations

import re
from collections.abc import Callable

import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.conftest import field
from webadmin.demo.models import Customer, Product

PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00"
    b"\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def test_tabs_json_and_a_picture(
    page: Page, site: str, engine: Engine, axe: Callable[[Page], list[str]]
) -> None:
    """Tabs by click, arrow and error; JSON is judged while it is typed and formatted without a number changed; a picture is
    sent and shown; Ctrl+Enter saves."""
    with engine.begin() as connection:
        id = connection.execute(
            sa.insert(Product)
            .values(sku="TAB-1", name="Tabbed", price=5, attributes={}, labels=[])
            .returning(Product.id)
        ).scalar_one()
    page.goto(f"{site}/products/{id}/change/")
    first, second = page.get_by_role("tab").all()
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field(page, "Description")).to_be_hidden()
    first.press("ArrowRight")
    expect(second).to_be_focused()
    expect(field(page, "Description")).to_be_visible()
    expect(field(page, "Name")).to_be_hidden()
    page.locator("summary", has_text="Measures").click()
    json = page.locator("[data-json]")
    json.locator("textarea").fill('{\n"width": 3\n"depth": 4}')
    expect(json.locator("[data-json-message]")).to_contain_text("Line 3")
    json.get_by_role("button", name="Go to the line").click()
    assert (
        json.locator("textarea").evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
        == '"depth": 4}'
    )
    json.locator("textarea").fill('{"width":12345678901234567890,"sizes":[1.0,{}]}')
    json.get_by_role("button", name="Format").click()
    formatted = '{\n  "width": 12345678901234567890,\n  "sizes": [\n    1.0,\n    {}\n  ]\n}'
    expect(json.locator("textarea")).to_have_value(formatted)
    page.locator("input[type=file]").set_input_files(
        {"name": "p.gif", "mimeType": "image/gif", "buffer": PIXEL}
    )
    assert axe(page) == []
    first.click()
    page.locator("#f-price").fill("-1")
    second.click()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#errors")).to_be_focused()
    expect(page.get_by_role("tab").first).to_have_attribute("data-tone", "bad")
    page.get_by_role("tab").nth(1).click()
    page.locator("#errors a").click()
    expect(page.locator("#f-price")).to_be_focused()
    page.locator("#f-price").fill("6")
    page.get_by_role("tab").nth(1).click()
    page.locator("input[type=file]").set_input_files(
        {"name": "p.gif", "mimeType": "image/gif", "buffer": PIXEL}
    )
    page.get_by_role("button", name="Save and keep editing").click()
    expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    page.get_by_role("tab").nth(1).click()
    picture = page.locator(".wa-file img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 1, "the policy of the page lets it be shown"
    with engine.connect() as connection:
        row = connection.execute(sa.select(Product.image, Product.price).where(Product.id == id)).one()
    assert (bytes(row.image), row.price) == (PIXEL, 6)


def test_fields_follow_others(page: Page, site: str, engine: Engine, make_order: Callable[..., int]) -> None:
    """The currency follows the customer, and what was typed elsewhere stays; the changes are counted with it."""
    with engine.connect() as connection:
        name = connection.execute(
            sa.select(Customer.name).where(Customer.country == "JP", Customer.deleted_at.is_(None)).limit(1)
        ).scalar_one()
    page.goto(f"{site}/orders/{make_order()}/change/")
    field(page, "Note").fill("Still here")
    expect(field(page, "Currency")).to_have_value("EUR")
    page.locator("#f-customer").fill(name)
    page.locator("#f-customer-options [role=option]").first.click()
    expect(field(page, "Currency")).to_have_value("JPY")
    expect(page.locator("[data-field=currency] .wa-changed")).to_be_visible()
    expect(page.locator("[data-guard-count]")).to_have_text("3 changes")
    expect(field(page, "Note")).to_have_value("Still here")
    page.locator("[name=channel]").select_option(label="Phone")
    handled = page.locator("[data-field=handled_by]")
    expect(handled).to_contain_text("Who took the order")
    expect(handled.get_by_role("combobox")).to_be_visible()
    page.get_by_role("button", name="Save", exact=False).first.click()
    expect(page.locator('[data-error-for="handled_by"]')).to_be_visible()
    expect(page).to_have_url(re.compile("/change/"))


def test_a_double_click_makes_one_row(page: Page, site: str, engine: Engine) -> None:
    """A second click on the button that saves sends nothing again."""
    page.goto(f"{site}/tags/add/")
    field(page, "Name").fill("Clicked twice")
    page.locator("[data-save]").dblclick()
    expect(page.locator(".wa-toast").first).to_contain_text("was created")
