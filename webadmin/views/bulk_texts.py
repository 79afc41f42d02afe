"""What a bulk edit would do, in words: operations, and the old and new values of a few rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webadmin.changes.bulk import BulkPlan
from webadmin.changes.bulk_form import BulkForm
from webadmin.changes.column_change import ColumnChange
from webadmin.database import identity
from webadmin.database.inspection import inspect_model
from webadmin.forms import related
from webadmin.forms.display import shown_text
from webadmin.forms.fields import ColumnField
from webadmin.rendering.shell import Link
from webadmin.request import AdminRequest
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class SampleLine:
    row: Link
    values: tuple[tuple[str, str], ...]
    """Old and new text of each column; equal ones where nothing changes."""


class BulkTexts:
    """Values as people read them; what a relation leads to is looked up once for all samples."""

    def __init__(self, request: AdminRequest, form: BulkForm, plan: BulkPlan) -> None:
        self.request, self.form, self.plan = request, form, plan
        self.changes = [effect.change for effect in plan.effects]
        self.names: dict[tuple[str, Any], str] = {}
        for place, change in enumerate(self.changes):
            if change.relation is None:
                continue
            keys = {
                value: self._id(change, value)
                for sample in plan.samples
                for value in sample.values[place]
                if None not in value
            }
            found = related.by_id(request.context, change.relation, list(set(keys.values())))
            for value, id in keys.items():
                row = found.get(id)
                label = id
                if row is not None:
                    label = related.related(request.context, change.relation.target, row).label
                self.names[change.name, value] = label

    def samples(self) -> Sequence[SampleLine]:
        view, urls = self.request.view, self.request.urls
        return [
            SampleLine(
                Link(view.row_label(one.row), urls.row(view, view.id_of(one.row))),
                tuple(
                    (self.text(change, old), self.text(change, new))
                    for change, (old, new) in zip(self.changes, one.values, strict=True)
                ),
            )
            for one in self.plan.samples
            if one.row is not None
        ]

    def text(self, change: ColumnChange, value: Any) -> str:
        if change.relation is not None:
            return self.names.get((change.name, value), "–")
        found = self.form.fields[change.name]
        if isinstance(found, ColumnField) and value is not None and found.codec.choices is not None:
            choices = dict(found.codec.choices)
            text = found.codec.format(value)
            return choices.get(text, text)
        return shown_text(self.request.context, self.request.view.info, None, change.name, value)[0]

    def done(self, change: ColumnChange) -> str:
        """What is done, in words."""
        if change.operation == "set":
            value = change.new(None)
            return _("Set to {value}").format(value=self._target(change) or self.text(change, value))
        if change.operation == "clear":
            return _("Cleared")
        if change.operation == "replace":
            return _("“{old}” becomes “{new}”").format(old=change.value, new=change.other)
        words = {
            "add": _("{value} added"),
            "subtract": _("{value} subtracted"),
            "percent": _("{value} percent added"),
            "append": _("“{value}” added at the end"),
            "include": _("{value} added"),
            "exclude": _("{value} removed"),
        }
        value = ", ".join(map(str, change.value)) if isinstance(change.value, list) else change.value
        return words[change.operation].format(value=value)

    def _target(self, change: ColumnChange) -> str:
        if change.target is None or change.relation is None:
            return ""
        return related.related(self.request.context, change.relation.target, change.target).label

    @staticmethod
    def _id(change: ColumnChange, value: tuple[Any, ...]) -> str:
        assert change.relation is not None
        keys = [column.name for column in inspect_model(change.relation.target).key]
        by_name = dict(zip(change.relation.remote, value, strict=True))
        return identity.segment([by_name.get(name) for name in keys])
