"""What an import would do: counts, examples, and what is wrong with which row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from webadmin.request import AdminRequest
from webadmin.text import format_count
from webadmin.text import gettext as _
from webadmin.transfer.imports.noted import problems_of
from webadmin.transfer.imports.store import Kept
from webadmin.views.importing.common import address

_AT_ONCE = 50
"""Problems on a page."""


@dataclass(frozen=True, slots=True)
class CountLink:
    """One sort of rows, with how many there are."""

    name: str
    label: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """What is wrong in one place."""

    row: int
    label: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One sort of problem."""

    text: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A row that would be new or change."""

    row: int
    url: str
    values: tuple[tuple[str, str, str], ...]
    """Label, old and new."""


@dataclass(frozen=True, slots=True)
class PreviewPart:
    """The step at which it is decided."""

    shown: str
    """problems, new or changed."""
    counts: tuple[CountLink, ...]
    kinds: tuple[ProblemKind, ...]
    problems: tuple[ProblemLine, ...]
    next_url: str
    samples: tuple[SampleLine, ...]
    file_url: str
    """The rows with problems as a file; empty where there are none."""
    writing: int
    """Rows that would be written."""
    failed: int
    missing: int
    notes: tuple[str, ...]
    button: str
    """What it says; empty where there is nothing to import."""
    fingerprint: str
    skip_error: str
    """Nobody has said yet what becomes of the rows with problems."""


def preview_part(request: AdminRequest, kept: Kept, skip_error: str = "") -> PreviewPart:
    """What the last check of an import has found."""
    found: dict[str, Any] = kept.result["preview"]
    failed = found["failed"]
    shown = request.value("show", "problems" if failed else "new" if found["new"] else "changed")
    if shown not in {"problems", "new", "changed"}:
        shown = "problems"
    names = (
        ("problems", _("Problems"), failed),
        ("new", _("New"), found["new"]),
        ("changed", _("Changed"), found["changed"]),
        ("same", _("Same"), found["same"]),
    )
    base = address(request, kept.id)
    counts = tuple(
        CountLink(name, label, count, f"{base}?show={name}" if name != "same" else "", name == shown)
        for name, label, count in names
    )
    lines, next_url = _problems(request, kept) if shown == "problems" else ((), "")
    samples = found["new_samples" if shown == "new" else "changed_samples"] if shown != "problems" else []
    writing = found["new"] + found["changed"]
    notes = []
    if found["missing"]:
        text = _("{count} rows that the file does not have would be marked as deleted.")
        notes.append(text.format(count=format_count(found["missing"])))
    if found["unkeyed"] and kept.draft.missing == "delete":
        text = _("Of {count} rows nobody can tell which are meant, so none is marked as deleted.")
        notes.append(text.format(count=format_count(found["unkeyed"])))
    return PreviewPart(
        shown=shown,
        counts=counts,
        kinds=_kinds(request, kept) if shown == "problems" else (),
        problems=lines,
        next_url=next_url,
        samples=tuple(_sample(request, one) for one in samples),
        file_url=address(request, kept.id, "problems") if failed else "",
        writing=writing,
        failed=failed,
        missing=found["missing"],
        notes=tuple(notes),
        button=_button(writing, found["missing"]),
        fingerprint=kept.fingerprint,
        skip_error=skip_error,
    )


def _button(writing: int, missing: int) -> str:
    if not writing and not missing:
        return ""
    if writing == 1:
        return _("Import 1 row")
    return _("Import {count} rows").format(count=format_count(writing))


def _kinds(request: AdminRequest, kept: Kept) -> tuple[ProblemKind, ...]:
    view, base = request.view, address(request, kept.id)
    chosen = (request.value("column"), request.value("kind"))
    found = []
    for name, kind, count in sorted(kept.result["preview"]["problem_counts"], key=lambda one: -one[2]):
        query = urlencode({"show": "problems", "column": name, "kind": kind})
        label = view.label_of(name) if name else _("Row")
        current = chosen == (name, kind)
        url = f"{base}?show=problems" if current else f"{base}?{query}"
        found.append(ProblemKind(f"{label}: {_word(kind)}", count, url, current))
    return tuple(found)


def _word(kind: str) -> str:
    return {
        "type": _("cannot be read"),
        "empty": _("is empty"),
        "long": _("is too long"),
        "choice": _("is no choice"),
        "check": _("is not allowed"),
        "missing": _("is not there"),
        "ambiguous": _("is ambiguous"),
        "duplicate": _("stands there twice"),
        "taken": _("is taken"),
        "scope": _("is taken"),
        "ragged": _("has another number of columns"),
        "text": _("is no text"),
        "formula": _("is a formula"),
    }.get(kind, _("is refused"))


def _problems(request: AdminRequest, kept: Kept) -> tuple[tuple[ProblemLine, ...], str]:
    name, kind, after = request.value("column"), request.value("kind"), request.value("after")
    view = request.view
    # Up to nine digits: what else stands there is none of our links.
    behind = int(after) if after.isdecimal() and after.isascii() and len(after) < 10 else -1
    found = problems_of(
        request.session,
        kept.id,
        limit=_AT_ONCE + 1,
        after=behind,
        name=name if kind else None,
        kind=kind or None,
    )
    lines = tuple(
        ProblemLine(one.row, view.label_of(one.name) if one.name else "", one.value, one.message)
        for _place, one in found[:_AT_ONCE]
    )
    if len(found) <= _AT_ONCE:
        return lines, ""
    query = {"show": "problems", **({"column": name, "kind": kind} if kind else {})}
    return lines, f"{address(request, kept.id)}?{urlencode({**query, 'after': found[_AT_ONCE - 1][0]})}"


def _sample(request: AdminRequest, one: dict[str, Any]) -> SampleLine:
    view = request.view
    url = request.urls.row(view, one["id"]) if one["id"] and view.options.can_view_details else ""
    # What was seen when it was checked may be for others by now.
    seen = [(view.label_of(name), old, new) for name, old, new in one["values"] if name not in view.hidden]
    return SampleLine(one["row"], url, tuple(seen))
