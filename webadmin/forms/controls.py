"""A form's fields as templates read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import wtforms

from webadmin.forms.display import format_bytes, shown_text
from webadmin.forms.fields import CheckboxField, ColumnField, OwnField, ReadOnlyField
from webadmin.forms.file_shown import PICTURES, FileShown, stored_file
from webadmin.forms.foreign import foreign_control
from webadmin.forms.related import MEMBERS_SHOWN, Related, related
from webadmin.forms.relations import ToManyField, ToOneField
from webadmin.forms.row_form import RowForm
from webadmin.forms.uploads import UploadField
from webadmin.options.attributes import attribute_name
from webadmin.options.view import View
from webadmin.rendering.urls import Urls
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    selected: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class FormControl:
    """One field of a form as the page shows it."""

    name: str
    """WTForms' field name."""
    id: str
    label: str
    kind: str
    """text, textarea, number, checkbox, select, date, datetime, time, json, array, relation, relations, file, readonly, hidden."""
    value: str = ""
    """What was typed or what is stored, as text."""
    choices: tuple[Choice, ...] = ()
    """select: all; relation and relations: the chosen ones."""
    required: bool = False
    help: str = ""
    hint: str = ""
    """A fainter word beside the label: the type, the zone, set by the database."""
    errors: tuple[str, ...] = ()
    input_type: str = "text"
    step: str | None = None
    maxlength: int | None = None
    placeholder: str = ""
    lookup_url: str | None = None
    """relation, relations: where options are searched."""
    href: str | None = None
    """relation: the chosen row's page."""
    create_url: str | None = None
    """relation, relations: where a new row to choose is made."""
    create_label: str = ""
    wide: bool = False
    accept: str = ""
    """file: what the browser offers to choose."""
    file: FileShown | None = None
    """file: the one that is stored."""
    refresh: str = ""
    """Where the form is posted to when it changes, for the fields that depend on it."""
    dependent: bool = False
    """It is made anew when others change."""
    span: int = 0
    """Twelfths of the width where the view says so; 0 for what fits the kind."""


@dataclass(frozen=True, slots=True)
class FormSummaryItem:
    """A line of the error summary: links to its field unless it concerns the whole form."""

    field_id: str | None
    label: str
    message: str


def controls(form: RowForm, urls: Urls) -> tuple[FormControl, ...]:
    """The controls of ``form`` in its order, with what was typed and what is wrong with it."""
    errors = form.errors
    return tuple(
        _Maker(form, urls, name, field, errors.get(name, [])).control() for name, field in form.fields.items()
    )


def summary(form: RowForm) -> tuple[FormSummaryItem, ...]:
    """The messages of ``form``: those of the whole form first, then field by field."""
    errors = form.errors
    whole = [FormSummaryItem(None, "", message) for message in errors.get(None, [])]
    fields = [
        FormSummaryItem(_id(field), str(field.label.text), message)
        for name, field in form.fields.items()
        for message in errors.get(name, [])
    ]
    return (*whole, *fields)


