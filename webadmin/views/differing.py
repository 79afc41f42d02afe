"""Rows of the history as pages show them: field by field, in the words that lists use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from sqlalchemy.orm.attributes import set_committed_value

from webadmin.changes.record.decoding import RecordedRow
from webadmin.changes.record.sight import Sight
from webadmin.database.identity import segment
from webadmin.database.inspection import HEAVY, ColumnInfo, Kind, RelationInfo, inspect_model
from webadmin.listing.lookup import Choice, rows_by_id
from webadmin.listing.scope import personal
from webadmin.listing.sealed import sealed
from webadmin.options.view import ShownColumn, View
from webadmin.rendering.diffs import Line, Piece, by_lines, by_words
from webadmin.rendering.values import Cells
from webadmin.rendering.writers import EMPTY, cell_kind
from webadmin.request import AdminRequest
from webadmin.text import gettext as _
from webadmin.text import humanize

_WORDS = 60
"""Characters from which on a text is compared word by word."""


@dataclass(frozen=True, slots=True)
class Side:
    """A value, before or after."""

    pieces: tuple[Piece, ...] = ()
    """Empty for a null."""
    href: str | None = None
    title: str = ""
    deleted: bool = False
    """The row that it leads to is soft-deleted."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a row that was changed."""

    name: str
    label: str
    before: Side = Side()
    after: Side = Side()
    lines: tuple[Line, ...] = ()
    """In place of both sides: what is compared line by line."""
    untold: bool = False
    """That it changed is all that is shown."""


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    href: str | None = None
    title: str = ""
    deleted: bool = False


