"""``Filter``: a filter of the host's own, as an entry of ``column_filters``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import wtforms

from webadmin.auth.user import User
from webadmin.text import choice_label, current_zone, humanize
from webadmin.text import gettext as _

_NUMBER = re.compile(r"[+-]?([0-9]{1,60}(\.[0-9]{0,60})?|\.[0-9]{1,60})", re.ASCII)
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


class Filter:
    """A filter whose condition is the host's own.

    Subclass it, say what :attr:`name`, :attr:`label` and the values are, write :meth:`condition`, and put the class, or
    an object of it, into ``column_filters``. In addresses, forms, chips, ``where=`` and saved views it is like any other.
    """

    name: str = ""
    """The parameter in addresses; by default the class's name: ``LateOrders`` is ``late_orders``."""
    label: str = ""
    """In the form and on chips; by default the name in words."""
    type: type = str
    """What a value is: ``str``, ``int``, ``float``, ``Decimal``, ``bool``, ``date``, ``datetime``, ``UUID`` or an Enum."""
    choices: Mapping[str, str] | Iterable[Any] = ()
    """The values there are: ``{"late": "Late"}``, pairs of a value and its label, or values; none for any."""
    field: Any = None
    """A WTForms field that reads and checks a value in place of ``type`` and ``choices``."""
    several: bool = False
    """Whether it takes several values at once; the condition then gets a list of them."""

    def __init__(self, *, name: str = "", label: str = "") -> None:
        own = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()
        self.name = name or self.name or own.removesuffix("_filter")
        self.label = label or self.label or humanize(self.name)
        if self.field is not None:
            self._form = type("OneValue", (wtforms.Form,), {"value": self.field})
            several = getattr(self._form(), "value", None)
            self.several = isinstance(several, wtforms.SelectMultipleField)

    def condition(self, value: Any, user: User) -> sa.ColumnElement[bool]:
        """The rows that match, as a condition on the view's model.

        :param value: as :meth:`read` gave it; where :attr:`several` is set, a list of such.
        :param user: who asks.
        """
        raise NotImplementedError

    def read(self, text: str) -> Any:
        """One value from an address. Raises ValueError with a sentence that says what is wrong with it."""
        if self.field is not None:
            return self._checked(text)
        known = dict(self.pairs)
        if known and text not in known:
            raise ValueError(
                _("there is no “%(text)s”; there are: %(known)s")
                % {"text": text[:60], "known": ", ".join(list(known)[:30])}
            )
        return read_as(self.type, text)

    def describe(self, text: str) -> str:
        """One value in words, for a chip."""
        labels = dict(self.pairs)
        if self.type is bool and not labels:
            return _("Yes") if text == "true" else _("No")
        return labels.get(text, text)

    @property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """The values there are with their labels; empty for any value."""
        given = self.choices
        if self.field is not None:
            given = getattr(getattr(self._form(), "value", None), "choices", None) or ()
        return pairs_of(given if given else self.type)

    def _checked(self, text: str) -> Any:
        form: Any = self._form(FormValues({"value": [text]}))
        if not form.validate():
            raise ValueError(" ".join(str(error) for error in form.value.errors))
        return form.value.data[0] if self.several else form.value.data


class FormValues(dict[str, list[str]]):
    """Values by name, in the form that WTForms takes."""

    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])


def pairs_of(given: Any) -> tuple[tuple[str, str], ...]:
    """Choices as texts with their labels: from a mapping, pairs, values or an Enum; nothing from anything else."""
    if isinstance(given, type):
        members = list(given) if issubclass(given, Enum) else []
        return tuple((as_text(member), choice_label(member)) for member in members)
    if isinstance(given, Mapping):
        return tuple((as_text(value), str(label)) for value, label in given.items())
    return tuple(
        (as_text(one[0]), str(one[1])) if isinstance(one, tuple | list) else (as_text(one), choice_label(one))
        for one in given
    )


def as_text(value: Any) -> str:
    """A value as it stands in an address."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value.name
    if isinstance(value, Decimal):  # written out only where that is short: 1e999999999 is a number, too
        return f"{value:f}" if value.is_finite() and abs(value.adjusted()) < 100 else str(value)
    if isinstance(value, timedelta):
        return f"{value / timedelta(seconds=1):f} s"
    return value.isoformat() if isinstance(value, date) else str(value)


def read_as(wanted: type, text: str) -> Any:
    """``text`` as a value of that type. Raises ValueError with a sentence."""
    shown = text[:60]
    if issubclass(wanted, Enum):
        member = next((one for one in wanted if text in {as_text(one), one.name}), None)
        if member is None:
            raise ValueError(_("there is no “%s”") % shown)
        return member
    if issubclass(wanted, bool):
        if text not in {"true", "false"}:
            raise ValueError(_("write true or false, not “%s”") % shown)
        return text == "true"
    if issubclass(wanted, int):
        if not _WHOLE.fullmatch(text):
            raise ValueError(_("that takes a whole number, not “%s”") % shown)
        return wanted(text)
    if issubclass(wanted, float | Decimal):
        if not _NUMBER.fullmatch(text):
            raise ValueError(_("that takes a number, not “%s”") % shown)
        return wanted(text)
    if issubclass(wanted, date | UUID):
        try:
            value = UUID(text) if issubclass(wanted, UUID) else wanted.fromisoformat(text)
        except ValueError:
            words = _("that takes a UUID, not “%s”") if issubclass(wanted, UUID) else _("that takes a day such as 2026-01-31, not “%s”")  # fmt: skip
            raise ValueError(words % shown) from None
        if isinstance(value, datetime):
            return _somewhere(value, shown)
        return value
    return text


def _somewhere(value: datetime, shown: str) -> datetime:
    """The moment, in the person's zone where it names none. Raises ValueError for one that UTC has not."""
    moment = value if value.tzinfo else value.replace(tzinfo=current_zone())
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(_("“%s” is beyond the calendar") % shown) from None
    return moment
