"""The order of a list, and that indexes follow it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.listing.conftest import context_of, params_of, registry_of
from webadmin.explain.capture import capture
from webadmin.listing.fragment import Fragment
from webadmin.listing.listing import Listing
from webadmin.listing.ordering import order_for
from webadmin.options.view import View

INDEXED = [
    ("orders", ""),
    ("orders", "created_at:asc"),
    ("orders", "total"),
    ("orders", "total:desc"),
    ("products", "price:desc"),
    ("products", "stock"),
    ("customers", "name"),
    ("reviews", "rating:desc"),
    ("order_lines", ""),
]


def directions(view: View, *sort: tuple[str, bool]) -> list[tuple[str, bool]]:
    return [(key.expression.key, key.descending) for key in order_for(view, sort).keys]


def test_the_key_comes_last_and_follows(orders: View) -> None:
    """The primary key makes the order total, in the direction of the last key, once."""
    assert directions(orders, ("total", True)) == [("total", True), ("id", True)]
    assert directions(orders, ("total", True), ("status", False)) == [
        ("total", True),
        ("status", False),
        ("id", False),
    ]
    assert directions(orders, ("id", True), ("total", False)) == [("id", True), ("total", False)]
    lines = registry_of().views["order_lines"]
    assert directions(lines, ("product_id", True)) == [
        ("product_id", True),
        ("order_id", True),
        ("position", True),
    ]


@pytest.mark.parametrize(("key", "sort"), INDEXED)
def test_an_index_finds_the_page(shop_pg: Engine, key: str, sort: str) -> None:
    """A page by number and a piece by keyset walk along an index that has their order, without sorting the table."""
    with Session(shop_pg) as session:
        context = context_of(session, registry_of())
        view = context.registry.views[key]
        params = params_of(view, f"sort={sort}&per_page=10")
        for setting in ("enable_seqscan", "enable_sort", "enable_bitmapscan"):
            session.connection().exec_driver_sql(f"SET LOCAL {setting} = off")
        with capture(session) as first:
            Listing.load(context, view, params.changed(page=2))
            piece = Fragment.load(context, view, params)
        with capture(session) as rest:
            Fragment.load(context, view, params.changed(after=piece.after))
        pages = [s for s in [*first, *rest] if "LIMIT" in s.sql]
        assert len(pages) == 3
        for statement in pages:
            (plan,) = context.dialect.explain(
                session.connection(), statement.sql, statement.parameters, analyze=False
            )
            (below,) = _limit(plan["Plan"])["Plans"]
            assert below["Node Type"] in {"Index Scan", "Index Only Scan"}, below["Node Type"]


def _limit(node: dict[str, Any]) -> dict[str, Any]:
    """The node that keeps the page's rows."""
    if node["Node Type"] == "Limit":
        return node
    found = [_limit(child) for child in node.get("Plans", [])]
    return next((child for child in found if child), {})
