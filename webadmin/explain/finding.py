"""What a plan says about its statement, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.engine.default import DefaultDialect

from webadmin.dialects.plan_facts import PlanFacts, TableFacts
from webadmin.explain.conditions import Operand
from webadmin.explain.plan import Plan, PlanNode
from webadmin.text import format_number
from webadmin.text import gettext as _

BIG_TABLE = 10_000
"""Rows from which on reading all of them can be felt."""
MANY_ROWS = 1_000
"""Rows from which on it matters that they are read in vain, or that nobody expected them."""
SELECTIVE = 0.1
"""The part of the rows read up to which a condition is one that an index should answer."""

INDEX_READS = {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}
SCANS = {"Seq Scan", *INDEX_READS}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth knowing about a plan."""

    kind: str
    """Which rule found it: a word that does not change with the language."""
    title: str
    """What happens, in one sentence."""
    text: str
    """Why it costs, and what to do."""
    tone: str
    """warn for what should be mended, info for what explains the time."""
    node: PlanNode | None = None
    """The step that it is about; None for the statement as a whole."""
    schema: str | None = None
    table: str | None = None
    """The table where it is to be mended."""
    columns: tuple[str, ...] = ()
    """The columns of ``table`` that it is about: those of a condition, compared for equality first, or of an order."""
    remedy: str = ""
    """A statement that mends it and harms nothing; empty where there is none as simple as that."""


_PREPARER = DefaultDialect().identifier_preparer

Rule = Callable[[Plan, PlanFacts], Iterator[Finding]]


def rows(count: float) -> str:
    """A number of rows in words."""
    return format_number(round(count))


def size(kilobytes: float) -> str:
    """An amount of memory in words."""
    if kilobytes < 1024:
        return _("%s kB") % format_number(round(kilobytes))
    return _("%s MB") % format_number(kilobytes / 1024, 1 if kilobytes < 10_240 else 0)


def name(node: PlanNode) -> str:
    """What a step works on, for a sentence: the table, or else the kind of step."""
    return node.relation or node.alias or node.node_type


def with_share(text: str, plan: Plan, node: PlanNode) -> str:
    """``text`` with the step's part of the time, when the plan is measured and the part is worth a word."""
    share = plan.share(node)
    if not plan.measured or share < 0.1:
        return text
    told = _("%(percent)d%% of the time is in this step.") % {"percent": round(share * 100)}
    return f"{text} {told}"


def known(facts: PlanFacts, node: PlanNode) -> TableFacts | None:
    """What the catalog knows of the table that ``node`` reads."""
    return facts.table(node.schema, node.relation) if node.relation else None


def scan_of(step: PlanNode, expressions: Sequence[Operand]) -> PlanNode | None:
    """The step at or below ``step`` that reads the table whose columns stand in ``expressions``; None where they are of several
    tables, or of none."""
    owners = {column.owner for one in expressions for column in one.columns}
    if len(owners) != 1:
        return None
    [owner] = owners
    scans = [node for node in step.walk() if node.node_type in SCANS and node.relation]
    return next((node for node in scans if owner in {node.alias, node.relation}), None)


def quoted(identifier: str) -> str:
    """A name as it stands in a statement."""
    return _PREPARER.quote(identifier)
