"""The rows of an export, read in one go however many there are, some hundred in memory at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin.database.keys import among
from webadmin.listing.highlights import Highlights
from webadmin.listing.listing import listed
from webadmin.listing.loading import LoadPlan, load_plan
from webadmin.listing.ordering import order_for
from webadmin.listing.sealed import alone, sealed
from webadmin.listing.statement import Found, matching, named
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _
from webadmin.transfer.asked import Export
from webadmin.transfer.fields import fields

AT_ONCE = 1000
"""Rows in memory."""


def matching_rows(context: Context, export: Export, columns: Sequence[Any]) -> sa.Select[Any]:
    """A select of ``columns`` from the rows of ``export``, within the person's scope, in the list's order."""
    view = export.view
    own: list[Any] = [getattr(view.model, column.name) for column in view.info.key]
    chosen = [among(own, export.keys)] if export.keys else []
    stmt = matching(context, view, export.params, columns, chosen)
    order = order_for(view, export.params.order)
    return named(order.joined(context, stmt).order_by(*order.by()), _("Export"))


@caused_by("column_export_list", "column_filters", "search", "soft_delete_column", "scope", "sort")
def read(context: Context, export: Export, most: int | None = None) -> Generator[list[list[Any]], None, None]:
    """The values of the rows, some hundred rows at a time; of the first ``most`` rows alone where that is given."""
    view = export.view
    plan = load_plan(context, view, export.columns)
    functions = fields(context, export)
    nothing = Highlights(context, view, export.columns, "")
    for found in _found(context, export, plan, most):
        items = listed(context, view, plan, found, nothing)
        with sealed(context.session, [item.row for item in items[:1]]):
            values = [[function(item) for function in functions] for item in items]
        yield values
        context.session.expunge_all()


def _found(context: Context, export: Export, plan: LoadPlan, most: int | None) -> Iterator[Found]:
    view = export.view
    if view.keyless:
        names = list(dict.fromkeys(column.attribute.name for column in export.columns))
        plain = [name for name in names if name in view.info.columns]
        stmt = matching_rows(context, export, [getattr(view.model, name).label(name) for name in plain])
        stmt = stmt.limit(most)
        for some in _portions(context, view, context.session, stmt):
            objects: list[Any] = [SimpleNamespace(**dict(zip(plain, row, strict=True))) for row in some]
            yield Found(objects, [() for _row in objects], [{} for _row in objects])
        return
    rows = plan.rows(context)
    beside = plan.beside
    columns = [*rows.columns, *(value.label(f"x_{name}") for name, value in beside.items())]
    stmt = rows.joined(matching_rows(context, export, columns)).limit(most)
    first = len(rows.columns)
    for some in _portions(context, view, rows.source(context.session), stmt):
        yield Found(
            [rows.take(row) for row in some],
            [() for _row in some],
            [dict(zip(beside, row[first:], strict=True)) for row in some],
        )


def _portions(
    context: Context, view: View, source: Session | sa.Connection, stmt: sa.Select[Any]
) -> Iterator[Sequence[Any]]:
    with (
        alone(context.session, view.info.mapper),
        source.execute(stmt, execution_options={"yield_per": AT_ONCE}) as result,
    ):
        yield from result.partitions()
