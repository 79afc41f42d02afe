"""What a list shows of its first rows of each group: a control that asks for them, and a chip."""

from __future__ import annotations

from collections.abc import Callable

from webadmin.listing.controls import Chip, FilterControl, FilterInput, Option
from webadmin.listing.group_names import groups_of, in_sentence
from webadmin.listing.memo import per_view
from webadmin.listing.params import ListParams
from webadmin.text import current_language
from webadmin.text import gettext as _

NAME = "latest_per"


def per_control(params: ListParams) -> FilterControl | None:
    """The control that asks for the latest row of each group; None where a list has no groups, or asks for more rows of
    each than that."""
    view = params.view
    if view.keyless or params.top or NAME in view.filters or not groups_of(view):
        return None
    key = (NAME, params.per, current_language())
    return per_view(view, key, lambda: _control(params))


def per_chip(params: ListParams, url: Callable[[str], str]) -> Chip:
    """Which rows of each group are shown."""
    if params.top:
        which = _("Top {number}").format(number=params.top)
    else:
        which = _("First") if params.sort else _("Latest")
    return Chip(which, _per(params, params.per), url(params.query(without=["per"])))


def _per(params: ListParams, name: str) -> str:
    return _("per {group}").format(group=in_sentence(params.view.label_of(name)))


def _control(params: ListParams) -> FilterControl:
    options = tuple(Option(name, _per(params, name), name == params.per) for name in groups_of(params.view))
    choice = FilterInput(
        NAME,
        _("Only the latest row"),
        "select",
        params.per,
        options=(Option("", _("All rows"), not params.per), *options),
    )
    summary = _per(params, params.per) if params.per else ""
    return FilterControl(NAME, _("Latest"), bool(params.per), summary, (choice,))
