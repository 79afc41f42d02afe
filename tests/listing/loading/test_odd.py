"""Lists of models whose mappers say unusual things about loading."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.listing.loading.conftest import Desk, plain
from tests.listing.loading.odd import MODELS, ROWS, Leaf, fill
from webadmin import ModelView
from webadmin.listing.listing import STATEMENTS


@pytest.mark.parametrize("path", ["", "rows"])
def test_every_column(odd: Desk, path: str) -> None:
    """With all of its columns at once, however the mapper loads them, a list has its rows in four statements."""
    for key, view in odd.admin.registry.views.items():
        columns = ",".join(view.all_columns)
        page, statements = odd.get(f"/{key}/{path}?columns={columns}&per_page=200")
        assert len(page.css("tr[data-id]")) >= ROWS, key
        assert len(statements) <= STATEMENTS, (key, statements)


class Everything(ModelView, model=Leaf):
    """All that a leaf has, also what is no column, and what lies beyond its relations."""

    column_list = [
        "name", "size", "body", "double", "same", "half", "cautious", "title", "parent", "children", "writer", "reader",
        "words", "notes", "marks", "parent.name", "parent.parent.name", "writer.name", "parent.title", "writer.written",
        (Leaf.size * 3).label("triple"),
    ]  # fmt: skip
    column_sortable_list = [
        "id", "size", "double", "half", "writer.name", "parent.name", "parent", (Leaf.size * 3).label("triple"),
    ]  # fmt: skip
    column_details_list = column_list
    column_filters = ["name", "writer", "reader", "words", "notes", "parent"]


def test_all_kinds_of_columns(engine: Engine) -> None:
    """Computed, deferred and renamed columns, properties, and relations of relations, sorted by any of them."""
    fill(engine)
    desk = Desk(engine, Everything, *(plain(model) for model in MODELS if model is not Leaf))
    view = desk.admin.registry.views["leaves"]
    sorts = [f"sort={name}{end}" for name in view.sortable for end in ("", ":desc")]
    for query in ["", *sorts, "q=leaf", "writer=3&reader=10&words=3", "page=2&per_page=5"]:
        for path in ("", "rows"):
            page, statements = desk.get(f"/leaves/{path}?{query}")
            assert page.css("tr[data-id]"), query
            assert len(statements) <= STATEMENTS, (query, statements)
    page, _sent = desk.get("/leaves/?sort=id&page=last&per_page=12")
    last = {cell.get("data-column"): cell.text_content().strip() for cell in page.css("tr[data-id='12'] td")}
    assert last["double"] == "24"
    assert last["triple"] == "36"
    assert last["half"] == "6.0"
    assert last["cautious"] == "big"
    assert last["title"] == "leaf 12 (12)"
    assert last["parent.title"] == "leaf 6 (6)"
    assert last["writer.name"] == "Person 12"
    assert last["words"] == "2"
    assert last["notes"] == "–empty"
    assert last["writer.written"] == "1"
