"""Operations for migrations of a host's own tables: what lists want of them, in one line and reversible.

Import this module in a migration, or once in ``env.py``, and ``alembic.op`` has them::

    import webadmin.alembic

    def upgrade():
        op.add_search_vector("orders", "number", "note")
        op.add_soft_delete_index("orders", "created_at", "id")
        op.add_sort_index("orders", "total", "id", where="deleted_at IS NULL")

    def downgrade():
        op.drop_sort_index("orders", "total", "id")
        op.drop_soft_delete_index("orders", "created_at", "id")
        op.drop_search_vector("orders")

Indexes are made and dropped ``concurrently=True`` where the table is in use and the system can; that ends the transaction
of the migration (Alembic's ``autocommit_block``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation, Operations

from webadmin.mixins import gin_index, search_column

_LONGEST_NAME = 63


class _Operation(MigrateOperation):
    """An operation that its arguments say all about, and that autogenerate writes down as it was called."""

    called: str
    reverses: type[_Operation]

    def __init__(self, table: str, columns: Sequence[str], **options: Any) -> None:
        self.table, self.columns = table, tuple(columns)
        self.options = options

    def reverse(self) -> MigrateOperation:
        return self.reverses(self.table, self.columns, **self.options)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return (self.called, self.table, *self.columns)

    @classmethod
    def run(cls, operations: Operations, table: str, *columns: str, **options: Any) -> Any:
        return operations.invoke(cls(table, columns, **options))


def _render(_context: AutogenContext, operation: _Operation) -> str:
    options = [f"{name}={value!r}" for name, value in operation.options.items()]
    return (
        f"op.{operation.called}({', '.join([*map(repr, (operation.table, *operation.columns)), *options])})"
    )


def _name(prefix: str, table: str, columns: Sequence[str]) -> str:
    words = "_".join([prefix, table.rpartition(".")[2], *columns]).lower()
    return re.sub(r"\W+", "_", words)[:_LONGEST_NAME].strip("_")


def _place(table: str) -> tuple[str | None, str]:
    schema, _dot, name = table.rpartition(".")
    return schema or None, name


def _keys(columns: Sequence[str]) -> list[Any]:
    """Names as they are; anything else is SQL."""
    return [column if re.fullmatch(r"\w+", column) else sa.text(column) for column in columns]


def _index(operations: Operations, operation: _Operation, name: str, *, drop: bool) -> None:
    schema, table = _place(operation.table)
    concurrently = (
        bool(operation.options.get("concurrently")) and operations.get_bind().dialect.name == "postgresql"
    )
    more: dict[str, Any] = {"postgresql_concurrently": True} if concurrently else {}
    with operations.get_context().autocommit_block() if concurrently else nullcontext():
        if drop:
            operations.drop_index(name, table, schema=schema, **more)
            return
        where = operation.options.get("where")
        if where:
            more |= {"postgresql_where": sa.text(where), "sqlite_where": sa.text(where)}
        if operation.options.get("include"):
            more["postgresql_include"] = list(operation.options["include"])
        if operation.options.get("using"):
            more["postgresql_using"] = operation.options["using"]
        unique = bool(operation.options.get("unique"))
        operations.create_index(name, table, _keys(operation.columns), schema=schema, unique=unique, **more)


# -- search ------------------------------------------------------------------------------------------------


class AddSearchVector(_Operation):
    """``op.add_search_vector(table, *columns, name="search", config="simple")``: a generated search vector over the texts of
    ``columns``, the weightiest first, with its GIN index; in SQLite a generated text. Schemas stand before a dot."""

    called = "add_search_vector"


class DropSearchVector(_Operation):
    """``op.drop_search_vector(table, name="search")``: the column goes with its index."""

    called = "drop_search_vector"


def _add_search_vector(operations: Operations, operation: AddSearchVector) -> None:
    schema, table = _place(operation.table)
    name = operation.options.get("name", "search")
    made = search_column(*operation.columns, config=operation.options.get("config", "simple")).column
    assert made.computed is not None
    # One that is stored cannot be added to a table of SQLite's that is there.
    stored = operations.get_bind().dialect.name != "sqlite"
    column: sa.Column[Any] = sa.Column(name, made.type, sa.Computed(made.computed.sqltext, persisted=stored))
    operations.add_column(table, column, schema=schema)
    if operations.get_bind().dialect.name == "postgresql":
        index = gin_index(_name("ix", table, [name]), name)
        operations.create_index(str(index.name), table, [name], schema=schema, postgresql_using="gin")


def _drop_search_vector(operations: Operations, operation: DropSearchVector) -> None:
    schema, table = _place(operation.table)
    name = operation.options.get("name", "search")
    if operations.get_bind().dialect.name == "postgresql":
        operations.drop_index(_name("ix", table, [name]), table, schema=schema)
    operations.drop_column(table, name, schema=schema)


# -- indexes -----------------------------------------------------------------------------------------------


class AddSoftDeleteIndex(_Operation):
    """``op.add_soft_delete_index(table, *columns, deleted="deleted_at", unique=False, concurrently=False)``: an index over the
    live rows alone."""

    called = "add_soft_delete_index"


class DropSoftDeleteIndex(_Operation):
    """``op.drop_soft_delete_index(table, *columns)``"""

    called = "drop_soft_delete_index"


def _add_soft_delete_index(operations: Operations, operation: AddSoftDeleteIndex) -> None:
    deleted = operation.options.get("deleted", "deleted_at")
    quoted = operations.get_bind().dialect.identifier_preparer.quote(deleted)
    whole = AddSortIndex(
        operation.table, operation.columns, **{**operation.options, "where": f"{quoted} IS NULL"}
    )
    _index(operations, whole, _live_name(operation), drop=False)


def _drop_soft_delete_index(operations: Operations, operation: DropSoftDeleteIndex) -> None:
    _index(operations, operation, _live_name(operation), drop=True)


def _live_name(operation: _Operation) -> str:
    prefix = "uq" if operation.options.get("unique") else "ix"
    return str(operation.options.get("name") or _name(prefix, operation.table, [*operation.columns, "live"]))


class AddSortIndex(_Operation):
    """``op.add_sort_index(table, *columns, where=None, name=None, concurrently=False, include=(), using=None)``: an index for a
    list's order, with the key last: ``op.add_sort_index("orders", "status", "total DESC", "id DESC")``. ``include``: columns
    beside the keys; ``using``: another method than the usual one; both where the system can."""

    called = "add_sort_index"


class DropSortIndex(_Operation):
    """``op.drop_sort_index(table, *columns)``"""

    called = "drop_sort_index"


def _add_sort_index(operations: Operations, operation: AddSortIndex) -> None:
    _index(operations, operation, _sort_name(operation), drop=False)


def _drop_sort_index(operations: Operations, operation: DropSortIndex) -> None:
    _index(operations, operation, _sort_name(operation), drop=True)


def _sort_name(operation: _Operation) -> str:
    return str(operation.options.get("name") or _name("ix", operation.table, operation.columns))


_PAIRS: tuple[tuple[type[_Operation], type[_Operation], Any, Any], ...] = (
    (AddSearchVector, DropSearchVector, _add_search_vector, _drop_search_vector),
    (AddSoftDeleteIndex, DropSoftDeleteIndex, _add_soft_delete_index, _drop_soft_delete_index),
    (AddSortIndex, DropSortIndex, _add_sort_index, _drop_sort_index),
)
for _add, _drop, _adding, _dropping in _PAIRS:
    _add.reverses, _drop.reverses = _drop, _add
    for _kind, _doing in ((_add, _adding), (_drop, _dropping)):
        Operations.register_operation(_kind.called, "run")(_kind)
        Operations.implementation_for(_kind)(_doing)
        renderers.dispatch_for(_kind)(_render)
