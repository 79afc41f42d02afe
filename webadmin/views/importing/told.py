"""What a check or an import has found, in words and numbers that can be kept as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webadmin.changes.progress import Progress
from webadmin.database.identity import segment
from webadmin.options.view import View
from webadmin.rendering.values import Cells
from webadmin.rendering.writers import cell_kind
from webadmin.request import AdminRequest
from webadmin.text import format_count
from webadmin.text import gettext as _
from webadmin.transfer.imports.plan import Outcome, Preview, Sample

_LONGEST = 200
"""Characters of a value that are kept for the page."""


@dataclass(frozen=True, slots=True)
class Told:
    """How far a worker is: in words, and as a part of ``total``, which is 0 where that is not known."""

    text: str
    done: int
    total: int


def told_progress(progress: Progress, rows: int) -> Told:
    """How far ``progress`` is.

    :param rows: of the file; 0 where nobody has counted them yet.
    """
    done, total, text = progress.done, progress.total, ""
    if progress.phase == "writing":
        text = _("{done} of {total} rows are written.")
    elif progress.phase == "comparing":
        total, text = 0, _("{done} rows are read, and compared with those that are there.")
    elif done:
        total = rows
        text = _("{done} of {total} rows are read.") if rows else _("{done} rows are read so far.")
    else:
        text = _("It has begun.")
    return Told(text.format(done=format_count(done), total=format_count(total)), done, total)


def told_preview(request: AdminRequest, view: View, preview: Preview) -> dict[str, Any]:
    """A preview without its problems, which are kept by themselves."""
    return {
        "total": preview.total,
        "new": preview.new,
        "changed": preview.changed,
        "same": preview.same,
        "failed": preview.failed,
        "missing": preview.missing,
        "unkeyed": preview.unkeyed,
        "new_samples": [_sample(request, view, one) for one in preview.new_samples],
        "changed_samples": [_sample(request, view, one) for one in preview.changed_samples],
        "problem_counts": [[name, kind, count] for (name, kind), count in preview.problem_counts.items()],
    }


def told_outcome(outcome: Outcome) -> dict[str, int]:
    """What an import has done."""
    return {
        "inserted": outcome.inserted,
        "updated": outcome.updated,
        "same": outcome.same,
        "deleted": outcome.deleted,
        "failed": outcome.failed,
    }


def _sample(request: AdminRequest, view: View, sample: Sample) -> dict[str, Any]:
    return {
        "row": sample.row,
        "id": segment(sample.key) if sample.key is not None else "",
        "values": [
            [name, _text(request, view, name, old), _text(request, view, name, new)]
            for name, (old, new) in sample.values.items()
        ],
    }


def _text(request: AdminRequest, view: View, name: str, value: Any) -> str:
    """A value as lists show it; of a related row what the file names it by."""
    if value is None:
        return ""
    info = view.info.columns.get(name)
    if info is None:
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    else:
        cells = Cells(request.context, view, request.urls, detail=True)
        text = str(cells.value(info.name, cell_kind(info, info.name), value).text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
