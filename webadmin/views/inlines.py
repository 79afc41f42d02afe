"""The tables of related rows on a form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from webadmin.database.inspection import NUMBERS
from webadmin.forms.compared import Compared, compared
from webadmin.forms.controls import FormControl, FormSummaryItem, controls
from webadmin.forms.display import shown_text
from webadmin.forms.inline_row import InlineRow
from webadmin.forms.inlines import COUNTED, DELETE, ID, PAGE, InlineTable
from webadmin.forms.related import current_target
from webadmin.forms.tables import show_pages
from webadmin.rendering.urls import Urls
from webadmin.request import AdminRequest
from webadmin.text import format_count
from webadmin.text import gettext as _

DO = "_do"
"""The name of buttons that show the form again, with a row or a page more, and save nothing."""
_ADD, _PAGE = "add", "page"


@dataclass(frozen=True, slots=True)
class InlineHead:
    name: str
    label: str
    numeric: bool
    required: bool


@dataclass(frozen=True, slots=True)
class InlineCell:
    name: str
    numeric: bool
    control: FormControl | None
    """None where there is nothing to fill in."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class InlineLine:
    """One row of the table."""

    place: int
    """From 1, in the order shown."""
    cells: tuple[InlineCell, ...]
    hidden: tuple[tuple[str, str], ...]
    delete_name: str | None
    """The name of the box that removes it."""
    deleting: bool
    new: bool
    pending: bool
    """The person did something with it that is not saved yet."""
    url: str | None
    errors: tuple[str, ...]
    """Messages about the whole row."""
    merge: tuple[Compared, ...]
    """Fields that somebody else changed too, and of which the person has to say whose value to keep."""


@dataclass(frozen=True, slots=True)
class InlinePage:
    """The table of one relation."""

    name: str
    label: str
    heads: tuple[InlineHead, ...]
    lines: tuple[InlineLine, ...]
    hidden: tuple[tuple[str, str], ...]
    count_text: str
    range_text: str
    """Which of the rows these are; empty where these are all."""
    previous: str | None
    """The value of a button of the name ``_do``; the others too."""
    next: str | None
    add: str | None
    removes: bool
    """Rows can be removed."""

    @property
    def has_files(self) -> bool:
        """Whether files can be sent with its rows."""
        controls = (cell.control for line in self.lines for cell in line.cells)
        return any(control is not None and control.kind == "file" for control in controls)


def inline_pages(request: AdminRequest, tables: Sequence[InlineTable]) -> tuple[InlinePage, ...]:
    """The tables with the page of each that is wanted, after what a button of theirs asks for is done."""
    asked = request.posted(DO).split(":") if request.method == "POST" else []
    pages = {}
    if len(asked) == 3 and asked[1] == _PAGE and asked[2].isdecimal():
        pages[asked[0]] = max(1, int(asked[2][:6]))
    show_pages(request.context, tables, pages)
    for table in tables:
        if asked == [table.prefix, _ADD] and table.may_add:
            table.add()
    return tuple(_Maker(request, table).page() for table in tables)


def inline_summary(tables: Sequence[InlinePage]) -> Iterator[FormSummaryItem]:
    """What is wrong with rows of the tables, for the summary of the form."""
    for table in tables:
        for line in table.lines:
            where = _("{table}, row {number}").format(table=table.label, number=line.place)
            for message in line.errors:
                yield FormSummaryItem(f"inline-{table.name}", where, message)
            for cell in line.cells:
                if cell.control is not None:
                    for message in cell.control.errors:
                        yield FormSummaryItem(cell.control.id, cell.control.label, message)


