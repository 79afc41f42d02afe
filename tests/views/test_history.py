"""The timeline of one row."""

from __future__ import annotations

import sqlalchemy as sa

from tests.pages import Page, words
from tests.views.conftest import Admin
from webadmin.demo.models import Order, Product, Staff, Tag, product_tags


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


def test_members(kept: Admin) -> None:
    """What a row got or lost of a relation over a link table is a part of its history, by name, and goes back with it."""
    product, tag, name = (
        kept.engine.connect()
        .execute(
            sa.select(product_tags.c.product_id, Tag.id, Tag.name)
            .join(Tag, Tag.id == product_tags.c.tag_id)
            .limit(1)
        )
        .one()
    )
    page = kept.get(f"/products/{product}/change/")
    had = page.form("form")["tags"]
    kept.confirm(
        page, tags=[id for id in ([had] if isinstance(had, str) else had) if id not in ("", str(tag))]
    )
    (lost,) = entries(kept.get(f"/products/{product}/history/"))
    assert lost == {"": "Local user changed tags", "tags": f"{name} → empty"}
    shown = kept.get(next(iter(kept.get("/changes/").links("#changes a").values())))
    assert [words(cell) for cell in shown.css("tr[data-column=tags] td")] == [name, "empty"]
    other = kept.value(sa.select(Product.id).where(Product.id != product).limit(1))
    assert not entries(kept.get(f"/products/{other}/history/"))
    plan = kept.get(kept.get(f"/products/{product}/history/").links("article a")["Undo…"])
    assert name in plan.text("#plan-ready")
    kept.confirm(plan)
    assert kept.get(f"/products/{product}/change/").form("form")["tags"] == had


def test_pain_22_what_changed_and_what_was_deleted(kept: Admin) -> None:
    """A history has the difference of each change, and rows that are gone keep theirs and come back out of it."""
    id = kept.value(sa.select(Order.id).where(Order.deleted_at.is_not(None)).limit(1))
    number = kept.value(sa.select(Order.number).where(Order.id == id))
    kept.confirm(kept.get(f"/orders/{id}/purge/"))
    assert kept.get("/changes/?kind=purge").texts("#changes a")[0] == number
    page = kept.get(f"/orders/{id}/history/")
    assert number in page.h1
    (gone,) = entries(page)
    assert gone["number"] == number
    kept.confirm(kept.get(page.links("article a")["Undo…"]))
    assert kept.get(f"/orders/{id}/").h1 == number


def save(admin: Admin, id: int, **changed: str | None) -> Page:
    """Save the form of an order with these fields changed."""
    page = admin.get(f"/orders/{id}/change/")
    return admin.confirm(page, **{name: value or "" for name, value in changed.items()}, _then="list")
