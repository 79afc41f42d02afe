"""Saved views that are shared with others."""

from __future__ import annotations

from collections.abc import Callable

from tests.views.saved.conftest import Person, tabs


def test_a_shared_view_is_everybodys(ada: Person, bob: Person) -> None:
    """Whoever may see the list sees it, whose it is, and may put it first or open the list with it."""
    id = tabs(ada.save("status=paid", "Paid", shared="1"))["Paid"]
    own = tabs(bob.save("status=sent", "Mine"))["Mine"]
    assert bob.views() == {"Paid": id, "Mine": own}
    assert bob.get("/orders/").one(f"#view-{id}").get("title") == "shared by Ada"
    bob.press(own, "up")
    bob.press(id, "default")
    assert list(bob.views()) == ["Mine", "Paid"]
    assert bob.get("/orders/").chips() == ["Status Paid"]
    assert ada.get("/orders/").chips() == []
    ada.press(id, "unshare")
    assert bob.views() == {"Mine": own}
    assert bob.get("/orders/").chips() == []


def test_only_who_may_shares(ada: Person, bob: Person) -> None:
    """Without the right there is no box to tick, and ticking it is refused."""
    page = bob.get("/orders/?status=paid")
    assert not page.css("#save-view [name=shared]")
    bob.post(page.action("/views/"), page.form("/views/") | {"name": "x", "shared": "1"}, 403)
    id = tabs(bob.save("status=paid", "Mine"))["Mine"]
    assert not bob.get("/orders/views/").css("button[value=share]")
    bob.press(id, "share", 403)
    assert ada.views() == {}


def test_a_right_to_share(person: Callable[..., Person], ada: Person) -> None:
    """``share_views`` of the list is enough to share, and to change what others share."""
    id = tabs(ada.save("status=paid", "Paid", shared="1"))["Paid"]
    cat = person("Cat", "orders.view orders.share_views")
    cat.press(id, "rename", name="Paid orders")
    assert ada.views() == {"Paid orders": id}
    own = tabs(cat.save("status=sent", "Sent", shared="1"))["Sent"]
    assert ada.views() == {"Paid orders": id, "Sent": own}
    dan = person("Dan", "orders.view products.share_views")
    dan.press(own, "rename", 403, name="x")


def test_without_tables_nothing_is_shared(guest: Person) -> None:
    """It is said where views are kept, and nobody can share there."""
    page = guest.get("/orders/?status=paid")
    assert not page.css("#save-view [name=shared]")
    assert page.text("#save-view .wa-help") == "It is kept in this browser only."
    guest.post(page.action("/views/"), page.form("/views/") | {"name": "x", "shared": "1"}, 403)
    id = tabs(guest.save("status=paid", "Paid"))["Paid"]
    guest.press(id, "share", 403)
    assert guest.get("/orders/views/").css("main .wa-note")
