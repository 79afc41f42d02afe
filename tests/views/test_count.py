"""Counting exactly, because somebody asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.views.conftest import Admin
from webadmin.demo.models import Order, OrderStatus
from webadmin.listing import counts
from webadmin.views import count as count_view

LIVE = sa.select(sa.func.count()).select_from(Order).where(Order.deleted_at.is_(None))


def test_the_list_of_the_query_string_is_counted(reader: Admin) -> None:
    """The page says how many rows the list has with its filters, and leads back to it."""
    page = reader.get("/orders/count/?status=paid")
    assert page.one("[data-count]").get("data-exact") == "true"
    paid = LIVE.where(Order.status == OrderStatus.PAID)
    assert int(page.one("[data-count]").get("data-count")) == reader.value(paid)
    assert page.h1 == "Orders"
    back = reader.get(page.one("main .wa-btn").get("href"))
    assert back.count() == reader.value(paid)


def test_htmx_gets_the_number_alone(reader: Admin) -> None:
    """What htmx swaps in has the number and no page around it."""
    part = reader.get("/orders/count/", **{"HX-Request": "true", "HX-Target": "count"})
    assert int(part.one("[data-count]").get("data-count")) == reader.value(LIVE)
    assert not part.css("main")


def test_the_list_offers_it_where_it_estimates(
    readers: Callable[[str], Admin], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list with an exact total has no link to count; one with an estimate has."""
    reader = readers("postgresql")
    assert not reader.get("/orders/").css("#count a")
    for limit, value in {"SMALL": 20, "CAP": 20, "CHEAP": 0}.items():
        monkeypatch.setattr(counts, limit, value)
    page = reader.get("/orders/?total.gte=1")
    assert not page.exact()
    link = page.one("#count a")
    assert link.get("hx-target") == "#count"
    assert reader.get(link.get("href")).one("[data-count]").get("data-exact") == "true"


def test_too_long_says_so(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    """When counting takes too long the page says so and offers to try again."""
    monkeypatch.setattr(count_view, "count_all", lambda *_given: None)
    page = admin.get("/orders/count/?status=paid")
    assert not page.css("[data-count]")
    assert page.text("#count [role=status]") == "not counted within 10 seconds"
    assert page.one("#count a").get("href").endswith("/orders/count/?status=paid")


def test_wrong_filters_are_refused(reader: Admin) -> None:
    """It takes the list's parameters and no others."""
    reader.get("/orders/count/?colour=red", 400)
