"""The form of a bulk edit: for each column what is done with it in all rows, read by the view's own fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any, cast

import wtforms

from webadmin.changes.column_change import ColumnChange, Operation
from webadmin.database.inspection import NUMBERS, ColumnInfo, Kind, RelationInfo
from webadmin.errors import BadRequest
from webadmin.forms import foreign_keys
from webadmin.forms.codecs.numbers import DecimalCodec
from webadmin.forms.fields import CheckboxField, ColumnField, OwnField
from webadmin.forms.relations import ToOneField
from webadmin.forms.row_form import Change, refuse_unwritable
from webadmin.forms.scaffold import blueprint_for
from webadmin.listing.children import those
from webadmin.options.context import Context
from webadmin.options.own_filters import FormValues
from webadmin.options.view import View
from webadmin.text import gettext as _

VALUE, OPERATION, OTHER = "with-", "op-", "and-"
"""Stand before a column's name in the names of its form fields."""
_PERCENT = DecimalCodec(9, 4)


@dataclass(slots=True)
class BulkColumn:
    """One column of the form."""

    name: str
    field: wtforms.Field
    operations: tuple[Operation, ...]
    operation: str
    """What was picked; empty for nothing."""
    text: str
    other: str
    errors: list[str] = made(default_factory=list)
    change: ColumnChange | None = None


class BulkForm:
    """What is to become of the columns of many rows of ``view``.

    Only what the view's form edits can be picked: what is read-only there, left out or the database's own is not.

    :param formdata: what was posted.
    :raises BadRequest: when something is picked that cannot be edited; Forbidden when the person may not write it.
    """

    creating = False
    row = None

    def __init__(self, context: Context, view: View, formdata: Any) -> None:
        self.context, self.view = context, view
        refuse_unwritable(view, _named(formdata))
        blueprint = blueprint_for(view, context.dialect, creating=False)
        picked = {
            str(key).removeprefix(OPERATION): str(formdata.get(key))
            for key in formdata
            if str(key).startswith(OPERATION) and formdata.get(key)
        }
        given: dict[str, list[Any]] = {
            f"{VALUE}{name}": formdata.getlist(f"{VALUE}{name}")
            for name, operation in picked.items()
            if operation == "set"
        }
        self.wtform: wtforms.Form = blueprint.form_class(
            formdata=FormValues(given),
            data=dict.fromkeys(blueprint.names),  # no defaults: nothing is meant until it is picked
            prefix=VALUE,
            meta={"creating": False, "snapshot": None},
        )
        self.columns: dict[str, BulkColumn] = {}
        self.fields: dict[str, wtforms.Field] = {}
        for key, found in self.wtform._fields.items():
            name = blueprint.names.get(key, key)
            operations = () if name in blueprint.readonly else _operations(view, name, found)
            if operations:
                text, other = (_text(formdata, prefix, found.short_name) for prefix in (VALUE, OTHER))
                wanted = picked.pop(found.short_name, "")
                self.columns[name] = BulkColumn(name, found, operations, wanted, text, other)
                self.fields[name] = found
        wrong = [*picked, *(c.name for c in self.columns.values() if c.operation not in {"", *c.operations})]
        if wrong:
            raise BadRequest(
                _("That cannot be done with {names}.").format(names=", ".join(sorted(wrong))[:200])
            )

    @property
    def picked(self) -> Sequence[BulkColumn]:
        return [column for column in self.columns.values() if column.operation]

    @property
    def changes(self) -> list[ColumnChange]:
        """What was picked, once it is valid."""
        return [column.change for column in self.picked if column.change is not None]

    @property
    def errors(self) -> dict[str | None, list[str]]:
        """The messages by attribute."""
        found: dict[str | None, list[str]] = {c.name: c.errors for c in self.columns.values() if c.errors}
        if self.general:
            found[None] = self.general
        return found

    general: list[str] = []

    def refuse(self, errors: Mapping[str | None, Sequence[str]]) -> None:
        """Add messages by attribute; those of no column of the form concern the whole of it."""
        for name, messages in errors.items():
            column = self.columns.get(name or "")
            if column is not None:
                column.errors = [*column.errors, *messages]
            else:
                self.general = [*self.general, *messages]

    def validate(self) -> bool:
        """Read what was picked: types, sizes, the view's validators, and that a chosen row is there for this person."""
        for column in self.picked:
            try:
                column.change = self._change(column)
            except ValueError as error:
                column.errors.append(str(error))
        if not self.picked:
            self.refuse({None: [_("Pick at least one column to change.")]})
        return not self.errors

    def check(self, change: ColumnChange) -> Callable[[Any], str] | None:
        """What is wrong with a value that ``change`` works out of an old one, in words; None where nothing can be."""
        found = self.columns[change.name].field
        if change.operation in {"set", "clear"} or not isinstance(found, ColumnField):
            return None

        def wrong(value: Any) -> str:
            if value is None:
                return ""
            try:
                text = found.codec.format(value)
                found.codec.parse(text)
            except (ValueError, TypeError, OverflowError) as error:
                return str(error)
            if not found.validators:
                return ""
            found.data, found.raw_data, found.touched, found.process_errors = value, [text], True, []
            return "" if found.validate(self.wtform) else " ".join(map(str, found.errors))

        return wrong

    # -- one column ------------------------------------------------------------------------------------------

    def _change(self, column: BulkColumn) -> ColumnChange:
        """Raises ValueError with a sentence."""
        relation = self.view.info.relations.get(column.name)
        operation = cast(Operation, column.operation)
        if operation == "clear":
            return ColumnChange(column.name, "clear", relation=relation)
        if operation == "set":
            return self._set(column, relation)
        found = column.field
        assert isinstance(found, ColumnField)
        info = self.view.info.columns[column.name]
        if operation in {"append", "replace"}:
            if not column.text:
                raise ValueError(_("Write the text first."))
            found.codec.parse(column.text)
            return ColumnChange(column.name, operation, column.text, column.other)
        if not column.text.strip():
            raise ValueError(_("Write a value first."))
        codec = _PERCENT if operation == "percent" else found.codec
        return ColumnChange(column.name, operation, codec.parse(column.text), scale=_scale(info))

    def _set(self, column: BulkColumn, relation: RelationInfo | None) -> ColumnChange:
        found = column.field
        if (
            isinstance(found, OwnField)
            and not isinstance(found, CheckboxField)
            and not found.touched
            and not found.process_errors
        ):
            raise ValueError(_("Write a value, or choose to clear it."))
        if not found.validate(self.wtform):
            raise ValueError(" ".join(str(text) for text in found.errors))
        if relation is not None and isinstance(found, ToOneField):
            rows = those(self.context, relation.target, [found.data])
            if found.data not in rows:
                raise ValueError(found.unknown(found.data))
            return ColumnChange(column.name, "set", found.data, relation=relation, target=rows[found.data])
        out = foreign_keys.out_of_reach(
            self.context, self.view, None, {column.name: Change(None, found.data)}
        )
        if list(out):
            raise ValueError(_("There is no such row."))
        return ColumnChange(column.name, "set", found.data)


