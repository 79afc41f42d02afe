"""Fills a database with the demo's shop: the same rows for the same number of orders, by bulk statements.

A row in ``shop_seed`` says that the tables are the demo's own and what they hold; tables without it are never touched.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateTable,
    DropIndex,
    ExecutableDDLElement,
)

from webadmin.demo import bulk_postgresql, bulk_sqlite, shop
from webadmin.demo.columns import Base, order_numbers
from webadmin.demo.models import Category, Product, Staff, StaffNote, Tag, product_tags
from webadmin.mixins import UtcDateTime

Progress = Callable[[str, int, int], None]

_mark = sa.Table(
    "shop_seed",
    Base.metadata,
    sa.Column("orders", sa.Integer, nullable=False),
    sa.Column("models", sa.String(16), nullable=False),
    sa.Column("until", UtcDateTime(), nullable=False),
)
_LOCK = 7_239_140_021  # any number; two demos that start at once take turns by it


class SeedError(Exception):
    """The shop cannot be made in this database; the message is one line for a terminal."""


def create(engine: Engine) -> None:
    """Make the shop's tables, empty, where there are none; tables of an older demo are made anew.

    Raises :class:`SeedError` when tables of these names are there that the demo has not made.
    """
    with engine.begin() as connection:
        _take_turns(connection)
        if _read_mark(connection) is None:
            _make_tables(connection)


def is_seeded(engine: Engine, orders: int) -> bool:
    """The database holds the shop of this demo, made with that number of orders (whatever has changed since)."""
    with engine.connect() as connection:
        return _read_mark(connection) == orders


def seed(
    engine: Engine, orders: int, progress: Progress | None = None, *, until: datetime | None = None
) -> None:
    """Make the shop with that number of orders, all in one transaction; does nothing when it is there already.

    A shop that the demo has made with another number is replaced. Raises :class:`SeedError` when tables of these names
    are there that the demo has not made.

    :param progress: called with what is being written, how many of it are done and how many there will be.
    :param until: when the last order came in, by default now. The same time gives the same rows.
    """
    report = progress or _silent
    size, end = shop.Size(orders), until or shop.now()
    with engine.begin() as connection:
        _take_turns(connection)
        if _read_mark(connection) == orders:
            return
        _make_tables(connection)
        indexes, constraints = _drop_what_slows(connection)
        _load_small(connection, size, end, report)
        bulk = bulk_postgresql if connection.dialect.name == "postgresql" else bulk_sqlite
        bulk.load(connection, size, end, report)
        steps: list[ExecutableDDLElement] = [*(CreateIndex(index) for index in indexes), *constraints]
        for done, step in enumerate(steps, 1):
            connection.execute(step)
            report("indexes", done, len(steps))
        _set_counters(connection, orders)
        connection.execute(sa.delete(_mark))
        connection.execute(
            sa.insert(_mark), {"orders": orders, "models": _fingerprint(connection), "until": end}
        )
    _analyze(engine)


def _silent(what: str, done: int, total: int) -> None:
    pass


# The mark ---------------------------------------------------------------------------------------------------------


def _take_turns(connection: Connection) -> None:
    """Wait for another demo that is making its tables here."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    elif not getattr(connection.connection.driver_connection, "in_transaction", True):
        # The driver would begin at the first INSERT only, and leave the tables out of the transaction.
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _read_mark(connection: Connection) -> int | None:
    """How many orders the shop was made with, 0 for empty tables, None when there is no shop of this version."""
    if not sa.inspect(connection).has_table(_mark.name):
        return None
    row = connection.execute(sa.select(_mark)).first()
    return row.orders if row and row.models == _fingerprint(connection) else None


def _fingerprint(connection: Connection) -> str:
    """A short text that changes when the models do."""
    tables = Base.metadata.sorted_tables
    words = [str(CreateTable(table).compile(dialect=connection.dialect)) for table in tables]
    words += [
        str(CreateIndex(index).compile(dialect=connection.dialect))
        for table in tables
        for index in _indexes(table)
    ]
    return hashlib.sha256("".join(words).encode()).hexdigest()[:16]


def _make_tables(connection: Connection) -> None:
    there = set(sa.inspect(connection).get_table_names())
    taken = sorted(there & set(Base.metadata.tables))
    if taken and _mark.name not in there:
        raise SeedError(
            f"The database already has tables that the demo did not make ({', '.join(taken)}): "
            "give the demo an empty database."
        )
    Base.metadata.drop_all(connection)
    Base.metadata.create_all(connection)
    connection.execute(
        sa.insert(_mark), {"orders": 0, "models": _fingerprint(connection), "until": shop.now()}
    )


# Loading ----------------------------------------------------------------------------------------------------------


def _indexes(table: sa.Table) -> list[sa.Index]:
    return sorted(table.indexes, key=lambda index: str(index.name))


def _drop_what_slows(connection: Connection) -> tuple[list[sa.Index], list[AddConstraint]]:
    """Take indexes and foreign keys off the empty tables: both are far cheaper to make at the end, at once."""
    indexes, constraints = [], []
    there, quote = sa.inspect(connection), connection.dialect.identifier_preparer
    for table in Base.metadata.sorted_tables:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", exc.SAWarning)  # those on expressions are skipped: they stay
            made = {index["name"] for index in there.get_indexes(table.name)}
        for index in _indexes(table):
            if index.name in made:
                connection.execute(DropIndex(index))
                indexes.append(index)
        if connection.dialect.supports_alter:
            for key in sorted(table.foreign_key_constraints, key=lambda key: str(key.name)):
                # Not by DropConstraint, which in SQLAlchemy 2.0 leaves the key out of the table from then on.
                names = quote.format_table(table), quote.format_constraint(key)
                connection.exec_driver_sql("ALTER TABLE {} DROP CONSTRAINT {}".format(*names))
                constraints.append(AddConstraint(key, isolate_from_table=False))
    return indexes, constraints


def _load_small(connection: Connection, size: shop.Size, until: datetime, report: Progress) -> None:
    tables: tuple[tuple[Any, Iterable[shop.Row]], ...] = (
        (Staff.__table__, shop.staff(until)),
        (Category.__table__, shop.categories()),
        (Tag.__table__, shop.tags()),
        (StaffNote.__table__, shop.staff_notes(until)),
    )
    for table, rows in tables:
        connection.execute(sa.insert(table), list(rows))
    made, catalogue = 0, cast(sa.Table, Product.__table__)
    for batch in shop.batches(shop.products(size, until)):
        connection.execute(sa.insert(catalogue), batch)
        made += len(batch)
        report("products", made, size.products)
    for batch in shop.batches(shop.product_tags(size)):
        connection.execute(sa.insert(product_tags), batch)


def _set_counters(connection: Connection, orders: int) -> None:
    """Let the next keys follow the ones that were written."""
    if connection.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.identity is not None:
                sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
                connection.execute(
                    sa.select(sa.func.setval(sequence, sa.select(sa.func.max(column)).scalar_subquery()))
                )
    connection.execute(sa.select(sa.func.setval(order_numbers.name, 1_000_000 + max(orders, 1))))


def _analyze(engine: Engine) -> None:
    """Give the planner its statistics, and lists their index-only scans."""
    if engine.dialect.name != "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        return
    quote = engine.dialect.identifier_preparer
    tables = ", ".join(quote.format_table(table) for table in Base.metadata.sorted_tables)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM (ANALYZE) {tables}")
