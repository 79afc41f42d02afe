"""Creating and changing rows in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import Engine

from tests.browser.conftest import field
from webadmin.demo.models import Customer, Order, Product, Tag, product_tags


def _customer(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(
            sa.select(Customer.id, Customer.name, Customer.email)
            .where(Customer.deleted_at.is_(None))
            .order_by(Customer.id)
            .limit(1)
        ).one()


def test_one_field_is_changed(
    page: Page, site: str, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """What was changed is marked and counted; saved, a message says so and the row has it."""
    id = make_order()
    page.goto(f"{site}/orders/{id}/change/")
    field(page, "Note").fill("Ring the bell twice.")
    expect(page.locator("[data-field=note] .wa-changed")).to_be_visible()
    expect(page.locator("[data-guard-count]")).to_have_text("1 change")
    page.get_by_role("button", name="Save", exact=False).first.click()
    expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
    assert stored(id).note == "Ring the bell twice."


def test_one_comes_back_to_the_list_one_left(page: Page, site: str, make_order: Callable[..., int]) -> None:
    """From a narrowed list to the form and back: filters and sort are as they were."""
    id = make_order()
    page.goto(f"{site}/orders/?status=pending&sort=placed_at:desc")
    page.locator(f'tr[data-id="{id}"] [data-row-edit]').click()
    field(page, "Recipient").fill("Somebody")
    page.keyboard.press("Control+s")
    expect(page).to_have_url(re.compile(r"status=pending&sort=placed_at:desc"))
    page.locator(f'tr[data-id="{id}"] td[data-column=number] a').click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(re.compile(r"status=pending&sort=placed_at:desc"))


def test_errors_keep_what_was_typed(
    page: Page, site: str, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """A refused form has the focus on its summary, whose links lead to the fields, with all that was typed."""
    id = make_order(total=5)
    page.goto(f"{site}/orders/{id}/change/")
    field(page, "Total").fill("-3")
    field(page, "Note").fill("Still here")
    page.get_by_role("button", name="Save and keep editing").click()
    summary = page.locator("#errors")
    expect(summary).to_be_focused()
    expect(field(page, "Note")).to_have_value("Still here")
    expect(field(page, "Total")).to_have_value("-3")
    expect(field(page, "Total")).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link", name="Total").click()
    expect(field(page, "Total")).to_be_focused()
    assert stored(id).total == 5
    field(page, "Total").fill("7")
    page.get_by_role("button", name="Save and keep editing").click()
    expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    assert (stored(id).total, stored(id).note) == (7, "Still here")


def test_a_relation_is_searched_chosen_and_emptied(
    page: Page, site: str, engine: Engine, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """The combobox shows labels and what tells namesakes apart, and sends the id; its x empties it."""
    id, customer = make_order(), _customer(engine)
    page.goto(f"{site}/orders/{id}/change/")
    box = page.get_by_role("combobox", name="Customer")
    box.click()
    box.press_sequentially(customer.email)
    option = page.get_by_role("option", name=customer.email)
    expect(option).to_be_visible()
    expect(option).to_contain_text(customer.name)
    box.press("Enter")
    expect(box).to_have_value(customer.name)
    page.get_by_role("button", name="Save and keep editing").click()
    expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    assert stored(id).customer_id == customer.id
    expect(page.get_by_role("link", name=f"Open {customer.name}")).to_be_visible()
    page.get_by_role("button", name="Clear Customer").click()
    page.get_by_role("button", name="Save and keep editing").click()
    expect(page.get_by_role("combobox", name="Customer")).to_have_value("")
    assert stored(id).customer_id is None


def test_what_is_typed_but_not_chosen_does_not_count(
    page: Page, site: str, engine: Engine, make_order: Callable[..., int]
) -> None:
    """Left with some other words, the box goes back to what was chosen; Esc closes the options and nothing else."""
    customer = _customer(engine)
    id = make_order(customer_id=customer.id)
    page.goto(f"{site}/orders/{id}/change/")
    box = page.get_by_role("combobox", name="Customer")
    box.fill("zzzz")
    expect(page.get_by_role("option", name="No match")).to_be_visible()
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("Tab")
    expect(box).to_have_value(customer.name)


def test_many_to_many_is_added_and_removed(page: Page, site: str, engine: Engine) -> None:
    """Chips with an x, and a search that adds."""
    with engine.connect() as connection:
        product = connection.execute(
            sa.select(product_tags.c.product_id)
            .join(Product, Product.id == product_tags.c.product_id)
            .where(Product.deleted_at.is_(None))
            .limit(1)
        ).scalar_one()
        had = set(
            connection.execute(
                sa.select(product_tags.c.tag_id).where(product_tags.c.product_id == product)
            ).scalars()
        )
        fresh = connection.execute(sa.select(Tag.id, Tag.name).where(Tag.id.not_in(had)).limit(1)).one()
    page.goto(f"{site}/products/{product}/change/")
    field = page.locator("[data-field=tags]")
    expect(field.locator(".wa-chip")).to_have_count(len(had))
    field.get_by_role("combobox").press_sequentially(fresh.name)
    field.get_by_role("option", name=fresh.name, exact=True).click()
    expect(field.locator(".wa-chip")).to_have_count(len(had) + 1)
    field.locator(".wa-chip__x").first.click()
    page.keyboard.press("Control+s")
    expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    with engine.connect() as connection:
        now = set(
            connection.execute(
                sa.select(product_tags.c.tag_id).where(product_tags.c.product_id == product)
            ).scalars()
        )
    assert fresh.id in now
    assert len(now) == len(had)


def test_documents_and_arrays(
    page: Page, site: str, make_order: Callable[..., int], stored: Callable[[int], Any]
) -> None:
    """A document says where it is broken while one types and can be formatted; members of an array are chips."""
    id = make_order()
    page.goto(f"{site}/orders/{id}/change/")
    document = field(page, "Metadata")
    document.fill('{"gift": tru}')
    expect(page.locator("[data-json-message]")).to_contain_text("Line 1")
    document.fill('{"gift":true}')
    expect(page.locator("[data-json-message]")).to_be_empty()
    page.get_by_role("button", name="Format").click()
    expect(document).to_have_value('{\n  "gift": true\n}')
    tags = field(page, "Tags").last
    tags.fill("fragile")
    tags.press("Enter")
    tags.fill("gift")
    tags.press("Tab")
    page.keyboard.press("Control+s")
    expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    assert stored(id).metadata == {"gift": True}
    assert stored(id).tags == ["fragile", "gift"]


def test_unsaved_changes_are_not_lost_by_accident(
    page: Page, site: str, make_order: Callable[..., int]
) -> None:
    """Leaving with changes asks first; without, or when saving, it does not."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    id = make_order()
    page.goto(f"{site}/orders/{id}/change/")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(re.compile(rf"/orders/{id}/$"))
    assert asked == []
    page.goto(f"{site}/orders/{id}/change/")
    field(page, "Note").fill("Not yet saved")
    page.get_by_role("link", name="Home").first.click(no_wait_after=True)
    expect(field(page, "Note")).to_have_value("Not yet saved")
    page.wait_for_timeout(200)
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save and keep editing").click()
    expect(page.locator(".wa-toast").first).to_contain_text("was saved")
    assert asked == ["beforeunload"]


