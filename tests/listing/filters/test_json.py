"""What stands at a path inside a JSON column, as a filter, against the same question asked in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.listing.conftest import context_of, params_of, registry_of
from tests.listing.filters.test_conditions import keys
from webadmin.demo.models import Customer, Order
from webadmin.errors import BadRequest, OptionsError
from webadmin.listing.filters import filters_of
from webadmin.listing.panel import chips
from webadmin.options.model_view import ModelView


class Orders(ModelView, model=Order):
    column_filters = [
        "status", "meta.source", "meta.weight", "meta.gift", "meta.note", "meta.parts.0.sku", "meta.odd key'%",
        "customer.preferences.theme", Order.meta["deep"]["er"].as_string(),
    ]  # fmt: skip


VALUES: list[Any] = [
    {"source": "web", "weight": 5, "gift": True},
    {"source": "web", "weight": 12.5, "gift": False, "note": ""},
    {"source": "app", "weight": "heavy", "note": None},
    {"source": "app", "weight": -1, "note": "50% off", "odd key'%": "x"},
    {"source": 5, "parts": [{"sku": "A-1"}, {"sku": "B-2"}], "deep": {"er": "yes"}},
    {"source": "5", "weight": 1e9, "parts": [{"sku": "B-2"}]},
    {"source": {"inner": 1}, "weight": [1]},
    {},
    None,
]


@pytest.fixture
def session(shop_session: Session) -> Session:
    """The shop with these documents in its first orders, and no others there."""
    ids = shop_session.scalars(sa.select(Order.id).order_by(Order.id)).all()
    everybody = sa.update(Order).execution_options(synchronize_session=False)
    shop_session.execute(
        everybody.where(Order.id.not_in(ids[: len(VALUES)])).values(deleted_at=sa.func.now())
    )
    for key, value in zip(ids, VALUES, strict=False):
        shop_session.execute(
            everybody.where(Order.id == key).values(meta={} if value is None else value, deleted_at=None)
        )
    shop_session.expire_all()
    return shop_session


Asked = Callable[[dict[str, Any]], Any]

CASES: list[tuple[str, Asked]] = [
    ("meta.source=web", lambda m: m.get("source") == "web"),
    ("meta.source=web&meta.source=app", lambda m: m.get("source") in ("web", "app")),
    ("meta.source=5", lambda m: m.get("source") in (5, "5")),
    ("meta.source.not=web", lambda m: m.get("source") != "web"),
    ("meta.source.contains=EB", lambda m: m.get("source") == "web"),
    ("meta.source.null=true", lambda m: m.get("source") is None),
    ("meta.source.null=false", lambda m: m.get("source") is not None),
    ("meta.note.empty=true", lambda m: not m.get("note")),
    ("meta.note.empty=false", lambda m: m.get("note")),
    ("meta.note.null=true", lambda m: m.get("note") is None),
    ("meta.note.contains=%25", lambda m: "%" in (m.get("note") or "")),
    ("meta.gift=true", lambda m: m.get("gift") is True),
    ("meta.gift=false", lambda m: m.get("gift") is False),
    ("meta.weight.gte=5", lambda m: isinstance(m.get("weight"), int | float) and m["weight"] >= 5),
    ("meta.weight.gt=5&meta.weight.lt=1000", lambda m: m.get("weight") == 12.5),
    ("meta.weight.lte=-1", lambda m: m.get("weight") == -1),
    ("meta.weight=12.5", lambda m: m.get("weight") == 12.5),
    ("meta.weight=heavy", lambda m: m.get("weight") == "heavy"),
    ("meta.parts.0.sku=B-2", lambda m: m.get("parts", [{}])[0].get("sku") == "B-2"),
    ("meta.odd+key'%25=x", lambda m: m.get("odd key'%") == "x"),
    ("meta.deep.er=yes", lambda m: m.get("deep") == {"er": "yes"}),
    ('where=meta.source:web|meta.weight.lt:0', lambda m: m.get("source") == "web" or m.get("weight") == -1),
    ("meta.source=web&meta.weight.gt=6", lambda m: m.get("weight") == 12.5),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), CASES, ids=[query for query, _ in CASES])
def test_a_path_finds_what_it_says(session: Session, query: str, expected: Asked) -> None:
    """The rows of the list are those of which Python says the same, on every system."""
    every = session.scalars(sa.select(Order).where(Order.deleted_at.is_(None))).all()
    assert keys(session, Orders, query) == {str(order.id) for order in every if expected(order.meta or {})}


def test_a_path_through_a_relation(session: Session) -> None:
    """A document of the related row is looked into."""
    customer = session.scalars(sa.select(Customer).join(Order).where(Order.deleted_at.is_(None))).first()
    assert customer is not None
    customer.preferences = {"theme": "dark & odd"}
    session.flush()
    every = session.scalars(sa.select(Order).where(Order.deleted_at.is_(None))).all()
    wanted = {str(order.id) for order in every if order.customer_id == customer.id}
    assert keys(session, Orders, "customer.preferences.theme=dark+%26+odd") == wanted
    assert not wanted & keys(session, Orders, "customer.preferences.theme.not=dark+%26+odd")


@pytest.mark.parametrize(
    "query",
    ["meta.secret=1", "meta=web", "meta.source.inner=1", "meta.weight.gte=heavy", "meta.source.range=today", "customer.preferences.lang=de", "meta.source.null=maybe"],
)  # fmt: skip
def test_what_no_option_names_cannot_be_asked(shop_session: Session, query: str) -> None:
    """Only the paths of the option are filters, and each takes what fits it."""
    context = context_of(shop_session, registry_of(Orders))
    with pytest.raises(BadRequest):
        params_of(context.registry.views["orders"], query)


def test_a_chip_says_the_path(shop_session: Session) -> None:
    """A chip reads like that of any column."""
    context = context_of(shop_session, registry_of(Orders))
    params = params_of(context.registry.views["orders"], "meta.source=web&meta.weight.gte=5")
    texts = [(chip.label, chip.value) for chip in chips(params, {}, url=lambda query: query)]
    assert texts == [("Meta source", "web"), ("Meta weight", "≥ 5")]


def test_a_path_that_leads_nowhere_is_a_fault() -> None:
    """A path must begin at a JSON column of the model or of a row that a to-one relation leads to."""

    class Wrong(ModelView, model=Order):
        column_filters = ["status.source", "lines.meta.source", "meta..source"]

    with pytest.raises(OptionsError) as found:
        _ = registry_of(Wrong).views
    assert len(found.value.faults) == 3


@pytest.mark.parametrize("index", ["ix_of_path", "ix_orders_metadata"])
def test_indexes_serve(shop_pg: sa.Engine, index: str) -> None:
    """In PostgreSQL an index on the path and one on what documents contain are both of use."""
    with Session(shop_pg) as session:
        if index == "ix_of_path":
            session.execute(sa.text("DROP INDEX ix_orders_metadata"))
            session.execute(sa.text("CREATE INDEX ix_of_path ON orders ((metadata ->> 'source'))"))
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        context = context_of(session, registry_of(Orders))
        view = context.registry.views["orders"]
        value = params_of(view, "meta.source=web").filters[0]
        if index == "ix_of_path":
            condition = filters_of(view)["meta.source"].attribute.expression == "web"
        else:
            condition = filters_of(view)["meta.source"].condition(context, value)
        stmt = sa.select(Order.id).where(condition)
        sql = str(stmt.compile(session.connection(), compile_kwargs={"literal_binds": True}))
        plan = "\n".join(session.scalars(sa.text("EXPLAIN " + sql.replace(":", "\\:"))))
        assert index in plan
        session.rollback()
