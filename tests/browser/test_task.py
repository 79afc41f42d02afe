"""A question that staff have, from the list to a link in a mail: by mouse, and by keyboard alone.

"Last month's unpaid orders over 500, of customers in Germany, without lines."
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.requests import Request

from tests.browser.conftest import ids
from tests.plugins.web import served
from webadmin import User
from webadmin.auth.identity import HostIdentity
from webadmin.demo.app import build
from webadmin.demo.models import Customer, Order, OrderLine, OrderStatus
from webadmin.demo.saved_views import prepare

NAME = "Germany, no lines"


def _last_month() -> tuple[dt.datetime, dt.datetime]:
    until = dt.datetime.now(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (until - dt.timedelta(days=1)).replace(day=1), until


@pytest.fixture(scope="module")
def shop(engine: Engine) -> Iterator[str]:
    """Addresses of an admin where two people come in, each named by a header."""
    prepare(engine)

    def who(request: Request) -> User | None:
        name = request.headers.get("x-person", "Ada")
        return User(name, id=name)

    with served(build(engine, login=HostIdentity(who))) as address:
        yield f"{address}/admin"


@pytest.fixture(scope="module")
def answer(engine: Engine) -> list[str]:
    """The ids of the orders that the question is about, the latest first; each condition has an order that fails it alone."""
    start, until = _last_month()
    middle = start + dt.timedelta(days=14)
    right: dict[str, Any] = {
        "status": OrderStatus.PENDING,
        "total": 640,
        "placed_at": middle,
        "tags": [],
        "meta": {},
    }
    with Session(engine) as session, session.begin():
        people = {
            code: session.scalars(
                sa.select(Customer.id).where(Customer.country == code, Customer.deleted_at.is_(None))
            ).first()
            for code in ("DE", "FR")
        }
        wrong: tuple[dict[str, Any], ...] = (
            {"status": OrderStatus.PAID},
            {"total": 499},
            {"placed_at": until + dt.timedelta(minutes=1)},
            {"customer_id": people["FR"]},
            {"deleted_at": until},
            {},
            {},
        )
        made = [
            Order(number=f"Q-{at:03}", **{"customer_id": people["DE"], **right, **values})
            for at, values in enumerate(wrong)
        ]
        with_lines = Order(number="Q-100", customer_id=people["DE"], **right)
        with_lines.lines.append(OrderLine(position=1, product_id=1, quantity=1, unit_price=640))
        session.add_all([*made, with_lines])
        session.flush()
        found = session.scalars(
            sa.select(Order.id)
            .join(Order.customer)
            .where(
                Order.status == OrderStatus.PENDING,
                Order.placed_at >= start,
                Order.placed_at < until,
                Order.total >= 500,
                Customer.country == "DE",
                ~Order.lines.any(),
                Order.deleted_at.is_(None),
            )
            .order_by(Order.placed_at.desc(), Order.id.desc())
        ).all()
        assert {made[-1].id, made[-2].id} <= set(found)
    return [str(id) for id in found]


class Person:
    """Counts what somebody does."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def click(self, target: Locator) -> None:
        self.actions += 1
        target.click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.actions += 1
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """A word counts once."""
        self.actions += 1
        self.page.keyboard.type(text)

    def sees(self, chips: int) -> None:
        expect(self.page.locator(".wa-chip")).to_have_count(chips)


def _opens_the_link(open_page: Callable[..., Any], link: str, answer: list[str]) -> None:
    with open_page(extra_http_headers={"X-Person": "Bea"}) as page:
        page.goto(link)
        assert ids(page) == answer


