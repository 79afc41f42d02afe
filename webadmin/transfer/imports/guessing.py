"""Where the columns of a file go: by their headings, and by what stands in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from webadmin.database.inspection import inspect_model
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.transfer.formats import written
from webadmin.transfer.imports.asked import FileForm, Target
from webadmin.transfer.imports.contents import looks_like
from webadmin.transfer.imports.kinds import can_be_read
from webadmin.transfer.imports.readings import Ask, Read, read_as
from webadmin.transfer.imports.words import likeness, meaning, plain

Why = Literal["name", "label", "likeness", "content", "unread"]
"""Its heading is the name or means the same as the label; its heading is only like it; its values look like it; its heading says so, but
most of its values cannot be read."""
DOUBTFUL: frozenset[str] = frozenset({"likeness", "content", "unread"})
"""Guesses that rest on something else than a name, and that somebody has to look at."""
_ENOUGH = 0.5
"""The part of the values that has to be readable where a heading only means the same."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a column of a file can become."""

    name: str
    """Of a column or a to-one relation."""
    label: str
    by: tuple[str, ...] = ()
    """Of a relation: the unique columns of the other model that a file may name its rows by, besides their key."""
    relation: bool = False
    by_key: bool = True
    """Of a relation: whether a file may name its rows by their key."""


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
    found: dict[str, Candidate] = {}
    for name in names:
        relation = info.relations.get(name)
        if relation is None or not relation.many_to_one or relation.view_only:
            if _can_be_column(context, view, name):
                found.setdefault(name, Candidate(name, view.label_of(name)))
            continue
        by = _unique_texts(context, relation.target)
        whole = len(inspect_model(relation.target).key) == 1
        if whole or by:
            found[name] = Candidate(name, view.label_of(name), by, relation=True, by_key=whole)
        for local in () if whole else relation.local:
            # A key of several columns stands in as many columns of a file.
            if local not in view.unwritable and _can_be_column(context, view, local):
                found.setdefault(local, Candidate(local, view.label_of(local)))
    return tuple(found.values())


def _can_be_column(context: Context, view: View, name: str) -> bool:
    column, mapper = view.info.columns.get(name), view.info.mapper
    if column is None or column.generated or name in view.uploads:
        return False
    by_mapper = column.column is mapper.polymorphic_on and mapper.polymorphic_identity is not None
    return not by_mapper and can_be_read(column, context.dialect)


def guess(
    context: Context, view: View, form: FileForm, headings: Sequence[str], rows: Sequence[Sequence[Any]]
) -> tuple[Guess, ...]:
    """One guess for each heading: the same name or label first, then what means the same, then what the values look like.

    :param rows: the first rows of the file.
    """
    guesser = _Guesser(context, view, form, headings, rows)
    return guesser.guesses()


