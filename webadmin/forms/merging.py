"""What the person and others made of a row since its form was opened, merged field by field.

A three-way merge: the base is what the form showed, theirs is what is stored now, mine is what was sent. What only one side
changed is that side's; where both did, to different values, the person is asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import wtforms

from webadmin.auth.keys import Keys
from webadmin.forms.fields import CheckboxField, ColumnField, OwnField, ReadOnlyField
from webadmin.forms.foreign import foreign_control, hides_value
from webadmin.forms.related import MEMBERS_SHOWN
from webadmin.forms.relations import ToManyField, ToOneField
from webadmin.forms.snapshot import Snapshot
from webadmin.forms.uploads import UploadField

CHOICE = "_keep"
"""The name of the answer: for all fields of a form, and with ``-`` and a field's name behind it for that one."""
Side = Literal["mine", "theirs", "both"]
_HIDDEN = "hidden"
"""Purpose of the marks that stand for values which a form does not show."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody changed since the form was opened, as texts or as lists of ids."""

    base: Any
    """What the form showed; None when that is not known."""
    theirs: Any
    mine: Any
    kept: Side | None
    """Whose change stands; None while the person has to choose."""
    asked: bool = False
    """Both sides changed it, to different values."""


class Merge:
    """Compares the fields of a form that was sent, and takes over what only others changed.

    :param opened: the field as it would be opened now, for fields that are not ours.
    :param shown: what the form showed; None when that is not known.
    :param key: what snapshots are signed with. With one, what is not known to have been shown is asked about; without, it
        counts as what is stored now.
    :param formdata: what was sent: whose value the person has chosen is in it.
    """

    def __init__(
        self,
        fields: Mapping[str, wtforms.Field],
        opened: Callable[[str], wtforms.Field],
        shown: Snapshot | None,
        *,
        key: Keys,
        formdata: Any,
    ) -> None:
        self.fields, self.opened, self.key, self.formdata = fields, opened, key, formdata
        self.shown = shown or Snapshot()
        self.differences: dict[str, Difference] = {}
        for name, field in fields.items():
            if (found := self._compare(name, field)) is not None:
                self.differences[name] = found

    def snapshot(self, *, deleted: bool) -> Snapshot:
        """What the form shows when it is shown again. A question stays what it was, answered or not, with the value that it
        shows of the other side; of anything else the stored value is known from here on."""
        base, seen = {}, {}
        for name, field in self.fields.items():
            short, now = field.short_name, self._now(name, field)
            found = self.differences.get(name)
            if found is not None and found.asked:
                seen[short] = now
                if found.base is not None:
                    base[short] = found.base
            else:
                base[short] = list(field.base) if isinstance(field, ToManyField) else now
        return Snapshot(base, seen, self.shown.at or _now(), deleted)

    def _now(self, name: str, field: wtforms.Field) -> Any:
        """What is stored now, as it would be shown."""
        if isinstance(field, OwnField):
            return _shown_by(field, self.key)
        opened, short = self.opened(name), field.short_name
        if hides_value(opened):  # the mark may have been made with the key before
            for mark in (self.shown.seen.get(short), self.shown.base.get(short)):
                if isinstance(mark, str) and self.key.marked(_HIDDEN, repr(opened.object_data), mark):
                    return mark
        return _shown_by(opened, self.key)

    def _compare(self, name: str, field: wtforms.Field) -> Difference | None:
        base, now = self.shown.base.get(field.short_name), self._now(name, field)
        if base is None and not self.key:
            base = now
        if isinstance(field, ToManyField) and base is not None:
            return _members(field, base)
        mine = typed(field)
        if isinstance(field, OwnField):
            same = field.same(field.stored, field.data) and not field.process_errors
        else:
            same = mine == now
            touched = bool(mine) if hides_value(field) else mine != (now if base is None else base)
            field.touched = touched  # type: ignore[attr-defined]
        # Once asked, always asked: others may have changed it back to what was there at first.
        moved = base is None or base != now or field.short_name in self.shown.seen
        if not field.touched:  # type: ignore[attr-defined]
            if moved and base is not None and not field.process_errors:
                self._leave(name, field)
                return Difference(base, now, base, "theirs")
            return None
        if not moved:
            return Difference(base, now, mine, "mine")
        if same:
            self._leave(name, field)
            return None
        return self._clash(name, field, base, now, mine)

    def _clash(self, name: str, field: wtforms.Field, base: Any, now: Any, mine: Any) -> Difference:
        answer = self.formdata.get(f"{CHOICE}-{field.short_name}") or self.formdata.get(CHOICE)
        # An answer is about the value that was shown with the question, and about no later one.
        current = self.shown.seen.get(field.short_name) == now
        if not current or answer not in ("mine", "theirs"):
            return Difference(base, now, mine, None, asked=True)
        if answer == "theirs":
            typed_before = field.raw_data
            self._leave(name, field)
            if not isinstance(field, ColumnField | ToOneField):
                return Difference(base, now, mine, "theirs")
            field.raw_data = typed_before  # shown again, it can still be answered otherwise
            return Difference(base, now, mine, "theirs", asked=True)
        return Difference(base, now, mine, "mine", asked=True)

    def _leave(self, name: str, field: wtforms.Field) -> None:
        """Make a field what is stored now, as if the person had not touched it."""
        if isinstance(field, OwnField):
            field.leave()
            return
        opened = self.opened(name)
        field.process(None, opened.object_data)
        field.raw_data = [foreign_control(opened)["value"]]
        field.touched = False  # type: ignore[attr-defined]


def opened_snapshot(fields: Mapping[str, wtforms.Field], key: Keys, *, deleted: bool) -> Snapshot:
    """What a form shows that is opened."""
    return Snapshot(
        {field.short_name: _shown_by(field, key) for field in fields.values()}, at=_now(), deleted=deleted
    )


def merges(field: wtforms.Field) -> bool:
    """Whether what a field shows can be compared with what is sent: not for files, and not for what is never read."""
    return not isinstance(field, ReadOnlyField | UploadField | wtforms.FileField)


def _shown_by(opened: wtforms.Field, key: Keys) -> Any:
    if isinstance(opened, OwnField):
        return list(opened.shown) if isinstance(opened, ToManyField) else opened.shown
    if hides_value(opened):  # a mark of it, which gives nothing away
        return key.mark(_HIDDEN, repr(opened.object_data))
    return str(foreign_control(opened)["value"])


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def typed(field: wtforms.Field) -> Any:
    """What was sent of a field, as it is compared: a text, or a list of ids."""
    if isinstance(field, ToManyField):
        return list(field.data or ())
    if isinstance(field, CheckboxField):
        return "true" if field.data else ""
    if isinstance(field, OwnField) or hides_value(field):
        return str(field.raw_data[0]).strip() if field.raw_data else ""
    return str(foreign_control(field)["value"])


def _members(field: ToManyField, base: Any) -> Difference | None:
    """Rows taken in and rows taken out never clash: what each side did is done."""
    before, now = list(base), list(field.shown)
    windowed = field.more or len(before) >= MEMBERS_SHOWN  # the first ones alone are known
    moved = not windowed and set(before) != set(now)
    mine = list(field.data or ())
    if not field.touched:
        if not field.process_errors:
            field.leave()
        return Difference(before, now, before, "theirs") if moved else None
    field.rebase()
    return Difference(before, now, mine, "both" if moved else "mine")
