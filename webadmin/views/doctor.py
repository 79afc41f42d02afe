"""What no index serves in all lists, with the statements that make the indexes: what ``webadmin doctor`` says, on a page."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from webadmin.explain.examination import FEW, Report, examine_views, lines, plain
from webadmin.explain.measure import Budget
from webadmin.explain.unindexed import Unindexed
from webadmin.request import AdminRequest, Answer, Download, Page
from webadmin.text import format_count, format_number
from webadmin.text import gettext as _

_BUDGET_MS = 5_000
"""The catalog is read for each view: an admin over thousands of tables shows what there was time for."""


@dataclass(frozen=True, slots=True)
class FindingLine:
    kind: str
    """A word that does not change with the language."""
    kind_text: str
    columns: str
    why: str
    ddl: str


@dataclass(frozen=True, slots=True)
class ViewFindings:
    """What was found of one list."""

    key: str
    title: str
    url: str
    rows_text: str
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class DoctorPage:
    database_url: str
    views: tuple[ViewFindings, ...]
    count: int
    """Of findings that an index mends."""
    statements: str
    """Everything to run, with what it is for as comments."""
    examined: int
    """How many lists were looked at."""
    left_out: int
    small: bool
    """Small tables too."""
    few: str
    """Rows up to which a table is small."""
    other_url: str
    """The same with small tables, or without them."""
    json_url: str


def doctor(request: AdminRequest) -> Answer:
    """The findings of all lists that the person may see; ``all=1`` with those of small tables, ``format=json`` as the command
    gives them to programs."""
    small = request.value("all") == "1"
    views = [view for view in request.registry.views.values() if request.context.may_look(view)]
    report = examine_views(request.context, views, small=small, budget=Budget(_BUDGET_MS))
    if request.value("format") == "json":
        return Download(_json(report), "doctor.json", "application/json")
    here = f"{request.urls.page('database')}doctor/"
    page = DoctorPage(
        database_url=request.urls.page("database"),
        views=tuple(_by_view(request, report)),
        count=len(report.findings),
        statements="\n".join(lines(report)),
        examined=len(views) - len(report.left_out),
        left_out=len(report.left_out),
        small=small,
        few=format_number(FEW),
        other_url=here if small else f"{here}?all=1",
        json_url=f"{here}?format=json{'&all=1' if small else ''}",
    )
    return Page("doctor.html", page)


def _json(report: Report) -> Generator[bytes]:
    yield json.dumps(plain(report), ensure_ascii=False, indent=2).encode()


def _by_view(request: AdminRequest, report: Report) -> Iterator[ViewFindings]:
    every = (*report.findings, *report.notes)
    for key in dict.fromkeys(finding.view for finding in every):
        view = request.registry.views[key]
        own = [finding for finding in every if finding.view == key]
        rows = own[0].rows
        yield ViewFindings(
            key=key,
            title=view.name_plural,
            url=request.urls.list(view),
            rows_text="" if rows is None else format_count(rows, exact=False),
            findings=tuple(map(_line, own)),
        )


def _line(finding: Unindexed) -> FindingLine:
    words = {
        "sort": _("Sort"),
        "filter": _("Filter"),
        "search": _("Search"),
        "soft delete": _("Deleted rows"),
        "foreign key": _("Foreign key"),
    }
    return FindingLine(
        kind=finding.kind,
        kind_text=words[finding.kind],
        columns=", ".join(finding.columns),
        why=finding.why,
        ddl=finding.ddl or "",
    )
