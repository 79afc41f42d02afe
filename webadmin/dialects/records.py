"""How a database system writes rows down, and makes rows of what was written down.

A row is written down by the database itself, as a JSON object of its columns in the database's own terms: nothing is lost
on a way through Python, a hundred thousand rows are one statement, and what is compared or brought back later is
exactly what stood there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles

Expression = sa.ColumnElement[Any]


class Record(sa.types.UserDefinedType[str]):
    """The type of a column that holds rows as they were written down; JSON text on the side of Python."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "TEXT"


@compiles(Record, "postgresql")
def _as_jsonb(_type: Record, _compiler: Any, **_options: Any) -> str:
    return "JSONB"


class Recording:
    """How a database system keeps rows; the part of a dialect that is about that."""

    supports_writing_ctes = False
    """An INSERT may take its rows from an UPDATE … RETURNING within a WITH."""

    def row_before(self, connection: Connection, table: sa.Table) -> sa.FromClause | None:
        """``table`` as an UPDATE of it, sent on ``connection``, has in its RETURNING what its rows were; None where only what
        they are can be returned."""
        return None

    def make_room(self, connection: Connection) -> None:
        """Let statements join a hundred thousand rows in memory until the transaction ends, where the system asks to be told."""

    def record_value(self, value: Expression) -> Expression:
        """``value`` as JSON text; NULL or ``null`` for NULL."""
        raise NotImplementedError

    def record_row(self, columns: Mapping[str, Expression]) -> Expression:
        """``columns`` by name as one :class:`Record`."""
        raise NotImplementedError

    def record_text(self, record: Expression) -> Expression:
        """A :class:`Record` as JSON text, for Python."""
        return sa.cast(record, sa.Text)

    def record_key(self, values: Sequence[Expression]) -> Expression:
        """The text that stands for a row with this key; the same for columns and for values bound with their types."""
        raise NotImplementedError

    def recorded(
        self, record: Expression, table: sa.Table, columns: Sequence[sa.Column[Any]]
    ) -> dict[str, Expression]:
        """The values that a :class:`Record` of a row of ``table`` has of ``columns``, by name, in the columns' own types.

        A statement that selects them has to select from the table of ``record`` before (``select_from``).
        """
        raise NotImplementedError

    def recorded_key(
        self, record: Expression, table: sa.Table, columns: Sequence[sa.Column[Any]]
    ) -> dict[str, Expression]:
        """What :meth:`recorded` gives, of columns that rows are looked up by: as plain expressions where that can be, which a
        planner judges better than a function's rows."""
        return self.recorded(record, table, columns)

    def record_names(self, rows: sa.FromClause, record: Expression) -> sa.Select[Any]:
        """A select of the names of the columns that any ``record`` of ``rows`` speaks of; to be restricted by the caller."""
        raise NotImplementedError

    def record_agrees(self, now: Expression, record: Expression) -> sa.ColumnElement[bool]:
        """Whether two records say the same of each column that both speak of."""
        raise NotImplementedError

    def record_difference(self, one: Expression, other: Expression, names: Expression) -> Expression:
        """The members of ``one`` that ``other`` has not in the same words, and those of ``names``, a JSON array as text; for systems
        that write within a WITH."""
        raise NotImplementedError

    def insert_keyed(self, table: sa.Table, names: Sequence[str], rows: sa.Select[Any]) -> sa.Insert:
        """An INSERT of ``rows`` that brings keys also where the database would give them itself."""
        return sa.insert(table).from_select(list(names), rows)

    def rows_of(self, names: Sequence[str]) -> sa.FromClause:
        """A table whose columns are the lists of texts that the parameters of these names hold; for systems that write within a
        WITH."""
        raise NotImplementedError

    def record_member(self, record: Expression, name: str) -> Expression:
        """What ``record`` says of a column as JSON text, in the form of :meth:`record_value`; NULL where it says nothing."""
        raise NotImplementedError
