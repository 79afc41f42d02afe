"""Filling the shop: the right rows, the same every time, and never into tables of somebody else."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin.demo import goods, words
from webadmin.demo.models import (
    Base,
    Category,
    Customer,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    Review,
    Staff,
    StaffNote,
    Tag,
    product_tags,
)
from webadmin.demo.seed import SeedError, create, is_seeded, seed
from webadmin.dialects import for_engine
from webadmin.dialects.catalog import Relation

UNTIL = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ORDERS = 600


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    """The shop with 600 orders."""
    seed(engine, ORDERS, until=UNTIL)
    return engine


def count(engine: sa.Engine, model: Any, *where: Any) -> int:
    with engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


def everything(engine: sa.Engine) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with engine.connect() as connection:
        return {
            table.name: connection.execute(sa.select(table).order_by(*table.primary_key)).all()
            for table in Base.metadata.sorted_tables
        }


def test_the_numbers_of_rows(filled: sa.Engine) -> None:
    """As many orders as asked for, about three lines each, and the rest in proportion."""
    assert count(filled, Order) == ORDERS
    assert count(filled, Customer) == ORDERS // 4
    assert count(filled, Review) == ORDERS // 5
    assert count(filled, Product) == 60
    assert count(filled, Staff) == len(goods.STAFF)
    assert count(filled, Tag) == len(goods.TAG_NAMES)
    assert count(filled, Category) == 23
    assert count(filled, StaffNote) == len(goods.STAFF_NOTES)
    assert 2.5 < count(filled, OrderLine) / ORDERS < 3.5
    assert count(filled, product_tags) > 20


def test_deleted_and_empty(filled: sa.Engine) -> None:
    """About four of a hundred are deleted, and one in ten is null where nothing needs to be there."""
    assert count(filled, Order, Order.deleted_at.is_not(None)) == ORDERS // 25
    assert count(filled, Customer, Customer.deleted_at.is_not(None)) == ORDERS // 100
    for column in (Order.due_on, Order.delivery_window, Order.recipient):
        assert 0.04 < count(filled, Order, column.is_(None)) / ORDERS < 0.18
    assert count(filled, Review, Review.approved.is_(None))


def test_totals_are_sums_of_lines(filled: sa.Engine) -> None:
    """An order's total is what its lines cost; some orders have no line, of which some have a total all the same."""
    with Session(filled) as session:
        sums: Counter[int] = Counter()
        for line in session.scalars(sa.select(OrderLine)):
            sums[line.order_id] += line.quantity * float(line.unit_price) * (1 - line.discount)
        totals = {order.id: order.total for order in session.scalars(sa.select(Order))}
    assert all(abs(float(totals[order]) - amount) < 0.02 for order, amount in sums.items())
    without = [totals[order] for order in totals if order not in sums]
    assert 0 < len(without) < ORDERS // 10
    assert any(without)


def test_what_happened_is_plausible(filled: sa.Engine) -> None:
    """Nobody orders before being a customer; the new orders are open, the old ones delivered; the last is of today."""
    with Session(filled) as session:
        early = sa.select(Order.id).join(Order.customer).where(Order.created_at < Customer.created_at)
        assert session.scalars(early).all() == []
        statuses = Counter(session.scalars(sa.select(Order.status)))
        assert set(statuses) >= {OrderStatus.DELIVERED, OrderStatus.PAID, OrderStatus.CANCELLED}
        assert statuses.most_common(1)[0][0] is OrderStatus.DELIVERED
        newest = session.scalars(sa.select(Order).order_by(Order.id.desc())).first()
        assert newest is not None
        assert UNTIL - timedelta(days=1) < newest.created_at <= UNTIL
        assert newest.number == f"A-{1_000_000 + ORDERS}"
        assert session.scalar(sa.select(sa.func.max(Order.placed_at))) <= UNTIL  # type: ignore[operator]


def test_people_come_from_their_countries(filled: sa.Engine) -> None:
    """A customer's name, country, telephone and currency belong together."""
    known = {country.code: country for country in words.COUNTRIES}
    with Session(filled) as session:
        customers = session.scalars(sa.select(Customer)).all()
        pairs = session.execute(sa.select(Customer.country, Order.currency).join(Order.customer)).all()
    assert len({customer.country for customer in customers}) > 8
    for customer in customers:
        country = known[customer.country]
        first, _, _last = customer.name.partition(" ")
        assert first in country.first_names.replace("_", " ")
        assert customer.phone is None or customer.phone.startswith(f"{country.phone} ")
    assert all(known[country].currency == currency for country, currency in pairs)


def test_some_deleted_rows_stand_in_the_way_of_a_restore(engine: sa.Engine) -> None:
    """The value of a deleted row may have been given to a live one."""
    seed(engine, 3000, until=UNTIL)
    for model, column in ((Customer, Customer.email), (Product, Product.sku)):
        live = sa.select(column).where(model.deleted_at.is_(None))
        assert count(engine, model, model.deleted_at.is_not(None), column.in_(live)) > 0


