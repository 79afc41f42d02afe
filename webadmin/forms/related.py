"""Rows on the other side of a relation, as forms name them: few at a time, never a whole table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy.orm import Load, with_parent
from sqlalchemy.sql.base import ExecutableOption

from webadmin.database import identity
from webadmin.database.inspection import ModelInfo, RelationInfo, inspect_model
from webadmin.errors import NotFound
from webadmin.listing.scope import scope
from webadmin.listing.together import Rows, Wanted, read_together, rows_by_id
from webadmin.options.context import Context
from webadmin.options.labels import model_label
from webadmin.text import gettext as _

MEMBERS_SHOWN = 100


class Related:
    """A row on the other side; ``row`` is None when it is gone or not for this person to see.

    One that comes from :class:`Names` is read when it is first asked for more than its id.
    """

    __slots__ = ("_deleted", "_label", "_read", "_row", "id")

    def __init__(
        self,
        id: str,
        label: str = "",
        deleted: bool = False,
        row: Any = None,
        *,
        read: Callable[[], Related | None] | None = None,
    ) -> None:
        self.id, self._label, self._deleted, self._row, self._read = id, label, deleted, row, read

    def _known(self) -> Related:
        if self._read is not None:
            found = self._read() or Related(self.id, unquote(self.id))
            self._label, self._deleted, self._row, self._read = found._label, found._deleted, found._row, None
        return self

    @property
    def label(self) -> str:
        return self._known()._label

    @property
    def deleted(self) -> bool:
        return self._known()._deleted

    @property
    def row(self) -> Any:
        return self._known()._row


class Names:
    """What rows are called that forms name: read when the first of them is asked for, and then all in one statement."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._wanted: dict[type, dict[str, None]] = {}
        self._found: dict[tuple[type, str], Related] = {}

    def of(self, target: type, id: str) -> Related:
        """The row of ``target`` with this id."""
        if (target, id) not in self._found:
            self._wanted.setdefault(target, {})[id] = None
        return Related(id, read=lambda: self._read(target, id))

    def _read(self, target: type, id: str) -> Related | None:
        if self._wanted:
            wanted, self._wanted = self._wanted, {}
            for model, rows in rows_by_id(self.context, wanted, _label_options).items():
                for text, row in rows.items():
                    self._found[model, text] = related(self.context, model, row)
        return self._found.get((target, id))


def canonical_id(target: type, text: str) -> str:
    """The id of a row of ``target`` in the one form that addresses have. Raises ValueError when it cannot be one."""
    info = inspect_model(target)
    try:
        values = identity.values(unquote(text.strip()), info.key_types)
    except NotFound:
        raise ValueError(text) from None
    if any(isinstance(value, int) and abs(value) >= 2**63 for value in values):
        raise ValueError(text)
    return identity.segment(values)


def current_target(context: Context, relation: RelationInfo, row: Any, names: Names) -> Related | None:
    """The row that a to-one relation of ``row`` leads to, soft-deleted ones too; ``names`` reads what it is called."""
    values = [getattr(row, name) for name in relation.local]
    if relation.many_to_one:
        if not values or None in values:
            return None
        by_name = dict(zip(relation.remote, values, strict=True))
        keys = [column.name for column in inspect_model(relation.target).key]
        if set(relation.remote) == set(keys):
            return names.of(relation.target, identity.segment([by_name[name] for name in keys]))
    stmt = _select(context, relation.target).where(with_parent(row, relation.property.class_attribute))
    found = context.session.scalars(stmt.limit(1)).unique().first()
    return related(context, relation.target, found) if found is not None else None


def members_of_all(
    context: Context, relations: Sequence[RelationInfo], row: Any
) -> dict[str, tuple[list[Related], bool]]:
    """The first rows of each of ``row``'s to-many relations by its name, and whether there are more; one statement."""
    wanted = [
        Wanted(
            _select(context, one.target, options=False).where(with_parent(row, one.property.class_attribute)),
            one.target,
            limit=MEMBERS_SHOWN + 1,
            order=[column.column for column in inspect_model(one.target).key],
            options=partial(_label_options, context, one.target),
        )
        for one in relations
    ]
    read = read_together(context, wanted, _("Linked rows of this form"))
    return {
        one.name: (
            [related(context, one.target, member) for member in found.rows[:MEMBERS_SHOWN]],
            len(found.rows) > MEMBERS_SHOWN,
        )
        for one, found in zip(relations, read, strict=True)
    }


def those_of(context: Context, relation: RelationInfo, row: Any, ids: Sequence[str]) -> dict[str, Any]:
    """Which of ``ids`` are members of ``row``'s to-many relation now, by id."""
    return _by_id(context, relation.target, ids, with_parent(row, relation.property.class_attribute))


def by_id(context: Context, relation: RelationInfo, ids: Sequence[str]) -> dict[str, Any]:
    """Rows of the relation's target by id, those that the view's own scope lets the person see."""
    return _by_id(context, relation.target, ids)


def _by_id(context: Context, target: type, ids: Sequence[str], *where: Any) -> dict[str, Any]:
    info = inspect_model(target)
    if not ids:
        return {}
    keys = [identity.values(unquote(id), info.key_types) for id in ids]
    columns = [column.column for column in info.key]
    if len(columns) == 1:
        inside: sa.ColumnElement[bool] = columns[0].in_([key[0] for key in keys])
    else:
        inside = sa.or_(*(sa.and_(*(c == v for c, v in zip(columns, key, strict=True))) for key in keys))
    rows = context.session.scalars(_select(context, target).where(inside, *where)).unique()
    return {identity.segment(info.key_of(row)): row for row in rows}


def to_choose(context: Context, ids: Mapping[type, Iterable[str]]) -> Rows:
    """Rows by their ids that the person may point to; none of a model that they may not look at."""
    views = {model: context.registry.for_model(model) for model in ids}
    open_ = {model: view is None or context.may_look(view) for model, view in views.items()}
    return rows_by_id(context, {model: wanted if open_[model] else () for model, wanted in ids.items()})


def is_there(context: Context, target: type, values: Mapping[str, Any]) -> bool:
    """Whether ``target`` has a row with these values by attribute that the person may see."""
    where = (getattr(target, name) == value for name, value in values.items())
    return context.session.scalars(_select(context, target).where(*where).limit(1)).first() is not None


def related(context: Context, target: type, row: Any) -> Related:
    """A loaded row of ``target`` with its label."""
    info: ModelInfo = inspect_model(target)
    view = context.registry.for_model(target)
    label = view.row_label if view is not None else model_label(target)
    deleted = view.soft_delete if view is not None else info.soft_delete
    gone = deleted is not None and getattr(row, deleted) is not None
    return Related(identity.segment(info.key_of(row)), label(row), gone, row)


def _select(context: Context, target: type, *, options: bool = True) -> sa.Select[Any]:
    stmt: sa.Select[Any] = sa.select(target)
    if options:
        stmt = stmt.options(*_label_options(context, target, target))
    view = context.registry.for_model(target)
    return scope(context, view, stmt, "show") if view is not None else stmt


def _label_options(context: Context, target: type, entity: Any) -> Sequence[ExecutableOption]:
    """Loads what a row's label needs, and its mark of deletion."""
    view = context.registry.for_model(target)
    label = view.row_label if view is not None else model_label(target)
    names = {*label.columns, *((view.soft_delete,) if view is not None and view.soft_delete else ())}
    return (Load(entity).load_only(*(getattr(entity, name) for name in sorted(names))),)
