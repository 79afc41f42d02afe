"""Rows as a file: the page that asks how, and the file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from webadmin.changes.selection import Selection
from webadmin.database.failures import as_answer
from webadmin.database.stop import Stop
from webadmin.explain.finding import size
from webadmin.forms.controls import Choice
from webadmin.listing.counts import count_all
from webadmin.listing.params import ListParams
from webadmin.options.context import Context
from webadmin.request import AdminRequest, Answer, Download, Page, Redirect
from webadmin.text import current_zone, format_count, use_locale
from webadmin.text import gettext as _
from webadmin.transfer.asked import OPTIONS, Export, Form, columns_of, split
from webadmin.transfer.estimate import estimated
from webadmin.transfer.export import MEDIA_TYPES, exported
from webadmin.transfer.reading import read
from webadmin.transfer.workbook import check_available, is_available
from webadmin.views.chosen import ALL, QUERY, chosen
from webadmin.views.saved.asked import alone, pairs_of

_PATIENCE = 2000  # milliseconds that the page takes to count
_EVERY = "all_columns"
_NO_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')

_LABELS = {
    "format": (("csv", "CSV"), ("xlsx", "Excel"), ("json", "JSON"), ("jsonl", "JSON lines")),
    "headings": (("labels", "As in the list"), ("names", "Names of the columns")),
    "values": (("raw", "Exact, to be read by programs or imported again"), ("formatted", "As in the list")),
    "relations": (("label", "Their names"), ("key", "Their keys, to be imported again")),
    "delimiter": (("comma", "Comma"), ("semicolon", "Semicolon"), ("tab", "Tab")),
    "bom": (("no", "No"), ("yes", "Yes, for old versions of Excel")),
}


@dataclass(frozen=True, slots=True)
class Choosing:
    """One question of the page."""

    name: str
    label: str
    help: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ExportPage:
    title: str
    list_title: str
    list_url: str
    action_url: str
    method: str
    """get, or post where rows were chosen."""
    hidden: tuple[tuple[str, str], ...]
    """What names the rows."""
    questions: tuple[Choosing, ...]
    columns_text: str
    """Which columns there are, where all that the list could show are not asked for."""
    every: bool
    count: int | None
    rows_text: str
    """How many rows there are, in words."""
    size_text: str
    """About how large the file will be; empty where that is not known."""


def export(request: AdminRequest) -> Answer:
    """The rows of the list's query string, or those that a form has chosen, as a file; without a format, how it is to be."""
    what, every, asks = _wanted(request)
    if asks:
        return _asked(request, what, every=every)
    form = what.form
    if form.format == "xlsx":
        check_available()
    stop = Stop()
    return Download(
        _file(request, what, stop), _filename(request, form), MEDIA_TYPES[form.format], stop=stop.now
    )


def explained(request: AdminRequest) -> Answer:
    """The page that asks how; of a file only the first rows, read as all of them are."""
    what, every, asks = _wanted(request)
    if not asks:
        with closing(read(request.context, what)) as portions:
            next(portions, None)
    return (
        _asked(request, what, every=every) if asks else Redirect(request.urls.below(request.view, "export"))
    )


def _wanted(request: AdminRequest) -> tuple[Export, bool, bool]:
    """What is to be exported, whether with all columns that there are, and whether it is still to be asked how."""
    own, pairs = split(request.view, _pairs(request))
    every = any(name == _EVERY and value == "1" for name, value in pairs)
    others = [pair for pair in pairs if pair[0] != _EVERY]
    params, keys = _rows(request, others)
    form = Form(**own)
    columns = columns_of(request.view, params, form, every=every)
    return Export(request.view, params, form, columns, keys), every, "format" not in own


def _pairs(request: AdminRequest) -> list[tuple[str, str]]:
    """What is asked for: by the address, or by a form that has chosen rows."""
    if request.method != "POST":
        return list(request.query)
    return [
        (name, value)
        for name, value in request.form.multi_items()
        if isinstance(value, str) and (name in OPTIONS or name == _EVERY)
    ]


