"""Taking changes back: the plan first, rows that moved on field by field, then the deed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tests.pages import Page, words
from tests.views.conftest import Admin
from webadmin.demo.models import Order, OrderLine


def orders(admin: Admin, count: int) -> list[int]:
    with admin.engine.connect() as connection:
        stmt = sa.select(Order.id).where(Order.deleted_at.is_(None)).order_by(Order.id).limit(count)
        return list(connection.execute(stmt).scalars())


def save(admin: Admin, id: int, **fields: str) -> Page:
    return admin.confirm(admin.get(f"/orders/{id}/change/"), **fields, _then="list")


def plan_of_last(admin: Admin) -> Page:
    """The plan of undoing what was done last."""
    line = admin.get("/changes/").css("#changes > li")[0]
    return admin.get(f"/changes/{line.get('data-change')}/undo/")


def note(admin: Admin, id: int) -> Any:
    return admin.value(sa.select(Order.note).where(Order.id == id))


def counts(page: Page) -> dict[str, int]:
    """Rows of each part of the plan."""
    return {
        part.get("id").removeprefix("plan-"): int(part.cssselect("[data-rows]")[0].get("data-rows"))
        for part in page.css("[id^=plan-]")
    }


def test_undo_and_redo(kept: Admin) -> None:
    """The message after a save leads to the plan; confirmed, the row is as it was; and that can be undone as well."""
    id = orders(kept, 1)[0]
    before = note(kept, id)
    after = save(kept, id, note="Wrong order.")
    plan = kept.get(after.links("#toasts a")["Undo"])
    assert counts(plan) == {"ready": 1}
    shown = plan.text('[data-column="note"]')
    assert "Wrong order." in shown
    done = kept.confirm(plan)
    assert done.messages() == ["1 row was set back."]
    assert note(kept, id) == before
    assert kept.get(f"/orders/{id}/history/").texts("article h2")[0] == "Local user changed note"
    assert "taken back" in done.text("main h1 ~ a")
    kept.confirm(kept.get(done.links("#toasts a")["Undo"]))
    assert note(kept, id) == "Wrong order."


def test_a_row_that_moved_on(kept: Admin) -> None:
    """It is shown field by field and stays as it is, unless it is chosen."""
    id, other = orders(kept, 2)
    kept.confirm(kept.act(kept.get("/orders/"), "delete", [str(id), str(other)]))
    kept.post(f"/orders/{id}/restore/", kept.get(f"/orders/{id}/").form("restore/"))
    line = kept.get("/changes/?kind=delete").one("#changes > li")
    address = f"/changes/{line.get('data-change')}/undo/"
    plan = kept.get(address)
    assert counts(plan) == {"ready": 1, "left": 1}
    assert "as it was before already" in plan.text("#plan-left")
    kept.confirm(kept.get(f"/orders/{id}/delete/"))
    plan = kept.get(address)
    assert counts(plan) == {"ready": 1, "moved": 1}
    cells = [words(cell) for cell in plan.css('#plan-moved tr[data-column="deleted_at"] td')]
    assert cells[2] == "empty"
    assert not plan.css("input[name=row][checked]")
    kept.confirm(plan)
    assert kept.value(sa.select(Order.deleted_at).where(Order.id == other)) is None
    assert kept.value(sa.select(Order.deleted_at).where(Order.id == id)) is not None


def test_what_is_chosen_is_overwritten(kept: Admin) -> None:
    """A chosen row is set back although somebody has changed it since; the page says what would be lost."""
    id = orders(kept, 1)[0]
    before = note(kept, id)
    save(kept, id, note="First.")
    plan = plan_of_last(kept)
    save(kept, id, note="Second.")
    stale = kept.post(plan.action("form"), plan.form("form"), 409)
    assert counts(stale) == {"moved": 1}
    cells = [words(cell) for cell in stale.css('#plan-moved tr[data-column="note"] td')]
    assert cells == ["First.", "Second.", before or "empty"]
    assert note(kept, id) == "Second."
    kept.post(stale.action("form"), stale.form("form"), 409)
    kept.confirm(stale, row=stale.one("input[name=row]").get("value"))
    assert note(kept, id) == before


def test_a_deleted_row_comes_back(kept: Admin) -> None:
    """With its key, and with the rows that went with it."""
    stmt = sa.select(Order.id).join(Order.lines).where(Order.deleted_at.is_not(None)).limit(1)
    id = kept.value(stmt)
    of = sa.select(sa.func.count()).select_from(OrderLine).where(OrderLine.order_id == id)
    lines = kept.value(of)
    kept.confirm(kept.get(f"/orders/{id}/purge/"))
    assert kept.value(of) == 0
    gone = kept.get(f"/orders/{id}/history/")
    assert words(gone.css("article h2")[0]) == "Local user deleted it for good"
    kept.confirm(kept.get(gone.links("article a")["Undo…"]))
    assert kept.value(of) == lines
    assert kept.get(f"/orders/{id}/").h1 == kept.value(sa.select(Order.number).where(Order.id == id))
