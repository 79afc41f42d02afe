"""The EXPLAIN panel of a page: plain data for the template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from types import CodeType

from sqlalchemy.orm import Session

from webadmin.dialects import Dialect
from webadmin.explain.capture import Captured, capture
from webadmin.explain.catalog import Catalog
from webadmin.explain.measure import Budget, run_page
from webadmin.explain.plan import Plan
from webadmin.explain.proposal import Proposal
from webadmin.explain.repeats import fold
from webadmin.explain.report import Propose, Reporter, StatementReport, milliseconds
from webadmin.text import gettext as _
from webadmin.text import ngettext


def _nothing(_statement: Captured, _plan: Plan) -> tuple[Proposal, ...]:
    return ()


def _as_it_is(option: str) -> str:
    return option


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
    known: Callable[[], Mapping[CodeType, str]] = dict,  # of nothing
    asked: Callable[[str], str] = _as_it_is,
) -> ExplainReport:
    """Run a page's reads once and report what they cost.

    :param session: in the transaction that the reads belong to; nothing that happens here stays in it.
    :param run: sends the page's statements over ``session``. A time limit that it hits is reported.
    :param analyze: also run every statement once more, measured, read-only.
    :param budget_ms: milliseconds that all measurements together may take.
    :param hidden: names of columns and, as ``order.customer``, of relations, in lower case, of which the person may know nothing:
        a statement that asks about one, such as
        the condition of a row scope, is not shown.
    :param propose: asked for the indexes of each statement that is shown.
    :param known: the functions that options name, by their code.
    :param asked: how an option is called on this page, with what the page asks of it; empty where the page does without.
    :raises sqlalchemy.exc.DBAPIError: when ``run`` fails for any reason but a time limit.
    """
    connection = session.connection()
    with capture(session, known) as captured:
        finished = run_page(dialect, connection, run)
    analyze = analyze and dialect.supports_analyze
    whole = sum(statement.seconds for statement in captured)
    reporter = Reporter(
        dialect,
        connection,
        whole,
        analyze,
        Budget(budget_ms),
        hidden,
        propose,
        asked,
        Catalog(dialect, connection),
    )
    reports = tuple(reporter.report(sent, number) for number, sent in enumerate(fold(captured), 1))
    return ExplainReport(
        statements=reports,
        count=ngettext("%d statement", "%d statements", len(captured)) % len(captured),
        total_ms=milliseconds(whole),
        warnings=sum(1 for report in reports for warning in report.warnings if warning.tone == "warn"),
        analyze=analyze,
        can_analyze=dialect.supports_analyze,
        message=""
        if finished
        else _("The page itself was stopped by its time limit at the last statement here."),
    )
