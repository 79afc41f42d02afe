"""Saved views: made, opened, changed, put in order, shared, deleted; with own tables and without."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.pages import query
from tests.views.saved.conftest import Person, current, tabs
from webadmin.database.own_tables.lists import saved_view
from webadmin.saved import rules
from webadmin.saved.rules import OWN


def test_a_list_is_saved_and_opened(owner: Person) -> None:
    """Under its name, the view shows what the list showed; its tab is marked."""
    before = owner.get("/orders/?status=paid&sort=total:desc")
    page = owner.save("status=paid&sort=total:desc", "Paid ones")
    assert page.messages() == ["The view “Paid ones” was saved."]
    assert current(page) == "Paid ones"
    assert page.ids() == before.ids()
    assert page.chips() == ["Status Paid"]
    id = tabs(page)["Paid ones"]
    assert owner.get(f"/orders/?view={id}").ids() == before.ids()
    assert current(owner.get("/orders/")) == "All"


def test_nothing_to_save(owner: Person) -> None:
    """The plain list without any views has no bar, and one that shows what its view holds has nothing to save."""
    assert not owner.get("/orders/").css(".wa-views, #save-view")
    assert not owner.save("status=paid", "Paid").css("#save-view")


def test_a_changed_view_is_marked_and_saved(owner: Person) -> None:
    """What was changed since is said, saved in the view or as another one."""
    id = tabs(owner.save("status=paid", "Paid"))["Paid"]
    page = owner.get(f"/orders/?status=paid&status=sent&view={id}")
    assert page.one(".wa-tab__dot").get("aria-label") == "changed, not saved"
    saved = owner.post(page.action(f"/views/{id}/"), page.form(f"/views/{id}/") | {"do": "save"})
    assert not saved.css(".wa-tab__dot")
    assert saved.chips() == ["Status Paid, Sent"]
    assert query(owner.get(f"/orders/?view={id}").links("thead a")["Total"]) == [
        ("status", "paid"), ("status", "sent"), ("sort", "total:asc"), ("view", id),
    ]  # fmt: skip


def test_a_view_can_be_left_empty(owner: Person) -> None:
    """Without its last filter it is the plain list, changed; not the view again."""
    id = tabs(owner.save("status=paid", "Paid"))["Paid"]
    page = owner.get(f"/orders/?view={id}")
    plain = owner.get("/orders/" + page.one(".wa-chip__x").get("href").partition("/orders/")[2])
    assert plain.chips() == []
    assert plain.css(".wa-tab__dot")
    assert plain.ids() == owner.get("/orders/").ids()


def test_other_addresses_know_it(owner: Person) -> None:
    """The rows alone, for a page of the host's own, and the plan follow the view when it is all that is named."""
    id = tabs(owner.save("status=paid&sort=total:desc&columns=number,status", "Paid"))["Paid"]
    listed = owner.get(f"/orders/?view={id}")
    rows = owner.get(f"/orders/rows?view={id}")
    assert rows.ids() == listed.ids()
    assert list(rows.table()[0]) == ["number", "status"]
    plain = owner.get(f"/orders/rows?view={id}&per_page=5")
    assert plain.ids() == owner.get("/orders/rows?per_page=5").ids()
    explained = owner.get(f"/orders/explain/?view={id}")
    assert "'paid'" in explained.text("#statements, main")


