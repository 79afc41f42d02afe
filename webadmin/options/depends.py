"""Fields of a form that other fields decide about: what a view says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from webadmin.database.inspection import ModelInfo
from webadmin.options.attributes import attribute_name


class _Kept(Enum):
    VALUE = "kept"


KEEP = _Kept.VALUE
"""The value of a field stays what it is."""


@dataclass(frozen=True)
class FieldState:
    """What a field is like, given the values of others.

    :param hidden: it is not on the form, and what is sent for it does not count.
    :param readonly: it is shown, and what is sent for it does not count.
    :param required: it must be filled, or must not; None for what the column says.
    :param choices: the only values that can be chosen, or pairs of value and label; of a column.
    :param value: what is put into the field when one of those that it depends on was changed; of a column.
    :param label: its name; empty for the one that it has anyway. ``help`` and ``placeholder`` likewise.
    """

    hidden: bool = False
    readonly: bool = False
    required: bool | None = None
    choices: Sequence[Any] | None = None
    value: Any = KEEP
    label: str = ""
    help: str = ""
    placeholder: str = ""


Change = Callable[[Mapping[str, Any], Any], FieldState]


@dataclass(frozen=True)
class Depends:
    """A field that is made anew when others change, on the page as well as when the form is sent.

    :param on: the attributes that it depends on: columns and to-one relations of the model.
    :param change: ``(values, request) -> FieldState``, called inside the transaction, which cannot write while the form is open.
        ``values`` has the value of each attribute by its name as the form holds it: None where it is empty or cannot be read,
        the key of the row for a relation. ``request.session`` is the transaction's session.
    """

    on: Sequence[Any]
    change: Change


@dataclass(frozen=True, slots=True)
class Dependence:
    """A :class:`Depends` as forms use it."""

    on: tuple[str, ...]
    change: Change


class Dependences:
    """Resolves the option ``form_depends``.

    :param overridden: attributes whose fields are classes of the host's.
    :param fault: takes option, value and remedy of what cannot be used.
    """

    def __init__(
        self,
        info: ModelInfo,
        form_columns: Sequence[str],
        overridden: Iterable[Any],
        fault: Callable[[str, str, str], None],
    ) -> None:
        self.info, self.form_columns = info, form_columns
        self._overridden = {attribute_name(key) for key in overridden}
        self._fault = fault

    def resolve(self, given: Mapping[Any, Any]) -> dict[str, Dependence]:
        """Dependences by field; a field comes after those that it depends on."""
        found: dict[str, Dependence] = {}
        for key, value in given.items():
            name = attribute_name(key)
            remedy = self._remedy(name, value)
            if remedy:
                self._fault("form_depends", repr(name), remedy)
            else:
                found[name] = Dependence(tuple(attribute_name(on) for on in value.on), value.change)
        ordered = dict(self._ordered(found))
        for name in found.keys() - ordered.keys():
            self._fault("form_depends", repr(name), "it depends on itself")
        return ordered

    def _remedy(self, name: str, value: Any) -> str:
        if not isinstance(value, Depends) or isinstance(value.on, str) or not callable(value.change):
            return "write Depends([attributes], function)"
        if name not in self.form_columns:
            return "the form has no such field; see form_columns"
        if name in self._overridden:
            return "its field is a class of your own, which says itself what it is like"
        for on in map(attribute_name, value.on):
            relation = self.info.relations.get(on)
            if on not in self.info.columns and (relation is None or relation.uselist):
                return f"{on!r} is neither a column nor a to-one relation of the model itself"
        return ""

    @staticmethod
    def _ordered(found: Mapping[str, Dependence]) -> Iterator[tuple[str, Dependence]]:
        left = dict(found)
        while ready := [name for name, one in left.items() if not set(one.on) & left.keys()]:
            for name in ready:
                yield name, left.pop(name)
