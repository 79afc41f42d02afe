"""What a statement would cost with an index that is not there: told by the planner, in a trial that leaves nothing behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, InvalidRequestError, NoSuchTableError

from webadmin.dialects import Dialect
from webadmin.dialects.trying import NAME, Trial
from webadmin.explain.candidates import Candidate
from webadmin.explain.capture import Captured
from webadmin.explain.measure import Budget
from webadmin.explain.plan import Plan, PlanNode, parse

_ENOUGH = 0.5
"""An index makes every write to its table a little dearer: it has to halve the cost."""
CHEAP = 100.0
"""The planner's units below which a statement is fine: the reading of about as many pages."""
_WHOLE = {"Seq Scan", "Sort", "Group", "Unique"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a trial ended."""

    before: float
    after: float
    used: bool
    """The plan reads the index, as far as names tell."""
    costed: bool
    """The numbers are the planner's costs."""
    kind: str
    """Of the trial: see ``Trial.kind``."""
    share: float
    """The part of the rows that it was tried on."""
    bytes: int | None

    @property
    def pays(self) -> bool:
        limit = self.before * _ENOUGH if self.costed else self.before - 1
        return self.used and self.after <= limit


def prove(
    dialect: Dialect,
    connection: Connection,
    statement: Captured,
    tried: Sequence[Candidate],
    *,
    building: bool,
    budget: Budget,
) -> dict[Candidate, Outcome]:
    """What came of each candidate; those that could not be tried, or not in time, are not in it.

    :param building: indexes may be built for it: see ``Dialect.trials``.
    """
    outcomes: dict[Candidate, Outcome] = {}
    tables = list(dict.fromkeys(candidate.table for candidate in tried))
    try:
        with dialect.trials(connection, tables, building=building) as trials:
            for trial in trials:
                left = [candidate for candidate in tried if candidate not in outcomes]
                if not left or budget.left <= 0:
                    break
                outcomes |= _try(trial, connection, statement, left, budget)
    except (DBAPIError, NoSuchTableError):  # no right to try, or a lock in the way
        if connection.invalidated:
            raise
    return outcomes


def _try(
    trial: Trial, connection: Connection, statement: Captured, tried: Sequence[Candidate], budget: Budget
) -> dict[Candidate, Outcome]:
    prepared = connection.dialect.identifier_preparer
    outcomes: dict[Candidate, Outcome] = {}
    before = parse(trial.explain(statement.sql, statement.parameters))
    if before is None:
        return {}
    costed = before.root.total_cost > 0
    if costed and trial.share < 1 and before.root.total_cost < CHEAP:
        return {}  # so few rows of the copy are asked for that it tells nothing of the table
    for candidate in tried:
        if budget.left <= 0:
            break
        try:
            ddl = candidate.ddl("CREATE INDEX", NAME, prepared, trial.place(candidate.table))
            with trial.index(ddl) as made:
                after = parse(trial.explain(statement.sql, statement.parameters))
        except (
            DBAPIError,
            InvalidRequestError,
        ):  # no such index can be made here, such as one of a kind that is only known by name
            if connection.invalidated:
                raise
            continue
        if after is not None:
            outcomes[candidate] = Outcome(
                before=_cost(before, costed=costed),
                after=_cost(after, costed=costed),
                # Of a table in parts each part's index has a name of its own. But what is cheaper is so by the index alone.
                used=costed or any(node.index == made.name for node in after.root.walk()),
                costed=costed,
                kind=trial.kind,
                share=trial.share,
                bytes=made.bytes,
            )
    return outcomes


def _cost(plan: Plan, *, costed: bool) -> float:
    """The planner's cost; where it has none, how much is read or sorted from end to end, a walk of an index for half."""
    if costed:
        return plan.root.total_cost
    return sum(map(_effort, plan.root.walk()))


def _effort(node: PlanNode) -> float:
    if node.node_type in _WHOLE or node.extra.get("Automatic Index"):
        return 2.0
    return 1.0 if node.index and not node.index_cond else 0.0
