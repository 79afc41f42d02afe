"""Which index a statement lacks: what it asks, what there is, what the planner says of each candidate, in words to paste."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.compiler import IdentifierPreparer

from webadmin.dialects import Dialect
from webadmin.dialects.indexes import InvertedIndex, TableStatistics, normalised
from webadmin.dialects.overview import IndexUse
from webadmin.explain.candidates import Candidate, candidates
from webadmin.explain.capture import Captured
from webadmin.explain.measure import Budget
from webadmin.explain.plan import Plan
from webadmin.explain.proposal import Proposal
from webadmin.explain.proving import CHEAP, Outcome, prove
from webadmin.explain.structure import Asked, read
from webadmin.explain.wording import numbers, proof_of, remarks, why
from webadmin.listing.advice import index_name

FEW = 1_000
"""Rows up to which a table is read as fast as an index of it."""
_MOST = 8
"""Candidates of a statement that are tried."""
_NEARLY = 1.3
"""How much dearer a smaller index may be and still be the better one."""
_SHARED = 3.0
"""The same for one that another statement of the page asks for already."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A table with its indexes."""

    statistics: TableStatistics
    inverted: tuple[InvertedIndex, ...]
    uses: tuple[IndexUse, ...]

    @property
    def rows(self) -> int | None:
        found = self.statistics
        return found.rows if found.rows is not None else found.at_most


class Proposer:
    """Finds the indexes that the statements of one page lack; one that serves several of them is proposed to each.

    :param live: the columns that are null in live rows, by their tables' full names.
    :param building: candidates may be built for a trial; else they are only tried where the database can without.
    :param budget_ms: milliseconds that all trials together may take.
    """

    def __init__(
        self,
        dialect: Dialect,
        connection: Connection,
        live: Mapping[str, str],
        *,
        building: bool = False,
        budget_ms: int = 3_000,
    ) -> None:
        self._dialect, self._connection, self._live = dialect, connection, live
        self._building, self._budget_ms = building, budget_ms
        self._begun: Budget | None = None
        self._tables: dict[str, _Known] = {}
        self._named: dict[Candidate, str] = {}
        self._trigrams: bool | None = None

    def __call__(self, statement: Captured, plan: Plan) -> tuple[Proposal, ...]:
        """The indexes that would make ``statement`` cheaper, with its ``plan`` as it is; one for each table at most.

        :raises sqlalchemy.exc.DBAPIError: when the database cannot be asked for its indexes.
        """
        if 0 < plan.root.total_cost < CHEAP or statement.statement is None:
            return ()
        asked = [one for one in read(statement.statement, statement.values) if self._is_large(one.table)]
        found = {
            one.table: self._candidates([each for each in asked if each.table is one.table]) for one in asked
        }
        tried = [candidate for several in found.values() for candidate in several][:_MOST]
        if not tried:
            return ()
        outcomes = prove(
            self._dialect, self._connection, statement, tried, building=self._building, budget=self._budget()
        )
        chosen = [self._chosen(plan, several, outcomes) for several in found.values()]
        return tuple(self._proposal(one, outcomes.get(one), asked) for one in chosen if one is not None)

    def _budget(self) -> Budget:
        """Begins with the first trial: the page's own time is not counted."""
        if self._begun is None:
            self._begun = Budget(self._budget_ms)
        return self._begun

    def _is_large(self, table: sa.Table) -> bool:
        rows = self._known(table).rows
        return self._known(table).statistics.indexes is not None and (rows is None or rows > FEW)

    def _known(self, table: sa.Table) -> _Known:
        if table.fullname not in self._tables:
            connection, dialect = self._connection, self._dialect
            self._tables[table.fullname] = _Known(
                dialect.statistics(connection, table),
                dialect.inverted_indexes(connection, table) or (),
                tuple(dialect.index_uses(connection, (table.schema, table.name))),
            )
        return self._tables[table.fullname]

    def _candidates(self, asked: Sequence[Asked]) -> list[Candidate]:
        """Those that are not there; first what was proposed to other statements already."""
        table = asked[0].table
        known = self._known(table)
        if self._trigrams is None and any(one.patterns for one in asked):
            self._trigrams = self._dialect.pattern_indexes(self._connection)
        found = [one for one in self._named if one.table is table]
        for one in asked:
            found += candidates(
                one, self._live.get(table.fullname), self._dialect, trigrams=bool(self._trigrams)
            )
        return [
            one
            for one in dict.fromkeys(found)
            if one.include or not one.served(known.statistics.indexes or (), known.inverted)
        ]

    def _chosen(
        self, plan: Plan, tried: Sequence[Candidate], outcomes: Mapping[Candidate, Outcome]
    ) -> Candidate | None:
        """The one that pays most, or a smaller one that pays nearly as much."""
        paying = [one for one in tried if one in outcomes and outcomes[one].pays]
        if paying:
            least = min(outcomes[one].after for one in paying)
            shared = [one for one in paying if one in self._named and outcomes[one].after <= least * _SHARED]
            near = [one for one in paying if outcomes[one].after <= least * _NEARLY]
            if outcomes[paying[0]].share < 1:
                near = paying[
                    :1
                ]  # so few rows of a copy match that they are sorted in no time, unlike those of the table
            return next(iter(shared), min(near, key=lambda one: len(one.keys) + len(one.include)))
        if not tried or any(one in outcomes for one in tried):
            return None
        known = self._known(tried[0].table)
        return next(
            (
                one
                for one in tried
                if not one.served(known.statistics.indexes or (), known.inverted)
                and _is_read_through(plan, one.table)
            ),
            None,
        )

    def _proposal(self, chosen: Candidate, outcome: Outcome | None, asked: Sequence[Asked]) -> Proposal:
        prepared = self._connection.dialect.identifier_preparer
        known = self._known(chosen.table)
        invalid = next(
            (use for use in known.uses if not use.is_valid and _is_same(use, chosen, prepared)), None
        )
        taken = {use.name for use in known.uses} | set(self._named.values())
        name = self._named.setdefault(
            chosen, invalid.name if invalid else index_name(chosen.table.name, chosen.words, taken)
        )
        make = "CREATE INDEX" if known.statistics.partitioned else self._dialect.create_index
        create = chosen.ddl(make, name, prepared)
        drop = "" if invalid is None else f"{self._dialect.drop_index} {prepared.quote(name)};\n"
        unique = {use.name for use in known.uses if use.is_unique}
        needless = [
            index.name
            for index in known.statistics.indexes or ()
            if chosen.holds(index) and index.name not in {"", *unique}
        ]
        proof, proof_text = proof_of(outcome, self._dialect, built=self._building)
        before, after, gain, size = numbers(outcome)
        return Proposal(
            table=chosen.table.fullname,
            columns=chosen.texts(prepared),
            name=name,
            ddl=f"{drop}{create};",
            alembic=operations(chosen, name, prepared, concurrently=make != "CREATE INDEX"),
            why=why(chosen),
            proof=proof,
            proof_text=proof_text,
            before=before,
            after=after,
            gain=gain,
            size=size,
            place=prepared.format_table(chosen.table),
            create=create,
            notes=remarks(needless, [name] if invalid else []),
        )


