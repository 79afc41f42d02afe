"""Numbers of rows for each value of a filter."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
import sqlalchemy as sa

from tests.views.conftest import Admin
from webadmin.demo.models import Order, OrderStatus

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_every_value_with_its_rows(reader: Admin) -> None:
    """Each value has the number of rows that it would leave beside the other filters, and leads to them."""
    page = reader.get("/orders/facets/status/?status=paid&total.gte=20")
    live = sa.select(sa.func.count()).select_from(Order).where(Order.deleted_at.is_(None), Order.total >= 20)
    found = {link.text_content(): link for link in page.css(".wa-counts a")}
    for status in OrderStatus:
        wanted = reader.value(live.where(Order.status == status))
        label = status.name.capitalize()
        assert (label in found) is bool(wanted)
        if wanted:
            item = found[label].getparent()
            assert int(item.cssselect("[data-rows]")[0].get("data-rows")) == wanted
            listed = reader.get(found[label].get("href"))
            assert listed.count() == wanted
            assert set(listed.column("status")) == {label}


def test_htmx_gets_the_values_alone(reader: Admin) -> None:
    """What htmx puts below the filter has no page around it."""
    part = reader.get("/orders/facets/status/", **PARTIAL)
    assert part.css(".wa-counts li")
    assert not part.css("main")


def test_dates_step_by_step(reader: Admin) -> None:
    """Years lead to their months, months to their days, each as one filter; a day has no more below it than itself."""
    page = reader.get("/orders/facets/placed_at/")
    seen, lengths = [], []
    for _step in range(3):
        link = page.css(".wa-counts a")[0]
        rows = int(link.getparent().cssselect("[data-rows]")[0].get("data-rows"))
        seen.append(rows)
        listed = reader.get(link.get("href"))
        assert listed.count() == rows
        assert len(listed.chips()) == 1
        lengths.append(len(dict(parse_qsl(link.get("href").partition("?")[2]))["placed_at"]))
        query = link.get("href").partition("?")[2]
        page = reader.get(f"/orders/facets/placed_at/?{query}")
    assert seen == sorted(seen, reverse=True)
    assert lengths == [4, 7, 10]


def test_the_filters_offer_it(reader: Admin) -> None:
    """The form has a link to the numbers at what can be counted, with the list's other parameters."""
    page = reader.get("/orders/?total.gte=20")
    links = [link.get("href") for link in page.css("#filters a[href*='/facets/']")]
    assert any(link.endswith("/orders/facets/status/?total.gte=20") for link in links)
    assert not any("/facets/total/" in link for link in links)


@pytest.mark.parametrize("name", ["search", "total", "nothing", "where"])
def test_what_is_not_counted(reader: Admin, name: str) -> None:
    """Only what the list may be filtered by and what makes groups is counted."""
    reader.get(f"/orders/facets/{name}/", 404)
