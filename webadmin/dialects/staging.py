"""Rows of a file on their way in: kept in tables of one transaction, where the database compares and writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection

from webadmin.dialects.records import Expression

_FAILED = (exc.StatementError, OverflowError)
"""What a value fails with that a driver or the database does not take."""


class NotTaken(Exception):
    """The database does not take one of the rows; ``row`` is its place, ``column`` the name of the column if it says so."""

    def __init__(self, row: int, column: str, cause: Exception) -> None:
        super().__init__(row, column)
        self.row, self.column, self.cause = row, column, cause


class Staging:
    """The part of a dialect that takes rows in."""

    supports_sending = False
    """What :meth:`pack_staged` returns may run in another thread, while more rows are packed."""
    staged_until = ""
    """What a table of one transaction has behind its columns."""
    staged_schema = ""
    """What stands before the name of such a table's index."""

    def make_staged(
        self, connection: Connection, table: sa.TableClause, key: sa.ColumnClause[Any] | None = None
    ) -> None:
        """Make ``table``, which is seen by this connection alone and gone with the transaction, or with :meth:`drop_staged`.

        :param key: a column that rows are found by.
        """
        self.drop_staged(connection, [table])
        columns = ", ".join(f"{one.name} {self.staged_type(connection, one.type)}" for one in table.columns)
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {table.name} ({columns}){self.staged_until}")
        if key is not None:
            index = f"{self.staged_schema}{table.name}_by_{key.name}"
            connection.exec_driver_sql(f"CREATE INDEX {index} ON {table.name} ({key.name})")

    def staged_type(self, connection: Connection, type_: Any) -> str:
        """The type of a staged column, for values of ``type_``: as wide as there is, so that a sentence can say what the column
        itself would refuse."""
        return str(type_.compile(dialect=connection.dialect))

    def reads_texts(self, connection: Connection, type_: Any) -> bool:
        """Whether values of ``type_`` may be staged as texts, written as the database itself writes them."""
        return False

    def drop_staged(self, connection: Connection, tables: Sequence[sa.TableClause]) -> None:
        """Take such tables away, where they are there."""
        for table in tables:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS temp.{table.name}")

    def fill_staged(
        self, connection: Connection, table: sa.TableClause, columns: Sequence[Sequence[Any]]
    ) -> None:
        """Add rows, given as Python values column by column. Raises NotTaken, and nothing is added then."""
        self.pack_staged(connection, table, columns)()

    def pack_staged(
        self, connection: Connection, table: sa.TableClause, columns: Sequence[Sequence[Any]]
    ) -> Callable[[], None]:
        """What :meth:`fill_staged` does in two steps: what is returned adds the rows, and mostly waits for the database."""
        names = [column.name for column in table.columns]
        columns = [
            [sa.null() if value is None else value for value in values] if _is_json(column.type) else values
            for column, values in zip(table.columns, columns, strict=True)
        ]
        given = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

        def add() -> None:
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(table), given)
            except _FAILED as error:
                raise self._refused(connection, table, given, error) from error

        return add if given else lambda: None

    def _refused(
        self,
        connection: Connection,
        table: sa.TableClause,
        rows: Sequence[Mapping[str, Any]],
        error: Exception,
    ) -> Exception:
        """Which of the rows is the first that is not taken, by halves; and which of its values."""
        low, high = 0, len(rows)
        while high - low > 1:
            middle = (low + high) // 2
            try:
                with connection.begin_nested() as savepoint:
                    connection.execute(sa.insert(table), list(rows[low:middle]))
                    savepoint.rollback()
                low = middle
            except _FAILED as found:
                high, error = middle, found
        for name in rows[low]:
            try:
                with connection.begin_nested() as savepoint:
                    connection.execute(sa.insert(table), [{**rows[low], name: None}])
                    savepoint.rollback()
                return NotTaken(low, name, error)
            except _FAILED:
                continue
        return NotTaken(low, "", error)

    def staged_ready(self, connection: Connection, table: sa.TableClause) -> None:
        """``table`` is full: let the planner know how many rows there are."""

    def digest(self, connection: Connection, values: Sequence[Expression]) -> Expression:
        """A number that depends on ``values``, to be summed up; the same for the same values at any time."""
        raise NotImplementedError

    def comparable_json(self, value: Expression) -> Expression:
        """A JSON value in a form that is the same for all that mean the same; NULL and ``null`` do."""
        return self.record_value(value)  # type: ignore[attr-defined,no-any-return]

    def column_rules(self, connection: Connection, table: sa.Table) -> list[str]:
        """Conditions on columns of ``table`` that come with their types, in the words of a check of the table."""
        return []

    def hold(self, connection: Connection, name: str) -> None:
        """Wait until no other transaction holds ``name``, and hold it until this one ends."""

    def count_on(self, connection: Connection, column: sa.Column[Any]) -> None:
        """Rows have come with values of ``column`` that the database would have counted itself: let it go on behind them."""

    def index_condition(self, index: sa.Index) -> sa.ColumnElement[bool] | None:
        """The condition of a partial index; None for one of all rows."""
        return None

    def record_of(
        self, columns: Mapping[str, Expression], kept: Mapping[str, sa.ColumnElement[bool]]
    ) -> Expression:
        """``columns`` by name as one ``Record``, without those for which what ``kept`` says of them does not hold."""
        raise NotImplementedError


def _is_json(type_: Any) -> bool:
    """Whether None would be kept as the value ``null``."""
    return isinstance(getattr(type_, "impl_instance", type_), sa.JSON)
