"""The form of one row: opened, or sent and read."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import wtforms

from webadmin.auth.keys import NO_KEYS, Keys
from webadmin.errors import Forbidden
from webadmin.forms import foreign_keys, related, snapshot
from webadmin.forms.depends import Bound, depend
from webadmin.forms.fields import OwnField, ReadOnlyField
from webadmin.forms.merging import Difference, Merge, merges, opened_snapshot
from webadmin.forms.relations import RelationField, ToManyField
from webadmin.forms.scaffold import blueprint_for
from webadmin.forms.start import Start
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class Change:
    """One attribute that the person changed, from what is stored to what they want. Relations are ids."""

    old: Any
    new: Any


class RowForm:
    """A form of ``view`` for ``row``, or for a new row where that is None.

    :param formdata: what was posted; None for a form that is opened. Raises Forbidden where it has a field that the person
        may not write.
    :param key: what the hidden snapshot is signed with. What was posted with a snapshot that is not ours is asked about
        wherever it differs from the row; without a key it is compared with the row as it is now.
    :param initial: texts by field name that a form for a new row starts with.
    :param columns: the attributes that it has fields for; by default what the view says.
    :param names: reads what related rows are called, together with those of other forms.
    :param changed: the attribute that the person has changed just now, in a form that is open.
    """

    def __init__(
        self,
        context: Context,
        view: View,
        row: Any = None,
        *,
        formdata: Any = None,
        key: Keys = NO_KEYS,
        initial: Mapping[str, str] | None = None,
        columns: tuple[str, ...] | None = None,
        names: related.Names | None = None,
        changed: str = "",
    ) -> None:
        self.context, self.view, self.row = context, view, row
        self.creating = row is None
        self.submitted = formdata is not None
        self.given: dict[str, Any] = {}
        """What every new row of this form has, by attribute, and no field decides."""
        self.names = names or related.Names(context)
        if formdata is not None:
            refuse_unwritable(view, formdata)
        self._blueprint = blueprint_for(view, context.dialect, creating=self.creating, columns=columns)
        self._refused: dict[str | None, list[str]] = {}
        self._purpose = purpose(context, view, "" if self.creating else view.id_of(row))
        posted = formdata.get(snapshot.FIELD) if formdata is not None else None
        self.snapshot = snapshot.unseal(posted, key, self._purpose)
        meta = {"creating": self.creating, "snapshot": self.snapshot}
        filled_in = {} if self.submitted else initial or {}
        self._start = Start(context, view, row, self._blueprint, filled_in, self.names)
        self.wtform = self._blueprint.form_class(formdata=formdata, data=self._start.values, meta=meta)
        self.fields = self._by_attribute(self.wtform)
        """The bound fields by attribute."""
        for name in self._start.more:
            self.fields[name].more = True  # type: ignore[attr-defined]
        if view.depends:
            start = {self._blueprint.names.get(key, key): value for key, value in self._start.values.items()}
            depend(Bound(context, view, row, self.fields, start, formdata), changed)
        self.merge: Merge | None = None
        """What was changed on both sides since a form that was sent was opened; None for one that is opened."""
        if self.submitted and not self.creating:
            self.merge = Merge(
                self._merging, lambda name: self._opened[name], self.snapshot, key=key, formdata=formdata
            )

    @property
    def _merging(self) -> dict[str, wtforms.Field]:
        """Fields that stand for something of the row, and not for hooks alone: a second password, say."""
        return {
            name: field
            for name, field in self.fields.items()
            if name not in self._blueprint.readonly and merges(field) and hasattr(self.view.model, name)
        }

    def _by_attribute(self, wtform: wtforms.Form) -> dict[str, wtforms.Field]:
        return {self._blueprint.names.get(key, key): field for key, field in wtform._fields.items()}

    def hidden(self, key: Keys) -> tuple[tuple[str, str], ...]:
        """The hidden fields that the page has to have: what it shows, signed."""
        if self.creating:
            shown = snapshot.Snapshot(
                {
                    field.short_name: self._as_base(name, field)
                    for name, field in self.fields.items()
                    if isinstance(field, OwnField) and not isinstance(field, ReadOnlyField)
                }
            )
        elif self.merge is None:
            shown = opened_snapshot(self._merging, key, deleted=self.view.is_deleted(self.row))
        else:
            shown = self.merge.snapshot(deleted=self.view.is_deleted(self.row))
        return ((snapshot.FIELD, snapshot.seal(shown, key, self._purpose)),)

    def _as_base(self, name: str, field: OwnField) -> Any:
        """What the next post is compared with. What an address filled in is the person's own, not what was there."""
        if name in self._start.prefilled:
            return [] if isinstance(field, ToManyField) else ""
        return field.base

    # -- reading -------------------------------------------------------------------------------------------

    def validate(self) -> bool:
        """Check everything that can be checked without writing: types, sizes, the view's validators, and that rows newly
        chosen are there for this person. Fills ``errors``."""
        return check_all([self])

    def refuse(self, errors: Mapping[str | None, list[str]]) -> None:
        """Add messages found while saving, by field name; those of no field of this form concern the whole of it."""
        for name, messages in errors.items():
            here = name if name in self.fields else None
            self._refused.setdefault(here, []).extend(messages)

    @property
    def errors(self) -> dict[str | None, list[str]]:
        """All messages by attribute; None for those that concern the whole form."""
        found: dict[str | None, list[str]] = {}
        for name, field in self.fields.items():
            if field.errors:
                found[name] = _flat(field.errors)
        if self.wtform.form_errors:
            found[None] = _flat(self.wtform.form_errors)
        for where, messages in self._refused.items():
            found.setdefault(where, []).extend(messages)
        return found

    @property
    def differences(self) -> Mapping[str, Difference]:
        """What the person and others changed since the form was opened, by attribute."""
        return self.merge.differences if self.merge is not None else {}

    @property
    def clashes(self) -> frozenset[str]:
        """Attributes that the person changed and somebody else changed too, to something else, since the form was opened,
        and of which nobody has said whose value to keep."""
        return frozenset(name for name, found in self.differences.items() if found.kept is None)

    @property
    def data(self) -> dict[str, Any]:
        """The values of all fields by attribute, as hooks get them: relations as ids. Lists and dicts are copies."""
        return {
            name: copy.deepcopy(_clean(self.view, name, field))
            if isinstance(field.data, list | dict | set)
            else _clean(self.view, name, field)
            for name, field in self.fields.items()
        }

    def changes(self) -> dict[str, Change]:
        """What the person changed; for a new row everything that has a value, or was emptied."""
        found: dict[str, Change] = {}
        for name, field in self.fields.items():
            if name in self._blueprint.readonly or isinstance(field, ReadOnlyField):
                continue
            new = _clean(self.view, name, field)
            if self.creating:
                if new is not None or getattr(field, "touched", False):
                    found[name] = Change(None, new)
            elif self._is_changed(name, field, new):
                found[name] = Change(self._old(name, field), new)
        return found

    def _is_changed(self, name: str, field: wtforms.Field, new: Any) -> bool:
        if isinstance(field, ToManyField):
            return field.touched
        if isinstance(field, OwnField):
            return field.touched and not field.same(field.stored, new)
        if not hasattr(self.view.model, name):
            return True  # for hooks: a second password, say
        touched = field.data if isinstance(field, wtforms.FileField) else getattr(field, "touched", False)
        return bool(touched) and new != self._old(name, field)

    @functools.cached_property
    def _opened(self) -> dict[str, wtforms.Field]:
        return self._by_attribute(self._blueprint.form_class(data=self._start.values))

    def _old(self, name: str, field: wtforms.Field) -> Any:
        return field.stored if isinstance(field, OwnField) else field.object_data


