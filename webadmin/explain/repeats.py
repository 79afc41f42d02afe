"""Statements that are sent again and again, folded into one: of many it is said what has them sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webadmin.explain.capture import Captured
from webadmin.explain.finding import rows
from webadmin.text import gettext as _

FEW = 3
"""From so many on, statements that differ in their values alone are one for each row of something."""
_LISTED = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """One statement with all the times that it was sent."""

    each: tuple[Captured, ...]
    places: tuple[int, ...]
    """Its numbers among the page's statements, from 1."""

    @property
    def slowest(self) -> Captured:
        """The one that is shown and measured for all."""
        return max(self.each, key=lambda one: (one.failed, one.seconds))

    @property
    def count(self) -> int:
        return len(self.each)

    @property
    def seconds(self) -> float:
        return sum(one.seconds for one in self.each)

    @property
    def rows(self) -> int | None:
        """Rows of all of them; None where one failed."""
        known = [one.rows for one in self.each if one.rows is not None]
        return sum(known) if len(known) == self.count else None

    @property
    def same(self) -> bool:
        """Whether it had the same values each time."""
        first = self.each[0].parameters
        return all(one.parameters == first for one in self.each[1:])

    @property
    def for_each_row(self) -> bool:
        """Whether it is what is called an N+1: a relation is loaded, or a host's function asks, for one row after another."""
        return self.count >= FEW and not self.same

    @property
    def order(self) -> str:
        """Its place on the page: ``3``, ``3, 4``, or ``3 … 27``."""
        between = "…" if self.count > _LISTED else ""
        return (
            f"{self.places[0]} {between} {self.places[-1]}" if between else ", ".join(map(str, self.places))
        )


def fold(captured: Sequence[Captured]) -> tuple[Sent, ...]:
    """The statements of a page in order, each text that the same code sends once."""
    found: dict[object, tuple[list[Captured], list[int]]] = {}
    for number, one in enumerate(captured, 1):
        key = (one.sql, one.label if one.named else "", one.relation, one.origin.function)
        each, places = found.setdefault(key, ([], []))
        each.append(one)
        places.append(number)
    return tuple(Sent(tuple(each), tuple(places)) for each, places in found.values())


def repeated(sent: Sent) -> tuple[str, str, str, str] | None:
    """What is said of a statement that is sent too often: a word for it, a title, a text and a tone; None of one that is
    not."""
    first = sent.each[0]
    count = rows(sent.count)
    if not (first.relation or first.origin.function):
        return None  # nobody but webadmin can mend it
    if sent.count > 1 and sent.same:
        title = _("Sent %s times with the same values.") % count
        text = _("The answer is the same each time: ask once, and keep it while the page is made.")
        return "repeated", title, f"{text} {_where(first)}".strip(), "info"
    if not sent.for_each_row:
        return None
    if first.relation:
        title = _("N+1: %(relation)s is read row by row, in %(count)s statements.") % {
            "relation": first.relation,
            "count": count,
        }
        text = _(
            "Load it together with the rows, by an option such as selectinload in the statement that reads them, or by "
            'lazy="selectin" where it is mapped: then it is one statement for all.'
        )
    else:
        title = _("N+1: one statement for each row, %s in all.") % count
        text = _("One statement that asks for all rows at once takes the place of all of them.")
    return "n_plus_one", title, f"{text} {_where(first)}".strip(), "warn"


def _where(one: Captured) -> str:
    """Which code of the host's has it sent."""
    return _("It is sent by %s.") % one.origin.code if one.origin.function else ""
