"""The fields of an open form that depend on others, made anew when one of those changes. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webadmin.forms.controls import FormControl
from webadmin.forms.row_form import RowForm
from webadmin.forms.sections import tabs
from webadmin.listing.scope import one
from webadmin.request import AdminRequest, Answer, Page


@dataclass(frozen=True, slots=True)
class DependentsPage:
    controls: tuple[FormControl, ...]
    """Each takes the place of the one of the same name."""


def add(request: AdminRequest) -> Answer:
    """Those of the form for a new row."""
    return _answer(request, None)


def change(request: AdminRequest) -> Answer:
    """Those of a row's form."""
    return _answer(request, one(request.context, request.view, request.key, deleted="show"))


def _answer(request: AdminRequest, row: Any) -> Answer:
    form = RowForm(
        request.context,
        request.view,
        row,
        formdata=request.form,
        key=request.secret,
        changed=request.value("changed"),
    )
    controls = [
        control
        for tab in tabs(form, request.urls)
        for section in tab.sections
        for control in section.controls
    ]
    return Page(
        "dependents.html",
        DependentsPage(tuple(control for control in controls if control.dependent)),
        fragment=True,
    )
