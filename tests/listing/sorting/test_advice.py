"""The index that is proposed for a sort: the database takes it, and then uses it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, func
from sqlalchemy.orm import Session

from tests.listing.sorting.goods import Good, Goods, fill, goods_of
from webadmin.listing import counts
from webadmin.listing.advice import index_for
from webadmin.listing.listing import Listing
from webadmin.listing.params import ListParams
from webadmin.listing.served import remember, served
from webadmin.options.context import Context


class Odd(Goods, model=Good):
    """Sorts by all that an index can be made on."""

    column_labels = {}

    column_sortable_list = [
        Good.cost, Good.note, func.length(Good.note), (Good.price * 2 - Good.cost).label("twice"),
        sa.extract("year", Good.made_at), func.coalesce(Good.nick, "it's"), "maker.name", Good.state,
    ]  # fmt: skip


SORTS = [
    "cost", "note:desc", "length_note", "twice:desc", "coalesce_nick_it_s", "cost,note:desc", "cost:desc,length_note:desc",
]  # fmt: skip


def _asked(session: Session, query: str, view: type[Goods] = Odd) -> tuple[Context, ListParams]:
    context, params = goods_of(session, query, view)
    counts.ask_rows(context, params.view, params)
    return context, params


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("dialect", ["pg_engine", "sqlite_engine"])
def test_it_serves(request: pytest.FixtureRequest, dialect: str, sort: str) -> None:
    """Run as it is written, the index serves the sort and its reverse, and the list can still be read."""
    engine: Engine = request.getfixturevalue(dialect)
    fill(engine, 300)
    with Session(engine) as session:
        context, params = _asked(session, f"sort={sort}")
        assert served(context, params.view, params.sort, params) is False
        ddl = index_for(context, params.view, params.sort)
    assert ddl is not None
    assert ddl.endswith("WHERE deleted_at IS NULL;")
    assert ("CONCURRENTLY" in ddl) is (engine.dialect.name == "postgresql")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(ddl.replace("%", "%%"))
    turned = ",".join(
        part.removesuffix(":desc") if part.endswith(":desc") else f"{part}:desc" for part in sort.split(",")
    )
    with Session(engine) as session:
        for way in (sort, turned):
            context, params = _asked(session, f"sort={way}")
            table = params.view.info.table
            remember(context.dialect, table, context.dialect.statistics(session.connection(), table))
            assert served(context, params.view, params.sort, params) is True
            assert len(Listing.load(context, params.view, params).rows) == 25


def test_how_it_is_written(pg_engine: Engine, sqlite_engine: Engine) -> None:
    """A name that says what it is for, the key last so that no ties are left, directions only where they differ."""
    fill(pg_engine, 50)
    fill(sqlite_engine, 50)
    with Session(pg_engine) as session:
        context, params = _asked(session, "sort=cost:desc")
        make = "CREATE INDEX CONCURRENTLY"
        assert index_for(context, params.view, params.sort) == (
            f"{make} ix_goods_cost ON goods (cost, id) WHERE deleted_at IS NULL;"
        )
        _context, params = _asked(session, "sort=cost,twice:desc")
        assert index_for(context, params.view, params.sort) == (
            f"{make} ix_goods_cost_price_2_cost ON goods (cost, (price * 2 - cost) DESC, id DESC) WHERE deleted_at IS NULL;"
        )
        _context, params = _asked(session, "sort=year_made_at")
        assert index_for(context, params.view, params.sort) == (
            f"{make} ix_goods_extract_year_from_made_at ON goods ((EXTRACT(year FROM made_at)), id) "
            "WHERE deleted_at IS NULL;"
        )
    with Session(sqlite_engine) as session:
        context, params = _asked(session, "sort=length_note")
        assert index_for(context, params.view, params.sort) == (
            "CREATE INDEX ix_goods_length_note ON goods (length(note), id) WHERE deleted_at IS NULL;"
        )


def test_no_index_serves_another_table(sqlite_engine: Engine) -> None:
    """Rows lie in the order of other rows: nothing to propose."""
    fill(sqlite_engine, 50)
    with Session(sqlite_engine) as session:
        context, params = _asked(session, "sort=maker.name")
        assert index_for(context, params.view, params.sort) is None


def test_partitions(pg_engine: Engine) -> None:
    """An index of a partitioned table cannot be made while it is in use; it is not proposed so."""
    fill(pg_engine, 50)
    with pg_engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE goods RENAME TO old"))
        connection.execute(sa.text("CREATE TABLE goods (LIKE old) PARTITION BY RANGE (id)"))
        connection.execute(sa.text("CREATE TABLE goods_1 PARTITION OF goods DEFAULT"))
    with Session(pg_engine) as session:
        context, params = _asked(session, "sort=cost")
        assert (index_for(context, params.view, params.sort) or "").startswith(
            "CREATE INDEX ix_goods_cost ON"
        )
