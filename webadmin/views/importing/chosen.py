"""What the form with the columns of a file says, and whether it can stay so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast, get_args

from webadmin.errors import BadRequest, Unprocessable
from webadmin.options.view import View
from webadmin.request import AdminRequest
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import DateOrder, Decimal, Missing, Mode, Reading, Target
from webadmin.transfer.imports.draft import Draft
from webadmin.transfer.imports.guessing import candidates
from webadmin.transfer.imports.layout import lay_out
from webadmin.transfer.imports.readings import read_as
from webadmin.views.importing.common import check_rights

_KEY = "key"
"""Stands for the key of a related row where another column could name it."""


class Unclear(Unprocessable):
    """What is chosen cannot stay as it is.

    :param fields: what is wrong with which field of the form.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(next(iter(fields.values())))
        self.fields = fields


def posted(request: AdminRequest, draft: Draft) -> Draft:
    """``draft`` with what the form says. Raises Unprocessable for what cannot be chosen."""
    known = {one.name: one for one in candidates(request.context, request.view)}
    targets: list[Target] = []
    asks: dict[int, tuple[str, ...]] = {}
    said: list[int] = []
    for place in range(len(draft.headings)):
        name, _mark, by = request.posted(f"to-{place}").partition(":")
        if not name:
            continue
        one = known.get(name)
        if one is None or (by and by != _KEY and by not in one.by):
            raise Unprocessable(_("There is no column “{name}” to import into.").format(name=name[:80]))
        target, asked = _as_it_goes(request, draft, Target(place, name, "" if by == _KEY else by))
        targets.append(replace(target, reading=_reading(request, target)))
        asks[place] = asked
        if all(request.posted(f"{ask}-{place}") for ask in asked):
            said.append(place)
    mode = request.posted("mode", draft.mode)
    missing = request.posted("missing", "keep")
    if mode not in get_args(Mode) or missing not in get_args(Missing):
        raise Unprocessable(_("Choose what is to become of the rows."))
    match = tuple(name for name in request.posted("match").split(",") if name)
    if mode == "upsert" and not match:
        mode = "insert"  # every row is new, as was chosen
    return replace(
        draft,
        targets=tuple(targets),
        asks={place: asked for place, asked in asks.items() if asked},
        said=tuple(said),
        match=match,
        mode=cast(Mode, mode),
        missing=cast(Missing, missing),
    )


def checked(request: AdminRequest, draft: Draft) -> None:
    """Raise Unprocessable or Forbidden, with a sentence for the page, where the import makes no sense or may not be."""
    view = request.view
    if not draft.targets:
        raise Unprocessable(
            _(
                "No column of the file goes anywhere yet. Choose where, or take the file away if it is one of another list."
            )
        )
    if wrong := _wrong(view, draft):
        raise Unclear(wrong)
    check_rights(request, view, draft)
    try:
        lay_out(request.context, draft.asked(view))
    except BadRequest as error:
        raise Unprocessable(error.message) from None


def _wrong(view: View, draft: Draft) -> dict[str, str]:
    """What is wrong with which field, of fields that have to be chosen or go with each other."""
    asked = {
        "dates": _("Choose what comes first: these dates can be read in more than one way."),
        "decimal": _("Choose what they look like: these numbers can be read in more than one way."),
    }
    found: dict[str, str] = {}
    seen: dict[str, str] = {}
    for target in sorted(draft.targets, key=lambda target: target.source):
        place, heading = target.source, draft.headings[target.source]
        if target.name in seen:
            message = _("“{other}” goes to {name} already. Choose one of them.")
            found[f"to-{place}"] = message.format(other=seen[target.name], name=view.label_of(target.name))
        seen.setdefault(target.name, heading)
        if place not in draft.said:
            found |= {f"{ask}-{place}": asked[ask] for ask in draft.asks.get(place, ())}
    return found


def _as_it_goes(request: AdminRequest, draft: Draft, target: Target) -> tuple[Target, tuple[str, ...]]:
    """``target`` with how it was read so far, or how its values look where it is a new one; and what has to be asked of it."""
    place = target.source
    before = draft.target(place)
    if before is not None and (before.name, before.by) == (target.name, target.by):
        return before, draft.asks.get(place, ())
    values = [row[place] for row in draft.samples if place < len(row)]
    found = read_as(request.view, target, draft.file, request.context.dialect, values)
    return replace(target, reading=found.reading), found.asks


def _reading(request: AdminRequest, target: Target) -> Reading:
    found, place = target.reading, target.source
    decimal = request.posted(f"decimal-{place}") or found.decimal
    dates = request.posted(f"dates-{place}") or found.dates
    if decimal not in get_args(Decimal) or dates not in get_args(DateOrder):
        raise Unprocessable(_("Choose how the values are read."))
    return Reading(cast(Decimal, decimal), cast(DateOrder, dates))
