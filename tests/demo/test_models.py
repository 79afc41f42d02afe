"""The shop's models: every type goes in and comes out, and every rule holds, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, configure_mappers

from webadmin.demo.goods import picture
from webadmin.demo.models import (
    Base,
    Category,
    Channel,
    Customer,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    Review,
    Staff,
    StaffNote,
    Tag,
)

TABLES = {
    "categories", "customers", "order_lines", "orders", "product_tags", "products", "reviews", "shop_seed", "staff",
    "staff_notes", "tags",
}  # fmt: skip


@pytest.fixture
def empty_shop(session: Session) -> Session:
    """A session on the shop's tables without rows."""
    import webadmin.demo.seed  # noqa: F401 - its own table belongs to the shop

    Base.metadata.create_all(session.connection())
    return session


def reload(session: Session, row: Any) -> Any:
    """The same row, read again from the database."""
    key = sa.inspect(row).identity
    session.flush()
    session.expire_all()
    return session.get(type(row), key or sa.inspect(row).identity)


def test_the_shop_has_its_tables(empty_shop: Session) -> None:
    """One table for each model, one for a link and one for the seed's own mark."""
    assert set(sa.inspect(empty_shop.connection()).get_table_names()) >= TABLES
    configure_mappers()


def test_every_type_of_an_order_comes_back(empty_shop: Session) -> None:
    """Enum, money, moment, day, interval, list and JSON are the same after the way through the database."""
    values: dict[str, Any] = {
        "status": OrderStatus.SENT,
        "total": Decimal("1249.10"),
        "placed_at": datetime(2026, 11, 20, 14, 26, 5, tzinfo=UTC),
        "due_on": date(2026, 12, 1),
        "delivery_window": timedelta(hours=26, minutes=30),
        "channel": Channel.SALES_REP,
        "tags": ["gift", "ümlaut", 'a "quote", comma'],
        "meta": {"utm": {"campaign": None}, "packing": ["fragile"], "weight_kg": 14.2},
        "note": "<b>not bold</b>",
    }
    order = Order(number="A-1", **values)
    empty_shop.add(order)
    loaded = reload(empty_shop, order)
    assert {name: getattr(loaded, name) for name in values} == values
    assert "bold" in loaded.search


def test_every_type_of_a_product_comes_back(empty_shop: Session) -> None:
    """Float, boolean, binary and version do too."""
    image = picture("#c8a26b")
    product = Product(
        sku="SH-OAK-1", name="Oak shelf", price=Decimal("99.95"), weight=0.1, active=False, image=image
    )
    empty_shop.add(product)
    loaded = reload(empty_shop, product)
    assert (loaded.price, loaded.weight, loaded.active, loaded.image) == (Decimal("99.95"), 0.1, False, image)
    assert (loaded.version, loaded.stock, loaded.labels) == (1, 0, [])
    assert image.startswith(b"\x89PNG")


def test_an_empty_boolean_stays_empty(empty_shop: Session) -> None:
    """Nullable columns keep null apart from false, nothing and zero."""
    customer = Customer(name="Ada", email="ada@example.org", country="GB")
    empty_shop.add(customer)
    loaded = reload(empty_shop, customer)
    assert (loaded.newsletter, loaded.born_on, loaded.credit_limit, loaded.phone) == (None,) * 4
    assert (loaded.tags, loaded.preferences) == ([], {})
    assert loaded.id.version == 7


def test_orders_number_themselves(empty_shop: Session) -> None:
    """A new order needs no number; the next one gets the next."""
    orders = [Order(), Order()]
    for order in orders:
        empty_shop.add(order)
        empty_shop.flush()
    first, second = (int(order.number.removeprefix("A-")) for order in orders)
    assert second == first + 1 > 1_000_000


