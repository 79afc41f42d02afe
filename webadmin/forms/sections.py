"""The controls of a form in the order in which a page shows them: on tabs, under headings, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from webadmin.forms.controls import FormControl, controls
from webadmin.forms.row_form import RowForm
from webadmin.options.fieldsets import FieldGroup
from webadmin.rendering.urls import Urls
from webadmin.text import gettext as _

_COLUMNS = 12
"""Of the grid that fields stand on."""


@dataclass(frozen=True, slots=True)
class FormSection:
    """Controls under one heading."""

    id: str
    title: str
    controls: tuple[FormControl, ...]
    help: str = ""
    folded: bool = False
    """It is shown by its heading alone until somebody opens it."""
    folds: bool = False
    explains: bool = False
    """It says what the mark of fields means that have to be filled."""

    @property
    def errors(self) -> int:
        """How many of its controls have messages."""
        return sum(bool(control.errors) for control in self.controls)


@dataclass(frozen=True, slots=True)
class FormTab:
    """Sections that are shown at once, where scripts run; one below the other with those of the other tabs where not."""

    id: str
    title: str
    sections: tuple[FormSection, ...]

    @property
    def errors(self) -> int:
        """How many of its controls have messages."""
        return sum(section.errors for section in self.sections)


def tabs(form: RowForm, urls: Urls) -> tuple[FormTab, ...]:
    """All controls of ``form``: on one tab where the view's fieldsets name none."""
    made = dict(zip(form.fields, live_controls(form, urls), strict=True))
    groups = form.view.fieldsets
    if not groups:
        whole = FormSection("fields", form.view.name, tuple(made.values()))
        return (FormTab("tab-1", "", tuple(_explained([whole]))),)
    found = _explained(_section(f"fields-{place}", group, made) for place, group in enumerate(groups, 1))
    by_tab: dict[str, list[FormSection]] = {}
    for group, section in zip(groups, found, strict=True):
        if section.controls:  # a form for a new row may have none of these
            by_tab.setdefault(group.tab, []).append(section)
    return tuple(
        FormTab(f"tab-{place}", name or here[0].title, tuple(here))
        for place, (name, here) in enumerate(by_tab.items(), 1)
    )


def live_controls(form: RowForm, urls: Urls) -> Iterator[FormControl]:
    """The controls of ``form`` in its order, with what those that depend on each other need in a browser."""
    view, depends = form.view, form.view.depends
    above = urls.below(view, "add") if form.creating else urls.row(view, view.id_of(form.row))
    watched = {on for dependence in depends.values() for on in dependence.on}
    for name, control in zip(form.fields, controls(form, urls), strict=True):
        refresh = f"{above}fields/?{urlencode({'changed': name})}" if name in watched else ""
        yield replace(control, refresh=refresh, dependent=name in depends)


def _explained(sections: Iterable[FormSection]) -> Iterator[FormSection]:
    """The sections; the first with a field that has to be filled says what its mark means."""
    told = False
    for section in sections:
        here = not told and any(control.required for control in section.controls)
        told = told or here
        yield replace(section, explains=here)


def _section(id: str, group: FieldGroup, made: Mapping[str, FormControl]) -> FormSection:
    found: list[FormControl] = []
    for line in group.lines:
        there = [made[name] for name in line if name in made]
        if len(line) > 1:
            there = [replace(control, span=_COLUMNS // len(line)) for control in there]
        found += there
    bad = any(control.errors for control in found)
    return FormSection(
        id, group.title or _("Other"), tuple(found), group.help, group.collapsed and not bad, group.collapsed
    )
