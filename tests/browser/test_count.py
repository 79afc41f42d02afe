"""Counting exactly beside an estimate, and giving it up."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.exc import DBAPIError

from webadmin.listing import counts
from webadmin.views import count as count_view


@pytest.fixture
def estimating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are estimated although they are short."""
    for limit, value in {"SMALL": 20, "CAP": 20, "CHEAP": 0}.items():
        monkeypatch.setattr(counts, limit, value)


def test_the_exact_number_takes_the_estimate_s_place(page: Page, site: str, estimating: None) -> None:
    """A click counts, and the number says that it is exact; the address stays."""
    page.goto(f"{site}/orders/?total.gte=1")
    expect(page.locator("#count [data-count]")).to_have_attribute("data-exact", "false")
    page.click("#count-exactly")
    expect(page.locator("#count [data-count]")).to_have_attribute("data-exact", "true")
    assert page.url.endswith("/orders/?total.gte=1")


def test_a_count_is_given_up(
    page: Page, site: str, estimating: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancel is there while the count runs, leaves the estimate, and ends the statement in the database."""
    ended = threading.Event()

    def slow(context: Any, *_rest: Any) -> None:
        try:
            context.session.execute(sa.text("SELECT pg_sleep(300)"))
        except DBAPIError:
            ended.set()
            raise

    monkeypatch.setattr(count_view, "count_all", slow)
    page.goto(f"{site}/orders/?total.gte=2")
    cancel = page.locator("#count").get_by_role("button", name="Cancel")
    expect(cancel).to_be_hidden()
    page.click("#count-exactly")
    expect(cancel).to_be_visible()
    cancel.click()
    expect(cancel).to_be_hidden()
    expect(page.locator("#count-exactly")).to_be_visible()
    expect(page.locator("#count [data-count]")).to_have_attribute("data-exact", "false")
    assert ended.wait(5)
    expect(page.locator(".wa-toast")).to_have_count(0)
