"""Rows of a file are written all or none, with their history, and taken back as one change."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from tests.transfer.imports.store import Store
from webadmin.changes.record import written_down
from webadmin.changes.undo.doing import undo
from webadmin.changes.undo.plan import plan_undo

FILE = """number,title,price,count,shelf.code,tags
A1,Atlas,12.50,5,south,"[1, 2]"
A2,Bible,10.00,5,north,
N1,New,1.00,,south,
A4,Again,3.00,2,,
"""


@pytest.mark.parametrize("key", ["items", "hooked"])
def test_upsert(store: Store, key: str) -> None:
    """Rows come into being and change, others stay untouched, and all of it is taken back at once."""
    before = store.rows("items")
    shown = store.rows("items", "number, title, price, count, shelf_id, tags, deleted_at IS NULL")
    preview, problems = store.check(key, FILE, match=("number",))
    assert problems == []
    assert (preview.total, preview.new, preview.changed, preview.same, preview.failed) == (4, 2, 1, 1, 0)
    assert preview.changed_samples[0].values == {
        "price": (Decimal("10.00"), Decimal("12.50")),
        "shelf": ("north", "south"),
        "tags": (None, [1, 2]),
    }
    assert store.rows("items") == before
    outcome = store.load(key, FILE, match=("number",), fingerprint=preview.fingerprint)
    assert (outcome.inserted, outcome.updated, outcome.same) == (2, 1, 1)
    signs = {"items": ("", ""), "hooked": ("*", "+")}[key]
    found = store.rows("items", "number, title, count, shelf_id, mark, version, lent")
    assert found == [
        ("A1", f"Atlas{signs[0]}", 5, 2, "made", 2, 0),
        ("A2", "Bible", 5, 1, "made", 1, 0),
        ("A3", "Secret", 5, 1, "made", 1, 0),
        ("A4", "Gone", 5, 1, "made", 1, 0),
        ("N1", f"New{signs[1]}", 1, 2, "made", 1, 0),
        ("A4", f"Again{signs[1]}", 2, None, "made", 1, 0),
    ]
    with store.context() as context:
        undo(context, plan_undo(context, UUID(outcome.change_id or "")))
        written_down(context)
        context.session.commit()
    columns = "number, title, price, count, shelf_id, tags, deleted_at IS NULL"
    assert store.rows("items", columns) == shown