def _rows(request: AdminRequest, pairs: list[tuple[str, str]]) -> tuple[ListParams, tuple[Any, ...]]:
    view, zone = request.view, current_zone()
    if request.method != "POST":
        return ListParams.parse(alone(request, pairs), view, zone), ()
    selection: Selection = chosen(request, deleted="show")
    if selection.params is not None:
        return selection.params, ()
    shown = ListParams.parse(pairs_of(request.posted(QUERY)), view, zone)
    # The chosen rows alone, in the order and with the columns of the list that they were chosen in.
    plain = shown.changed(filters=(), without=["q", "per"], deleted="show" if view.soft_delete else "hide")
    return plain, selection.keys


def _file(request: AdminRequest, what: Export, stop: Stop) -> Generator[bytes, Any, None]:
    zone = request.cookie.preferences.get("zone") or request.settings.time_zone
    # Runs in a thread of its own, after the request.
    with use_locale(request.settings.language, zone):
        try:
            yield from exported(partial(_reading, request, stop), what)
        except SQLAlchemyError as error:
            raise as_answer(request.dialect, error, reading=True) from error


@contextmanager
def _reading(request: AdminRequest, stop: Stop) -> Iterator[Context]:
    """The request once more, over a session that lasts as long as the file."""
    assert request.long_reading is not None
    with request.long_reading(stop) as session:
        again = replace(request, session=session)
        again.user = replace(request.user, request=again)
        yield again.context


def _filename(request: AdminRequest, form: Form) -> str:
    name = _NO_NAME.sub(" ", request.view.name_plural).strip() or request.view.key
    return f"{name} {dt.datetime.now(current_zone()):%Y-%m-%d %H.%M}.{form.format}"


def _asked(request: AdminRequest, what: Export, *, every: bool) -> Page:
    view, urls = request.view, request.urls
    found = len(what.keys) if what.keys else count_all(request.context, view, what.params, _PATIENCE)
    posted = request.method == "POST"
    query = what.params.plain.query(page=1)
    if posted:
        ids = [("id", value) for value in request.form.getlist("id") if isinstance(value, str)]
        hidden = [(ALL, "1"), (QUERY, query)] if not what.keys else [*ids, (QUERY, request.posted(QUERY))]
    else:
        hidden = what.params.plain.changed().pairs()
    text = _("{count} rows") if found is not None else _("All rows that match")
    page = ExportPage(
        title=_("Export {rows}").format(rows=view.name_plural.lower()),
        list_title=view.name_plural,
        list_url=urls.list(view, query),
        action_url=urls.below(view, "export"),
        method="post" if posted else "get",
        hidden=tuple(hidden),
        questions=_questions(what.form),
        columns_text=", ".join(column.label for column in what.columns),
        every=every,
        count=found,
        rows_text=text.format(count=format_count(found or 0)),
        size_text=_size(estimated(request.context, what, found or 0, _PATIENCE)),
    )
    return Page("export.html", page)


def _size(sizes: Mapping[str, int]) -> str:
    if not sizes:
        return ""
    text = _("About {csv} as CSV, {json} as JSON.")
    return text.format(csv=size(sizes["csv"] / 1024), json=size(sizes["json"] / 1024))


def _questions(form: Form) -> tuple[Choosing, ...]:
    texts = {
        "format": (_("Format"), ""),
        "headings": (_("Headings"), ""),
        "values": (_("Values"), ""),
        "relations": (_("Related rows"), ""),
        "delimiter": (
            _("Separator"),
            _("For CSV. Spreadsheets in languages with a decimal comma want a semicolon."),
        ),
        "bom": (_("Byte order mark"), _("For CSV.")),
    }
    return tuple(
        Choosing(
            name,
            label,
            help,
            tuple(
                Choice(value, _(text), selected=place == 0)
                for place, (value, text) in enumerate(_LABELS[name])
                if value != "xlsx" or is_available()
            ),
        )
        for name, (label, help) in texts.items()
    )
