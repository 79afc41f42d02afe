"""One row, read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from webadmin.database.inspection import NUMBERS, RelationInfo
from webadmin.errors import BadRequest, Forbidden
from webadmin.forms.inlines import order_of
from webadmin.listing.children import related_rows
from webadmin.listing.loading import load_plan
from webadmin.listing.scope import one
from webadmin.listing.sealed import sealed
from webadmin.options.causes import caused_by
from webadmin.options.view import ShownColumn, View
from webadmin.rendering.cells import Cell
from webadmin.rendering.shell import Link
from webadmin.rendering.values import Cells, reverse_filter
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import format_ago, format_date, format_datetime, humanize
from webadmin.text import gettext as _
from webadmin.views.back import carried, list_url


@dataclass(frozen=True, slots=True)
class DetailField:
    label: str
    cell: Cell
    wide: bool
    """Long text, JSON: takes the whole width."""


@dataclass(frozen=True, slots=True)
class RelatedRow:
    label: str
    url: str | None
    cells: tuple[Cell, ...]
    deleted: bool


@dataclass(frozen=True, slots=True)
class RelatedTable:
    """The rows of a to-many relation, a page of them, with a link to all."""

    name: str
    label: str
    count_text: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[RelatedRow, ...]
    all_url: str | None
    add_url: str | None
    more: bool = False
    """There are more rows than these."""
    previous_url: str | None = None
    next_url: str | None = None


@dataclass(frozen=True, slots=True)
class DetailPage:
    key: str
    list_title: str
    list_url: str
    singular: str
    id: str
    label: str
    fields: tuple[DetailField, ...]
    related: tuple[RelatedTable, ...]
    deleted: bool
    deleted_text: str
    """When it was deleted, in words; empty for a live row."""
    edit_url: str | None
    delete_url: str | None
    restore_url: str | None
    """Posted to."""
    purge_url: str | None
    actions_url: str | None = None
    """What else can be done with it."""
    links: tuple[Link, ...] = ()
    history_url: str | None = None


RELATED_ROWS = 10
_WIDE = {"json", "array"}
_LONG = 120


@caused_by("column_details_list")
def detail(request: AdminRequest) -> Answer:
    """One row with its to-one labels, and the first rows of each to-many relation."""
    view, context, urls = request.view, request.context, request.urls
    if not view.options.can_view_details:
        raise Forbidden(_("These rows have no page of their own."), link="./")
    shown = [column for column in view.details_columns if not _is_many(column)]
    plan = load_plan(context, view, shown)
    row = one(context, view, request.key, options=plan.options(context), deleted="show")
    plan.load_collections(context, view, [row])
    id = view.id_of(row)
    deleted = view.is_deleted(row)
    cells = Cells(context, view, urls, detail=True)
    with sealed(request.session, [row]):
        label = view.row_label(row)
        fields = tuple(
            _field(column, cells, row) for column in shown if deleted or column.name != view.soft_delete
        )
    when = getattr(row, view.soft_delete) if deleted and view.soft_delete else None
    return Page(
        "detail.html",
        DetailPage(
            key=view.key,
            list_title=view.name_plural,
            list_url=list_url(request, view),
            singular=view.name,
            id=id,
            label=label,
            fields=fields,
            related=tuple(_related_tables(request, view, row)),
            deleted=deleted,
            deleted_text=_when(when),
            edit_url=carried(request, view, urls.row(view, id, "change")) if request.may("change") else None,
            delete_url=carried(request, view, urls.row(view, id, "delete"))
            if request.may("delete") and not deleted
            else None,
            restore_url=urls.row(view, id, "restore") if deleted and request.may("restore") else None,
            actions_url=urls.row(view, id, "actions")
            if not deleted and any(request.may(f"action:{name}") for name in view.actions)
            else None,
            purge_url=urls.row(view, id, "purge") if deleted and request.may("purge") else None,
            history_url=urls.row(view, id, "history") if not view.keyless else None,
        ),
    )


def _field(column: ShownColumn, cells: Cells, row: Any) -> DetailField:
    cell = cells.maker(column)(row, {})
    return DetailField(column.label, cell, wide=cell.kind in _WIDE or len(cell.text) > _LONG)


def _is_many(column: ShownColumn) -> bool:
    relation = column.attribute.relation
    return relation is not None and relation.uselist


def _when(moment: dt.datetime | dt.date | None) -> str:
    if moment is None:
        return ""
    if isinstance(moment, dt.datetime):
        ago, absolute = format_ago(moment), format_datetime(moment)
        return _("Deleted {when}.").format(
            when=absolute if absolute.startswith(ago) else f"{ago}, {absolute}"
        )
    return _("Deleted {when}.").format(when=format_date(moment))


def _related_tables(request: AdminRequest, view: View, row: Any) -> Iterator[RelatedTable]:
    wanted = [c.attribute.relation for c in view.details_columns if _is_many(c)] or [
        relation for relation in view.info.relations.values() if relation.uselist
    ]
    for relation in wanted:
        if relation is None:
            continue
        target = request.context.view_of(relation.target)
        if target is not None:
            yield _related_table(request, view, row, relation, target)


def _related_table(
    request: AdminRequest, view: View, row: Any, relation: RelationInfo, target: View
) -> RelatedTable:
    urls, context = request.urls, request.context
    cells = Cells(context, target, urls)
    hidden = {name for name in target.info.relations if target.info.relations[name].local == relation.remote}
    columns = [
        column for column in target.list_columns if column.name not in hidden and not _is_many(column)
    ][:6]
    inline = next((one for one in view.inlines if one.relation is relation), None)
    page = _page_of(request, relation)
    related = related_rows(
        context,
        view,
        row,
        relation,
        target,
        columns,
        limit=inline.page_size if inline is not None else RELATED_ROWS,
        page=page,
        order=order_of(inline, target) if inline is not None else (),
    )
    makers = [cells.maker(column) for column in columns]
    with sealed(request.session, related.rows):
        shown = tuple(
            RelatedRow(
                label=target.row_label(item),
                url=urls.row(target, target.id_of(item)) if not target.keyless else None,
                cells=tuple(make(item, {}) for make in makers),
                deleted=target.is_deleted(item),
            )
            for item in related.rows
        )
    back = reverse_filter(view.info, relation.name, target)
    pairs = [(back, unquote(view.id_of(row)))] if back is not None else []
    return RelatedTable(
        name=relation.name,
        label=view.label_of(relation.name) if relation.name in view.labels else humanize(relation.name),
        count_text=related.count_text,
        heads=tuple(column.label for column in columns),
        numeric=tuple(_numeric(column) for column in columns),
        rows=shown,
        more=related.more or page > 1,
        previous_url=_page_url(request, relation, page - 1) if page > 1 else None,
        next_url=_page_url(request, relation, page + 1) if related.more else None,
        all_url=urls.filtered(target, pairs) if pairs else None,
        add_url=urls.below(target, "add", urlencode(pairs)) if pairs and request.may("add", target) else None,
    )


def _page_of(request: AdminRequest, relation: RelationInfo) -> int:
    """The page of a related table that the address asks for."""
    text = request.value(f"{relation.name}.page", "1")
    if not re.fullmatch("[1-9][0-9]{0,5}", text):
        raise BadRequest(_("“{text}” is not the number of a page.").format(text=text[:40]), link="./")
    return int(text)


def _page_url(request: AdminRequest, relation: RelationInfo, page: int) -> str:
    name = f"{relation.name}.page"
    others = [(key, value) for key, value in request.query if key != name]
    return f"?{urlencode([*others, (name, str(page))])}#related-{relation.name}"


def _numeric(column: ShownColumn) -> bool:
    info = column.attribute.column
    return info is not None and info.kind in NUMBERS and not info.primary_key
