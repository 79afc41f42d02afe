"""Every change, the newest first: who did what where, to be narrowed down."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from webadmin.changes.record.entries import Asked
from webadmin.changes.record.reading import History
from webadmin.errors import BadRequest
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import current_zone
from webadmin.text import gettext as _
from webadmin.views.occasions import Occasion, kinds, occasion
from webadmin.views.trash import trash

AT_ONCE = 25
"""Changes on a page."""
_LONGEST = 200
_NAMES = ("q", "who", "list", "kind", "from", "to")
"""The parameters that narrow the list down."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values to choose from."""

    value: str
    label: str
    selected: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """All changes that the person may see."""

    kept: bool
    """There is a history at all."""
    entries: tuple[Occasion, ...]
    values: dict[str, str]
    """What was asked for, by parameter."""
    lists: tuple[Option, ...]
    kinds: tuple[Option, ...]
    days: tuple[Option, ...]
    """Spans of days to choose from at once."""
    url: str
    """The page without anything asked for."""
    narrowed: bool
    first_url: str | None
    older_url: str | None


def changes(request: AdminRequest) -> Answer:
    """The changes of all lists that the person may view, narrowed down by ``q``, ``who``, ``list``, ``kind``, ``from`` and
    ``to``; ``before`` goes on. With ``deleted``: what is deleted and can be restored."""
    if any(name == "deleted" for name, _value in request.query):
        return trash(request)
    values = {name: request.value(name).strip() for name in _NAMES}
    before = _id(request.value("before"))
    asked = _asked(values)
    kept = request.has_history
    entries, older = (
        History(request.context).changes(asked, before=before, limit=AT_ONCE) if kept else ([], None)
    )
    views = History(request.context).sight.views
    given = {name: value for name, value in values.items() if value}
    url = request.urls.page("changes")
    return Page(
        "changes.html",
        ChangesPage(
            kept=kept,
            entries=tuple(occasion(request, entry) for entry in entries),
            values=values,
            lists=tuple(Option(v.key, v.name_plural, v.key == values["list"]) for v in views),
            kinds=tuple(Option(kind, label, kind == values["kind"]) for kind, label in kinds().items()),
            days=tuple(_days(url, given)),
            url=url,
            narrowed=bool(given),
            first_url=_with(url, given) if before is not None else None,
            older_url=_with(url, given | {"before": str(older)}) if older is not None else None,
        ),
    )


def _asked(values: dict[str, str]) -> Asked:
    for name in ("q", "who"):
        if len(values[name]) > _LONGEST or not values[name].isprintable():
            raise BadRequest(_("That is nothing that could stand in a history."), link="")
    if values["kind"] and values["kind"] not in kinds():
        raise BadRequest(
            _("There is no such kind of change. There are: {kinds}.").format(kinds=", ".join(kinds()))
        )
    last = _day(values["to"])
    return Asked(
        who=values["who"],
        list_key=values["list"],
        kind=values["kind"],
        since=_begin(_day(values["from"])),
        until=_begin(last + dt.timedelta(days=1)) if last is not None else None,
        text=values["q"],
    )


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        found = dt.date.min
    if not 1900 <= found.year <= 9000:
        message = _("{value} is no day; write it like 2026-11-21.").format(value=text[:40])
        raise BadRequest(message)
    return found


def _begin(day: dt.date | None) -> dt.datetime | None:
    """When a day begins in the zone of the person."""
    return None if day is None else dt.datetime.combine(day, dt.time(), current_zone())


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadRequest(_("This is no place in the history. Open it from its beginning.")) from None


def _days(url: str, given: dict[str, str]) -> list[Option]:
    today = dt.datetime.now(current_zone()).date()
    spans = (
        (_("Today"), today, today),
        (_("Yesterday"), today - dt.timedelta(days=1), today - dt.timedelta(days=1)),
        (_("Last 7 days"), today - dt.timedelta(days=6), today),
        (_("Last 30 days"), today - dt.timedelta(days=29), today),
    )
    found = []
    for label, first, last in spans:
        span = {"from": first.isoformat(), "to": last.isoformat()}
        selected = all(given.get(name) == value for name, value in span.items())
        found.append(Option("", label, selected, _with(url, given | span)))
    return found


def _with(url: str, given: dict[str, str]) -> str:
    return f"{url}?{urlencode(given)}" if given else url
