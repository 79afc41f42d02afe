"""What would make an admin slow, over all of its views: the findings of ``webadmin doctor`` and of the page that shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from webadmin.explain.measure import Budget
from webadmin.explain.unindexed import Unindexed, unindexed
from webadmin.options.context import Context
from webadmin.options.view import View

FEW = 10_000
"""Rows up to which a table is looked through in no time."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

    findings: tuple[Unindexed, ...]
    """Each with a statement that mends it, after which it is found no more."""
    notes: tuple[Unindexed, ...]
    """What no index can mend."""
    left_out: tuple[str, ...] = ()
    """Keys of the views that there was no time for."""


def examine_views(
    context: Context, views: Iterable[View], *, small: bool = False, budget: Budget | None = None
) -> Report:
    """What no index serves in ``views``, that of the largest tables first.

    :param small: also in tables of few rows, which may grow.
    :param budget: the time that it may take; views come in their order until it is over.
    :raises sqlalchemy.exc.SQLAlchemyError: when the database cannot be asked.
    """
    found: dict[str, Unindexed] = {}
    left_out: list[str] = []
    for view in views:
        if budget is not None and budget.left <= 0:
            left_out.append(view.key)
            continue
        for finding in unindexed(context, view):
            if small or finding.rows is None or finding.rows > FEW:
                found.setdefault(finding.ddl or f"{finding.view} {finding.columns}", finding)
    largest_first = sorted(found.values(), key=lambda finding: -(finding.rows or 0))
    return Report(
        tuple(finding for finding in largest_first if finding.ddl is not None),
        tuple(finding for finding in largest_first if finding.ddl is None),
        tuple(left_out),
    )


def lines(report: Report) -> Iterator[str]:
    """The report as lines that the database's own client can run: statements, and what they are for in comments."""
    for finding in (*report.findings, *report.notes):
        rows = "" if finding.rows is None else f" (about {finding.rows:,} rows)"
        yield f"-- {finding.view}{rows}: {finding.why}"
        if finding.ddl is not None:
            yield finding.ddl


def plain(report: Report) -> dict[str, list[dict[str, Any]]]:
    """The report for JSON: ``findings``, and as ``notes`` what no index can mend."""
    return {"findings": _plain(report.findings), "notes": _plain(report.notes)}


def _plain(findings: Sequence[Unindexed]) -> list[dict[str, Any]]:
    return [
        {
            "kind": finding.kind,
            "view": finding.view,
            "table": finding.table,
            "columns": list(finding.columns),
            "ddl": finding.ddl,
            "why": finding.why,
            "rows": finding.rows,
        }
        for finding in findings
    ]
