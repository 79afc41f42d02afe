"""Values of which there are few, by what is stored or by their labels: yes and no, enums, the choices that a view gives."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

from webadmin.database.inspection import ColumnInfo
from webadmin.forms.codecs import Codec
from webadmin.forms.codecs.choices import GivenCodec
from webadmin.listing.filters.choices import token
from webadmin.text import choice_label
from webadmin.text import gettext as _
from webadmin.transfer.formats import written
from webadmin.transfer.imports.asked import FileForm, Reading
from webadmin.transfer.imports.reader import Converter, Wrong

YES = frozenset({
    "true", "t", "yes", "y", "1", "on", "ja", "j", "wahr", "oui", "vrai", "sí", "si", "sì", "verdadero", "vero",
})  # fmt: skip
NO = frozenset({"false", "f", "no", "n", "0", "off", "nein", "falsch", "non", "faux", "falso"})
"""What people and spreadsheets write; the language of the request adds its own."""


def boolean(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    yes, no = YES | {_("Yes").casefold()}, NO | {_("No").casefold()}

    def one(value: Any) -> bool:
        if isinstance(value, str):
            word = value.strip().casefold()
            if word in yes or word in no:
                return word in yes
        elif value in (0, 1):
            return bool(value)
        raise Wrong("choice", _("Write yes or no."))

    return Converter(one)


_NONE = object()


class Choice:
    """One of a few values, by what is stored or by its label."""

    def __init__(self, exact: dict[str, Any], labels: Sequence[tuple[str, Any]]) -> None:
        self._exact = exact
        self._labels = {label.casefold(): value for label, value in reversed(labels)}
        self._known = ", ".join(label for label, _value in labels[:20])

    @classmethod
    def of_enum(cls, column: ColumnInfo) -> Choice:
        exact: dict[str, Any] = {}
        for member in column.choices:
            if isinstance(member, enum.Enum):
                exact.setdefault(str(member.value), member)
                exact.setdefault(member.name, member)
        exact |= {token(member): member for member in column.choices}
        return cls(exact, [(choice_label(member), member) for member in column.choices])

    @classmethod
    def of_given(cls, codec: GivenCodec) -> Choice:
        pairs = [(text, label) for text, label in codec.choices if text]
        exact = {text: codec.parse(text) for text, _label in pairs}
        return cls(exact, [(label, exact[text]) for text, label in pairs])

    def __call__(self, value: Any) -> Any:
        text = (value if isinstance(value, str) else written(value)).strip()
        found = self._exact.get(text, self._labels.get(text.casefold(), _NONE))
        if found is _NONE:
            raise Wrong("choice", _("This is none of its values: {values}.").format(values=self._known))
        return found


def member(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    return Converter(Choice.of_enum(column))
