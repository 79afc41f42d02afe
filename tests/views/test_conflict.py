"""Two people who edit one row over HTTP: the page that asks, and the one of a row that is gone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests import bridge
from tests.pages import Page, parse
from tests.test_routes import TrashableView, grants_of
from tests.views.conftest import Admin
from webadmin import Admin as Site
from webadmin.database.own_tables.changes import change
from webadmin.database.own_tables.migrate import upgrade
from webadmin.demo.models import Order, OrderStatus, Tag


def _order(admin: Admin) -> int:
    found: int = admin.value(
        sa.select(Order.id).where(
            Order.deleted_at.is_(None),
            Order.customer_id.is_not(None),
            Order.status == OrderStatus.PAID,
        )
    )
    return found


def _set(admin: Admin, model: type, id: int, **values: Any) -> None:
    with admin.engine.begin() as connection:
        table = sa.inspect(model).local_table
        connection.execute(sa.update(table).where(table.c.id == id).values(values))


def _stored(admin: Admin, id: int, *names: str) -> tuple[Any, ...]:
    with admin.engine.connect() as connection:
        columns = [getattr(Order, name) for name in names]
        return tuple(connection.execute(sa.select(*columns).where(Order.id == id)).one())


def _merge(page: Page) -> dict[str, tuple[str, str, str]]:
    """Base, theirs and mine by field."""
    return {
        row.get("data-merge"): tuple(parse_side(row, side) for side in ("base", "theirs", "mine"))  # type: ignore[misc]
        for row in page.css("[data-merge]")
    }


def parse_side(row: Any, side: str) -> str:
    (cell,) = row.cssselect(f'[data-side="{side}"]')
    return " ".join(cell.text_content().split())


def test_pain_25_lost_edits(admin: Admin) -> None:
    """Two forms of one order: the second to be saved is shown base, theirs and mine of what both changed, merges the rest,
    keeps everything typed, and is saved in one go with the choice."""
    id = _order(admin)
    mine = admin.get(f"/orders/{id}/change/")
    theirs = admin.get(f"/orders/{id}/change/")
    admin.confirm(theirs, status="sent", recipient="Theirs", note="Left at the door")
    typed = mine.form() | {
        "status": "pending",
        "note": "Ring twice",
        "due_on": "2031-01-02",
        "total": "77.50",
    }
    again = admin.post(mine.action(), typed, 409)
    assert again.h1.startswith("Edit A-")
    merge = _merge(again)
    assert merge["status"] == ("Paid", "Sent", "Pending")
    assert merge["recipient"][1:] == ("Theirs kept", "not changed")
    assert merge["due_on"][2] == "Jan 2, 2031 kept"
    assert set(merge) == {"status", "note", "due_on", "total", "recipient"}
    assert not again.css("[data-merge=due_on] input")
    sent = again.form()
    assert {name: sent[name] for name in ("status", "note", "due_on", "total")} == {
        name: typed[name] for name in ("status", "note", "due_on", "total")
    }
    assert sent["recipient"] == "Theirs"
    assert not [name for name in sent if name.startswith("_keep")], "nothing is chosen beforehand"
    assert _stored(admin, id, "status")[0] is OrderStatus.SENT
    half = admin.post(again.action(), sent | {"_keep-status": "mine"}, 409)
    assert set(half.css("[data-merge=note] input[type=radio]"))
    assert not half.css("[data-merge=status] input:not([checked])[value=mine]")
    done = admin.post(half.action(), half.form() | {"_keep-note": "theirs"})
    assert any("was saved" in text for text in done.messages())
    assert _stored(admin, id, "status", "note", "recipient", "total", "due_on") == (
        OrderStatus.PENDING,
        "Left at the door",
        "Theirs",
        Decimal("77.50"),
        dt.date(2031, 1, 2),
    )


def test_who_and_when(admin: Admin) -> None:
    """Who has made the other value is told where the history knows; of what was changed past it nobody is accused."""
    upgrade(admin.engine)
    id = _order(admin)
    mine, theirs = admin.get(f"/orders/{id}/change/"), admin.get(f"/orders/{id}/change/")
    admin.confirm(theirs, note="Theirs")
    again = admin.post(mine.action(), mine.form() | {"note": "Mine"}, 409)
    person = admin.value(sa.select(change.c.person_name))
    assert person
    assert again.texts("#merge thead th")[2].startswith(person)
    page = admin.get(f"/orders/{id}/change/")
    opened = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    with admin.engine.begin() as connection:
        connection.execute(sa.update(change).values(at=opened))
    _set(admin, Order, id, note="Past it")
    again = admin.post(page.action(), page.form() | {"note": "Mine"}, 409)
    assert again.texts("#merge thead th")[2] == "Somebody else"


def test_merged_without_a_question(admin: Admin) -> None:
    """What only others changed is kept, and said."""
    id = _order(admin)
    page = admin.get(f"/orders/{id}/change/")
    _set(admin, Order, id, note="Theirs")
    done = admin.confirm(page, recipient="Mine")
    assert "Changed by somebody else meanwhile, and kept: Note." in done.messages()
    assert _stored(admin, id, "note", "recipient") == ("Theirs", "Mine")


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_all_of_one_side(admin: Admin, side: str) -> None:
    """One button answers for every field; a third change meanwhile is another question."""
    id = _order(admin)
    page = admin.get(f"/orders/{id}/change/")
    _set(admin, Order, id, note="Theirs", recipient="Theirs")
    again = admin.post(page.action(), page.form() | {"note": "Mine", "recipient": "Mine"}, 409)
    button = again.one(f'#merge button[value="{side}"]')
    _set(admin, Order, id, note="Third")
    third = admin.post(again.action(), again.form() | {button.get("name"): side}, 409)
    assert {name: row[1] for name, row in _merge(third).items() if name == "note"} == {"note": "Third"}
    admin.post(third.action(), third.form() | {button.get("name"): side})
    expected = "Mine" if side == "mine" else "Third"
    assert _stored(admin, id, "note") == (expected,)
    assert _stored(admin, id, "recipient") == ("Mine" if side == "mine" else "Theirs",)


def test_beside_an_error(admin: Admin) -> None:
    """A form with a mistake in it asks as well, and the answer is kept while the mistake is put right."""
    id = _order(admin)
    page = admin.get(f"/orders/{id}/change/")
    _set(admin, Order, id, note="Theirs")
    again = admin.post(page.action(), page.form() | {"note": "Mine", "total": "much"}, 422)
    assert _merge(again)["note"][1:] == ("Theirs", "Mine")
    wrong = admin.post(again.action(), again.form() | {"_keep-note": "mine"}, 422)
    assert wrong.form()["note"] == "Mine"
    admin.post(wrong.action(), wrong.form() | {"total": "5.00"})
    assert _stored(admin, id, "note") == ("Mine",)


@pytest.mark.parametrize("token", ["", "forged.token"])
def test_nothing_is_overwritten_without_what_was_shown(admin: Admin, token: str) -> None:
    """A post without the snapshot, or with one that was tampered with, writes nothing before it is asked about."""
    id = _order(admin)
    before = _stored(admin, id, "note", "total", "updated_at")
    csrf = admin.get(f"/orders/{id}/change/").form()["csrf_token"]
    sent = {"csrf_token": csrf, "note": "Blind", "_keep": "mine", **({"_shown": token} if token else {})}
    again = admin.post(f"/orders/{id}/change/", sent, 409)
    assert _stored(admin, id, "note", "total", "updated_at") == before
    assert _merge(again)["note"][0] == "not known"
    admin.post(again.action(), again.form() | {"_keep-note": "mine"})
    assert _stored(admin, id, "note") == ("Blind",)


def test_pain_16_time_zones(admin: Admin) -> None:
    """Saving another field leaves a moment as it is stored to the microsecond, whichever zone it is shown in."""
    id = _order(admin)
    moment = dt.datetime(2026, 10, 25, 0, 30, 15, 123456, dt.UTC)
    admin.confirm(admin.get(f"/orders/{id}/change/"), placed_at="2026-10-25T00:30:15")
    with admin.engine.begin() as connection:
        connection.execute(sa.update(Order).where(Order.id == id).values(placed_at=moment))
    for zone in ("America/New_York", "Asia/Kathmandu"):
        page = admin.get("/account/")
        admin.post("/account/", page.form() | {"zone": zone})
        form = admin.get(f"/orders/{id}/change/")
        assert form.one("[name=placed_at]").get("value") != "2026-10-25T00:30:15"
        admin.confirm(form, recipient=zone)
        assert _stored(admin, id, "placed_at", "recipient") == (moment, zone)


def test_deleted_meanwhile(admin: Admin) -> None:
    """Of a row that is marked as deleted what was typed is told, and one button restores it and saves."""
    id = _order(admin)
    page = admin.get(f"/orders/{id}/change/")
    _set(admin, Order, id, deleted_at=dt.datetime.now(dt.UTC))
    typed = page.form() | {"note": "two\r\nlines", "status": "pending"}
    gone = admin.post(page.action(), typed, 409)
    assert gone.h1.endswith("is deleted")
    told = {
        row.get("data-typed"): " ".join(row.cssselect("dd")[0].text_content().split())
        for row in gone.css("[data-typed]")
    }
    assert list(told)[:2] == ["status", "note"]
    assert told["note"] == "two lines changed by you"
    assert told["status"] == "Pending changed by you"
    assert "changed by you" not in told["recipient"]
    assert _stored(admin, id, "status") == (OrderStatus.PAID,)
    still = admin.post(gone.action("form"), gone.form("form"), 409)
    done = admin.post(still.action("form"), still.form("form") | {"_restore": "1"})
    assert any("was restored" in text for text in done.messages())
    assert _stored(admin, id, "deleted_at", "status", "note") == (None, OrderStatus.PENDING, "two\nlines")
    # one that was deleted already when its form was opened is saved as it is
    _set(admin, Order, id, deleted_at=dt.datetime.now(dt.UTC))
    admin.confirm(admin.get(f"/orders/{id}/change/"), note="Still deleted")
    assert _stored(admin, id, "note") == ("Still deleted",)


def test_gone_for_good(admin: Admin) -> None:
    """Of a row that is no longer there everything typed can be saved as a new one."""
    admin.confirm(admin.get("/tags/add/"), name="Fresh", _then="")
    id = admin.value(sa.select(sa.func.max(Tag.id)))
    page = admin.get(f"/tags/{id}/change/")
    with admin.engine.begin() as connection:
        connection.execute(sa.delete(Tag).where(Tag.id == id))
    gone = admin.post(page.action(), page.form() | {"name": "Typed"}, 409)
    assert not gone.css("[name=_restore]")
    unseen = {name: value for name, value in page.form().items() if name != "_shown"}
    admin.post(page.action(), unseen, 404)
    add = gone.one("[formaction]").get("formaction")
    admin.post(add, gone.form("form"))
    assert admin.value(sa.select(sa.func.count()).select_from(Tag).where(Tag.name == "Typed")) == 1


def test_restoring_takes_its_permission(sqlite_engine: Engine) -> None:
    """Who may not restore is offered nothing, and the button's parameter does nothing for them."""
    site = Site(bridge.filled(sqlite_engine), identify=grants_of)
    site.add_view(TrashableView)
    with sqlite_engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO trashables (id, name) VALUES (1, 'one')"))
    sender = TestClient(site, follow_redirects=False, headers={"x-grants": "*.view *.change"})
    page = parse(sender.get("/trashables/1/change/").text)
    with sqlite_engine.begin() as connection:
        connection.execute(sa.text("UPDATE trashables SET deleted_at = '2026-01-01 00:00:00'"))
    answer = sender.post("/trashables/1/change/", data=page.form() | {"name": "two", "_restore": "1"})
    gone = parse(answer.text)
    assert answer.status_code == 409
    assert not gone.css("[name=_restore], [formaction]")
    with sqlite_engine.connect() as connection:
        row = connection.execute(sa.text("SELECT name, deleted_at FROM trashables")).one()
    assert (row.name, row.deleted_at is None) == ("one", False)