class _Maker:
    def __init__(self, request: AdminRequest, table: InlineTable) -> None:
        self.urls: Urls = request.urls
        self.key = request.secret
        self.table, self.child = table, table.child
        self.columns = table.option.columns

    def page(self) -> InlinePage:
        table = self.table
        lines = tuple(self._line(place, one) for place, one in enumerate(table.rows, 1))
        size, at = table.option.page_size, table.at
        more = table.count > at * size
        count_text = format_count(min(table.count, COUNTED)) + ("+" if table.count > COUNTED else "")
        first, last = (at - 1) * size + 1, min(at * size, table.count)
        words = _("{first}–{last} of {count}")
        return InlinePage(
            name=table.prefix,
            label=table.option.label,
            heads=tuple(self._head(name, lines) for name in self.columns),
            lines=lines,
            hidden=((f"{table.prefix}-{PAGE}", str(at)),),
            count_text=count_text,
            range_text=words.format(first=first, last=last, count=count_text) if more or at > 1 else "",
            previous=f"{table.prefix}:{_PAGE}:{at - 1}" if at > 1 else None,
            next=f"{table.prefix}:{_PAGE}:{at + 1}" if more else None,
            add=f"{table.prefix}:{_ADD}" if table.may_add else None,
            removes=any(line.delete_name for line in lines),
        )

    def _head(self, name: str, lines: Sequence[InlineLine]) -> InlineHead:
        filled = (cell.control for line in lines for cell in line.cells if cell.name == name)
        required = any(control is not None and control.required for control in filled)
        return InlineHead(name, self.child.label_of(name), self._numeric(name), required)

    def _numeric(self, name: str) -> bool:
        column = self.child.info.columns.get(name)
        return column is not None and column.kind in NUMBERS

    def _line(self, place: int, one: InlineRow) -> InlineLine:
        prefix = f"{self.table.prefix}-{one.number}-"
        id = self.child.id_of(one.row) if one.row is not None else ""
        hidden = [(prefix + ID, id)] if not one.gone else []  # it is shown once more, and not sent again
        errors = list(one.errors)
        merge: tuple[Compared, ...] = ()
        if one.form is not None:
            hidden += [(prefix + name, value) for name, value in one.form.hidden(self.key)]
            errors += one.form.errors.get(None, [])
            merge = tuple(self._choice(prefix, field) for field in compared(one.form) if field.asked)
        removable = one.row is None or self.table.may_delete
        details = one.row is not None and self.child.options.can_view_details
        return InlineLine(
            place=place,
            cells=tuple(self._cells(place, one, prefix)),
            hidden=tuple(hidden),
            delete_name=prefix + DELETE if removable and not one.gone else None,
            deleting=one.deleting,
            new=one.row is None and not one.gone,
            pending=one.pending,
            url=self.urls.row(self.child, id) if details else None,
            errors=tuple(errors),
            merge=merge,
        )

    @staticmethod
    def _choice(prefix: str, field: Compared) -> Compared:
        return replace(field, choice_name=prefix + field.choice_name)

    def _cells(self, place: int, one: InlineRow, prefix: str) -> Iterator[InlineCell]:
        if one.form is None:
            for name in self.columns:
                yield InlineCell(name, self._numeric(name), None, self._text(one, name))
            return
        made = dict(zip(one.form.fields, controls(one.form, self.urls), strict=True))
        for name in self.columns:
            control = made.get(name)
            if control is not None:
                label = _("{field}, row {number}").format(field=control.label, number=place)
                whole = f"{self.table.option.label}: {label}" if control.errors else label
                control = replace(
                    control,
                    name=prefix + control.name,
                    id=f"f-{prefix}{name}",
                    label=whole,
                    hint="",
                    help="",
                    create_url=None,
                    refresh="",
                    dependent=False,
                )
            yield InlineCell(name, self._numeric(name), control)

    def _text(self, one: InlineRow, name: str) -> str:
        if one.row is None:
            return one.typed.get(name, "")
        relation = self.child.info.relations.get(name)
        value: Any
        if relation is None:
            value = getattr(one.row, name)
        elif relation.uselist:
            return ""
        else:
            value = current_target(self.table.context, relation, one.row, self.table.parent.names)
        return shown_text(self.table.context, self.child.info, one.row, name, value)[0]
