"""Switches of a list and its rows per page, kept for one person."""

from __future__ import annotations

from dataclasses import replace

from webadmin.errors import BadRequest
from webadmin.request import AdminRequest, Answer, Redirect
from webadmin.saved.kept import SWITCHES
from webadmin.text import gettext as _
from webadmin.views.saved.back import asked_before


def settings(request: AdminRequest) -> Answer:
    """Keep what the form says and go back to the list.

    :raises BadRequest: for a position that a switch does not have, or a number of rows that no page has.
    """
    view, store = request.view, request.store
    kept = store.read().settings
    params = asked_before(request).params
    switches = {name: request.posted(name) for name in SWITCHES if request.posted(name)}
    for name, position in switches.items():
        if position not in SWITCHES[name]:
            allowed = ", ".join(SWITCHES[name])
            raise BadRequest(_("{name} is one of {allowed}.").format(name=name, allowed=allowed))
    changed = replace(kept, switches={**kept.switches, **switches})
    if rows := request.posted("per_page"):
        per_page = _rows(rows, max(view.page_sizes))
        changed = replace(changed, per_page=0 if per_page == view.page_size else per_page)
        usual = replace(params.usual, per_page=changed.per_page)
        params = replace(params, usual=usual, per_page=per_page, page=1)
    if changed != kept:
        store.write(changed)
    return Redirect(request.urls.list(view, params.query(page=params.page)))


def _rows(text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= most):
        raise BadRequest(_("A page has 1 to {most} rows.").format(most=most))
    return int(text)
