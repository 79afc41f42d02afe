"""What the database does for a list's sort, by its own plans: never more than an index spares it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.listing.sorting.goods import ROWS, Good, Maker, goods_of, nodes_of
from tests.listing.walks.events import middle
from webadmin.explain.capture import Captured, capture
from webadmin.listing.fragment import Fragment
from webadmin.listing.listing import Listing
from webadmin.options.context import Context

SERVED = [
    "id", "lower_name", "margin", "coalesce_nick_none", "seen_at", "made_at", "price",
]  # fmt: skip
"""Sorts along an index: of the key, of expressions, of a column that may be empty, of one whose index has no key."""
MIXED = ["price,made_at:desc,id:desc"]
BOTH_WAYS = [f"{name}:{way}" for name in SERVED for way in ("asc", "desc")]
TURNED = ["price:desc,made_at,id"]
"""The same index from its end."""


def _pages(context: Context, params: Any) -> list[Captured]:
    """The statements that read rows: by number at both ends, by cursor both ways from the middle."""
    view = params.view
    place = middle(context, params, ROWS // 2)
    with capture(context.session) as sent:
        Listing.load(context, view, params)
        Listing.load(context, view, params.changed(page=0))
        for side in ("after", "before"):
            Fragment.load(context, view, params.changed(**{side: place}))
    return [statement for statement in sent if statement.label in {"Page of rows", "Next rows"}]


@pytest.mark.parametrize("sort", [*BOTH_WAYS, *MIXED, *TURNED])
@pytest.mark.parametrize("deleted", ["hide", "show"])
def test_no_index_is_missed(goods: Engine, sort: str, deleted: str) -> None:
    """Where an index has the order, nothing is sorted but rows of one value, and the table is not gone through."""
    if deleted == "show" and sort.partition(":")[0] in {"lower_name", "seen_at"}:
        pytest.skip("their indexes have no deleted rows")
    with Session(goods) as session:
        context, params = goods_of(session, f"sort={sort}&deleted={deleted}&per_page=10")
        statements = _pages(context, params)
        assert len(statements) >= 4
        for statement in statements:
            assert not re.search(r"\bOR\b|NULLS (FIRST|LAST)", statement.sql), statement.sql
            assert _along_an_index(context, statement), statement.sql


def _along_an_index(context: Context, statement: Captured) -> bool:
    connection = context.session.connection()
    (plan,) = context.dialect.explain(connection, statement.sql, statement.parameters, analyze=False)
    below = [node for narrow in _narrow(plan["Plan"]) for node in nodes_of(narrow)]
    assert below
    return not [node for node in below if _wasteful(context, node)]


def _wasteful(context: Context, node: dict[str, Any]) -> bool:
    if context.dialect.supports_statistics:
        few = node["Node Type"] == "Sort" and node["Plan Rows"] <= ROWS // 1000  # those of one value
        return node["Node Type"] in {"Sort", "Seq Scan"} and not few
    # A scan without an index is one by the key, which is as good; a tree for the last terms sorts ties alone.
    return node.get("Detail") == "USE TEMP B-TREE FOR ORDER BY"


def _narrow(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps that find the page's rows; outside of them those few are put in order again."""
    return [
        node
        for node in nodes_of(plan)
        if re.match(r"Limit|Co-routine page|Materialize page", node["Node Type"])
    ]


def test_through_a_relation_it_is_right(goods: Engine) -> None:
    """An index on the related column cannot serve; the rows come in the right order all the same, those without an
    index and those with a tie."""
    with Session(goods) as session:
        stmt = sa.select(Good.id).join(Maker).where(Good.deleted_at.is_(None))
        ids = [str(n) for n in session.scalars(stmt.order_by(Maker.name.desc(), Good.id.desc()))]
        context, params = goods_of(session, "sort=maker.name:desc&per_page=10")
        for page in (1, 40, len(ids) // 10):
            found = Listing.load(context, params.view, params.changed(page=page))
            assert [row.id for row in found.rows] == ids[(page - 1) * 10 : page * 10]


@pytest.mark.parametrize("sort", ["margin", "margin:desc", "seen_at", "seen_at:desc"])
def test_among_rows_without_a_value(goods: Engine, sort: str) -> None:
    """They are read along the index as well, in both directions."""
    high = goods.dialect.name == "postgresql"
    with Session(goods) as session:
        context, params = goods_of(session, f"sort={sort}&per_page=10")
        # At the end of the list where NULL is, or near its beginning.
        first = sort.endswith("desc") is high
        place = middle(context, params, 500 if first else ROWS - 500)
        with capture(session) as sent:
            for side in ("after", "before"):
                Fragment.load(context, params.view, params.changed(**{side: place}))
        assert len(sent) >= 2
        for statement in sent:
            assert _along_an_index(context, statement), statement.sql
