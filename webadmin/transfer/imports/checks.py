"""What Python has to say of each row: the validators of the view's form, and its hook for imports. Nothing is asked where a view has none."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import wtforms

from webadmin.changes.hooks import has_hook, run_hook
from webadmin.forms.fields import OwnField
from webadmin.forms.scaffold import blueprint_for
from webadmin.options.context import Context
from webadmin.transfer.imports.asked import Problem
from webadmin.transfer.imports.layout import Given, Layout
from webadmin.transfer.imports.source import shortened

HOOK = "on_import_row"
_REMEMBERED = 10_000
"""Values of which is remembered what a validator said."""


class RowChecks:
    """Looks at rows whose values have been read."""

    def __init__(self, context: Context, layout: Layout) -> None:
        self.context, self.layout = context, layout
        self._hooked = has_hook(layout.view, HOOK)
        self._fields = list(_fields(context, layout))

    def asks_for(self, one: Given) -> bool:
        """Whether anybody wants to see the values of a column."""
        return self._hooked or any(field.name == one.name for field in self._fields)

    def run(
        self, numbers: Sequence[int], columns: list[Sequence[Any]], texts: Sequence[Sequence[Any]]
    ) -> Iterator[Problem]:
        """What is wrong with rows. Their values, a list for each target, are put right where the hook has changed them."""
        for one in self._fields:
            source = texts[self.layout.given[one.place].target.source]
            values = columns[one.place]
            for place, value in enumerate(values):
                if value is not None and (message := one.wrong(value, source[place])):
                    yield Problem(numbers[place], one.name, "validator", shortened(source[place]), message)
        if self._hooked:
            yield from self._hook(numbers, columns)

    def _hook(self, numbers: Sequence[int], columns: list[Sequence[Any]]) -> Iterator[Problem]:
        names = [one.name for one in self.layout.given]
        rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
        for number, row in zip(numbers, rows, strict=True):
            try:
                run_hook(self.context, self.layout.view, HOOK, row, number)
            except wtforms.ValidationError as error:
                yield Problem(number, "", "hook", "", str(error))
        for place, name in enumerate(names):
            columns[place] = [row.get(name) for row in rows]


@dataclass(slots=True)
class _Field:
    place: int
    name: str
    form: wtforms.Form
    field: Any
    inline: Sequence[Any]
    known: dict[Hashable, str] = field(default_factory=dict)

    def wrong(self, value: Any, text: Any) -> str:
        """What the field's validators say of a value; empty where they let it pass."""
        key = value if isinstance(value, str | int | float) else None
        if key is not None and key in self.known:
            return self.known[key]
        found = self.field
        found.data, found.raw_data, found.process_errors = value, [str(text)], []
        if isinstance(found, OwnField):
            found.touched = True
        message = "" if found.validate(self.form, self.inline) else " ".join(map(str, found.errors))
        if key is not None and len(self.known) < _REMEMBERED:
            self.known[key] = message
        return message


def _fields(context: Context, layout: Layout) -> Iterator[_Field]:
    """The fields that have a word to say of single values."""
    blueprint = blueprint_for(layout.view, context.dialect, creating=layout.asked.mode == "insert")
    meta = {"creating": False, "snapshot": None}
    form = blueprint.form_class(data=dict.fromkeys(blueprint.names), meta=meta)
    keys = {name: key for key, name in blueprint.names.items()}
    for place, one in enumerate(layout.given):
        key = keys.get(one.name, "")
        if one.relation is not None or key not in form._fields:
            continue
        own = getattr(form, f"validate_{key}", None)
        inline = [own] if own is not None else []
        if form._fields[key].validators or inline:
            yield _Field(place, one.name, form, form._fields[key], inline)
