"""The columns of a file: where each goes, how it is read, and by what rows are found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from webadmin.forms.controls import Choice, FormSummaryItem
from webadmin.options.view import View
from webadmin.request import AdminRequest
from webadmin.text import gettext as _
from webadmin.text import ngettext
from webadmin.transfer.imports.asked import Reading, Target
from webadmin.transfer.imports.decoding import ENCODINGS
from webadmin.transfer.imports.draft import Draft
from webadmin.transfer.imports.guessing import DOUBTFUL, Candidate, candidates
from webadmin.transfer.imports.layout import unique_keys, usable_keys

_NO_ERRORS: Mapping[str, str] = MappingProxyType({})
_DECIMALS = {".": "1,234.56", ",": "1.234,56"}


@dataclass(frozen=True, slots=True)
class ReadingField:
    """How the values of a column are read, where that can be chosen."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    asked: bool
    """Nobody can tell it from the values."""
    error: str = ""


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column of the file."""

    place: int
    heading: str
    samples: tuple[str, ...]
    name: str
    choices: tuple[Choice, ...]
    why: str
    """Why it goes there, in words; empty where it goes nowhere or somebody has said so."""
    doubtful: bool
    """It was guessed from something else than its name, and nobody has looked at it yet."""
    readings: tuple[ReadingField, ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class ColumnsPart:
    """The step at which columns are chosen."""

    lines: tuple[ColumnLine, ...]
    matched_text: str
    match: tuple[Choice, ...]
    modes: tuple[Choice, ...]
    missing: tuple[Choice, ...]
    """Empty where rows cannot be marked as deleted."""
    summary: tuple[FormSummaryItem, ...]
    """What has to be put right, with the fields that it is about."""
    needed: str
    """What new rows need and the file does not bring, in words; empty for nothing."""
    file_fields: tuple[ReadingField, ...]
    """How the file itself is read."""


def columns_part(request: AdminRequest, draft: Draft, errors: Mapping[str, str] = _NO_ERRORS) -> ColumnsPart:
    """The step with what is chosen or guessed so far, and what is wrong with which field."""
    view = request.view
    known = candidates(request.context, view)
    lines = tuple(_line(request, draft, place, known, errors) for place in range(len(draft.headings)))
    matched = sum(1 for place in range(len(draft.headings)) if draft.target(place) is not None)
    text = _("{count} of {total} columns will be imported.").format(count=matched, total=len(draft.headings))
    if doubtful := sum(line.doubtful for line in lines):
        more = ngettext(
            "One of them is a guess: please check it.",
            "{count} of them are guesses: please check them.",
            doubtful,
        )
        text = f"{text} {more.format(count=doubtful)}"
    return ColumnsPart(
        lines=lines,
        matched_text=text,
        match=tuple(_matches(request, view, draft)),
        modes=tuple(_modes(request, view, draft)),
        missing=tuple(_missing(request, view, draft)),
        summary=tuple(_summary(lines)),
        needed=_needed(request, view, draft),
        file_fields=_file_fields(draft),
    )


def _needed(request: AdminRequest, view: View, draft: Draft) -> str:
    """What new rows need, of the fields that their form has."""
    if draft.mode == "update" or not request.may("add", view):
        return ""
    relations = view.info.relations
    given = {
        local
        for target in draft.targets
        if target.name in relations
        for local in relations[target.name].local
    }
    given |= {target.name for target in draft.targets}
    labels = []
    for one in candidates(request.context, view):
        own = relations[one.name].local if one.relation else (one.name,)
        columns = [view.info.columns[name] for name in own]
        comes = one.name not in view.form_columns or given & {one.name, *own}
        if not comes and any(not column.nullable and not column.has_default for column in columns):
            labels.append(f"“{one.label}”")
    text = ngettext(
        "New rows need {names}, and no column of the file goes there: only rows that are there can be changed.",
        "New rows need {names}, and no columns of the file go there: only rows that are there can be changed.",
        len(labels),
    )
    return text.format(names=", ".join(labels)) if labels else ""


def _summary(lines: Sequence[ColumnLine]) -> Iterator[FormSummaryItem]:
    for line in lines:
        for name, error in ((line.name, line.error), *((one.name, one.error) for one in line.readings)):
            if error:
                yield FormSummaryItem(f"f-{name}", line.heading, error)


def _line(
    request: AdminRequest, draft: Draft, place: int, known: Sequence[Candidate], errors: Mapping[str, str]
) -> ColumnLine:
    target = draft.target(place)
    words = {
        "name": _("by its name"),
        "label": _("by its name"),
        "likeness": _("guessed from a similar name"),
        "content": _("guessed from its values"),
        "unread": _("by its name, but its values cannot be read"),
        "earlier": _("as last time"),
    }
    guessed = draft.guessed.get(place, "")
    samples = tuple(row[place] for row in draft.samples if place < len(row) and row[place])
    return ColumnLine(
        place=place,
        heading=draft.headings[place],
        samples=samples,
        name=f"to-{place}",
        choices=tuple(_targets(request, known, target)),
        why=words.get(guessed, ""),
        doubtful=guessed in DOUBTFUL,
        readings=tuple(_readings(draft, place, errors)),
        error=errors.get(f"to-{place}", ""),
    )


def _targets(request: AdminRequest, known: Sequence[Candidate], target: Target | None) -> list[Choice]:
    chosen = f"{target.name}:{target.by}" if target is not None and target.by else ""
    if target is not None and not target.by:
        chosen = target.name
    found = [Choice("", _("Do not import"), selected=not chosen)]
    for one in known:
        label = one.label if not one.relation else _("{name}, by key").format(name=one.label)
        if one.by_key:
            found.append(Choice(one.name, label, selected=chosen == one.name))
        other = request.registry.for_model(_target_model(request.view, one.name)) if one.by else None
        for by in one.by:
            named = other.label_of(by).lower() if other is not None else by
            text = _("{name}, by {column}").format(name=one.label, column=named)
            value = f"{one.name}:{by}"
            found.append(Choice(value, text, selected=chosen == value))
    return found


def _target_model(view: View, name: str) -> type:
    return view.info.relations[name].target


def _readings(draft: Draft, place: int, errors: Mapping[str, str]) -> list[ReadingField]:
    target, asks = draft.target(place), draft.asks.get(place, ())
    reading = target.reading if target is not None else Reading()
    found = []
    # Also where nothing is asked: a guess that rests on a few values can be put right.
    if "dates" in asks or reading.dates != "ymd":
        orders = {"ymd": _("year, month, day"), "dmy": _("day, month, year"), "mdy": _("month, day, year")}
        known = _ways(draft, place, "dates", orders, reading.dates)
        name = f"dates-{place}"
        found.append(ReadingField(name, _("Dates are"), known, "dates" in asks, errors.get(name, "")))
    if "decimal" in asks or reading.decimal != ".":
        known = _ways(draft, place, "decimal", _DECIMALS, reading.decimal)
        name = f"decimal-{place}"
        found.append(
            ReadingField(name, _("Numbers look like"), known, "decimal" in asks, errors.get(name, ""))
        )
    return found


def _ways(draft: Draft, place: int, ask: str, texts: Mapping[str, str], now: str) -> tuple[Choice, ...]:
    """The ways to read a column; none of them is chosen as long as nobody has said which."""
    open_ = ask in draft.asks.get(place, ()) and place not in draft.said
    choices = [Choice(one, text, selected=one == now and not open_) for one, text in texts.items()]
    return (Choice("", _("Choose"), selected=True), *choices) if open_ else tuple(choices)


def _matches(request: AdminRequest, view: View, draft: Draft) -> list[Choice]:
    found = []
    keys = unique_keys(request.context, view)
    usable = usable_keys(request.context, view, draft.targets)
    chosen = _chosen(draft, usable)
    for key in keys:
        label = ", ".join(view.label_of(name) for name in key)
        found.append(Choice(",".join(key), label, selected=key == chosen))
    found.append(Choice("", _("Nothing: every row is new"), selected=not chosen))
    return found


def _chosen(draft: Draft, usable: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return draft.match if draft.match in usable else next(iter(usable), ())


def _modes(request: AdminRequest, view: View, draft: Draft) -> list[Choice]:
    adds, changes = request.may("add", view), request.may("change", view)
    known = [
        ("upsert", _("Add new rows and change those that are there"), adds and changes),
        ("insert", _("Add new rows only"), adds),
        ("update", _("Change rows that are there only"), changes),
    ]
    allowed = [(value, label) for value, label, may in known if may]
    wanted = draft.mode
    if wanted == "upsert" and not _chosen(draft, usable_keys(request.context, view, draft.targets)):
        wanted = "insert"
    chosen = wanted if wanted in dict(allowed) else next((value for value, _l in allowed), "")
    return [Choice(value, label, selected=value == chosen) for value, label in allowed]


def _missing(request: AdminRequest, view: View, draft: Draft) -> list[Choice]:
    if view.soft_delete is None or not request.may("delete", view):
        return []
    known = (("keep", _("stay as they are")), ("delete", _("are marked as deleted")))
    return [Choice(value, label, selected=value == draft.missing) for value, label in known]


def _file_fields(draft: Draft) -> tuple[ReadingField, ...]:
    form, found = draft.file, []
    if form.format == "csv":
        delimiters = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("vertical bar")}
        for name, label, known, now in (
            ("delimiter", _("Separator"), delimiters, form.delimiter),
            ("encoding", _("Encoding"), ENCODINGS, form.encoding),
        ):
            words = known if now in known else {**known, now: now}
            choices = tuple(Choice(one, _(text), selected=one == now) for one, text in words.items())
            found.append(ReadingField(name, label, choices, asked=False))
    if len(draft.sheets) > 1:
        now = form.sheet or draft.sheets[0]
        choices = tuple(Choice(one, one, selected=one == now) for one in draft.sheets)
        found.append(ReadingField("sheet", _("Sheet"), choices, asked=False))
    return tuple(found)
