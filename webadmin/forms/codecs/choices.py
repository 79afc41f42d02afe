"""Values of which there are few: enums, yes and no, and the choices that a view gives."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from webadmin.forms.codecs.base import Codec
from webadmin.text import choice_label
from webadmin.text import gettext as _

NO_CHOICE = "Choose one of the values of the list."


class EnumCodec(Codec):
    """The members of an enum, by name; plain texts stand for themselves."""

    control = "select"

    def __init__(self, members: Sequence[Any]) -> None:
        self.members = {_name(member): member for member in members}
        self.by_value = {str(member.value): member for member in members if isinstance(member, enum.Enum)}

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, choice_label(member)) for name, member in self.members.items())

    def format(self, value: Any) -> str:
        return _name(value)

    def parse(self, text: str) -> Any:
        found = self.members.get(text, self.by_value.get(text))
        if found is None:
            raise ValueError(_(NO_CHOICE))
        return found


class BooleanCodec(Codec):
    """Yes or no, as a list to choose from where it may also be unknown."""

    control = "select"
    _YES = frozenset({"true", "1", "yes", "on", "y", "t"})
    _NO = frozenset({"false", "0", "no", "off", "n", "f"})

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return (("true", _("Yes")), ("false", _("No")))

    def format(self, value: Any) -> str:
        return "true" if value else "false"

    def parse(self, text: str) -> bool:
        word = text.strip().lower()
        if word not in self._YES | self._NO:
            raise ValueError(_("Choose yes or no."))
        return word in self._YES


class GivenCodec(Codec):
    """The choices that a view gives for a column, in WTForms' ways of writing them.

    :param inner: the column's own codec, which makes values out of texts unless ``coerce`` does.
    """

    control = "select"

    def __init__(self, inner: Codec, given: Any, coerce: Callable[[Any], Any] | None = None) -> None:
        self.inner, self._given, self._coerce = inner, given, coerce

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple(_pairs(self._given() if callable(self._given) else self._given, self.inner))

    def format(self, value: Any) -> str:
        return _text(value, self.inner)

    def parse(self, text: str) -> Any:
        if text not in {value for value, _label_ in self.choices}:
            raise ValueError(_(NO_CHOICE))
        return self._coerce(text) if self._coerce is not None else self.inner.parse(text)

    def same(self, one: Any, other: Any) -> bool:
        return self.inner.same(one, other)


def _pairs(given: Any, inner: Codec) -> Iterable[tuple[str, str]]:
    if isinstance(given, dict):  # groups of choices
        given = [choice for group in given.values() for choice in group]
    for choice in given or ():
        value, label = (choice[0], choice[1]) if isinstance(choice, tuple | list) else (choice, choice)
        yield _text(value, inner), choice_label(label) if isinstance(label, enum.Enum) else str(label)


def _text(value: Any, inner: Codec) -> str:
    return value if isinstance(value, str) and not isinstance(value, enum.Enum) else inner.format(value)


def _name(member: Any) -> str:
    return member.name if isinstance(member, enum.Enum) else str(member)
