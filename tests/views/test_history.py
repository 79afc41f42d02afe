"""The timeline of one row."""

from __future__ import annotations

import sqlalchemy as sa

from tests.pages import Page, words
from tests.views.conftest import Admin
from webadmin.demo.models import Order, Staff


def entries(page: Page) -> list[dict[str, str]]:
    """Each change with its title and its cells as text, by field."""
    found = []
    for card in page.css("article[data-change]"):
        cells = {
            row.get("data-column"): " → ".join(words(cell) for cell in row.cssselect("td"))
            for row in card.cssselect("tr[data-column]")
        }
        found.append({"": words(card.cssselect("h2")[0]), **cells})
    return found


def test_timeline(kept: Admin) -> None:
    """Every change of a row stands there, the newest first, with what was before and after in the words of the list."""
    id = kept.value(sa.select(Order.id).where(Order.deleted_at.is_(None), Order.note.is_(None)).limit(1))
    save(kept, id, note="Ring twice.")
    before = kept.value(
        sa.select(Staff.name).join(Order, Order.handled_by_id == Staff.id).where(Order.id == id)
    )
    save(kept, id, note=None, status="PENDING", meta='{"a": 1, "b": 2}', handled_by="3", total="12345.60")
    kept.confirm(kept.get(f"/orders/{id}/delete/"))
    page = kept.get(kept.get(f"/orders/{id}/").links()["History"])
    deleted, changed, noted = entries(page)
    assert noted == {"": "Local user changed note", "note": "empty → Ring twice."}
    assert deleted[""] == "Local user deleted it"
    assert list(deleted)[1:] == ["deleted_at"]
    assert changed[""] == "Local user changed 5 fields"
    assert changed["note"] == "Ring twice. → empty"
    assert changed["status"] == "Delivered → Pending"
    assert changed["total"].endswith(" 12,345.60")
    assert changed["handled_by_id"] == f"{before} → Jon Petersen"
    assert page.texts('tr[data-column="handled_by_id"] th') == ["Handled by"]
    assert {'"a": 1,', '"b": 2'} <= set(page.texts('tr[data-column="meta"] .add'))
    assert page.texts("article time[title]")[0].startswith("just now")


def save(admin: Admin, id: int, **changed: str | None) -> Page:
    """Save the form of an order with these fields changed."""
    page = admin.get(f"/orders/{id}/change/")
    return admin.confirm(page, **{name: value or "" for name, value in changed.items()}, _then="list")