class _Maker:
    def __init__(
        self, form: RowForm, urls: Urls, name: str, field: wtforms.Field, errors: Sequence[str]
    ) -> None:
        self.form, self.urls, self.name, self.field = form, urls, name, field
        self.common: dict[str, Any] = {
            "name": field.name,
            "id": _id(field),
            "label": str(field.label.text),
            "help": str(field.description or ""),
            "errors": tuple(errors),
            "placeholder": str((field.render_kw or {}).get("placeholder", "")),
            "required": bool(field.flags.required),
        }

    def control(self) -> FormControl:
        field = self.field
        if isinstance(field, OwnField):
            # A browser must not hold back a row whose field is empty already.
            self.common["required"] |= (
                field.must_be_filled
                and (self.form.creating or bool(field.shown) or field.judged)
                and not _has_default(field)
            )
        if isinstance(field, OwnField) and field.state is not None:
            if field.state.hidden:
                return FormControl(**self.common, kind="hidden")
            if field.state.readonly:
                return self._readonly(_as_shown(field))
        if isinstance(field, ReadOnlyField):
            return self._readonly(field.data)
        if isinstance(field, CheckboxField):
            return FormControl(**self.common, kind="checkbox", value="true" if field.ticked else "")
        if isinstance(field, ToOneField):
            return self._to_one(field)
        if isinstance(field, ToManyField):
            return self._to_many(field)
        if isinstance(field, ColumnField):
            return self._column(field)
        if isinstance(field, UploadField):
            return self._file(field)
        looks = foreign_control(field)
        choices = tuple(Choice(value, label, selected) for value, label, selected in looks.pop("choices", ()))
        return FormControl(**{**self.common, **looks, "choices": choices})

    def _column(self, field: ColumnField) -> FormControl:
        codec, value = field.codec, "" if field.misfit else field._value()
        looks: dict[str, Any] = {
            "kind": codec.control,
            "input_type": codec.input_type,
            "step": codec.step,
            "maxlength": codec.maxlength,
            "wide": codec.wide,
            "hint": self._unit(field) or codec.hint or self._hint(field),
            "value": value,
        }
        if not self.common["placeholder"]:
            looks["placeholder"] = codec.placeholder
            del self.common["placeholder"]
        if codec.choices is not None:
            looks["choices"] = _select_choices(field, value)
        elif codec.control == "text" and ("\n" in value or "\r" in value):
            looks["kind"] = "textarea"  # an input of one line would drop the line ends
        return FormControl(**self.common, **looks)

    def _file(self, field: UploadField) -> FormControl:
        upload, shown = field.upload, stored_file(self.form, self.urls, self.name, field)
        self.common["required"] &= shown is None
        accept = upload.accept or (PICTURES if upload.image else ())
        most = _("At most {size}").format(size=format_bytes(upload.max_size))
        return FormControl(**self.common, kind="file", hint=most, accept=",".join(accept), file=shown)

    def _unit(self, field: ColumnField) -> str:
        if field.unit is None or isinstance(field.unit, str):
            return field.unit or ""
        return str(getattr(self.form.row, attribute_name(field.unit), None) or "")

    def _hint(self, field: ColumnField) -> str:
        explained = bool(self.common["help"])
        if self.form.creating and field.column.has_default and field.stored is None and not explained:
            return _("set by the database when empty")
        return ""

    def _readonly(self, value: Any) -> FormControl:
        column = self.form.view.info.columns.get(self.name)
        text, wide = shown_text(self.form.context, self.form.view.info, self.form.row, self.name, value)
        hint = _("set by the database") if column is not None and column.generated else _("read-only")
        self.common["required"] = False
        return FormControl(**self.common, kind="readonly", value=text, hint=hint, wide=wide)

    # -- relations -----------------------------------------------------------------------------------------

    def _to_one(self, field: ToOneField) -> FormControl:
        value = field._value()
        chosen = self._known(field, value) if value else None
        view = self.form.context.view_of(field.relation.target)
        return FormControl(
            **self.common,
            **self._creating(view),
            kind="relation",
            value=value,
            choices=(Choice(value, chosen.label, True, chosen.deleted),) if chosen is not None else (),
            lookup_url=self.urls.lookup(self.form.view, self.name),
            href=self.urls.row(view, value)
            if view is not None and chosen is not None and chosen.row is not None
            else None,
        )

    def _to_many(self, field: ToManyField) -> FormControl:
        chosen = [
            found or Related(id, id) for id in field.data or () if (found := self._known(field, id)) or id
        ]
        if field.more:
            more = _("The first {count} are shown; the others stay as they are.").format(count=MEMBERS_SHOWN)
            self.common["help"] = f"{self.common['help']} {more}".strip()
        typed = [str(text) for text in field.raw_data or () if field.process_errors and str(text).strip()]
        return FormControl(
            **self.common,
            **self._creating(self.form.context.view_of(field.relation.target)),
            kind="relations",
            value=" ".join(text for text in typed if text not in field.shown),
            choices=tuple(Choice(one.id, one.label, True, one.deleted) for one in chosen),
            lookup_url=self.urls.lookup(self.form.view, self.name),
            wide=True,
        )

    def _creating(self, view: View | None) -> dict[str, Any]:
        """Where a row to choose can be made, if this person may."""
        if view is None or not view.allows(self.form.context.user, "add"):
            return {}
        label = _("New {what}").format(what=view.name.lower())
        return {"create_url": self.urls.below(view, "add"), "create_label": label}

    def _known(self, field: ToOneField | ToManyField, id: str) -> Related | None:
        """The row of an id with its label: one that was there before, or one newly chosen."""
        before = field.members if isinstance(field, ToManyField) else [field.current] if field.current else []
        for one in before:
            if one.id == id:
                return one
        row = field.targets.get(id)
        return related(self.form.context, field.relation.target, row) if row is not None else None


def _select_choices(field: ColumnField, value: str) -> tuple[Choice, ...]:
    pairs = list(field.codec.choices or ())
    known = {text for text, _label in pairs}
    if value and value not in known:
        pairs.append((value, value))  # stored before the choices were, or typed by hand
    blank = Choice("", "–" if field.column.kind != "boolean" else _("Unknown"), not value)
    choices = tuple(Choice(text, label, text == value) for text, label in pairs)
    return choices if value and not field.column.nullable else (blank, *choices)


def _as_shown(field: OwnField) -> Any:
    """What a field holds that is only shown for now."""
    if isinstance(field, ToOneField):
        return field.current
    return field.members if isinstance(field, ToManyField) else field.stored


def _has_default(field: OwnField) -> bool:
    return isinstance(field, ColumnField) and field.column.has_default


def _id(field: wtforms.Field) -> str:
    return field.id if field.id.startswith("f-") else f"f-{field.id}"