class Differing:
    """Writes what changed in some rows; what it has to know of other rows it reads at once, for all of them.

    :param more: values that are shown beside those of the records, such as those of now, by row of a record.
    """

    def __init__(
        self,
        request: AdminRequest,
        rows: Sequence[RecordedRow],
        more: Sequence[tuple[View, Mapping[str, Any]]] = (),
    ) -> None:
        self.request, self.context = request, request.context
        self._sight = Sight(request.context)
        values = [(row.view, side) for row in rows for side in (row.before, row.after)]
        self._choices = self._named([*values, *more])
        self._now = self._present(rows)

    def fields(self, row: RecordedRow) -> tuple[FieldChange, ...]:
        """What changed in ``row``: without the empty fields of one that was made or is gone, and without what the program
        keeps up by itself, such as the time of the last change, unless that is all."""
        if row.kind != "update":
            values = row.before or row.after
            names = [name for name in row.names if values.get(name) is not None]
            return tuple(self.field(row, n, row.before.get(n), row.after.get(n)) for n in names)
        names = [name for name in row.names if not is_kept_up(row.view, name)] or list(row.names)
        untold = (FieldChange(name, self._label(row.view, name), untold=True) for name in row.untold)
        return (*(self.field(row, n, row.before.get(n), row.after.get(n)) for n in names), *untold)

    def field(self, row: RecordedRow, name: str, before: Any, after: Any) -> FieldChange:
        """One field of ``row`` with any two values."""
        label = self._label(row.view, name)
        sides = [self.text(row, name, value) for value in (before, after)]
        if None in sides:
            return FieldChange(name, label, untold=True)
        old, new = (side for side in sides if side is not None)
        info = row.view.info.columns.get(name)
        if info is not None and info.kind is Kind.JSON and "\n" in old.text + new.text:
            return FieldChange(
                name,
                label,
                lines=by_lines(*("" if v is None else t.text for v, t in ((before, old), (after, new)))),
            )
        if old.text == new.text and old.title != new.title:  # times of one minute
            old, new = replace(old, text=old.title), replace(new, text=new.title)
        pieces: tuple[tuple[Piece, ...], ...] = tuple(
            () if value is None else (Piece(side.text, True),)
            for value, side in ((before, old), (after, new))
        )
        if before is not None and after is not None and max(len(old.text), len(new.text)) > _WORDS:
            pieces = by_words(old.text, new.text)
        one, other = (
            Side(some, side.href, side.title, side.deleted)
            for some, side in zip(pieces, (old, new), strict=True)
        )
        return FieldChange(name, label, one, other)

    def plain(self, row: RecordedRow, name: str, value: Any) -> Side:
        """A value by itself, with nothing marked."""
        found = self.text(row, name, value)
        if value is None or found is None:
            return Side()
        return Side((Piece(found.text),), found.href, found.title, found.deleted)

    def text(self, row: RecordedRow, name: str, value: Any) -> _Text | None:
        """A value in words; None where a formatter would say something else of it and cannot be asked."""
        view = row.view
        relation = relation_of(view, name)
        if value is None:
            return _Text(EMPTY)
        if relation is not None:
            return self._row(relation, value)
        formatter = _formatter(view, name)
        if formatter is not None:
            said = self._formatted(row, formatter, name, value)
            if said is not None:
                return _Text(said)
            form = name in view.form_columns and self.request.may("change", view)
            if not form:
                return None
        return self._written(view, view.info.columns[name], value)

    # -- words ---------------------------------------------------------------------------------------------

    def _written(self, view: View, info: ColumnInfo, value: Any) -> _Text:
        by_type = view.options.column_type_formatters_detail or view.options.column_type_formatters
        if type(value) in by_type:
            return _Text(_bare(by_type[type(value)](value)))
        cells = Cells(self.context, view, self.request.urls, detail=True)
        cell = cells.value(info.name, cell_kind(info, info.name), value)
        return _Text(_bare(cell.text), title=cell.title or "")

    def _label(self, view: View, name: str) -> str:
        relation, label = relation_of(view, name), view.label_of(name)
        return label if relation is None or label != humanize(name) else view.label_of(relation.name)

    def _row(self, relation: RelationInfo, value: Any) -> _Text:
        """The row that a key leads to, by its label, as far as it is there for this person."""
        view = self.request.registry.for_model(relation.target)
        id = unquote(segment((value,)))
        choice = self._choices.get((relation.target, id))
        if choice is not None:
            links = view is not None and view.options.can_view_details
            href = self.request.urls.row(view, segment((value,))) if links and view is not None else None
            return _Text(choice.label, href, id, choice.deleted)
        if view is not None and (
            self.context.view_of(relation.target) is None or personal(self.context, view)
        ):
            return _Text(_("a row that is not for you to see"))
        return _Text(_("{id} (gone)").format(id=id))

    def _named(self, sides: Iterable[tuple[View, Mapping[str, Any]]]) -> dict[tuple[type, str], Choice]:
        wanted: dict[type, dict[str, None]] = {}
        for view, values in sides:
            for name, value in values.items():
                relation = relation_of(view, name) if value is not None else None
                if relation is not None:
                    wanted.setdefault(relation.target, {})[unquote(segment((value,)))] = None
        found: dict[tuple[type, str], Choice] = {}
        for target, ids in wanted.items():
            of = self.request.registry.for_model(target)
            if of is None or self.context.may_look(of):
                found |= {(target, c.id): c for c in rows_by_id(self.context, of or target, list(ids))}
        return found

    # -- a host's own words --------------------------------------------------------------------------------

    def _present(self, rows: Sequence[RecordedRow]) -> dict[tuple[str, str], dict[str, Any]]:
        """How those rows are now whose fields are written by a function of the host's, which may read all of a row."""
        wanted: dict[str, list[RecordedRow]] = {}
        for row in rows:
            if row.kind == "update" and any(_formatter(row.view, name) is not None for name in row.names):
                wanted.setdefault(row.view.key, []).append(row)
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for key, some in wanted.items():
            info = some[0].view.info
            names = [name for name, column in info.columns.items() if column.kind not in HEAVY]
            now = self._sight.values(some[0].view, [row.key for row in some], names)
            found |= {(key, id): values for id, values in now.items()}
        return found

    def _formatted(self, row: RecordedRow, formatter: ShownColumn, name: str, value: Any) -> str | None:
        """What a function of the host's makes of a value, in a row that is otherwise as it was or as it is now."""
        now = self._now.get((row.view.key, row.id_text))
        if now is None and row.kind == "update":
            return None
        was = row.kind == "delete" or (row.kind == "update" and row.before.get(name) == value)
        values = dict(now or {}) | dict(row.before if was else row.after)
        past = row.view.info.mapper.class_manager.new_instance()
        for column, content in (values | {name: value}).items():
            set_committed_value(past, column, content)
        assert formatter.formatter is not None
        try:
            with sealed(self.request.session, [past]):
                said = formatter.formatter(past, name)
        except Exception:  # written for rows as they are read, and this one is made of what was written down
            return None
        return EMPTY if said is None else _bare(said)


def relation_of(view: View, name: str) -> RelationInfo | None:
    """The relation that a column alone leads along, to the key of another row, or that has its members in a link table."""
    if (members := view.info.relations.get(name)) is not None:
        return members
    for relation in view.info.relations.values():
        if relation.many_to_one and relation.local == (name,):
            target = inspect_model(relation.target)
            if not target.keyless and relation.remote == tuple(column.name for column in target.key):
                return relation
    return None


def is_kept_up(view: View, name: str) -> bool:
    """Whether every change of a row sets this column too."""
    if name not in view.info.columns:
        return False
    column = view.info.columns[name].column
    return name == view.info.version or column.onupdate is not None or column.server_onupdate is not None


def _formatter(view: View, name: str) -> ShownColumn | None:
    shown = [
        *(c for c in view.details_columns if c.name == name),
        *filter(None, [view.all_columns.get(name)]),
    ]
    return next((column for column in shown if column.formatter is not None), None)


def _bare(text: Any) -> str:
    """The text of what may be markup."""
    return str(text.striptags()) if hasattr(text, "striptags") else str(text)
