"""Every kind of filter at every address that takes a list's query string."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
import wtforms
from starlette.testclient import TestClient

import webadmin
from tests.views.conftest import Admin
from webadmin import Filter
from webadmin.demo.models import Order

QUERIES = (
    "meta.source=newsletter", "meta.source.not=newsletter&meta.source.null=false", "meta.source.contains=news",
    "delay=any", "delay=none&q=gift", "note.search=delivery", "tags.empty=true", "note.empty=false&deleted=show",
    "where=meta.source:fair|delay:week", "where=note.search:%22gift+box%22;tags.empty:false",
)  # fmt: skip
PLACES = (
    "/orders/", "/orders/rows", "/orders/explain/", "/orders/summary/", "/orders/facets/status/", "/orders/facets/placed_at/",
    "/orders/count/",
)  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_everywhere(reader: Admin, query: str) -> None:
    """The list, its rows, plans, summaries and counts answer, and agree on the number of rows."""
    for place in PLACES:
        reader.get(f"{place}?{query}")
    for more in ("sort=total", "latest_per=customer", "top=2&per=meta.source", "page=last"):
        reader.get(f"/orders/?{query}&{more}")


def test_groups_by_values_in_json(reader: Admin) -> None:
    """Rows are grouped by a path like by a column."""
    page = reader.get("/orders/summary/?group=meta.source&measure=sum.total")
    assert len(page.css("#groups tbody tr, table tbody tr")) > 3
    listed = reader.get("/orders/?latest_per=meta.source&per_page=50")
    sources = "SELECT count(DISTINCT {}) FROM orders WHERE deleted_at IS NULL"
    on_pg = reader.engine.dialect.name == "postgresql"
    path = (
        "coalesce(metadata ->> 'source', '')" if on_pg else "coalesce(json_extract(metadata, '$.source'), '')"
    )
    assert listed.count() == reader.value(sa.text(sources.format(path)))


class Above(Filter):
    field = wtforms.DecimalField()

    def condition(self, value: Decimal, user: webadmin.User) -> sa.ColumnElement[bool]:
        return Order.total > value


class Since(Filter):
    type = datetime

    def condition(self, value: datetime, user: webadmin.User) -> sa.ColumnElement[bool]:
        return Order.placed_at >= value


class Numbers(wtforms.Form):
    total__gte = wtforms.DecimalField()
    id = wtforms.IntegerField()


@pytest.fixture
def odd(reader: Admin) -> Admin:
    view = type(
        "View",
        (webadmin.ModelView,),
        {"model": Order, "column_filters": [Above, Since, Numbers, "meta.weight"]},
    )
    admin = webadmin.Admin(reader.engine, time_zone="Pacific/Kiritimati")
    admin.add_view(view)
    return Admin(TestClient(admin, base_url="http://127.0.0.1", raise_server_exceptions=False), reader.engine)


@pytest.mark.parametrize(
    "query",
    [
        "above=1e999999999", "above=NaN", "above=Infinity", "above=%F0%9F%98%80", "since=0001-01-01", "since=9999-12-31T23:59:59-23:00",
        "total.gte=1e999999999", "total.gte=NaN", "total.gte=-1e-999999999", f"id={'9' * 900}", "id=99999999999999999999",
        "meta.weight.gte=1e999", "meta.weight.lt=NaN", "meta.weight=" + "%22" * 200, "meta.weight=%7B%22a%22:", "meta.weight=%5C",
        "meta.weight=null", "meta.weight.gte=" + "9" * 200, "where=above:NaN|id:x",
    ],
)  # fmt: skip
def test_odd_values(odd: Admin, query: str) -> None:
    """Whatever is asked is a list or a plain sentence."""
    answer = odd.client.get(f"/orders/?{query}")
    assert answer.status_code in {200, 400}, json.dumps(answer.text[-3000:])
