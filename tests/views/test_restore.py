"""Bringing one soft-deleted row back."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.pages import parse
from tests.views.conftest import Admin
from webadmin import Admin as Site
from webadmin import ModelView, User
from webadmin.demo.models import Order


def test_a_row_of_the_list_is_restored(admin: Admin) -> None:
    """The button of a deleted row brings it back among the living."""
    page = admin.get("/orders/?deleted=show&per_page=200")
    id = page.deleted_ids()[0]
    form = page.one(f'tr[data-id="{id}"] form')
    after = admin.post(
        form.get("action"), {field.get("name"): field.get("value") for field in form.cssselect("input")}
    )
    assert "was restored" in after.messages()[0]
    assert admin.value(sa.select(Order.deleted_at).where(Order.id == int(id))) is None


def test_the_list_comes_back_as_it_was(admin: Admin) -> None:
    """Restored from a list, one stays in that list, filters, page and all."""
    page = admin.get("/orders/?deleted=only&sort=total:asc")
    form = page.css("#results tbody form")[0]
    fields = {field.get("name"): field.get("value") for field in form.cssselect("input")}
    assert fields["_next"] == "/admin/orders/?deleted=only&sort=total:asc"
    after = admin.post(form.get("action"), fields)
    assert after.h1 == "Orders"
    assert after.count() == page.count() - 1


def test_from_its_own_page(admin: Admin) -> None:
    """The row's page offers it, and shows the living row then."""
    id = admin.get("/orders/?deleted=only").ids()[0]
    after = admin.confirm(admin.get(f"/orders/{id}/"), "restore/")
    assert after.one("h1").get("data-id") == id
    assert after.one("h1").get("data-deleted") is None


def test_a_living_row_stays(admin: Admin) -> None:
    """Restoring twice says that there was nothing to restore."""
    id = admin.get("/orders/").ids()[0]
    token = admin.get("/orders/").css("input[name=csrf_token]")[0].get("value")
    after = admin.post(f"/orders/{id}/restore/", {"csrf_token": token})
    assert "is not deleted" in after.messages()[0]


def test_a_live_row_in_the_way(admin: Admin) -> None:
    """Where a live row has the same unique value, nothing is restored: the page leads to that row, and takes another value."""
    id = admin.get("/orders/?deleted=only").ids()[0]
    number = admin.value(sa.select(Order.number).where(Order.id == int(id)))
    other = admin.get("/orders/").ids()[0]
    with admin.engine.begin() as connection:
        connection.execute(sa.update(Order).where(Order.id == int(other)).values(number=number))
    page = admin.get(f"/orders/{id}/")
    refused = admin.post(page.action("restore/"), page.form("restore/"), 409)
    assert number in refused.text("#in-the-way")
    assert f"/admin/orders/{other}/" in [link.get("href") for link in refused.css("#in-the-way a")]
    assert admin.value(sa.select(Order.deleted_at).where(Order.id == int(id))) is not None
    assert refused.form("form")["number"] == number
    again = admin.post(refused.action("form"), refused.form("form"), 409)  # the same value once more
    assert number in again.text("#in-the-way")
    wrong = admin.post(again.action("form"), again.form("form") | {"number": "x" * 17}, 422)
    assert "number" in wrong.errors()
    assert wrong.form("form")["number"] == "x" * 17
    after = admin.post(wrong.action("form"), wrong.form("form") | {"number": "A-NEW"})
    assert "A-NEW was restored." in after.messages()[0]
    row = sa.select(Order.number).where(Order.id == int(id), Order.deleted_at.is_(None))
    assert admin.value(row) == "A-NEW"


def test_no_other_value_on_the_way(admin: Admin) -> None:
    """What a restore changes on the way are fields of the form; anything else that is named there stays as it is."""
    id = admin.get("/orders/?deleted=only").ids()[0]
    page = admin.get(f"/orders/{id}/")
    fields = page.form("restore/") | {
        "_change": ["deleted_at", "search", "nothing"],
        "deleted_at": "2020-01-01",
    }
    admin.post(page.action("restore/"), fields)
    assert admin.value(sa.select(Order.deleted_at).where(Order.id == int(id))) is None


def test_it_never_leads_elsewhere(admin: Admin) -> None:
    """The address to go on to is one of this admin, whatever the form says."""
    page = admin.get("/orders/?deleted=only")
    form = page.css("#results tbody form")[0]
    fields = {field.get("name"): field.get("value") for field in form.cssselect("input")}
    answer = admin.client.post(
        form.get("action"), data=fields | {"_next": "https://example.com/"}, follow_redirects=False
    )
    assert answer.headers["location"].startswith("/admin/")


def test_it_asks_why_where_that_is_required(shop: Engine) -> None:
    """Where changes take a reason, a row comes back after the page has asked for it, and several rows too."""

    class Reasoned(ModelView, model=Order):
        change_reason = "required"

    site = Site(shop, identify=lambda request: User("Ada"))
    site.add_view(Reasoned)
    with TestClient(site, follow_redirects=False) as client:
        page = parse(client.get("/orders/?deleted=only").text)
        token, ids = {"csrf_token": page.form("bulk")["csrf_token"]}, page.ids()[:3]
        for address, fields in (
            (f"/orders/{ids[0]}/restore/", {}),
            ("/orders/actions/restore/", {"id": ids[1:]}),
        ):
            asked = client.post(address, data=token | fields)
            assert asked.status_code == 422
            again = parse(asked.text)
            assert "_reason" in again.errors()
            answer = client.post(again.action("form"), data=again.form("form") | {"_reason": "By mistake"})
            assert answer.status_code == 303
        left = parse(client.get("/orders/?deleted=only&per_page=200").text).ids()
        assert not set(ids) & set(left)
