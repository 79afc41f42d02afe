"""How far an import is, and what it has done."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.request import AdminRequest
from webadmin.text import format_count, ngettext
from webadmin.text import gettext as _
from webadmin.transfer.imports import store
from webadmin.transfer.imports.store import Kept
from webadmin.views.importing.common import address
from webadmin.views.importing.told import Told, told_progress


@dataclass(frozen=True, slots=True)
class WorkingPart:
    """How far a worker is."""

    title: str
    text: str
    done: int
    total: int
    stop_url: str
    abandoned: bool
    """Nobody works on it any more: it can be begun again."""


@dataclass(frozen=True, slots=True)
class ResultLine:
    """How many rows came out like this."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ResultPart:
    """What the import has done."""

    text: str
    lines: tuple[ResultLine, ...]
    undo_url: str
    change_url: str
    file_url: str
    """The rows that were left out; empty where there are none any more."""


def working_part(request: AdminRequest, kept: Kept) -> WorkingPart:
    live = request.desk.find(kept.id)
    told = Told(kept.message, kept.done, kept.total)
    if live is not None:
        told = told_progress(live.progress, kept.rows)
    abandoned = live is None and kept.abandoned
    if abandoned:
        text = _("Whoever worked on it has stopped, and nothing was changed. It can be begun again.")
    elif live is None and not kept.worker:
        text = _("It waits for its turn.")
    else:
        text = told.text or _("It has begun.")
    titles = {"checking": _("The file is being checked"), "running": _("The rows are being imported")}
    return WorkingPart(
        titles[kept.state], text, told.done, told.total, address(request, kept.id, "stop"), abandoned
    )


def result_part(request: AdminRequest, kept: Kept) -> ResultPart:
    found = kept.result["outcome"]
    words = (
        ("inserted", _("added")),
        ("updated", _("changed")),
        ("same", _("the same as before")),
        ("deleted", _("marked as deleted")),
        ("failed", _("left out")),
    )
    lines = tuple(
        ResultLine(name, label, found[name]) for name, label in words if found[name] or name != "deleted"
    )
    kept_back = found["failed"] and store.has_file(request.session, kept.id)
    change = kept.change_id
    done = found["inserted"] + found["updated"] + found["deleted"]
    return ResultPart(
        text=ngettext("{count} row is imported.", "{count} rows are imported.", done).format(
            count=format_count(done)
        ),
        lines=lines,
        undo_url=request.urls.change(change, "undo") if change is not None else "",
        change_url=request.urls.change(change) if change is not None else "",
        file_url=address(request, kept.id, "problems") if kept_back else "",
    )
