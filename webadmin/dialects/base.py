"""The contract of a database system: portable defaults plus ``supports_…`` flags."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Connection, Engine

from webadmin.dialects import bound, catalog
from webadmin.dialects.capabilities import Capable
from webadmin.dialects.carried import Carried
from webadmin.dialects.copying import Copying
from webadmin.dialects.failure import Failure
from webadmin.dialects.foreign_keys import ForeignKeys
from webadmin.dialects.groups import Grouping
from webadmin.dialects.indexes import InvertedIndex, TableStatistics
from webadmin.dialects.json_paths import JsonPaths
from webadmin.dialects.overview import Overview
from webadmin.dialects.plan_facts import PlanKnowledge
from webadmin.dialects.raw import Raw, captured
from webadmin.dialects.records import Recording
from webadmin.dialects.replication import Replication
from webadmin.dialects.search import Searching
from webadmin.dialects.staging import Staging
from webadmin.dialects.timeouts import Timeouts
from webadmin.dialects.trying import Trying
from webadmin.dialects.watcher import Watcher
from webadmin.dialects.writes import Writes


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the planner expects of a statement."""

    rows: int
    cost: float
    """In the planner's own units; 1 is about the reading of one page in order."""


class Dialect(
    Searching,
    Grouping,
    JsonPaths,
    Recording,
    ForeignKeys,
    Copying,
    Staging,
    Overview,
    PlanKnowledge,
    Replication,
    Trying,
    Capable,
):
    """A database system as the rest of webadmin sees it.

    The defaults here are plain SQL that any system understands; a subclass turns a ``supports_…`` flag on
    and overrides what it does better.
    """

    title = "SQL database"
    """The system's name for people."""

    supports_row_locks = False
    """``SELECT … FOR UPDATE``."""
    supports_analyze = False
    """``explain(analyze=True)`` measures."""
    supports_statistics = False
    """``estimate_rows`` and ``estimate`` answer."""
    supports_row_values = True
    """``(a, b) > (x, y)``."""
    supports_lateral = False
    """A subquery in FROM may refer to those before it."""
    supports_partitions = False
    """A table may lie in several parts, of which a plain bound on a column leaves out some."""
    supports_snapshots = False
    """``freeze`` and ``snapshot`` work."""
    integers_are_wide = False
    """A column of any integer type holds 64 bits."""
    names_shared_values = True
    """ORDER BY repeats an expression of which all rows have one value, for the index that begins with it to be found; where
    this is False, it must not."""
    create_index = "CREATE INDEX"
    """How an index is made while the table is in use."""
    nulls_sort_high = False
    """Whether NULL sorts after every value in ascending order by default."""

    # -- transactions ------------------------------------------------------------------------------------

    def begin(self, connection: Connection, *, read_only: bool, timeouts: Timeouts) -> None:
        """Start the request's transaction on ``connection`` with its limits, in one round trip."""

    def finish(self, connection: Connection) -> None:
        """Undo on ``connection`` what ``begin`` set beyond the transaction's end."""

    def reads_more_after(self, error: BaseException) -> bool:
        """Whether a read that failed with ``error`` would not again: a value has no counterpart in Python, and from now on
        the transactions of :meth:`begin` read such values as text. Nothing changes for others who use the engine."""
        return False

    def failure(self, error: BaseException) -> Failure:
        """Say in portable terms why a statement failed."""
        if isinstance(error, exc.TimeoutError):
            return Failure("pool_timeout")
        if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
            return Failure("connection_lost")
        return Failure("other")

    # -- reading -----------------------------------------------------------------------------------------

    def version(self, connection: Connection) -> str:
        """The system with its version, in words."""
        numbers = connection.dialect.server_version_info or ()
        return f"{self.title} {'.'.join(str(part) for part in numbers[:2])}"

    def estimate_rows(self, connection: Connection, tables: Sequence[sa.Table]) -> dict[str, int]:
        """Rows by ``table.fullname`` as the statistics have it, for the tables that have any; reads no table."""
        return {}

    def statistics(self, connection: Connection, table: sa.Table) -> TableStatistics:
        """What is known of ``table`` without reading it; one statement at most."""
        return TableStatistics()

    inverted_method = ""
    """The method of an index of what is inside of values."""

    def inverted_indexes(self, connection: Connection, table: sa.Table) -> tuple[InvertedIndex, ...] | None:
        """The indexes of ``table`` of what is inside of values; None where the system has none for columns."""
        return None

    def estimate_live_rows(
        self, connection: Connection, table: sa.Table, column: sa.Column[Any]
    ) -> int | None:
        """Rows in which ``column`` is null, when the statistics of a partial index tell."""
        return None

    def estimate(self, connection: Connection, counting: sa.Select[Any]) -> Estimate | None:
        """What ``counting``, a ``SELECT count(*)``, would count and cost, without running it; None where the
        planner does not tell."""
        return None

    @contextmanager
    def limited(self, connection: Connection, milliseconds: int) -> Iterator[None]:
        """A statement within stops after ``milliseconds``, and whatever fails within, the transaction goes on.
        The error still reaches the caller."""
        with connection.begin_nested():
            yield

    def value_near(self, column: sa.Column[Any], share: float) -> sa.ColumnElement[Any] | None:
        """An expression for a value of ``column`` below which about ``share`` of its values are, 0 to 1, by statistics
        alone; NULL where there are none of this column. None where the system keeps none."""
        return None

    def cancel(self, connection: Connection) -> None:
        """Stop the statement that another thread runs on ``connection``; it fails there like one that took too long."""

    def moment(self, connection: Connection, table: sa.Table) -> str | None:
        """A name of what the connection sees of ``table`` just now: as long as it is the same, nobody has committed any
        change. None where the database does not tell."""
        return None

    def may_use(self, connection: Connection, tables: Sequence[str]) -> bool:
        """Whether all these tables of the default schema are there and this account may read and change them; not
        counted among a page's statements where the system has a way to ask beside them."""
        inspector = sa.inspect(connection)
        return all(inspector.has_table(name) for name in tables)

    def carried(self, expression: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """``expression`` to be selected in a form that the same expression can be compared with again, bound as
        :class:`Carried`: nothing is lost, and no driver fails for it. None, a number, a text or bytes."""
        return sa.type_coerce(expression, Carried())

    def integer_bytes(self, type_: sa.types.TypeEngine[Any]) -> int:
        """How many bytes a number of this integer type has."""
        inner = type_.impl_instance if isinstance(type_, sa.TypeDecorator) else type_
        return 2 if isinstance(inner, sa.SmallInteger) else 8 if isinstance(inner, sa.BigInteger) else 4

    # -- what was seen -----------------------------------------------------------------------------------

    def freeze(self, connection: Connection) -> None:
        """Let all statements of the transaction that has just begun see the same rows."""

    def snapshot(self) -> sa.ColumnElement[str] | None:
        """What a statement sees, as text to select in it; None where no statement can tell."""
        return None

    def same_data(self, before: str, after: str, own: Collection[int] = ()) -> bool:
        """Whether a statement with snapshot ``after`` sees what one with ``before`` saw and what the transactions
        ``own``, all of them, have written since, and nothing else. False also where that is not certain."""
        return False

    def watcher(self, engine: Engine) -> Watcher | None:
        """Tells of commits, where statements cannot; None where there is nothing of the kind."""
        return None

    def begun(self, connection: Connection) -> float | None:
        """When the transaction of ``connection`` began, on the monotonic clock; None where nobody noted it."""
        return None

    def table_facts(self, connection: Connection, table: sa.TableClause) -> tuple[bool, Writes | None]:
        """Whether ``table`` is a plain table that gives everybody the same rows, and what was ever written in it (None:
        unknown). Those numbers may lag behind."""
        return True, None

    def own_writes(
        self, connection: Connection, tables: Sequence[sa.Table]
    ) -> tuple[frozenset[int], tuple[int, ...]]:
        """The numbers under which the transaction writes, as :meth:`same_data` takes them, and how many rows it has
        written in each of ``tables``, whoever asked for it (triggers, cascades); both as far as until now. The second
        is good for differences only."""
        return frozenset(), ()

    def plan(self, connection: Connection, stmt: sa.Select[Any]) -> dict[str, Any] | None:
        """The top node of the plan of ``stmt``, which is not run; in the shape of :meth:`explain`."""
        found = self.explain(connection, *captured(connection, stmt), analyze=False)
        return found[0]["Plan"] if found else None

    def raw(self, expression: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """``expression`` in a form that loses nothing on its way to Python and back."""
        return sa.type_coerce(expression, Raw())

    def raw_type(self, type_: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
        """The type of parameters that hold what :meth:`raw` gave for an expression of ``type_``."""
        return Raw()

    def unraw(self, value: sa.ColumnElement[Any], type_: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
        """What :meth:`raw` gave, to be compared with an expression of ``type_``."""
        return value

    def contains(self, column: sa.ColumnElement[Any], text: str) -> sa.ColumnElement[bool]:
        """``column`` contains ``text``, whatever the case; ``%`` and ``_`` stand for themselves."""
        return sa.func.lower(sa.cast(column, sa.String)).contains(text.lower(), autoescape=True)

    def array_contains(self, column: sa.ColumnElement[Any], values: Sequence[Any]) -> sa.ColumnElement[bool]:
        """The array ``column`` has every one of ``values`` as a member."""
        raise TypeError("arrays are not supported by this database")

    def array_empty(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """The array ``column`` has no members."""
        raise TypeError("arrays are not supported by this database")

    def explain(
        self, connection: Connection, sql: str, parameters: Any, *, analyze: bool
    ) -> list[dict[str, Any]]:
        """The plan of a statement that was captured with its parameters, as trees of PostgreSQL's JSON shape
        (``Node Type``, ``Plans``, …). ``analyze`` runs the statement and measures."""
        return []

    def inline(self, connection: Connection, sql: str, parameters: Any) -> list[bound.Piece]:
        """A captured statement in pieces, its values written as literals: to be read and copied, never run."""
        return bound.inline(sql, parameters, connection.dialect.paramstyle, bound.plain_literal)

    # -- catalog -----------------------------------------------------------------------------------------

    def list_relations(self, connection: Connection, schemas: Sequence[str]) -> catalog.Listing:
        """The tables, views and the like of ``schemas``; none given: those of the default schema."""
        return catalog.list_relations(connection, schemas)

    def read_facts(
        self, connection: Connection, relations: Sequence[catalog.Relation]
    ) -> dict[tuple[str | None, str], catalog.TableFacts]:
        """Columns, keys and indexes of ``relations`` by schema and name, in few statements."""
        return catalog.read_facts(connection, relations)

    def read_all_values(self, engine: Engine) -> None:
        """Let connections of ``engine`` give a value that Python has no counterpart for as text, where the driver
        would fail for the whole row."""

    def obstacle(self, url: URL, error: BaseException | None = None) -> str | None:
        """Why the database at ``url`` cannot be opened, in a few words: before connecting (None: try it), or out
        of the ``error`` that connecting ended with."""
        return catalog.reason(error) if error else None


Dialect.portable = Dialect
