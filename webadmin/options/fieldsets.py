"""Groups of a form's fields: what a view says of them, resolved against the fields that its form has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from webadmin.options.attributes import attribute_name

MOST_IN_A_LINE = 4


@dataclass(frozen=True)
class Fieldset:
    """Fields of a form that stand together under a heading.

    :param title: the heading.
    :param columns: what has its fields here, in order; those of a tuple, four at most, stand side by side.
    :param help: a sentence beside the heading.
    :param tab: the tab that it stands on. Fieldsets without one stand on a tab of their own, named after the first of them,
        where others have one.
    :param collapsed: it is opened by a click, or by a fault in one of its fields.
    """

    title: str
    columns: Sequence[Any]
    help: str = ""
    tab: str = ""
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A :class:`Fieldset` as forms use it."""

    title: str
    """Empty for the fields that no fieldset names."""
    lines: tuple[tuple[str, ...], ...]
    """Attributes by the line that they stand on; one that stands by itself takes the width that it needs."""
    help: str = ""
    tab: str = ""
    collapsed: bool = False


def named_in(fieldsets: Iterable[Any]) -> list[Any]:
    """Everything that fieldsets have a field for, in order."""
    return [
        value
        for one in fieldsets
        if isinstance(one, Fieldset)
        for line in _lines(one.columns)
        for value in line
    ]


def groups_of(
    fieldsets: Sequence[Any], form_columns: Sequence[str], fault: Callable[[str, str, str], None]
) -> tuple[FieldGroup, ...]:
    """The groups of a form with the fields ``form_columns``; those that no fieldset names come in one more at the end.

    :param fault: takes option, value and remedy of what cannot be used.
    """
    found: list[FieldGroup] = []
    seen: set[str] = set()
    for one in fieldsets:
        if not isinstance(one, Fieldset):
            fault("form_fieldsets", repr(one), 'write Fieldset("Title", [columns])')
            continue
        lines = []
        for line in _lines(one.columns):
            names = tuple(attribute_name(value) for value in line)
            for name in names:
                if name in seen:
                    fault("form_fieldsets", repr(name), "name each field once")
                elif name not in form_columns:
                    fault("form_fieldsets", repr(name), "the form has no such field; see form_columns")
                seen.add(name)
            if len(names) > MOST_IN_A_LINE:
                fault("form_fieldsets", repr(names), f"at most {MOST_IN_A_LINE} fields stand side by side")
            lines.append(names)
        found.append(FieldGroup(one.title, tuple(lines), one.help, one.tab, one.collapsed))
    left = tuple((name,) for name in form_columns if name not in seen)
    if found and left:
        found.append(FieldGroup("", left, tab=found[-1].tab))
    return tuple(found)


def _lines(columns: Any) -> Iterator[tuple[Any, ...]]:
    for value in [columns] if isinstance(columns, str) else columns:
        yield tuple(value) if isinstance(value, tuple | list) else (value,)
