"""``webadmin doctor``: what would make an admin slow, with the statements that mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from webadmin.auth.user import User
from webadmin.dialects import Timeouts
from webadmin.explain.unindexed import Unindexed, unindexed
from webadmin.options.context import Context
from webadmin.site import Admin

FEW = 10_000
"""Rows up to which a table is looked through in no time."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

    findings: tuple[Unindexed, ...]
    """Each with a statement that mends it, after which it is found no more."""
    notes: tuple[Unindexed, ...]
    """What no index can mend."""


def examine(admin: Admin, *, small: bool = False) -> Report:
    """What no index serves in all views of ``admin``, that of the largest tables first.

    :param small: also in tables of few rows, which may grow.
    :raises webadmin.OptionsError: with every option that cannot be used.
    :raises sqlalchemy.exc.SQLAlchemyError: when the database cannot be asked.
    """
    admin.check()
    found: dict[str, Unindexed] = {}
    database = admin.runtime.database
    with database.transaction(read_only=True, timeouts=Timeouts()) as session:
        context = Context(session, database.dialect, User("doctor"), admin.registry)
        for view in admin.registry.views.values():
            for finding in unindexed(context, view):
                if small or finding.rows is None or finding.rows > FEW:
                    found.setdefault(finding.ddl or f"{finding.view} {finding.columns}", finding)
    largest_first = sorted(found.values(), key=lambda finding: -(finding.rows or 0))
    return Report(
        tuple(finding for finding in largest_first if finding.ddl is not None),
        tuple(finding for finding in largest_first if finding.ddl is None),
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