def operations(candidate: Candidate, name: str, prepared: IdentifierPreparer, *, concurrently: bool) -> str:
    """The operations of a migration that makes it and takes it away."""
    table = candidate.table.fullname
    given: dict[str, object] = {
        "where": candidate.where(prepared),
        "include": list(candidate.include),
        "using": candidate.method,
        "name": name,
        "concurrently": concurrently,
    }
    options = [f"{key}={value!r}" for key, value in given.items() if value]
    added = ", ".join([repr(table), *map(repr, candidate.texts(prepared)), *options])
    dropped = ", ".join([repr(table), *options[-1 - concurrently :]])
    return (
        "import webadmin.alembic  # op has these operations then\n\n\n"
        f"def upgrade() -> None:\n    op.add_sort_index({added})\n\n\n"
        f"def downgrade() -> None:\n    op.drop_sort_index({dropped})\n"
    )


def _is_same(use: IndexUse, candidate: Candidate, prepared: IdentifierPreparer) -> bool:
    """Whether an index has the same keys and rows, by its definition."""
    ours = candidate.ddl("CREATE INDEX", use.name, prepared)
    return _body(use.definition) == _body(ours)


def _body(definition: str) -> str:
    """What comes behind the table, without what is written in more than one way."""
    told = normalised(definition.partition(" ON ")[2])
    return re.sub(r"[()\s]|using btree|^[^(]*?(?=using|\()", "", told)


def _is_read_through(plan: Plan, table: sa.Table) -> bool:
    """Whether the plan reads more of the table than it shows: all of it, what it drops then, or what it sorts."""
    nodes = list(plan.root.walk())
    sorts = any(node.node_type == "Sort" for node in nodes)
    return any(
        node.relation == table.name and (sorts or node.filter or node.node_type == "Seq Scan")
        for node in nodes
    )
