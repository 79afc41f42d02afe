"""How far a long change is."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.changes.progress import RUNS
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import format_count
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class ProgressPage:
    title: str
    list_title: str
    list_url: str
    state: str
    """running, done, cancelled, or empty where this process knows nothing of it."""
    done: int
    total: int
    text: str


def progress(request: AdminRequest) -> Answer:
    """How far a change is that this very session has begun."""
    view = request.view
    run = RUNS.find(request.cookie.id, request.value("run")) if request.cookie.id else None
    state = run.state if run is not None else ""
    texts = {
        "running": _("Working…"),
        "done": _("It is done."),
        "cancelled": _("It was cancelled, and nothing was changed."),
    }
    text = texts.get(state, _("It runs elsewhere: how far it is cannot be seen from here."))
    if run is not None and state == "running" and run.total:
        text = _("{done} of {total} {rows}").format(
            done=format_count(run.done), total=format_count(run.total), rows=view.name_plural.lower()
        )
    page = ProgressPage(
        title=_("Progress"),
        list_title=view.name_plural,
        list_url=request.urls.list(view),
        state=state,
        done=run.done if run is not None else 0,
        total=run.total if run is not None else 0,
        text=text,
    )
    return Page("progress.html", page, block="progress" if request.htmx else None)
