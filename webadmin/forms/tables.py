"""A form together with the tables on it: read, checked and shown at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webadmin.auth.keys import NO_KEYS, Keys
from webadmin.forms.inlines import InlineTable
from webadmin.forms.row_form import RowForm, check_all
from webadmin.listing.together import read_together
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.text import gettext as _


def tables_of(parent: RowForm, *, formdata: Any = None, key: Keys = NO_KEYS) -> list[InlineTable]:
    """The tables on a form, of those models that the person may look at."""
    found = []
    for option in parent.view.inlines:
        child = parent.context.view_of(option.relation.target)
        if child is not None:
            found.append(InlineTable(parent, option, child, formdata=formdata, key=key))
    return found


@caused_by("inlines")
def show_pages(context: Context, tables: Sequence[InlineTable], pages: Mapping[str, int]) -> None:
    """Read the page of each table that is shown, all in one statement.

    :param pages: the page by the table's prefix, where that is not the one which was shown before.
    """
    there = [table for table in tables if table.parent.row is not None]
    for table in there:
        table.at = pages.get(table.prefix, table.at)
    wanted = [table.wanted() for table in there]
    for table, read in zip(there, read_together(context, wanted, _("Rows below a form")), strict=True):
        table.count = read.count
        table.show(read.rows)


def check_forms(parent: RowForm, tables: Sequence[InlineTable]) -> bool:
    """Check a form together with its tables; what is wrong stands in their forms then. New rows that are blank are left out."""
    for table in tables:
        table.drop_blank()
    valid = check_all([parent, *(form for table in tables for form in table.checked)])
    return valid and not any(one.gone for table in tables for one in table.rows)
