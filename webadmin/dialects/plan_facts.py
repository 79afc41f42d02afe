"""What a database's catalog knows of the tables in a plan: how fresh its statistics are, which indexes there are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from webadmin.dialects.indexes import normalised

Place = tuple[str | None, str]
"""Schema, None where a plan names none, and name."""


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column."""

    type: str
    """The type that it is stored as, a domain's base, without length: ``character varying``, ``bigint``, ``tsvector``."""
    statistics_target: int
    """How many values and bounds the statistics keep of it."""


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """One index, also one that cannot be used."""

    name: str
    written: str
    """Its name as it stands in a statement, with a schema where it needs one."""
    method: str
    keys: tuple[str, ...]
    """Columns and expressions, as :func:`webadmin.dialects.indexes.normalised`."""
    classes: tuple[str, ...] = ()
    """The operator class of each key."""
    where: str = ""
    """The condition of the rows that it holds, normalised; empty for all rows."""
    valid: bool = True
    pages: int = 0
    expected_pages: int | None = None
    """What its entries would take if it were built anew; None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A foreign key."""

    name: str
    written: str
    """The table that it belongs to, as it stands in a statement."""
    schema: str
    table: str
    columns: tuple[str, ...]
    indexed: bool
    """An index begins with these columns."""


@dataclass(frozen=True, slots=True)
class StatisticsFacts:
    """Statistics that somebody made of several columns or of an expression."""

    written: str
    """Their name as it stands in a statement."""
    parts: frozenset[str]
    """Columns and expressions, normalised."""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One table of a plan."""

    schema: str
    name: str
    written: str
    """Its name as it stands in a statement, with a schema where it needs one."""
    rows: int | None = None
    """About how many; None where that is not for this account to know."""
    modified: int | None = None
    """Rows written since the statistics were made."""
    analyzed: bool = True
    """There are statistics, as far as this account can see."""
    columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
    indexes: tuple[IndexFacts, ...] = ()
    foreign_keys: tuple[KeyFacts, ...] = ()
    """Its own."""
    referenced_by: tuple[KeyFacts, ...] = ()
    """Those of other tables, and its own, that lead to it; empty unless they were asked for."""
    statistics: tuple[StatisticsFacts, ...] = ()

    def indexes_on(self, key: str, *, valid: bool = True) -> Iterator[IndexFacts]:
        """The indexes that begin with this column or expression."""
        wanted = normalised(key)
        return (index for index in self.indexes if index.valid is valid and index.keys[:1] == (wanted,))


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What is known of the tables in a plan, and of the memory that its steps may use."""

    tables: Mapping[tuple[str, str], TableFacts] = field(default_factory=dict)
    """By schema and name."""
    account: str = ""
    """Who is connected, as it stands in a statement; empty where that is not known."""
    work_mem_kb: int | None = None
    hash_factor: float = 1.0
    """How many times ``work_mem`` a hash table may use."""

    def table(self, schema: str | None, name: str | None) -> TableFacts | None:
        """The table of that name; without a schema the only one so called."""
        if schema is not None:
            return self.tables.get((schema, name or ""))
        found = [table for (_schema, known), table in self.tables.items() if known == name]
        return found[0] if len(found) == 1 else None


class PlanKnowledge:
    """The part of a dialect that tells of the tables in a plan."""

    def plan_facts(
        self, connection: Connection, places: Collection[Place], *, deleting: bool = False
    ) -> PlanFacts:
        """What the catalog knows of the tables in ``places``, in one statement and without reading any of them; nothing where
        the system keeps no such catalog. To be called within ``limited``, which undoes what is set for the statement.

        :param deleting: rows of them are deleted: also tell of the foreign keys that lead to them.
        :raises sqlalchemy.exc.DBAPIError: when the catalog is not as expected, as on systems that are only alike.
        """
        return PlanFacts()
