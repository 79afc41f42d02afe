"""The EXPLAIN panel of a page: plain data for the template."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Set
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from webadmin.dialects import Dialect
from webadmin.explain import format as sql_format
from webadmin.explain.capture import Captured, capture
from webadmin.explain.describe import PlanRow, describe
from webadmin.explain.diagnosis import diagnose
from webadmin.explain.finding import rows
from webadmin.explain.measure import Budget, explain, run_page
from webadmin.explain.plan import Plan, parse
from webadmin.explain.proposal import Proposal
from webadmin.text import format_number, ngettext
from webadmin.text import gettext as _

_WORD = re.compile(r"\w+")

Propose = Callable[[Captured, Plan], tuple[Proposal, ...]]
"""Finds the indexes that a statement lacks."""


def _nothing(_statement: Captured, _plan: Plan) -> tuple[Proposal, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Advice:
    """A finding in words."""

    kind: str
    title: str
    text: str
    tone: str
    """warn or info."""


@dataclass(frozen=True, slots=True)
class StatementReport:
    """One statement of the page."""

    number: int
    label: str
    ms: str
    """How long it took on the page, with its unit."""
    bar_width: str
    """Its part of the time of all statements, such as ``97.0%``."""
    tone: str
    """warn when there is something to mend, else empty."""
    preview: str
    sql: str
    """With its values in place: runs when pasted into the database's own client."""
    sql_html: Markup
    facts: tuple[str, ...]
    """Short remarks for the head: rows, measured time, planning time, pages."""
    rows: tuple[PlanRow, ...]
    measured: bool
    """The plan has times and actual numbers of rows."""
    costed: bool
    """The plan has the planner's costs, or times."""
    warnings: tuple[Advice, ...]
    message: str
    """Why something could not be measured; empty when all could."""
    plan_json: str
    """The plan as the database gave it, for other tools; empty without one."""
    proposals: tuple[Proposal, ...] = ()
    """Indexes that would make it cheaper."""


@dataclass(frozen=True, slots=True)
class ExplainReport:
    """What the statements of one page cost."""

    statements: tuple[StatementReport, ...]
    count: str
    """The number of statements in words."""
    total_ms: str
    """The time of all statements on the page, with its unit."""
    warnings: int
    analyze: bool
    """A measurement was asked for."""
    can_analyze: bool
    """The database can measure."""
    message: str
    """About the page as a whole; empty when there is nothing to say."""


def build(
    dialect: Dialect,
    session: Session,
    run: Callable[[], None],
    *,
    analyze: bool,
    budget_ms: int,
    hidden: Set[str] = frozenset(),
    propose: Propose = _nothing,
) -> ExplainReport:
    """Run a page's reads once and report what they cost.

    :param session: in the transaction that the reads belong to; nothing that happens here stays in it.
    :param run: sends the page's statements over ``session``. A time limit that it hits is reported.
    :param analyze: also run every statement once more, measured, read-only.
    :param budget_ms: milliseconds that all measurements together may take.
    :param hidden: names of columns, in lower case, of which the person may know nothing: a statement that asks about one, such as
        the condition of a row scope, is not shown.
    :param propose: asked for the indexes of each statement that is shown.
    :raises sqlalchemy.exc.DBAPIError: when ``run`` fails for any reason but a time limit.
    """
    connection = session.connection()
    with capture(connection) as captured:
        finished = run_page(dialect, connection, run)
    budget = Budget(budget_ms)
    analyze = analyze and dialect.supports_analyze
    whole = sum(statement.seconds for statement in captured)
    reports = tuple(
        _untold(statement, number, whole)
        if not hidden.isdisjoint(_WORD.findall(statement.sql.lower()))
        else _report(
            dialect,
            connection,
            statement,
            number,
            whole=whole,
            analyze=analyze,
            budget=budget,
            propose=propose,
        )
        for number, statement in enumerate(captured, 1)
    )
    return ExplainReport(
        statements=reports,
        count=ngettext("%d statement", "%d statements", len(reports)) % len(reports),
        total_ms=_ms(whole * 1000),
        warnings=sum(1 for report in reports for warning in report.warnings if warning.tone == "warn"),
        analyze=analyze,
        can_analyze=dialect.supports_analyze,
        message=""
        if finished
        else _("The page itself was stopped by its time limit at the last statement here."),
    )


def _untold(statement: Captured, number: int, whole: float) -> StatementReport:
    """What there is to say of a statement that is not for this person to see."""
    return StatementReport(
        number=number,
        label=statement.label,
        ms=_ms(statement.seconds * 1000),
        bar_width=_part(statement, whole),
        tone="",
        preview=_("not shown"),
        sql="",
        sql_html=Markup(),
        facts=_facts(statement, None),
        rows=(),
        measured=False,
        costed=False,
        warnings=(),
        message=_(
            "It asks about a field that is not for you to see, so neither the statement nor its plan is shown."
        ),
        plan_json="",
    )


def _part(statement: Captured, whole: float) -> str:
    return f"{statement.seconds / whole * 100:.1f}%" if whole else "0%"


def _report(
    dialect: Dialect,
    connection: Connection,
    statement: Captured,
    number: int,
    *,
    whole: float,
    analyze: bool,
    budget: Budget,
    propose: Propose,
) -> StatementReport:
    pieces = sql_format.layout(dialect.inline(connection, statement.sql, statement.parameters))
    sql = sql_format.text(pieces)
    answer, message = explain(dialect, connection, statement, analyze=analyze, budget=budget)
    plan = parse(answer)
    warnings = tuple(
        Advice(found.kind, found.title, found.text, found.tone)
        for found in (diagnose(plan, statement.seconds) if plan else ())
    )
    return StatementReport(
        number=number,
        label=statement.label,
        ms=_ms(statement.seconds * 1000),
        bar_width=_part(statement, whole),
        tone="warn" if any(warning.tone == "warn" for warning in warnings) or statement.failed else "",
        preview=sql_format.one_line(sql),
        sql=sql,
        sql_html=sql_format.highlight(pieces),
        facts=_facts(statement, plan),
        rows=describe(plan) if plan else (),
        measured=plan is not None and plan.measured,
        costed=plan is not None and plan.weight > 0,
        warnings=warnings,
        message=message,
        plan_json=json.dumps(answer, indent=2, ensure_ascii=False, default=str) if plan else "",
        proposals=propose(statement, plan) if plan else (),
    )


def _facts(statement: Captured, plan: Plan | None) -> tuple[str, ...]:
    if statement.failed:
        facts = [_("stopped after %s") % _ms(statement.seconds * 1000)]
    elif statement.rows is None:
        facts = [_("%s to the first row") % _ms(statement.seconds * 1000)]
    else:
        facts = [
            _("%s on the page") % _ms(statement.seconds * 1000),
            ngettext("%s row", "%s rows", statement.rows) % rows(statement.rows),
        ]
    if plan is None:
        return tuple(facts)
    if plan.execution_ms is None:
        return (*facts, _("estimates, not measured") if plan.weight else _("plan without numbers"))
    facts.append(_("%s measured") % _ms(plan.execution_ms))
    if plan.planning_ms is not None:
        facts.append(_("planning %s") % _ms(plan.planning_ms))
    touched = plan.root.buffers.touched
    facts.append(ngettext("%s page", "%s pages", touched) % rows(touched))
    return tuple(facts)


def _ms(milliseconds: float) -> str:
    return _("%s ms") % format_number(milliseconds, 1 if milliseconds < 1000 else 0)
