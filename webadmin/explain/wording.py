"""What is said of a proposed index: what it is for, how it was tried, what it costs, what it makes of others."""

from __future__ import annotations

from collections.abc import Sequence

from webadmin.dialects import Dialect
from webadmin.explain.candidates import Candidate
from webadmin.explain.finding import size
from webadmin.explain.proving import Outcome
from webadmin.text import format_number
from webadmin.text import gettext as _


def why(candidate: Candidate) -> str:
    """What each part of it is for, in one sentence."""
    names = [key.part.column.name for key in candidate.keys]
    first, rest = ", ".join(names[: candidate.equal]), ", ".join(names[candidate.equal :])
    if candidate.method:
        return _("It leads from what is inside of %(columns)s to the rows.") % {"columns": ", ".join(names)}
    parts = []
    if first:
        parts.append(_("%(columns)s, compared for equality, leads to the rows") % {"columns": first})
    if rest and candidate.ranged:
        text = (
            _("a range of %(columns)s leads on") if first else _("a range of %(columns)s leads to the rows")
        )
        parts.append(text % {"columns": rest})
    elif rest:
        text = _("they come in the order of %(columns)s, so that reading ends with the page")
        parts.append(text % {"columns": rest})
    if candidate.live:
        parts.append(_("it holds live rows alone"))
    if candidate.include:
        text = _("%(columns)s stands in it, so that the table itself is hardly read")
        parts.append(text % {"columns": ", ".join(candidate.include)})
    told = "; ".join(parts)
    return f"{told}." if first else f"{told[:1].upper()}{told[1:]}."


def proof_of(outcome: Outcome | None, dialect: Dialect, *, built: bool) -> tuple[str, str]:
    """How it was tried, as a word that does not change with the language, and in words.

    :param built: whether candidates were allowed to be built for it.
    """
    if outcome is None:
        told = _("Not verified: the server has no extension for hypothetical indexes (HypoPG).")
        if built or not dialect.tries_by_building:
            told = _("Not verified: it could not be tried here.")
        return "none", told
    if outcome.kind == "hypothetical":
        told = _("Verified without building it: the planner would read it.")
    elif outcome.kind == "built":
        told = _("Verified by building it on the table and taking it back.")
    elif outcome.share < 1:
        told = _("Verified on a copy of %s of the rows.") % _percent(outcome.share)
    else:
        told = _("Verified on a copy of the rows.")
    return outcome.kind, told


def numbers(outcome: Outcome | None) -> tuple[str, str, str, str]:
    """What the statement costs before and after, how many times less that is, and how large the index will be; all empty
    where the database gives no numbers."""
    if outcome is None or not outcome.costed:
        return "", "", "", ""
    times = outcome.before / max(outcome.after, 0.01)
    gain = _("%s times cheaper") % format_number(times, 0 if times >= 10 else 1)
    about = size(outcome.bytes / 1024) if outcome.bytes is not None else ""
    return _cost(outcome.before), _cost(outcome.after), gain, about


def remarks(needless: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """What it makes of the indexes that are there.

    :param needless: those of which it holds all.
    :param names: those that are the same and that an interrupted build left invalid.
    """
    return (
        *(
            _("It is there as %s, left invalid by a build that did not end: that one goes first.") % name
            for name in names
        ),
        *(
            _("It begins like %s, which can go afterwards unless something else needs it.") % name
            for name in needless
        ),
    )


def _cost(value: float) -> str:
    return format_number(value, 0 if value >= 100 else 1)


def _percent(share: float) -> str:
    return f"{format_number(share * 100, 0 if share >= 0.1 else 1)} %"
