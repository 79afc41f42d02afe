"""Saving what a form holds as a new row."""

from __future__ import annotations

import re
from dataclasses import replace

from starlette.datastructures import FormData

from webadmin.errors import Forbidden
from webadmin.forms.inlines import ID
from webadmin.options.view import View
from webadmin.request import AdminRequest
from webadmin.text import gettext as _


def may_copy(request: AdminRequest) -> bool:
    """Whether the form of a row has a button that saves it as a new one."""
    return request.view.options.save_as and request.may("add")


def as_new(request: AdminRequest) -> AdminRequest:
    """The request that a form for a new row with the same values would have sent. Rows of other tables stay with the row
    that they belong to. Raises Forbidden where the view or the person's rights do not allow it."""
    if not may_copy(request):
        raise Forbidden(_("You may not save this as a new row. Nothing was saved."), link="./")
    return replace(request, form=_without_children(request.form, request.view))


def _without_children(form: FormData, view: View) -> FormData:
    starts = "|".join(re.escape(option.relation.name) for option in view.inlines)
    if not starts:
        return form
    row = re.compile(rf"({starts})-[0-9]+-")
    theirs = {
        found[0]
        for name, value in form.multi_items()
        if (found := row.match(name)) and name == f"{found[0]}{ID}" and value
    }
    return FormData(
        [
            (name, value)
            for name, value in form.multi_items()
            if not ((found := row.match(name)) and found[0] in theirs)
        ]
    )