def test_by_mouse(open_page: Callable[..., Any], shop: str, answer: list[str]) -> None:
    """A dozen clicks and two words; the view is shared, and its link shows a colleague the same rows."""
    with open_page(permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"{shop}/")
        person, filters = Person(page), page.locator("#filters")
        person.click(page.get_by_role("link", name="Orders", exact=True).first)
        page.wait_for_url("**/orders/", wait_until="load")
        person.click(filters.get_by_label("Pending"))
        person.sees(1)
        person.click(filters.get_by_role("link", name="Last month").first)
        person.sees(2)
        person.click(filters.get_by_role("group", name="Total").get_by_label("From"))
        person.type("500")
        person.press("Enter")
        person.sees(3)
        person.actions += 1
        country = filters.get_by_role("group", name="Customer's country")
        country.get_by_role("combobox").select_option(label="Germany")
        person.sees(4)
        person.actions += 1
        filters.get_by_role("group", name="Lines").get_by_label("Lines").select_option(label="None")
        person.sees(5)
        assert ids(page) == answer
        person.click(page.get_by_role("button", name="Copy link"))
        copied = page.evaluate("navigator.clipboard.readText()")
        person.click(page.get_by_text("Save view"))
        expect(page.get_by_label("Name of the new view")).to_be_focused()
        person.type(NAME)
        person.click(page.get_by_label("Share with everybody"))
        person.click(page.get_by_role("button", name="Save as a new view"))
        expect(page.locator(".wa-tab[aria-current=page]")).to_contain_text(NAME)
        assert ids(page) == answer
        assert person.actions <= 16
        saved = page.url
    _opens_the_link(open_page, saved, answer)
    _opens_the_link(open_page, copied, answer)


def test_by_keyboard_alone(open_page: Callable[..., Any], shop: str, answer: list[str]) -> None:
    """f and a filter's name lead to it, Enter into it; s saves; nothing needs the mouse, and the focus is never lost."""
    with open_page() as page:
        page.goto(f"{shop}/")
        person = Person(page)
        person.press("Control+k")
        person.type("Orders")
        person.press("Enter")
        page.wait_for_url("**/orders/", wait_until="load")
        person.press("f")
        person.type("status")
        person.press("Enter", "Space")  # Pending is the first
        person.sees(1)
        expect(page.get_by_label("Pending")).to_be_focused()
        person.press("f")
        person.type("placed")
        person.press("Enter", *["Tab"] * 4, "Enter")
        person.sees(2)
        expect(page.get_by_role("link", name="Last month").first).to_be_focused()
        person.press("f")
        person.type("total")
        person.press("Enter")
        person.type("500")
        person.press("Enter")
        person.sees(3)
        person.press("Escape", "f")
        person.type("country")
        person.press("Enter")
        person.type("Ger")
        person.sees(4)
        person.press("Escape", "f")
        person.type("lines")
        person.press("Enter")
        person.type("None")
        person.sees(5)
        assert ids(page) == answer
        person.press("Escape", "s")
        expect(page.get_by_label("Name of the new view")).to_be_focused()
        person.type(f"{NAME}, by keys")
        person.press("Tab", "Tab", "Space", "Enter")
        expect(page.locator(".wa-tab[aria-current=page]")).to_contain_text("by keys")
        assert ids(page) == answer
        assert person.actions <= 40
        saved = page.url
    assert re.search(r"[?&]view=", saved)
    _opens_the_link(open_page, saved, answer)


def test_a_view_that_is_not_shared(open_page: Callable[..., Any], shop: str, answer: list[str]) -> None:
    """Its own link says to a colleague that there is nothing to see, and leads to the list; nothing of it is shown."""
    with open_page() as page:
        page.goto(f"{shop}/orders/?lines=none")
        page.keyboard.press("s")
        expect(page.get_by_label("Name of the new view")).to_be_focused()
        page.keyboard.type("Mine alone")
        page.keyboard.press("Enter")
        expect(page.locator(".wa-tab[aria-current=page]")).to_contain_text("Mine alone")
        saved = page.url
    with open_page(extra_http_headers={"X-Person": "Bea"}) as page:
        answered = page.request.get(saved)
        assert answered.status == 400
        assert "There is no such saved view" in answered.text()
        assert "Mine alone" not in answered.text()
