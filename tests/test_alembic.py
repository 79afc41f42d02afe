"""Operations for migrations: each does what it says, and can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations, ops
from sqlalchemy import Engine

import webadmin.alembic as operations_of_ours


@pytest.fixture(params=["pg_engine", "sqlite_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(request.param)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, number TEXT, note TEXT, total INTEGER, deleted_at TIMESTAMP)"
        )
        connection.exec_driver_sql("INSERT INTO orders (id, number, note) VALUES (1, 'A-1', 'Fragile vase')")
    return engine


def run(engine: Engine, *calls: tuple[Any, ...]) -> None:
    with engine.connect() as connection, MigrationContext.configure(connection).begin_transaction():
        op = Operations(MigrationContext.configure(connection))
        for name, *arguments, options in calls:
            getattr(op, name)(*arguments, **options)
        connection.commit()


def indexes(engine: Engine) -> dict[str, Any]:
    return {str(index["name"]): index for index in sa.inspect(engine).get_indexes("orders")}


def test_search_vector(engine: Engine) -> None:
    """The column is computed for the rows that there are, and is found by its index; dropped, both are gone."""
    run(engine, ("add_search_vector", "orders", "number", "note", {}))
    with engine.connect() as connection:
        found = str(connection.exec_driver_sql("SELECT search FROM orders").scalar())
    assert "vase" in found
    if engine.dialect.name == "postgresql":
        assert "ix_orders_search" in indexes(engine)
    run(engine, ("drop_search_vector", "orders", {}))
    assert "search" not in {column["name"] for column in sa.inspect(engine).get_columns("orders")}
    assert not indexes(engine)


def test_indexes(engine: Engine) -> None:
    """Over live rows alone, unique or not, and in the order of a list; dropped by the same words."""
    live = ("orders", "number", {"unique": True})
    order = ("orders", "total DESC", "id DESC", {"where": "deleted_at IS NULL"})
    run(engine, ("add_soft_delete_index", *live), ("add_sort_index", *order))
    made = indexes(engine)
    assert set(made) == {"uq_orders_number_live", "ix_orders_total_desc_id_desc"}
    assert made["uq_orders_number_live"]["unique"]
    where = made["uq_orders_number_live"]["dialect_options"]
    assert "deleted_at IS NULL" in str(next(value for name, value in where.items() if name.endswith("where")))
    run(engine, ("drop_soft_delete_index", *live), ("drop_sort_index", *order))
    assert not indexes(engine)


def test_concurrently(pg_engine: Engine, request: pytest.FixtureRequest) -> None:
    """Where the table is in use the index is made beside its transactions."""
    with pg_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE orders (id integer PRIMARY KEY, total integer)")
    with pg_engine.connect() as connection:
        context = MigrationContext.configure(connection)
        with context.begin_transaction():
            Operations(context).add_sort_index("orders", "total", "id", concurrently=True)
            Operations(context).drop_sort_index("orders", "total", "id", concurrently=True)
            Operations(context).add_sort_index("orders", "total", "id", concurrently=True)
    assert "ix_orders_total_id" in indexes(pg_engine)


def test_reversed_and_rendered() -> None:
    """Each knows its reverse, and autogenerate writes it down as it was called."""
    made = operations_of_ours.AddSortIndex("orders", ("total", "id"), where="deleted_at IS NULL")
    back = made.reverse()
    assert isinstance(back, operations_of_ours.DropSortIndex)
    assert isinstance(back.reverse(), operations_of_ours.AddSortIndex)
    text = render_python_code(ops.UpgradeOps([made]))
    assert "op.add_sort_index('orders', 'total', 'id', where='deleted_at IS NULL')" in text
