"""The deleted rows of all models together: of each the last that were deleted, and how many there are."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.listing.loading import label_plan
from webadmin.listing.scope import scope
from webadmin.listing.sealed import alone
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _

SHOWN = 8
"""Rows of each model."""
COUNTED = 1000
_EACH_MS = 800
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Trash:
    """What is deleted of one model."""

    view: View
    rows: Sequence[Any]
    """The last that were deleted."""
    count: int | None
    """At most one more than :data:`COUNTED`; None where looking took too long."""


def read_trash(context: Context, views: Iterable[View]) -> list[Trash]:
    """The deleted rows of those ``views`` that have any, within what the person may see, those with the last deletion first.

    Two statements for each, under a time limit; a model that has no index for it may be too large to look at.
    """
    return sorted(_each(context, views), key=_last, reverse=True)


def _each(context: Context, views: Iterable[View]) -> Iterator[Trash]:
    until = time.monotonic() + _SECONDS
    for view in views:
        if view.soft_delete is None or view.keyless:
            continue
        if time.monotonic() > until:
            yield Trash(view, (), None)
            continue
        try:
            with context.dialect.limited(context.session.connection(), _EACH_MS):
                rows = _rows(context, view)
                count = _count(context, view) if len(rows) == SHOWN else len(rows)
        except exc.DBAPIError as error:
            if context.dialect.failure(error).kind not in {"statement_timeout", "unreadable"}:
                raise
            yield Trash(view, (), None)
        else:
            if rows:
                yield Trash(view, rows, count)


def _rows(context: Context, view: View) -> Sequence[Any]:
    mark = getattr(view.model, view.soft_delete or "")
    keys = [getattr(view.model, column.name) for column in view.info.key]
    plan = label_plan(context, view.model)
    stmt: sa.Select[Any] = scope(context, view, sa.select(view.model), "only")
    stmt = stmt.options(*plan.options(context)).order_by(mark.desc(), *keys).limit(SHOWN)
    with alone(context.session, view.info.mapper):
        marked = {"webadmin_label": _("Deleted rows")}
        rows = context.session.scalars(stmt, execution_options=marked).unique().all()
    plan.load_collections(context, view, rows)
    return rows


def _count(context: Context, view: View) -> int:
    inner = scope(context, view, sa.select(sa.literal(1)).select_from(view.model), "only").limit(COUNTED + 1)
    return context.session.scalar(sa.select(sa.func.count()).select_from(inner.subquery())) or 0


def _last(trash: Trash) -> str:
    if not trash.rows:
        return ""
    moment: str = getattr(trash.rows[0], trash.view.soft_delete or "").isoformat()
    return moment
