"""Which rows a page that acts on several is about: what it was sent, and what its own form carries on."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote

from webadmin.changes.progress import RUNS, Progress, Stopped
from webadmin.changes.selection import Selection
from webadmin.database import identity
from webadmin.database.keys import Key
from webadmin.errors import BadRequest, NotFound, TooLarge
from webadmin.listing.fits import fits
from webadmin.listing.params import ListParams
from webadmin.listing.scope import Deleted, many
from webadmin.options.causes import caused_by
from webadmin.request import AdminRequest
from webadmin.text import current_zone, format_count
from webadmin.text import gettext as _

MOST = 1000
"""Rows that may be chosen at once, and that an action may hold in memory."""
ALL = "all"
"""The form field that says: not the chosen rows, but all that match the list's query string."""
QUERY = "query"
"""The form field with that query string."""
RUN = "run"
"""The form field by which a page asks how far its change is."""

Hidden = tuple[tuple[str, str], ...]


def chosen(request: AdminRequest, *, deleted: Deleted) -> Selection:
    """The rows that a form names, by their ids or by the list that they are all of.

    :param deleted: whether soft-deleted rows may be among them.
    :raises BadRequest: when none is named, or the list's query string cannot be read.
    """
    view, context = request.view, request.context
    progress = Progress(stopped=request.stopped)
    if request.posted(ALL) == "1":
        if QUERY not in request.form:  # nobody means all there are by leaving out what narrows them
            raise BadRequest(_("Which rows are meant? Choose them in the list."), link="./")
        pairs = _pairs(request.posted(QUERY))
        params = ListParams.parse(pairs, view, current_zone())
        which = deleted if deleted == "hide" else params.deleted
        return Selection(context, view, params=params, deleted=which, progress=progress)
    ids = dict.fromkeys(value for value in request.form.getlist("id") if isinstance(value, str) and value)
    if not ids:
        raise BadRequest(_("Choose at least one row first."), link="./", link_label=view.name_plural)
    if len(ids) > MOST:
        raise TooLarge(_("At most {count} rows can be chosen at once.").format(count=format_count(MOST)))
    keys = tuple(key for segment in ids if (key := _key(request, segment)) is not None)
    return Selection(context, view, keys, deleted=deleted, progress=progress)


@caused_by(label=lambda: _("Chosen rows"))
def loaded(selection: Selection, *, lock: bool) -> list[Any]:
    """The rows themselves, in the order in which they were chosen.

    :raises NotFound: when none is left.
    :raises TooLarge: when there are more than may be held in memory.
    """
    keys = list(selection.keys)
    if selection.params is not None:
        count = selection.count()
        if count > MOST:
            text = _(
                "That can be done with at most {most} rows at once, and {count} match: narrow the list first."
            )
            raise TooLarge(
                text.format(most=format_count(MOST), count=format_count(count)),
                link="./",
                link_label=selection.view.name_plural,
            )
        keys = selection.read_keys()
    context, view, where = selection.context, selection.view, selection.narrowed
    rows = many(context, view, keys, where=where, lock=lock, deleted=selection.deleted)
    if not rows:
        raise gone()
    return rows


def gone() -> NotFound:
    return NotFound(
        _("The chosen rows are gone: somebody deleted them, or they were changed meanwhile."), link="./"
    )


def carried(selection: Selection) -> Hidden:
    """The form fields that name the same rows on the next request, and a name for its progress."""
    run = (RUN, secrets.token_urlsafe(9))
    if selection.params is not None:
        return (ALL, "1"), (QUERY, selection.params.plain.query(page=1)), run
    return (*(("id", identity.segment(key)) for key in selection.keys), run)


@contextmanager
def followed(request: AdminRequest, selection: Selection) -> Iterator[None]:
    """While within, the page that sent the request can ask how far it is."""
    owner, name = request.cookie.id, request.posted(RUN)
    if not owner or not name:
        yield
        return
    RUNS.begin(owner, name, selection.progress)
    try:
        yield
        if request.stopped():
            raise Stopped
    except BaseException:
        RUNS.end(owner, name, "cancelled")
        raise
    RUNS.end(owner, name, "done")


def _key(request: AdminRequest, segment: str) -> Key | None:
    view = request.view
    try:
        key = view.key_from(unquote(segment))
    except NotFound:
        return None
    columns = view.info.key
    fitting = len(key) == len(columns) and all(
        fits(request.dialect, column, value) for column, value in zip(columns, key, strict=True)
    )
    return tuple(key) if fitting else None


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=500)
    except (UnicodeDecodeError, ValueError):
        raise BadRequest(_("The address holds characters that cannot be read."), link="./") from None
