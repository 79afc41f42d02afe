"""The only door to rows: which of them a person may see, on every page without exception."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql.base import ExecutableOption

from webadmin.database.inspection import RelationInfo
from webadmin.database.keys import among
from webadmin.errors import NotFound
from webadmin.listing.fits import fits
from webadmin.listing.held import read_held
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.view import View
from webadmin.text import gettext as _

Deleted = Literal["hide", "show", "only"]
"""What becomes of soft-deleted rows."""
_AT_ONCE = 500


def scope(context: Context, view: View, stmt: sa.Select[Any], deleted: Deleted = "hide") -> sa.Select[Any]:
    """``stmt``, a select of the view's model, restricted to what the person may see.

    :param deleted: whether soft-deleted rows are hidden, shown among the others, or the only ones.
    """
    before = len(stmt._with_options)
    stmt = view.options.scope(stmt, context.user)
    if any(isinstance(option, LoaderCriteriaOption) for option in stmt._with_options[before:]):
        # They count for the outermost statement alone, which this one is part of.
        raise TypeError(
            f"{type(view.options).__name__}.scope() uses with_loader_criteria(), which does not reach every statement: "
            "use stmt.where() instead"
        )
    if view.soft_delete is None:
        return stmt.where(sa.false()) if deleted == "only" else stmt
    if deleted == "show":
        return stmt
    column = getattr(view.model, view.soft_delete)
    return stmt.where(column.is_(None) if deleted == "hide" else column.is_not(None))


def restricted(view: View) -> bool:
    """Whether the view has a scope of its own, so that not everybody sees every row."""
    return type(view.options).scope is not ModelView.scope


def rewritten(context: Context) -> bool:
    """Whether the host's session changes statements on their way, so that only what it executes itself is right."""
    listeners = context.session.dispatch.do_orm_execute
    return any(not getattr(listener, "webadmin", False) for listener in listeners)


def personal(context: Context, view: View) -> bool:
    """Whether not everybody sees every row of the view: nothing that is known of its table is for this person to know."""
    return restricted(view) or rewritten(context)


def inside(
    context: Context, model: type, entity: Any, *, hide_deleted: bool, view: View | None = None
) -> sa.ColumnElement[bool] | None:
    """The condition that ``entity``, ``model`` or an alias of it, is a row the person may see; None when all are.

    :param hide_deleted: whether soft-deleted rows count as not there.
    :param view: the one in which they are to be seen, where a model has several; by default the first.
    """
    view = view or context.registry.for_model(model)
    if view is None:
        return None
    conditions: list[sa.ColumnElement[bool]] = []
    if restricted(view) and not view.keyless:
        names = [column.name for column in view.info.key]
        # Without correlate(None) the inner select would take its table from the statement around it.
        allowed = scope(
            context, view, sa.select(*(getattr(model, name) for name in names)), "show"
        ).correlate(None)
        own = [getattr(entity, name) for name in names]
        conditions.append((own[0] if len(own) == 1 else sa.tuple_(*own)).in_(allowed))
    if hide_deleted and view.soft_delete is not None:
        conditions.append(getattr(entity, view.soft_delete).is_(None))
    return sa.and_(*conditions) if conditions else None


def through(
    context: Context,
    entity: Any,
    path: Sequence[RelationInfo],
    build: Callable[[Any], sa.ColumnElement[bool]],
) -> sa.ColumnElement[bool]:
    """``build(row)`` of the row that to-one relations lead to from ``entity``, by way of rows that the person may see: what
    stands in any other row cannot be asked about."""
    if not path:
        return build(entity)
    relation, *rest = path
    target: Any = aliased(relation.target)
    found = through(context, target, rest, build)
    seen = inside(context, relation.target, target, hide_deleted=False)
    related = getattr(entity, relation.name).of_type(target)
    there: sa.ColumnElement[bool] = related.has(found if seen is None else sa.and_(found, seen))
    return there


@caused_by("scope", label=lambda: _("The row"))
def one(
    context: Context,
    view: View,
    key_values: Sequence[Any],
    *,
    options: Sequence[ExecutableOption] = (),
    lock: bool = False,
    deleted: Deleted = "show",
) -> Any:
    """The row with this primary key.

    :param options: loader options for it.
    :param lock: hold it ``FOR UPDATE`` until the transaction ends, and read it anew.
    :raises NotFound: when there is none within the person's scope, or no row can have such a key.
    """
    rows = many(context, view, [key_values], options=options, lock=lock, deleted=deleted)
    if not rows:
        raise NotFound(_("There is no such row."))
    return rows[0]


@caused_by("scope")
def many(
    context: Context,
    view: View,
    keys: Iterable[Sequence[Any]],
    *,
    options: Sequence[ExecutableOption] = (),
    where: Sequence[sa.ColumnElement[bool]] = (),
    lock: bool = False,
    deleted: Deleted = "show",
) -> list[Any]:
    """The rows with these primary keys, in that order and once each, by one statement for some hundred of them; those that
    do not exist within the person's scope, or cannot, are left out.

    :param options: loader options for them.
    :param where: what has to hold for each of them too, of what is locked at the moment of locking.
    :param lock: hold them ``FOR UPDATE`` until the transaction ends, in the order of their keys, and read them anew.
    """
    columns = view.info.key
    wanted = [] if view.keyless else list(dict.fromkeys(map(tuple, keys)))
    wanted = [
        key
        for key in wanted
        if len(key) == len(columns)
        and all(fits(context.dialect, column, value) for column, value in zip(columns, key, strict=True))
    ]
    own = [getattr(view.model, column.name) for column in columns]
    found: dict[tuple[Any, ...], Any] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        chunk = wanted[start : start + _AT_ONCE]
        stmt = scope(context, view, sa.select(view.model), deleted).options(*options).where(*where)
        if len(chunk) == 1:
            stmt = stmt.where(*(column == value for column, value in zip(own, chunk[0], strict=True)))
        else:
            stmt = stmt.where(among(own, chunk)).order_by(*own)
        if lock:
            stmt = stmt.execution_options(populate_existing=True)
            if context.dialect.supports_row_locks:
                stmt = stmt.with_for_update(of=view.model)
        try:
            rows = (
                read_held(context.session, view.model, stmt)
                if lock
                else context.session.scalars(stmt).unique().all()
            )
        except (exc.DBAPIError, exc.StatementError) as error:
            if context.dialect.failure(error).value:
                raise NotFound(_("There is no such row.")) from error
            raise
        found |= {view.info.key_of(row): row for row in rows}
    # What the database calls equal need not be so here, such as texts in a collation without case.
    ordered = {key: found[key] for key in wanted if key in found}
    return list((ordered | found).values())