def check_all(forms: Sequence[RowForm]) -> bool:
    """Check forms that are saved together, as :meth:`RowForm.validate` does; what they point to is read in one statement."""
    valid = [form.wtform.validate() for form in forms]
    chosen = [
        field
        for form in forms
        for field in form.fields.values()
        if isinstance(field, RelationField) and field.chosen and not field.errors
    ]
    wanted: dict[type, dict[str, None]] = {}
    for field in chosen:
        wanted.setdefault(field.relation.target, {}).update(dict.fromkeys(field.chosen))
    there = related.to_choose(forms[0].context, wanted)
    for field in chosen:
        found = there[field.relation.target]
        field.targets = {id: found[id] for id in field.chosen if id in found}
        field.errors = [field.unknown(id) for id in field.chosen if id not in found]
    for form in forms:
        if not form.errors:
            for name in foreign_keys.out_of_reach(form.context, form.view, form.row, form.changes()):
                form.fields[name].errors = [_("There is no such row.")]
    return all(valid) and not any(form.errors for form in forms)


def refuse_unwritable(view: View, names: Iterable[str]) -> None:
    """Raise Forbidden where one of ``names``, as a form sends them, is a field that the person may not write."""
    tables = {inline.relation.name for inline in view.inlines}  # which look after themselves
    for name in names if view.unwritable else ():
        field = re.split("[-.]", name, maxsplit=1)[0]
        if name in view.unwritable or (field in view.unwritable and field not in tables):
            message = _("You may not change “{field}”, so nothing was saved.")
            raise Forbidden(message.format(field=view.label_of(field)))


def purpose(context: Context, view: View, id: str) -> str:
    """What ties a snapshot to the form of one row, or of a new one, for one person."""
    return f"{context.user.id or context.user.name}/{view.key}/{id}"


def _clean(view: View, name: str, field: wtforms.Field) -> Any:
    column = view.info.columns.get(name)
    if not isinstance(field, OwnField) and field.data == "" and column is not None and column.nullable:
        return None
    return field.data


def _flat(errors: Any) -> list[str]:
    """WTForms' errors as sentences; those of nested fields come as lists and dicts."""
    if isinstance(errors, dict):
        return [text for inner in errors.values() for text in _flat(inner)]
    if isinstance(errors, list | tuple):
        return [text for inner in errors for text in _flat(inner)]
    return [str(errors)]
