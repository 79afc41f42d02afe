"""``webadmin doctor``: what would make an admin slow, with the statements that mend it."""

from __future__ import annotations

from collections.abc import Iterator

from webadmin.auth.user import User
from webadmin.dialects import Timeouts
from webadmin.explain.sorts import SortFinding, sort_findings
from webadmin.options.context import Context
from webadmin.site import Admin

FEW = 10_000
"""Rows up to which a table is sorted in no time."""


def examine(admin: Admin, *, small: bool = False) -> list[SortFinding]:
    """The findings about all views of ``admin``, those of the largest tables first.

    :param small: also about tables of few rows, which may grow.
    :raises webadmin.OptionsError: with every option that cannot be used.
    :raises sqlalchemy.exc.SQLAlchemyError: when the database cannot be asked.
    """
    admin.check()
    found: dict[str, SortFinding] = {}
    database = admin.runtime.database
    with database.transaction(read_only=True, timeouts=Timeouts()) as session:
        context = Context(session, database.dialect, User("doctor"), admin.registry)
        for view in admin.registry.views.values():
            for finding in sort_findings(context, view):
                if small or finding.rows is None or finding.rows > FEW:
                    found.setdefault(finding.ddl or f"{finding.view} {finding.sort}", finding)
    return sorted(found.values(), key=lambda finding: -(finding.rows or 0))


def report(findings: list[SortFinding]) -> Iterator[str]:
    """The findings as lines that the database's own client can run: statements, and what they are for in comments."""
    for finding in findings:
        rows = "" if finding.rows is None else f" (about {finding.rows:,} rows)"
        what = "the list's own order" if finding.default else "sorting"
        yield f"-- {finding.view}{rows}: {what} by {finding.sort} has no index"
        if finding.ddl is not None:
            yield finding.ddl
        else:
            yield (
                "--   none can serve it, since it is the order of related rows: keep the value in a column of the table, "
                "or take it out of column_sortable_list"
            )
