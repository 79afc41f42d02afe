"""Changes of one row by several people at once: who changed what, for the page that asks whose value to keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
    return Merge(fields, len(form.clashes), _opened(form))


def clash_messages(form: RowForm) -> dict[str | None, list[str]]:
    """A sentence at each field that both sides changed and nobody has decided about."""
    message = _("Somebody else has changed this meanwhile, to: {theirs}")
    return {
        one.name: [message.format(theirs=one.theirs)] for one in compared(form) if one.name in form.clashes
    }


def kept_from_others(form: RowForm) -> Sequence[str]:
    """The labels of fields that others changed since the form was opened and that stay as they made them."""
    return [one.label for one in compared(form) if one.choice in ("theirs", "both")]


def _opened(form: RowForm) -> str:
    shown = form.snapshot
    if shown is None or not shown.at:
        return ""
    moment = dt.datetime.fromisoformat(shown.at)
    ago, absolute = format_ago(moment), format_datetime(moment)
    return absolute if absolute.startswith(ago) else f"{ago}, {absolute}"