def test_a_refusal_leads_back(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be shared says why, with the way to the saved views."""
    id = tabs(ada.save("status=paid", "Paid"))["Paid"]
    monkeypatch.setattr(rules, "SHARED", 0)
    page = ada.press(id, "share", 422)
    assert page.links("main a")["Saved views"] == "/admin/orders/views/"


def test_a_view_of_these_days(owner: Person) -> None:
    """Days that move on are no change of it."""
    page = owner.save("placed_at.range=last-7-days&deleted=show", "Lately")
    assert not page.css(".wa-tab__dot")
    sorted_by = owner.get(page.links("thead a")["Total"])
    assert sorted_by.css(".wa-tab__dot")
    back = sorted_by.one("thead a#sort-total").get("href").replace("sort=total:desc&", "")
    assert not owner.get(back).css(".wa-tab__dot")


def test_page_size_and_columns_of_a_view(owner: Person) -> None:
    """They are a part of it where the address says them."""
    page = owner.save("status=paid&columns=total,number&per_page=10", "Narrow")
    assert list(page.table()[0]) == ["total", "number"]
    assert len(page.ids()) <= 10
    assert page.one("#page-size option[selected]").get("value") == "10"


def test_a_default_view(owner: Person) -> None:
    """It is what the bare address shows; the way out is a tab, and stays one while sorting and filtering."""
    id = tabs(owner.save("status=paid", "Paid", default="1"))["Paid"]
    page = owner.get("/orders/")
    assert (current(page), page.chips()) == ("Paid", ["Status Paid"])
    out = page.one("#view-none").get("href")
    assert out == "/admin/orders/?view=none"
    plain = owner.get("/orders/?view=none")
    assert (current(plain), plain.chips()) == ("All", [])
    sort = plain.links("thead a")["Total"]
    assert query(sort) == [("sort", "total:asc"), ("view", "none")]
    narrowed = owner.get("/orders/?status=sent")
    assert current(narrowed) == "All"
    assert query(narrowed.links()["Clear all"]) == [("view", "none")]
    owner.press(id, "no-default")
    assert owner.get("/orders/").chips() == []


def test_views_are_called_otherwise(owner: Person) -> None:
    """By any name in any script, as text."""
    id = tabs(owner.save("status=paid", "Paid"))["Paid"]
    for name in ('<b>&amp; "x"</b>', "سفارش‌های پرداخت‌شده", "支払い済み 🧾", "a" * 60):
        page = owner.press(id, "rename", name=f"  {name} ")
        assert page.texts(".wa-viewlist h2") == [name]
        assert tabs(owner.get("/orders/")) == {name: id}


def test_names_that_are_none(owner: Person) -> None:
    """Empty, too long, unreadable or taken: said at the field, with what was typed, and nothing is lost."""
    names = ("", "   ", "a" * 61, "a\u202eb", "nul\x00", "Sent ", "sENT")
    owner.save("status=sent", "Sent")
    page = owner.get("/orders/?status=paid&total.gte=5")
    for name in names:
        fields = page.form("/views/") | {"name": name, "default": "1"}
        refused = owner.post(page.action("/views/"), fields, 422)
        assert set(refused.errors()) == {"name"}, name
        form = refused.form("new")
        assert (form["query"], form["default"]) == ("status=paid&total.gte=5", "1"), name
        assert list(owner.views()) == ["Sent"], name
    saved = owner.post(refused.action("new"), form | {"name": "Large"})
    assert list(tabs(saved)) == ["Sent", "Large"]
    for name in names:
        refused = owner.press(tabs(saved)["Large"], "rename", 422, name=name)
        assert set(refused.errors()) == {"name"}, name
        assert list(owner.views()) == ["Sent", "Large"], name


def test_order(owner: Person) -> None:
    """Views are moved up and down; at the ends nothing happens."""
    for name in ("One", "Two", "Three"):
        page = owner.save("status=paid", name)
    ids = tabs(page)
    owner.press(ids["Three"], "up")
    assert list(owner.views()) == ["One", "Three", "Two"]
    owner.press(ids["One"], "up")
    owner.press(ids["Two"], "down")
    owner.press(ids["One"], "down")
    assert list(owner.views()) == ["Three", "One", "Two"]


def test_a_deleted_view(owner: Person) -> None:
    """It is gone, also as the default; its address says so and leads to the list."""
    id = tabs(owner.save("status=paid", "Paid", default="1"))["Paid"]
    assert owner.press(id, "delete").h1 == "Saved views of Orders"
    assert owner.get("/orders/").chips() == []
    page = owner.get(f"/orders/?view={id}", 400)
    assert page.links("main a")["Show the list"] == "/admin/orders/?view=none"
    assert owner.get(f"/orders/?view={id}&status=paid").chips() == ["Status Paid"]
    owner.press(id, "rename", 404, name="x")


def test_a_button_that_does_not_exist(owner: Person) -> None:
    id = tabs(owner.save("status=paid", "Paid"))["Paid"]
    owner.press(id, "explode", 422)
    owner.press(id, "", 422)


def test_a_list_that_is_wrong_cannot_be_saved(owner: Person) -> None:
    """What is sent as a query string is read like an address."""
    owner.post("/orders/views/", {"csrf_token": owner.token, "name": "x", "query": "nope=1"}, 400)
    owner.post("/orders/views/", {"csrf_token": owner.token, "name": "x", "query": "total.gte=lots"}, 400)
    page = owner.post(
        "/orders/views/", {"csrf_token": owner.token, "name": "x", "query": "page=3&_next=/x&view=none&q="}
    )
    assert page.chips() == []
    assert owner.views()


def test_sizes(owner: Person) -> None:
    """A view holds so much and no more."""
    long = "&".join(f"note.contains={number}{'x' * 900}" for number in range(6))
    page = owner.post("/orders/views/", {"csrf_token": owner.token, "name": "x", "query": long}, 422)
    assert page.errors()
    assert not owner.views()


def test_number_of_views(ada: Person) -> None:
    """One person has so many of one list and no more."""
    for number in range(OWN):
        ada.post("/orders/views/", {"csrf_token": ada.token, "name": f"v{number}", "query": "status=paid"})
    page = ada.post("/orders/views/", {"csrf_token": ada.token, "name": "more", "query": ""}, 422)
    assert page.errors()["name"].startswith(f"You have saved {OWN} views of this list")
    ada.post("/products/views/", {"csrf_token": ada.token, "name": "other list", "query": ""})


def test_the_cookie_is_full(guest: Person) -> None:
    """It is said when the browser can keep no more; what is there stays, and the session too."""
    made = 0
    for number in range(OWN):
        fields = {
            "csrf_token": guest.token,
            "name": f"v{number}",
            "query": f"note.contains={'ä' * 40}{number}",
        }
        answer = guest.client.post("/admin/orders/views/", data=fields, follow_redirects=False)
        if answer.status_code != 303:
            break
        made += 1
        assert max(len(value) for value in guest.client.cookies.values()) < 4000
    assert answer.status_code == 422
    assert made > 5
    assert len(guest.views()) == made
    guest.press(next(iter(guest.views().values())), "delete")
    assert len(guest.views()) == made - 1


# -- sharing -----------------------------------------------------------------------------------------------


def test_where_it_is_not_said(ada: Person) -> None:
    """With the tables there is nothing to say about where views are kept."""
    assert not ada.get("/orders/?status=paid").css("#save-view .wa-help")
    assert not ada.get("/orders/views/").css("main .wa-note")


# -- views of a list that has changed --------------------------------------------------------------------


def test_a_view_of_what_is_no_more(ada: Person, shop: Engine) -> None:
    """A page that says which view it is and what is wrong, with a link to the rest, which mends it; also as the default."""
    id = tabs(ada.save("status=paid", "Old", default="1"))["Old"]
    for broken in (
        "gone=1",
        "status=paid&columns=gone,number",
        "sort=gone:asc",
        "total.gte=lots",
        "status=nope",
    ):
        with shop.begin() as connection:
            connection.execute(sa.update(saved_view).values(query=broken))
        ada.client.cookies.clear()
        ada.press(id, "default")
        for path in (f"/orders/?view={id}", "/orders/"):
            page = ada.get(path, 400)
            assert page.h1 == "That address does not work"
            assert "“Old”" in page.text("main")
        left = ada.get(page.links("main a")["Show the list without it"])
        assert left.css(".wa-tab__dot")
        assert ada.get("/orders/views/").css(f"#line-{id} .wa-note")
        ada.get("/orders/views/counts/")
        ada.post(left.action(f"/views/{id}/"), left.form(f"/views/{id}/") | {"do": "save"})
        assert current(ada.get("/orders/")) == "Old"
        assert not ada.get("/orders/views/").css(f"#line-{id} .wa-note")