class _Guesser:
    def __init__(
        self,
        context: Context,
        view: View,
        form: FileForm,
        headings: Sequence[str],
        rows: Sequence[Sequence[Any]],
    ) -> None:
        self.context, self.view, self.form, self.headings = context, view, form, headings
        self.values = [[row[place] for row in rows] for place in range(len(headings))]
        self.known = candidates(context, view)
        self.found: dict[int, Guess] = {}
        # "Customer name" is the name on a list of customers.
        self.own = meaning(view.name)

    def guesses(self) -> tuple[Guess, ...]:
        self._by_text("name", lambda one: self._names(one))
        self._by_text("label", lambda one: [(plain(one.label), "")])
        self._by_meaning()
        self._by_content()
        return tuple(self.found.get(place, Guess(None)) for place in range(len(self.headings)))

    def _left(self) -> list[int]:
        return [place for place in range(len(self.headings)) if place not in self.found]

    def _free(self) -> list[Candidate]:
        taken = {
            name
            for guess in self.found.values()
            if guess.target is not None
            for name in self._own(guess.target.name)
        }
        return [one for one in self.known if taken.isdisjoint(self._own(one.name))]

    def _own(self, name: str) -> tuple[str, ...]:
        """The columns that are written by a column or relation."""
        relation = self.view.info.relations.get(name)
        return (name, *relation.local) if relation is not None else (name,)

    def _names(self, one: Candidate) -> list[tuple[str, str]]:
        """What a column may be called to be ``one``, each with what its rows are then named by."""
        info = self.view.info
        if (relation := info.relations.get(one.name)) is None:
            return [(plain(one.name), ""), (plain(str(info.columns[one.name].column.name)), "")]
        local = [(plain(name), "") for name in relation.local] if one.by_key else []
        return [(plain(one.name), ""), *local, *[(plain(one.name + by), by) for by in one.by]]

    def _by_text(self, why: Why, texts: Callable[[Candidate], list[tuple[str, str]]]) -> None:
        for place in self._left():
            wanted = plain(self.headings[place])
            for one in self._free():
                by = next((by for text, by in texts(one) if text == wanted), None)
                if wanted and by is not None:
                    self._take(place, one, why, self._read(place, one, by))
                    break

    def _by_meaning(self) -> None:
        pairs: list[tuple[float, int, Candidate]] = []
        for place in self._left():
            words = meaning(self.headings[place])
            own = words - self.own or words
            for one in self._free():
                scores = [
                    likeness(some, meaning(text)) for some in (words, own) for text in (one.name, one.label)
                ]
                if max(scores) >= _ENOUGH:
                    pairs.append((max(scores), place, one))
        for score, place, one in sorted(pairs, key=lambda pair: -pair[0]):
            if place in self.found or one not in self._free():
                continue
            read = self._read(place, one, "")
            if score == 1 or read[1].fits >= _ENOUGH:
                self._take(place, one, "label" if score == 1 else "likeness", read)

    def _by_content(self) -> None:
        """What only one column of the file looks like, and only one of the view is."""
        left, free = self._left(), self._free()
        alike = {
            (place, one.name)
            for place in left
            for one in free
            if not one.relation
            and looks_like(self.view.info.columns[one.name], self._some(place))
            and self._read(place, one, "")[1].fits == 1
        }
        for place in left:
            ones = [one for one in free if (place, one.name) in alike]
            if len(ones) == 1 and sum((other, ones[0].name) in alike for other in left) == 1:
                self._take(place, ones[0], "content", self._read(place, ones[0], ""))

    def _some(self, place: int) -> list[Any]:
        return [value for value in self.values[place] if value is not None and value != ""]

    def _read(self, place: int, one: Candidate, by: str) -> tuple[Target, Read]:
        """How a column reads where it goes to ``one``; rows of another model are named by what can be read best."""
        ways = [by] if by or not one.relation else [*([""] if one.by_key else []), *one.by]
        tried: list[tuple[bool, Target, Read]] = []
        for way in ways:
            target = Target(place, one.name, way)
            read = read_as(self.view, target, self.form, self.context.dialect, self.values[place])
            likely = not way or is_address(way) == self._has_addresses(place)
            tried.append((likely and read.fits > 0, replace(target, reading=read.reading), read))
        # Any text can be read as a text: one wrong key among many does not make them addresses.
        _likely, chosen, read = max(tried, key=lambda found: (found[0], found[2].fits))
        return chosen, read

    def _has_addresses(self, place: int) -> bool:
        return all("@" in str(value) for value in self._some(place))

    def _take(self, place: int, one: Candidate, why: Why, read: tuple[Target, Read]) -> None:
        target, found = read
        if one.relation and not self._says_by(place, one, target.by):
            why = "content"
        if found.fits < _ENOUGH:
            why = "unread"
        self.found[place] = Guess(target, why, found.asks)

    def _says_by(self, place: int, one: Candidate, by: str) -> bool:
        """Whether the heading itself, or that there is no other way, tells by what the rows of a relation are named."""
        ways = one.by_key + len(one.by)
        return ways == 1 or (plain(self.headings[place]), by) in self._names(one)[1:]


def is_address(name: str) -> bool:
    """Whether a column of this name has addresses of e-mail, which nothing else looks like."""
    return "email" in meaning(name)


def shown(value: Any) -> str:
    """A value of a file as people read it; an empty text for nothing. Days of a workbook are times at midnight."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return "" if value is None else written(value)


def _unique_texts(context: Context, target: type) -> tuple[str, ...]:
    view = context.view_of(target)
    if view is None:
        return ()
    return tuple(
        name
        for name, column in view.info.columns.items()
        if column.unique and not column.primary_key and name in view.all_columns
    )