def test_the_same_time_gives_the_same_rows(filled: sa.Engine) -> None:
    """Made again from nothing, every row of every table is the same."""
    before = everything(filled)
    seed(filled, 50, until=UNTIL)
    seed(filled, ORDERS, until=UNTIL)
    after = everything(filled)
    for table in before:
        server_set = {"created_at", "updated_at"} if table in {"staff"} else set()
        assert [
            {name: value for name, value in row._mapping.items() if name not in server_set}
            for row in after[table]
        ] == [
            {name: value for name, value in row._mapping.items() if name not in server_set}
            for row in before[table]
        ], table


def test_a_second_time_does_nothing(filled: sa.Engine) -> None:
    """What people have changed in the shop stays."""
    with Session(filled) as session, session.begin():
        session.add(Tag(name="Mine"))
    assert is_seeded(filled, ORDERS)
    seed(filled, ORDERS)
    assert count(filled, Tag, Tag.name == "Mine") == 1


def test_another_number_replaces_the_shop(filled: sa.Engine) -> None:
    """The database holds one shop."""
    assert not is_seeded(filled, 40)
    seed(filled, 40)
    assert is_seeded(filled, 40)
    assert not is_seeded(filled, ORDERS)
    assert count(filled, Order) == 40


def test_indexes_and_foreign_keys_are_back(filled: sa.Engine) -> None:
    """After loading the tables are as the models say."""
    found = sa.inspect(filled)
    with filled.connect() as connection:
        places = [Relation(None, table.name) for table in Base.metadata.sorted_tables]
        facts = for_engine(filled).read_facts(connection, places)
    for table in Base.metadata.sorted_tables:
        made = {index["name"] for index in facts[None, table.name].indexes}
        gin = {index.name for index in table.indexes if index.dialect_kwargs.get("postgresql_using") == "gin"}
        wanted = {index.name for index in table.indexes} - (gin if filled.dialect.name == "sqlite" else set())
        assert made >= wanted
        assert len(found.get_foreign_keys(table.name)) == len(table.foreign_key_constraints)


def test_new_rows_follow_the_seeded_ones(filled: sa.Engine) -> None:
    """The next keys and the next order number are free."""
    with Session(filled) as session:
        order, tag = Order(), Tag(name="Mine")
        session.add_all([order, tag])
        session.flush()
        assert (order.id, order.number) == (ORDERS + 1, f"A-{1_000_001 + ORDERS}")
        assert tag.id == len(goods.TAG_NAMES) + 1


def test_progress_reaches_its_end(engine: sa.Engine) -> None:
    """Each kind of work reports up to its total."""
    seen: dict[str, tuple[int, int]] = {}
    seed(engine, 2500, lambda what, done, total: seen.__setitem__(what, (done, total)))
    assert set(seen) == {"products", "customers", "orders", "reviews", "indexes"}
    assert all(done == total for done, total in seen.values())
    assert seen["orders"] == (2500, 2500)


def test_tables_of_somebody_else_are_left_alone(engine: sa.Engine) -> None:
    """A database with a table of one of the names is refused, and nothing in it changes."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE orders (mine text)")
        connection.exec_driver_sql("INSERT INTO orders VALUES ('kept')")
    for attempt in (lambda: seed(engine, 10), lambda: create(engine)):
        with pytest.raises(SeedError, match=r"\(orders\)"):
            attempt()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT mine FROM orders").scalar() == "kept"
    assert sa.inspect(engine).get_table_names() == ["orders"]


def test_create_makes_empty_tables_once(engine: sa.Engine) -> None:
    """The tables are there without rows; a second call keeps what has come in."""
    create(engine)
    assert is_seeded(engine, 0)
    with Session(engine) as session, session.begin():
        session.add(Tag(name="Mine"))
    create(engine)
    assert count(engine, Tag) == 1
    assert count(engine, Order) == 0


def test_an_empty_database_is_not_seeded(engine: sa.Engine) -> None:
    """Asking changes nothing."""
    assert not is_seeded(engine, 0)
    assert sa.inspect(engine).get_table_names() == []


def test_a_failure_leaves_nothing_behind(engine: sa.Engine) -> None:
    """Interrupted while loading, the database is as it was."""

    def interrupt(what: str, done: int, total: int) -> None:
        if what == "orders":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seed(engine, 20, interrupt)
    assert sa.inspect(engine).get_table_names() == []
    seed(engine, 20)
    assert is_seeded(engine, 20)


def test_two_at_once_take_turns(engine: sa.Engine) -> None:
    """Two demos that start together make one shop."""
    failures: list[BaseException] = []

    def make() -> None:
        try:
            seed(engine, 30, until=UNTIL)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count(engine, Order) == 30
