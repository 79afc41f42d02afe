"""Many rows at once in the browser: all that match, the look before, a long change that is given up."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.plugins.databases import BOTH
from webadmin import Admin, ModelView, action
from webadmin.demo.models import Order, OrderStatus

ROWS = 300
PACE = {"seconds": 0.02}
"""How long each of them takes."""


class Base(DeclarativeBase):
    pass


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="new")


class LetterView(ModelView, model=Letter):
    @action(on="row")
    def send(self, letter: Letter, request: Any) -> None:
        time.sleep(PACE["seconds"])
        letter.state = "sent"


IMPATIENT = """rows => new MutationObserver((_, observer) => {
    if (!document.querySelector("[data-running-place]").textContent.includes(`of ${rows} letters`)) return;
    observer.disconnect();
    document.querySelector("[data-running-stop]").click();
}).observe(document.querySelector("[data-running-place]"), { childList: true, subtree: true })"""
"""Cancels as soon as it is said how far the change is: while an answer is waited for, Playwright does nothing in a page."""


def test_all_that_match_are_edited_and_a_row_has_its_menu(
    page: Page, site: str, engine: Engine, axe: Callable[[Page], list[str]]
) -> None:
    """The bar says how many are chosen; the page shows what would happen, then does it. The menu of a row has what fits it."""
    page.goto(f"{site}/orders/?status=delivered&per_page=10")
    page.locator("[data-select]").first.check()
    everything = page.locator("[data-bulk-all]")
    everything.check()
    total = page.locator("#count [data-count]").get_attribute("data-count")
    expect(page.locator("[data-bulk-count]")).to_have_text(str(total))
    page.locator("[data-select]").nth(2).uncheck()
    expect(everything).not_to_be_checked()
    everything.check()
    page.locator("#bulk").get_by_role("button", name="Edit…").click()
    value = page.locator('[name="with-status"]')
    expect(value).to_be_hidden()
    page.get_by_label("Status").first.select_option("Set to")
    value.select_option("Packed")
    page.get_by_role("button", name="See what would happen").click()
    expect(page.locator("#samples tbody tr").first).to_contain_text("Delivered → Packed")
    assert axe(page) == []
    page.get_by_role("button", name=f"Change {total} orders").click()
    expect(page.locator(".wa-toast").first).to_contain_text(f"{total} orders were changed.")
    with engine.connect() as connection:
        left = sa.select(sa.func.count()).where(
            Order.status == OrderStatus.DELIVERED, Order.deleted_at.is_(None)
        )
        assert connection.execute(left).scalar() == 0
    page.goto(f"{site}/orders/?status=packed")
    page.locator(".wa-menu--row summary").first.click()
    menu = page.locator(".wa-menu--row[open]")
    expect(menu.get_by_role("button")).to_have_text(["Postpone", "Mark as sent"])
    assert axe(page) == []
    menu.get_by_role("button", name="Postpone").click()
    page.get_by_label("Days").fill("3")
    page.locator("#form").get_by_role("button", name="Postpone").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        ["Orders", "Postpone"][page.locator("#left-out").count()]
    )


@pytest.mark.parametrize("which", BOTH)
def test_a_long_change_says_how_far_it_is_and_is_given_up(
    request: pytest.FixtureRequest,
    page: Page,
    live: Callable[[Any], str],
    monkeypatch: pytest.MonkeyPatch,
    which: str,
) -> None:
    """Cancelling it rolls everything back; done again without, it is done."""
    database: Engine = request.getfixturevalue("pg_engine" if which == "postgresql" else "sqlite_engine")
    Base.metadata.create_all(database)
    with Session(database) as session, session.begin():
        session.execute(sa.insert(Letter), [{"id": n} for n in range(1, ROWS + 1)])
    admin = Admin(database)
    admin.add_view(LetterView)
    page.goto(f"{live(admin)}/letters/")
    page.locator("[data-select]").first.check()
    page.locator("[data-bulk-all]").check()
    page.locator("#bulk").get_by_role("button", name="Send").click()
    button = page.locator("#form").get_by_role("button", name="Send")
    expect(button).to_be_visible()
    page.evaluate(IMPATIENT, ROWS)
    button.click()
    expect(page.locator("[data-running-place]")).to_contain_text("It was cancelled, and nothing was changed.")
    sent = sa.select(sa.func.count()).where(Letter.state == "sent")
    with database.connect() as connection:
        assert connection.execute(sent).scalar() == 0
    expect(button).to_be_enabled()
    monkeypatch.setitem(PACE, "seconds", 0)
    button.click()
    expect(page.locator(".wa-toast").first).to_contain_text(f"Send: {ROWS} letters.")
    with database.connect() as connection:
        assert connection.execute(sent).scalar() == ROWS