def test_relations_lead_both_ways(empty_shop: Session) -> None:
    """To-one, to-many, many-to-many, a tree, and two relations to one table."""
    lamps = Category(name="Lamps", slug="lamps", parent=Category(name="Lighting", slug="lighting"))
    product = Product(
        sku="LT-1", name="Lamp", price=Decimal(10), category=lamps, tags=[Tag(name="Gift ideas")]
    )
    lena, ana = Staff(name="Lena", email="l@example.org"), Staff(name="Ana", email="a@example.org")
    order = Order(
        customer=Customer(name="Ada", email="ada@example.org", country="GB"),
        handled_by=lena,
        approved_by=ana,
        lines=[OrderLine(position=at, product=product, unit_price=Decimal(10)) for at in (2, 1)],
    )
    empty_shop.add_all([order, Review(product=product, customer=order.customer, rating=5)])
    loaded = reload(empty_shop, order)
    assert [line.position for line in loaded.lines] == [1, 2]
    assert (loaded.handled_by.name, loaded.approved_by.name) == ("Lena", "Ana")
    assert [str(child) for child in loaded.lines[0].product.category.parent.children] == ["Lamps"]
    assert [str(tag.products[0]) for tag in loaded.lines[0].product.tags] == ["Lamp"]
    assert loaded.customer.orders == [loaded]
    assert [review.rating for review in loaded.customer.reviews] == [5]


def test_lines_go_with_their_order(empty_shop: Session) -> None:
    """An order that is deleted takes its lines; the product stays."""
    product = Product(sku="LT-1", name="Lamp", price=Decimal(10))
    order = Order(lines=[OrderLine(position=1, product=product, unit_price=Decimal(10))])
    empty_shop.add(order)
    empty_shop.flush()
    empty_shop.delete(order)
    empty_shop.flush()
    assert empty_shop.scalars(sa.select(OrderLine)).all() == []
    assert empty_shop.scalars(sa.select(Product.sku)).all() == ["LT-1"]


@pytest.mark.parametrize(
    "wrong",
    [
        sa.insert(Order).values(number="A-2", total=-1),
        sa.insert(Order).values(number="A-2", channel=sa.literal_column("'pigeon'")),
        sa.insert(Product).values(sku="x", name="x", price=1, stock=-1),
        sa.insert(Customer).values(name="x", email="taken@example.org", country="GB"),
        sa.insert(Staff).values(name="x"),
    ],
    ids=["total", "channel", "stock", "email", "missing"],
)
def test_the_database_keeps_the_rules(empty_shop: Session, wrong: sa.Insert) -> None:
    """Checks, unique rules and required columns are the database's own."""
    empty_shop.add(Customer(name="Ada", email="taken@example.org", country="GB"))
    empty_shop.flush()
    with pytest.raises(IntegrityError), empty_shop.begin_nested():
        empty_shop.execute(wrong)


def test_the_email_of_a_deleted_customer_is_free(empty_shop: Session) -> None:
    """The unique rule counts live rows alone."""
    gone = Customer(name="A", email="a@example.org", country="GB", deleted_at=datetime.now(UTC))
    empty_shop.add_all([gone, Customer(name="B", email="a@example.org", country="GB")])
    empty_shop.flush()


def test_most_rows_say_what_they_are(empty_shop: Session) -> None:
    """A row's own text never needs another row; two models have none."""
    assert str(Order(number="A-1")) == "A-1"
    assert str(OrderLine(order_id=1, position=2)) == "Line 2 of order 1"
    assert str(Staff(name="Lena")) == "Lena"
    for model in (Review, StaffNote):
        assert model.__str__ is object.__str__


def test_every_foreign_key_leads_an_index() -> None:
    """Deleting a row never reads a whole table to find those that point to it."""
    for table in Base.metadata.sorted_tables:
        leading = {next(iter(index.columns)).name for index in table.indexes}
        leading |= {column.name for column in list(table.primary_key)[:1]}
        for key in table.foreign_keys:
            assert key.parent.name in leading, f"{table.name}.{key.parent.name}"


@pytest.mark.parametrize("column", ["placed_at", "created_at", "total", "status"])
def test_sorted_orders_come_from_an_index(pg_engine: sa.Engine, column: str) -> None:
    """Live orders in any of the usual orders need no sort, forwards and backwards."""
    Base.metadata.create_all(pg_engine)
    with pg_engine.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        for direction in ("ASC", "DESC"):
            plan = connection.exec_driver_sql(
                f"EXPLAIN SELECT id FROM orders WHERE deleted_at IS NULL "
                f"ORDER BY {column} {direction}, id {direction} LIMIT 25"
            )
            nodes = "\n".join(plan.scalars())
            assert "Sort" not in nodes
            assert "Index Only Scan" in nodes


def test_one_sort_has_no_index() -> None:
    """``due_on`` is left for the EXPLAIN panel to find."""
    assert all("due_on" not in index.columns for index in Order.__table__.indexes)