def test_a_new_order_and_its_line(page: Page, site: str, engine: Engine) -> None:
    """Created from the list; "Add" on its page starts a line that knows its order."""
    customer = _customer(engine)
    page.goto(f"{site}/orders/")
    page.get_by_role("link", name="New order").click()
    box = page.get_by_role("combobox", name="Customer")
    box.press_sequentially(customer.email)
    page.get_by_role("option", name=customer.email).click()
    field(page, "Recipient").fill("Made in a browser")
    page.get_by_role("button", name="Save", exact=False).first.click()
    page.locator(".wa-toast").get_by_role("link", name="Open").click()
    number = page.get_by_role("heading", level=1).inner_text()
    with engine.connect() as connection:
        row = connection.execute(sa.select(Order.id, Order.customer_id).where(Order.number == number)).one()
    assert row.customer_id == customer.id
    page.locator("[data-related=lines]").get_by_role("link", name="Add").click()
    expect(page.get_by_role("combobox", name="Order")).to_have_value(number)
    product = page.get_by_role("combobox", name="Product")
    product.click()
    page.locator("[role=option][data-value]").first.click()
    field(page, "Position").fill("1")
    field(page, "Unit price").fill("4.50")
    page.get_by_role("button", name="Save", exact=False).first.click()
    expect(page.locator(".wa-toast").first).to_contain_text("was created")
    page.goto(f"{site}/orders/{row.id}/")
    expect(page.locator("[data-related=lines] tbody tr")).to_have_count(1)
