"""What is told of one statement of a page: its text, what it took, its plan, and what there is to mend."""

from __future__ import annotations

import json
from collections.abc import Callable, Set
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.engine import Connection

from webadmin.dialects import Dialect
from webadmin.explain import format as sql_format
from webadmin.explain.about import about
from webadmin.explain.capture import Captured
from webadmin.explain.catalog import Catalog
from webadmin.explain.describe import PlanRow, describe
from webadmin.explain.diagnosis import diagnose
from webadmin.explain.facts import Fact
from webadmin.explain.finding import rows
from webadmin.explain.measure import Budget, explain
from webadmin.explain.plan import Plan, parse
from webadmin.explain.proposal import Proposal
from webadmin.explain.repeats import Sent, repeated
from webadmin.explain.withheld import names, withhold
from webadmin.text import format_number, ngettext
from webadmin.text import gettext as _

Propose = Callable[[Captured, Plan], tuple[Proposal, ...]]
"""Finds the indexes that a statement lacks."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A finding in words."""

    kind: str
    title: str
    text: str
    tone: str
    """warn or info."""
    remedy: str = ""
    """A statement that mends it, to be copied; empty where there is none as simple as that."""


@dataclass(frozen=True, slots=True)
class StatementReport:
    """One statement of the page."""

    number: int
    label: str
    ms: str
    """How long it took on the page, with its unit; all times together where it is sent more than once."""
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
    order: str = ""
    """Which of the page's statements it is: ``3``, or ``3 to 27`` where it is sent again and again."""
    count: int = 1
    """How often the page sends it."""
    causes: tuple[str, ...] = ()
    """The options that have it sent: ``column_list``, ``OrderView.column_formatters["total"]``."""
    about: tuple[Fact, ...] = ()
    """What the database says of the run as a whole."""
    code: str = ""
    """The host's function that sends it, with its line; empty where webadmin does."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Makes the reports of one page's statements."""

    dialect: Dialect
    connection: Connection
    whole: float
    """Seconds of all statements together."""
    analyze: bool
    budget: Budget
    hidden: Set[str]
    """Names of columns and of relations (``order.customer``), in lower case, of which the person may know nothing."""
    propose: Propose
    asked: Callable[[str], str]
    """How an option is called on this page, and what the page asks of it; empty where the page does without."""
    catalog: Catalog

    def report(self, sent: Sent, number: int) -> StatementReport:
        """What there is to tell of ``sent``, the page's statement ``number``."""
        if names(sent.slowest.sql, self.hidden) or sent.slowest.relation.lower() in self.hidden:
            return self._untold(sent, number)
        statement = sent.slowest
        pieces = sql_format.layout(self.dialect.inline(self.connection, statement.sql, statement.parameters))
        sql = sql_format.text(pieces)
        answer, message = explain(
            self.dialect, self.connection, statement, analyze=self.analyze, budget=self.budget
        )
        told = withhold(answer, self.hidden)
        if told is None:
            message = _("Its plan tells of a field that is not for you to see, so it is not shown.")
        answer = told or []
        plan = parse(answer)
        advice = [Advice(*again)] if (again := repeated(sent)) is not None else []
        found = diagnose(plan, statement.seconds, self.catalog.about(plan)) if plan else ()
        advice += [Advice(one.kind, one.title, one.text, one.tone, one.remedy) for one in found]
        return StatementReport(
            number=number,
            label=statement.label,
            ms=milliseconds(sent.seconds),
            bar_width=self._part(sent),
            tone="warn" if any(one.tone == "warn" for one in advice) or statement.failed else "",
            preview=sql_format.one_line(sql),
            sql=sql,
            sql_html=sql_format.highlight(pieces),
            facts=_facts(sent, plan),
            rows=describe(plan) if plan else (),
            about=about(plan) if plan else (),
            measured=plan is not None and plan.measured,
            costed=plan is not None and plan.weight > 0,
            warnings=tuple(advice),
            message=message,
            plan_json=json.dumps(answer, indent=2, ensure_ascii=False, default=str) if plan else "",
            proposals=self.propose(statement, plan) if plan else (),
            order=sent.order,
            count=sent.count,
            causes=self._causes(sent),
            code=statement.origin.code,
        )

    def _untold(self, sent: Sent, number: int) -> StatementReport:
        """What there is to say of a statement that is not for this person to see."""
        statement = sent.slowest
        return StatementReport(
            number=number,
            label=statement.label,
            ms=milliseconds(sent.seconds),
            bar_width=self._part(sent),
            tone="",
            preview=_("not shown"),
            sql="",
            sql_html=Markup(),
            facts=_facts(sent, None),
            rows=(),
            measured=False,
            costed=False,
            warnings=(),
            message=_(
                "It asks about a field that is not for you to see, so neither the statement nor its plan is shown."
            ),
            plan_json="",
            order=sent.order,
            count=sent.count,
        )

    def _part(self, sent: Sent) -> str:
        return f"{sent.seconds / self.whole * 100:.1f}%" if self.whole else "0%"

    def _causes(self, sent: Sent) -> tuple[str, ...]:
        origin = sent.slowest.origin
        if origin.option:
            return (origin.option,)
        return tuple(told for option in origin.cause.options if (told := self.asked(option)))


def _facts(sent: Sent, plan: Plan | None) -> tuple[str, ...]:
    facts = [ngettext("%s time", "%s times", sent.count) % rows(sent.count)] if sent.count > 1 else []
    if sent.slowest.failed:
        facts.append(_("stopped after %s") % milliseconds(sent.slowest.seconds))
    else:
        facts.append(_("%s on the page") % milliseconds(sent.seconds))
    if sent.rows is not None:
        facts.append(ngettext("%s row", "%s rows", sent.rows) % rows(sent.rows))
    if plan is None:
        return tuple(facts)
    if plan.execution_ms is None:
        return (*facts, _("estimates, not measured") if plan.weight else _("plan without numbers"))
    facts.append(_("%s measured") % milliseconds(plan.execution_ms / 1000))
    if plan.planning_ms is not None:
        facts.append(_("planning %s") % milliseconds(plan.planning_ms / 1000))
    touched = plan.root.buffers.touched
    facts.append(ngettext("%s page", "%s pages", touched) % rows(touched))
    return tuple(facts)


def milliseconds(seconds: float) -> str:
    """A time in words."""
    return _("%s ms") % format_number(seconds * 1000, 1 if seconds < 1 else 0)
