"""What was changed on both sides since a form was opened, in words: base, theirs and mine of each field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import wtforms

from webadmin.forms import related
from webadmin.forms.codecs.text import lines_of
from webadmin.forms.display import plain_text
from webadmin.forms.fields import CheckboxField, ColumnField
from webadmin.forms.foreign import foreign_control, hides_value
from webadmin.forms.merging import CHOICE, Difference, merges, typed
from webadmin.forms.relations import RelationField, ToManyField, ToOneField
from webadmin.forms.row_form import RowForm
from webadmin.forms.snapshot import Snapshot
from webadmin.text import gettext as _

_EMPTY = "–"


@dataclass(frozen=True, slots=True)
class Compared:
    """One field that somebody changed, as texts."""

    name: str
    label: str
    field_id: str
    base: str | None
    """What the form showed; None when that is not known."""
    theirs: str | None
    """What is stored now; None when nobody else changed it."""
    mine: str | None
    """What was sent; None when the person left it alone."""
    asked: bool
    """Both sides changed it: whose value to keep is for the person to say."""
    choice: str
    """What they have said: ``mine``, ``theirs`` or nothing."""
    choice_name: str
    """The name of the field that says it."""


def compared(form: RowForm) -> tuple[Compared, ...]:
    """The fields of ``form`` that somebody changed since it was opened, in its order."""
    return tuple(_row(form, name, found) for name, found in form.differences.items())


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent of one field, as people read it."""

    name: str
    label: str
    text: str
    changed: bool
    """It differs from what the form showed, or that is not known."""


def typed_fields(form: RowForm, shown: Snapshot) -> tuple[Typed, ...]:
    """What a form was filled with for a row that is gone, what the person changed first.

    :param form: the form of a new row with what was sent.
    :param shown: what the form of the row had shown.
    """
    found = []
    for name, field in form.fields.items():
        if merges(field) and not hides_value(field):
            value, base = typed(field), shown.base.get(field.short_name)
            same = base is not None and _alike(value, base)
            label = str(field.label.text)
            found.append(Typed(field.name, label, _Texts(form, name, field).of(value), not same))
    return tuple(sorted(found, key=lambda one: not one.changed))


def _alike(value: Any, base: Any) -> bool:
    if isinstance(value, list):
        return set(value) == set(base)
    return lines_of(value) == lines_of(str(base).strip())  # browsers rewrite line ends


def _row(form: RowForm, name: str, found: Difference) -> Compared:
    field = form.fields[name]
    texts = _Texts(form, name, field)
    if isinstance(field, ToManyField) and found.base is not None:
        base: str | None = None
        theirs: str | None = texts.moves(found.base, found.theirs)
        mine: str | None = texts.moves(found.base, found.mine)
    else:
        base = None if found.base is None else texts.of(found.base)
        theirs, mine = texts.of(found.theirs), texts.of(found.mine)
    return Compared(
        name=name,
        label=str(field.label.text),
        field_id=field.id,
        base=base,
        theirs=theirs if found.asked or found.kept in ("theirs", "both") else None,
        mine=mine if found.asked or found.kept in ("mine", "both") else None,
        asked=found.asked,
        choice=found.kept or "",
        choice_name=f"{CHOICE}-{field.name}",
    )


class _Texts:
    def __init__(self, form: RowForm, name: str, field: wtforms.Field) -> None:
        self.form, self.name, self.field = form, name, field

    def of(self, value: Any) -> str:
        """A value as people read it, from what stands for it in the form."""
        field = self.field
        if isinstance(field, CheckboxField):
            return _("Yes") if value else _("No")
        if isinstance(field, ToManyField):
            return ", ".join(self._labels(field, value)) or _EMPTY
        if isinstance(field, ToOneField):
            return self._labels(field, [value])[0] if value else _EMPTY
        if isinstance(field, ColumnField):
            return self._of_column(field, value)
        if hides_value(field):
            return "•••"
        labels = {key: label for key, label, _on in foreign_control(field).get("choices", ())}
        return labels.get(value, str(value)) or _EMPTY

    def moves(self, before: Sequence[str], after: Sequence[str]) -> str:
        """What was done to the members of a relation."""
        came = [id for id in after if id not in before]
        went = [id for id in before if id not in after]
        assert isinstance(self.field, ToManyField)
        signs = ["+"] * len(came) + ["−"] * len(went)
        labels = self._labels(self.field, [*came, *went])
        return ", ".join(f"{sign} {label}" for sign, label in zip(signs, labels, strict=True))

    @staticmethod
    def _of_column(field: ColumnField, text: str) -> str:
        if not text.strip():
            return _EMPTY
        try:
            value = field.codec.parse(text)
        except ValueError:
            return text
        labels = dict(field.codec.choices or ())
        return labels.get(field.codec.format(value)) or plain_text(value)

    def _labels(self, field: RelationField, ids: Sequence[str]) -> list[str]:
        known: dict[str, str] = {}
        if isinstance(field, ToManyField):
            known = {member.id: member.label for member in field.members}
        elif isinstance(field, ToOneField) and field.current is not None:
            known = {field.current.id: field.current.label}
        context, target = self.form.context, field.relation.target
        known |= {id: related.related(context, target, row).label for id, row in field.targets.items()}
        missing = [id for id in ids if id not in known]
        try:
            found = related.by_id(context, field.relation, missing)
        except ValueError:  # typed by hand, and no id
            found = {}
        known |= {id: related.related(context, target, row).label for id, row in found.items()}
        return [known.get(id, id) for id in ids]
