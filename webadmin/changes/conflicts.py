"""Changes of one row by several people at once: who changed what, for the page that asks whose value to keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from webadmin.forms.compared import Compared, compared
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
    field_name: str
    """The name of a button that answers for all fields at once: its value is ``mine`` or ``theirs``."""


def merge_of(form: RowForm) -> Merge | None:
    """The merge of a form that was sent; None where nobody else changed anything that it shows."""
    fields = compared(form)
    if not any(field.theirs is not None for field in fields):
        return None
    return Merge(fields, len(form.clashes), _when(form), "_keep")


def clash_messages(form: RowForm) -> dict[str | None, list[str]]:
    """A sentence at each field that both sides changed and nobody has decided about."""
    message = _("Somebody else has changed this meanwhile, to: {theirs}")
    return {
        field.name: [message.format(theirs=field.theirs)]
        for field in compared(form)
        if field.name in form.clashes
    }


def kept_from_others(form: RowForm) -> Sequence[str]:
    """The labels of fields that others changed since the form was opened and that stay as they made them."""
    return [field.label for field in compared(form) if field.choice in ("theirs", "both")]


def _when(form: RowForm) -> str:
    shown = form.snapshot
    if shown is None or not shown.at:
        return ""
    moment = dt.datetime.fromisoformat(shown.at)
    ago, absolute = format_ago(moment), format_datetime(moment)
    return absolute if absolute.startswith(ago) else f"{ago}, {absolute}"
