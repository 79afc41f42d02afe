"""How many rows there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, exc
from sqlalchemy.orm import Session

from tests.listing.conftest import context_of, params_of, registry_of, statements
from webadmin.demo.models import Order, OrderLine
from webadmin.dialects import Timeouts
from webadmin.listing import counts
from webadmin.listing.counts import count
from webadmin.listing.listing import STATEMENTS, Listing
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView

Sizes = Callable[..., None]


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> Sizes:
    """Shrink the limits, so that the small shop is a large one."""

    def shrink(**limits: Any) -> None:
        for name, value in limits.items():
            monkeypatch.setattr(counts, name, value)

    return shrink


@pytest.fixture
def analyzed(shop_pg: Engine) -> Engine:
    """A shop that the planner knows."""
    with shop_pg.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
    return shop_pg


def live_orders(session: Session) -> int:
    return (
        session.scalar(sa.select(sa.func.count()).select_from(Order).where(Order.deleted_at.is_(None))) or 0
    )


def test_small_tables_are_counted(context: Context) -> None:
    """A small list has its exact total, filtered or not."""
    view = context.registry.views["orders"]
    total = count(context, view, params_of(view, ""), statements=2)
    assert total is not None
    assert (total.rows, total.exact) == (live_orders(context.session), True)


def test_large_tables_are_estimated(analyzed: Engine, sizes: Sizes) -> None:
    """Above the limit the total of a plain list comes from statistics, of the partial index too, and says so."""
    sizes(SMALL=50)
    with Session(analyzed) as session:
        context = context_of(session, registry_of())
        view = context.registry.views["orders"]
        live = count(context, view, params_of(view, ""), statements=3)
        every = count(context, view, params_of(view, "deleted=show"), statements=3)
        assert live is not None
        assert every is not None
        assert (live.rows, live.exact) == (live_orders(session), False)
        assert (every.rows, every.exact) == (
            session.scalar(sa.select(sa.func.count()).select_from(Order)),
            False,
        )


def test_cheap_filters_are_counted_and_dear_ones_estimated(analyzed: Engine, sizes: Sizes) -> None:
    """The planner's cost decides whether a filtered list is counted."""
    sizes(SMALL=50)
    with Session(analyzed) as session:
        context = context_of(session, registry_of())
        view = context.registry.views["orders"]
        cheap = count(context, view, params_of(view, "status=delivered"), statements=3)
        assert cheap is not None
        assert cheap.exact
        sizes(CHEAP=0.0)
        dear = count(context, view, params_of(view, "status=delivered"), statements=3, fresh=True)
        assert dear is not None
        assert not dear.exact
        assert dear.rows == pytest.approx(cheap.rows, rel=0.3)


@pytest.mark.parametrize(
    "query",
    ["", "page=2", "page=last", "page=9", "page=5000", "total.gte=1&page=6", "q=delivery", "q=the&page=2"],
)
def test_every_page_of_an_estimated_list_is_reached(analyzed: Engine, sizes: Sizes, query: str) -> None:
    """With an estimate, neighbours and the end are found all the same, in four statements."""
    sizes(SMALL=50, CHEAP=0.0)
    with Session(analyzed) as session:
        context = context_of(session, registry_of())
        view = context.registry.views["orders"]
        params = params_of(
            view,
            f"{query}&columns=number,lines&handled_by=1&handled_by=2&handled_by=3"
            if "total" in query
            else query,
        )
        with statements(session) as sent:
            listing = Listing.load(context, view, params)
        assert len(sent) <= STATEMENTS
        assert listing.rows
        if "last" in query or "5000" in query:
            lowest = session.scalars(
                sa.select(Order.id).where(Order.deleted_at.is_(None)).order_by(Order.created_at, Order.id)
            ).first()
            assert listing.rows[-1].id == str(lowest)
            assert not listing.has_next


def test_a_wrong_estimate_is_mended_by_what_is_seen(analyzed: Engine, sizes: Sizes) -> None:
    """A page that ends the list makes the total exact; one with rows behind it raises a total that was too low."""
    sizes(SMALL=50)
    with Session(analyzed) as session:
        context = context_of(session, registry_of())
        view = context.registry.views["orders"]
        live = live_orders(session)
        session.execute(sa.update(Order).where(Order.id > 100).values(deleted_at=sa.func.now()))
        left = live_orders(session)
        end = Listing.load(context, view, params_of(view, f"per_page=10&page={-(-left // 10)}"))
        assert (end.total, end.exact, end.has_next) == (left, True, False)
        assert left < live
        beyond = Listing.load(context, view, params_of(view, f"per_page=10&page={left // 10 + 3}"))
        assert beyond.rows[-1].id == end.rows[-1].id


def test_a_count_that_takes_too_long_fails_no_page(shop_session: Session, sizes: Sizes) -> None:
    """A count is stopped at its limit, the page comes without an exact total, and the transaction goes on."""
    sizes(TIME_LIMIT=0 if shop_session.get_bind().dialect.name == "sqlite" else 1)
    slow = "(SELECT count(*) FROM order_lines a, order_lines b, orders c WHERE a.quantity + b.quantity + c.id > 0) > 0"

    class Slow(ModelView, model=OrderLine):
        def scope(self, stmt: sa.Select[Any], user: Any) -> sa.Select[Any]:
            return stmt.where(sa.text(slow)) if "order_0" not in str(stmt) else stmt

    context = context_of(shop_session, registry_of(Slow))
    view = context.registry.views["order_lines"]
    listing = Listing.load(context, view, params_of(view, "per_page=10"))
    assert len(listing.rows) == 10
    assert not listing.exact
    assert listing.has_next
    assert shop_session.scalar(sa.select(1)) == 1


def test_a_limit_within_a_limit(shop: Engine) -> None:
    """A statement's own limit ends it early, and the request's limit is back afterwards."""
    with Session(shop) as session:
        context = context_of(session, registry_of())
        dialect, connection = context.dialect, session.connection()
        dialect.begin(connection, read_only=True, timeouts=Timeouts(statement_ms=60_000))
        slow = sa.text(
            "SELECT count(*) FROM order_lines a, order_lines b, order_lines c WHERE a.quantity + b.quantity + c.quantity > 0"
        )
        with pytest.raises(exc.DBAPIError) as caught, dialect.limited(connection, 5):
            session.execute(slow)
        assert dialect.failure(caught.value).kind == "statement_timeout"
        assert live_orders(session) > 0
        dialect.finish(connection)
