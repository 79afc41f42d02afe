"""Whether an index serves an order, told by the database's catalog, and agreeing with its planner."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.listing.sorting.goods import fill, goods_of
from webadmin.listing import counts
from webadmin.listing.served import remember, served

SERVED = [
    "id", "id:desc", "lower_name", "lower_name:desc", "margin", "margin:desc", "coalesce_nick_none", "made_at",
    "made_at:desc", "made_at,cost", "price", "price:desc", "price,made_at:desc", "price:desc,made_at", "seen_at:desc",
]  # fmt: skip
UNSERVED = ["cost", "length_note:desc", "maker", "maker.name:desc", "maker.lower_name", "cost,id"]
PARTIAL = ["lower_name", "seen_at:desc"]


def _served(engine: Engine, query: str) -> bool | None:
    with Session(engine) as session:
        context, params = goods_of(session, query)
        counts.ask_rows(context, params.view, params)
        return served(context, params.view, params.order, params)


@pytest.mark.parametrize("sort", SERVED)
def test_an_index_serves(goods: Engine, sort: str) -> None:
    """Whole or up to ties, in either direction, of columns and of expressions."""
    assert _served(goods, f"sort={sort}") is True


@pytest.mark.parametrize("sort", UNSERVED)
def test_no_index_serves(goods: Engine, sort: str) -> None:
    """Nothing begins with it; it is another table's; or so many rows share a value that ties are the table."""
    assert _served(goods, f"sort={sort}") is False


def test_few_values(goods: Engine) -> None:
    """Ties of a state are half of the table; an index that ends in the row's number has none."""
    assert _served(goods, "sort=state") is (goods.dialect.name == "sqlite")


@pytest.mark.parametrize("sort", PARTIAL)
@pytest.mark.parametrize("deleted", ["show", "only"])
def test_not_for_rows_that_it_does_not_hold(goods: Engine, sort: str, deleted: str) -> None:
    """An index of the rows that are not deleted says nothing of those that are."""
    assert _served(goods, f"sort={sort}&deleted={deleted}") is False


def test_what_all_rows_have_in_common(goods: Engine) -> None:
    """An index may begin with what the list is filtered by."""
    assert _served(goods, "sort=made_at:desc&price=13") is True
    with Session(goods) as session:
        session.execute(sa.text("CREATE INDEX ix_some ON goods (state, cost, id)"))
        context, params = goods_of(session, "sort=cost")
        table = params.view.info.table
        remember(context.dialect, table, context.dialect.statistics(session.connection(), table))
        assert served(context, params.view, params.order, params) is False
        _context, params = goods_of(session, "sort=cost&state=NEW")
        assert served(context, params.view, params.order, params) is True
        _context, params = goods_of(session, "sort=cost&state=NEW&state=OLD")
        assert served(context, params.view, params.order, params) is False


def test_nothing_is_known_before_it_was_asked(goods_pg: Engine) -> None:
    """Where only a statement tells, none is sent for it: it comes with the size."""
    with Session(goods_pg) as session:
        context, params = goods_of(session, "sort=cost")
        assert served(context, params.view, params.order, params) is None


@pytest.mark.parametrize(
    ("columns", "fits"),
    [
        ("seen_at DESC NULLS LAST", False),
        ("seen_at DESC", True),
        ("seen_at", True),
        ("seen_at NULLS FIRST", False),
    ],
)
def test_where_nulls_stand(pg_engine: Engine, columns: str, fits: bool) -> None:
    """An index that has them at the other end is of no use, as the planner says too."""
    fill(pg_engine, 500)
    with pg_engine.begin() as connection:
        connection.execute(sa.text("DROP INDEX ix_goods_seen_at"))
        connection.execute(sa.text(f"CREATE INDEX ix_odd ON goods ({columns})"))
        connection.execute(sa.text("SET enable_sort = off"))
        plan = "\n".join(
            row[0]
            for row in connection.execute(sa.text("EXPLAIN SELECT id FROM goods ORDER BY seen_at DESC"))
        )
    assert ("Index" in plan) is fits
    assert _served(pg_engine, "sort=seen_at:desc") is fits
