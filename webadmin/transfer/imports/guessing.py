"""Where the columns of a file go: by their headings, and by what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.transfer.formats import written
from webadmin.transfer.imports.asked import FileForm, Target
from webadmin.transfer.imports.kinds import can_be_read

Why = Literal["name", "label", "content"]
Ask = Literal["dates", "decimal"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a column of a file can become."""

    name: str
    """Of a column or a to-one relation."""
    label: str
    by: tuple[str, ...] = ()
    """Of a relation: the unique columns of the other model that a file may name its rows by, besides their key."""
    relation: bool = False


@dataclass(frozen=True, slots=True)
class Guess:
    """Where one column of a file goes, as far as anybody can tell."""

    target: Target | None
    why: Why | None = None
    asks: tuple[Ask, ...] = ()
    """What of its reading has to be asked: its values can be read in more than one way."""


def candidates(context: Context, view: View) -> tuple[Candidate, ...]:
    """What the columns of a file can become in ``view``, for the person of ``context``: the form's columns and to-one relations
    that they may write, and before them what tells the rows apart."""
    info = view.info
    own = [column.name for column in info.key]
    own += [name for name, column in info.columns.items() if column.unique and name in view.all_columns]
    names = [name for name in dict.fromkeys([*own, *view.form_columns]) if name not in view.unwritable]
    found: list[Candidate] = []
    for name in names:
        relation = info.relations.get(name)
        if relation is not None:
            if relation.many_to_one and not relation.view_only:
                by = _unique_texts(context, relation.target)
                found.append(Candidate(name, view.label_of(name), by, relation=True))
        elif _can_be_column(context, view, name):
            found.append(Candidate(name, view.label_of(name)))
    return tuple(found)


def _can_be_column(context: Context, view: View, name: str) -> bool:
    column, mapper = view.info.columns.get(name), view.info.mapper
    if column is None or column.generated or name in view.uploads:
        return False
    by_mapper = column.column is mapper.polymorphic_on and mapper.polymorphic_identity is not None
    return not by_mapper and can_be_read(column, context.dialect)


def guess(
    context: Context, view: View, form: FileForm, headings: Sequence[str], rows: Sequence[Sequence[Any]]
) -> tuple[Guess, ...]:
    """One guess for each heading.

    :param rows: the first rows of the file.
    """
    known = candidates(context, view)
    found: list[Guess] = []
    taken: set[str] = set()
    for place, heading in enumerate(headings):
        word = _folded(heading)
        match = next((one for one in known if word == _folded(one.name) and one.name not in taken), None)
        why: Why = "name"
        if match is None:
            match = next((one for one in known if word == _folded(one.label) and one.name not in taken), None)
            why = "label"
        if match is None:
            found.append(Guess(None))
            continue
        taken.add(match.name)
        found.append(Guess(Target(place, match.name), why))
    return tuple(found)


def shown(value: Any) -> str:
    """A value of a file as people read it; an empty text for nothing."""
    return "" if value is None else written(value)


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _unique_texts(context: Context, target: type) -> tuple[str, ...]:
    view = context.view_of(target)
    if view is None:
        return ()
    return tuple(
        name
        for name, column in view.info.columns.items()
        if column.unique and not column.primary_key and name in view.all_columns
    )
