"""Changes of one row by several people at once: who changed what, for the page that asks whose value to keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from webadmin.changes.record import LastChange, last_change
from webadmin.forms.compared import Compared, compared
from webadmin.forms.merging import CHOICE
from webadmin.forms.row_form import RowForm
from webadmin.text import format_ago, format_datetime
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class Merge:
    """What is to be shown of a form that met changes of others."""

    fields: tuple[Compared, ...]
    open_count: int
    """Fields of which nobody has said yet whose value to keep."""
    opened: str
    """When the form was opened, in words; empty when that is not known."""
    who: str = ""
    """Who changed it, where that was one person and is known."""
    when: str = ""
    """When, in words."""
    by: Mapping[str, str] = field(default_factory=dict)
    """Who changed a field and when, in words, where several people did."""
    field_name: str = CHOICE
    """The name of a button that answers for all fields at once: its value is ``mine`` or ``theirs``."""


def merge_of(form: RowForm) -> Merge | None:
    """The merge of a form that was sent; None where nobody else changed anything that it shows."""
    fields = compared(form)
    if not any(one.theirs is not None for one in fields):
        return None
    said = _said(form, [one.name for one in fields if one.theirs is not None])
    people = {last.person for last in said.values()}
    if len(people) == 1 and all(one.theirs is None or one.name in said for one in fields):
        when = _moment(max(last.at for last in said.values()))
        return Merge(fields, len(form.clashes), _opened(form), people.pop(), when)
    by = {name: f"{last.person}, {_moment(last.at)}" for name, last in said.items()}
    return Merge(fields, len(form.clashes), _opened(form), by=by)


def clash_messages(form: RowForm) -> dict[str | None, list[str]]:
    """A sentence at each field that both sides changed and nobody has decided about."""
    message = _("Somebody else has changed this meanwhile, to: {theirs}")
    return {
        one.name: [message.format(theirs=one.theirs)] for one in compared(form) if one.name in form.clashes
    }


def kept_from_others(form: RowForm) -> Sequence[str]:
    """The labels of fields that others changed since the form was opened and that stay as they made them."""
    return [one.label for one in compared(form) if one.choice in ("theirs", "both")]


def _said(form: RowForm, names: Sequence[str]) -> dict[str, LastChange]:
    """Who made these attributes what they are now. What was recorded before the form was opened says nothing of that:
    somebody has changed them without webadmin since."""
    opened = _opened_at(form)
    if opened is None:
        return {}
    said = last_change(form.context, form.view, form.row, names)
    return {name: last for name, last in said.items() if last.at >= opened}


def _opened_at(form: RowForm) -> dt.datetime | None:
    shown = form.snapshot
    return dt.datetime.fromisoformat(shown.at) if shown is not None and shown.at else None


def _opened(form: RowForm) -> str:
    opened = _opened_at(form)
    return "" if opened is None else _moment(opened)


def _moment(moment: dt.datetime) -> str:
    ago, absolute = format_ago(moment), format_datetime(moment)
    return absolute if absolute.startswith(ago) else f"{ago}, {absolute}"
