"""WTForms fields over columns: what a person left alone stays exactly as it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import wtforms
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from webadmin.database.inspection import ColumnInfo
from webadmin.forms.codecs import Codec
from webadmin.forms.codecs.choices import NO_CHOICE
from webadmin.forms.codecs.text import lines_of
from webadmin.forms.snapshot import Snapshot
from webadmin.options.depends import FieldState
from webadmin.text import gettext as _

REQUIRED = "This field is required."


class OwnField(wtforms.Field):
    """A field of ours: ``shown`` is the stored value as text, ``base`` what the person was shown, ``touched`` whether they
    changed it.

    The form's ``meta`` says whether it is for a new row (``creating``) and what it showed when it was opened (``snapshot``;
    None when that is not known).
    """

    widget = TextInput()
    shown: Any = ""
    touched = False
    required = False
    stored: Any = None
    state: FieldState | None = None
    """What others that it depends on make of it."""
    judged = False
    """One of those was changed: what it holds is judged anew, though the person left it alone."""
    misfit = False
    """It holds what can no longer be chosen."""

    @property
    def creating(self) -> bool:
        return bool(getattr(self.meta, "creating", True))

    @property
    def base(self) -> Any:
        snapshot: Snapshot | None = getattr(self.meta, "snapshot", None)
        # A new row has no value yet that could be left alone: what its form was opened with is sent to be stored.
        if snapshot is None or self.creating:
            return self.shown
        return snapshot.base.get(self.short_name, self.shown)

    def leave(self) -> None:
        """Take the stored value for what was sent: somebody else's change stands."""
        self.touched, self.data, self.raw_data = False, self.stored, [self.shown]

    @property
    def empty(self) -> bool:
        return self.data is None

    @property
    def must_be_filled(self) -> bool:
        """Marked as required; a row that is empty there already may be saved as it is."""
        return self.required and not self.flags.optional

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values are one value for the database."""
        return bool(one == other)

    def pre_validate(self, form: wtforms.form.BaseForm) -> None:
        if self.process_errors:
            raise StopValidation()  # the validators would judge a value that was never read
        if self.misfit:
            raise StopValidation(_(NO_CHOICE))
        if self.must_be_filled and self.empty and (self.creating or self.touched or self.judged):
            raise StopValidation(_(REQUIRED))


class ColumnField(OwnField):
    """One column through its codec.

    :param column: the column.
    :param codec: how its values stand in the form.
    :param unit: what its numbers count, a currency say: a text, or the attribute of the row that says so.
    """

    def __init__(
        self,
        label: str | None = None,
        validators: Any = None,
        *,
        column: ColumnInfo,
        codec: Codec,
        unit: Any = None,
        **kwargs: Any,
    ) -> None:
        self.column, self.codec, self.unit = column, codec, unit
        self.locked = False
        super().__init__(label, validators, **kwargs)
        self.required = not column.nullable and not (self.creating and column.has_default)
        if codec.keeps_blanks and column.has_default:
            self.required = False

    @property
    def empty(self) -> bool:
        return self.data is None or (isinstance(self.data, str) and self.data == "")

    def same(self, one: Any, other: Any) -> bool:
        if one is None or other is None:
            return one is other
        return self.codec.same(one, other)

    def process_data(self, value: Any) -> None:
        self.stored = self.data = value
        try:
            nothing = "" if self.creating else self.codec.null_text
            self.shown = nothing if value is None else self.codec.format(value)
        except (TypeError, ValueError, AttributeError, RecursionError, OverflowError):
            # A type of the host's own that loads something else than its kind says.
            self.locked, self.shown = True, str(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if not valuelist:
            return
        text = valuelist[0]
        if not isinstance(text, str):
            raise ValueError(_("Write a text, not a file."))
        if self._as_shown(text):
            return
        self.touched = True
        if self.locked:
            raise ValueError(_("This value cannot be changed here."))
        if self._is_blank(text):
            self.data = self.codec.blank(self.stored, nullable=self.column.nullable)
        else:
            self.data = self.codec.like(self.codec.parse(text), self.stored)

    def _is_blank(self, text: str) -> bool:
        return not text if self.codec.keeps_blanks else not text.strip()

    def _as_shown(self, text: str) -> bool:
        """Whether the person left it alone: browsers rewrite line ends, and times to their shortest form."""
        base = str(self.base)
        if lines_of(text) == lines_of(base):
            return True
        if self._is_blank(text) or self._is_blank(base) or self.locked:
            return False
        try:
            return self.codec.same(self.codec.parse(text), self.codec.parse(base))
        except ValueError:
            return False

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.shown


class CheckboxField(OwnField):
    """A boolean that is never null: a box, which browsers leave out of what they send when it is not ticked."""

    def __init__(
        self, label: str | None = None, validators: Any = None, *, column: ColumnInfo, **kwargs: Any
    ) -> None:
        self.column = column
        super().__init__(label, validators, **kwargs)

    def process_data(self, value: Any) -> None:
        self.stored = value
        self.data = bool(value)
        self.shown = "true" if value else ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        ticked = bool(valuelist) and valuelist[-1] not in ("", "false", "0", "off")
        self.touched = ticked != bool(self.base)
        if self.touched:
            self.data = ticked

    def same(self, one: Any, other: Any) -> bool:
        return one is not None and other is not None and bool(one) == bool(other)

    @property
    def ticked(self) -> bool:
        return bool(self.data)


class ReadOnlyField(OwnField):
    """Shown, never read: what is posted under its name does not matter."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        pass