def _named(formdata: Any) -> list[str]:
    """The columns that a form names, with an operation or a value."""
    names = [str(key) for key in formdata if formdata.get(key)]
    return [
        name.removeprefix(start)
        for name in names
        for start in (OPERATION, VALUE, OTHER)
        if name.startswith(start)
    ]


def _operations(view: View, name: str, found: wtforms.Field) -> tuple[Operation, ...]:
    """What can be done with a field in many rows; nothing with those that are each row's own."""
    info = view.info
    if isinstance(found, wtforms.FileField):
        return ()
    if isinstance(found, OwnField) and not isinstance(found, ColumnField | CheckboxField | ToOneField):
        return ()  # members, files, what is only shown
    relation = info.relations.get(name)
    if relation is not None:
        if not isinstance(found, ToOneField) or not relation.many_to_one:
            return ()
        return ("set",) if found.required else ("set", "clear")
    column = info.columns.get(name)
    if column is None or column.primary_key or column.unique or name == info.version or _shared(view, column):
        return ()
    if isinstance(found, CheckboxField):
        return ("set",)
    clear: tuple[Operation, ...] = ("clear",) if column.nullable and not _required(found) else ()
    return ("set", *clear, *_more(column, found))


def _required(found: wtforms.Field) -> bool:
    return bool(found.flags.required) or (isinstance(found, OwnField) and found.must_be_filled)


def _more(column: ColumnInfo, found: wtforms.Field) -> tuple[Operation, ...]:
    if not isinstance(found, ColumnField) or column.foreign_key or found.codec.choices is not None:
        return ()
    if column.kind in NUMBERS:
        return ("add", "subtract", "percent")
    if column.kind in {Kind.TEXT, Kind.LONG_TEXT}:
        return ("append", "replace")
    return ("include", "exclude") if column.kind is Kind.ARRAY else ()


def _shared(view: View, column: ColumnInfo) -> bool:
    """Whether the column is one of several that refer to a row together: alone it leads to none."""
    return any(
        len(rule.elements) > 1 and any(element.parent is column.column for element in rule.elements)
        for rule in view.info.table.foreign_key_constraints
    )


def _scale(column: ColumnInfo) -> int | None:
    if column.kind is not Kind.NUMERIC:
        return None
    inner: Any = column.column.type
    scale: int | None = getattr(getattr(inner, "impl_instance", inner), "scale", None)
    return scale


def _text(formdata: Any, prefix: str, name: str) -> str:
    found = formdata.get(f"{prefix}{name}")
    return found if isinstance(found, str) else ""
