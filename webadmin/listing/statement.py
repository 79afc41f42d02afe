"""The statement of a page: a narrow one finds the rows, a wide one around it loads them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import HEAVY
from webadmin.errors import BadRequest, WrongField
from webadmin.listing.filters import filters_of
from webadmin.listing.first_rows import first_of_groups
from webadmin.listing.light import Rows
from webadmin.listing.loading import LoadPlan
from webadmin.listing.memo import per_view
from webadmin.listing.ordering import Order
from webadmin.listing.params import ListParams, wrong_list
from webadmin.listing.scope import restricted, scope
from webadmin.listing.sealed import alone
from webadmin.listing.search import search_condition
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.view import View

_LIMIT, _OFFSET = "page_rows", "page_offset"
LIMIT = sa.bindparam(_LIMIT, type_=sa.BigInteger)
"""How many rows a page has; bound by name, so that a statement can be kept."""
LABEL = "webadmin_label"  # the execution option under which the EXPLAIN panel finds a statement's name


def conditions(context: Context, view: View, params: ListParams) -> list[sa.ColumnElement[bool]]:
    """What the filters and the search ask of a row.

    :raises BadRequest: for a value that its column cannot be compared with.
    """
    known = filters_of(view)
    found: list[sa.ColumnElement[bool]] = []
    for value in params.filters:
        try:
            found.append(known[value.name].condition(context, value))
        except BadRequest as refused:
            field = WrongField(
                value.parameter, known[value.name].label_of(value.operator), value.texts[-1], refused.message
            )
            raise wrong_list(refused.message, params.without_filter(value), [field]) from refused
    if params.q:
        found.append(search_condition(context, view, params.q))
    return found


def matching(
    context: Context, view: View, params: ListParams, columns: Sequence[Any], more: Sequence[Any] = ()
) -> sa.Select[Any]:
    """A select of ``columns`` from the rows within scope that match, in no order."""
    stmt = scope(context, view, sa.select(*columns).select_from(view.model), params.deleted)
    wanted = conditions(context, view, params)
    if params.per:

        def ungrouped(own: Sequence[Any]) -> sa.Select[Any]:
            inner = scope(context, view, sa.select(*own).select_from(view.model), params.deleted)
            # Not the rows of the statement around it, but all of the table.
            return inner.where(*wanted).correlate(None)

        wanted = [first_of_groups(context, view, params, ungrouped)]
    wanted += more
    return stmt.where(*wanted) if wanted else stmt


def counting(context: Context, view: View, params: ListParams) -> sa.Select[Any]:
    """How many rows match; without any order or join that only shows something."""
    if params.narrowed or restricted(view):
        return matching(context, view, params, [sa.func.count()])
    key = ("count", params.deleted)
    return per_view(view, key, lambda: matching(context, view, params, [sa.func.count()]))


def shape(view: View, params: ListParams, plan: LoadPlan) -> Hashable:
    """What tells the statements of this list's pages apart, where they look for nothing and are the same for everybody:
    those are built once. None for all others."""
    if params.narrowed or restricted(view) or plan.fixed is None:
        return None
    return params.order, params.deleted, params.columns


@dataclass(frozen=True, slots=True)
class Found:
    """Rows as the wide statement gave them."""

    rows: list[Any]
    places: list[tuple[Any, ...]]
    """For each row the values of the order's keys, as ``Dialect.carried`` gives them."""
    extras: list[dict[str, Any]]
    """For each row what was selected beside it, by name."""
    total: int | None = None
    """How many rows were gathered, of which these are some; None where that was not counted."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Which rows to read, and what of them."""

    view: View
    order: Order
    limit: int
    offset: int = 0
    backwards: bool = False
    """Read from the other end; the rows still come in the list's order."""
    rows: Rows | None = None
    """How rows are read; None for those without a key."""
    extras: Mapping[str, Any] = field(default_factory=dict)
    gathered: bool = False
    """Find all matching rows before sorting them: for few matches, where a walk along the order would pass a whole
    table."""
    latest: int | None = None
    """Gather only so many of the matching rows: the first in the order without its first key."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the narrow statement that are bound by name."""
    placed: bool = False
    """The narrow statement has its order and limit already: see :mod:`webadmin.listing.following`."""

    @caused_by("column_list", "column_filters", "search", "sort", "soft_delete_column", "scope")
    def run(
        self, context: Context, narrow: Callable[[], sa.Select[Any]], label: str, shape: Hashable = None
    ) -> Found:
        """Read the page out of ``narrow()``, a select of :attr:`columns` from the rows that match.

        OFFSET and LIMIT act on the narrow statement, so that rows that are passed over are never loaded or joined.

        :param shape: what tells the statement apart from the view's others, when it can be kept: see :func:`shape`.
        """

        def build() -> sa.Select[Any]:
            page = self._page(context, narrow())
            return page if self.rows is None else self._wide(context, page.subquery("page"), self.rows)

        key = ("statement", shape, self.backwards, self.gathered)
        kept = shape is not None and self.order.same_for_all(context)
        stmt = per_view(self.view, key, build) if kept else build()
        source = context.session if self.rows is None else self.rows.source(context.session)
        with alone(context.session, self.view.info.mapper):
            found = source.execute(
                stmt,
                {_LIMIT: self.limit, _OFFSET: self.offset, **self.values},
                execution_options={LABEL: label},
            ).all()
        if self.rows is None:
            return self._plain(found)
        first = len(self.rows.columns)
        last = first + len(self.order.keys)
        return Found(
            [self.rows.take(row) for row in found],
            [tuple(row[first:last]) for row in found],
            [dict(zip(self.extras, row[last:], strict=False)) for row in found],
            found[0][-1] if found and self._counts else None,
        )

    def _wide(self, context: Context, page: sa.Subquery, rows: Rows) -> sa.Select[Any]:
        model: Any = self.view.model
        keys = zip(self.view.info.key, self._key_names, strict=True)
        order = [page.c[name] for name in self._order_names]
        beside = (extra.label(f"x_{name}") for name, extra in self.extras.items())
        same = sa.and_(*(getattr(model, column.name) == page.c[name] for column, name in keys))
        places = [context.dialect.carried(value).label(f"place_{at}") for at, value in enumerate(order)]
        total = [page.c.total] if self._counts else []
        stmt = sa.select(*rows.columns, *places, *beside, *total).join_from(page, model, same)
        return rows.joined(stmt).order_by(*self._by(order))

    def _plain(self, found: Sequence[Any]) -> Found:
        """Rows without a key are no entities: two of them may be equal."""
        if self.backwards:
            found = found[::-1]
        last = len(self._plain_names)
        plain = self._plain_names
        rows: list[Any] = [SimpleNamespace(**dict(zip(plain, row[:last], strict=True))) for row in found]
        return Found(rows, [tuple(row[last:]) for row in found], [{} for _row in found])

    def _page(self, context: Context, narrow: sa.Select[Any]) -> sa.Select[Any]:
        if self.placed:
            return narrow
        narrow = self.order.joined(context, narrow)
        if self.gathered:
            if self.latest is not None:
                narrow = narrow.order_by(*(key.by() for key in self.order.keys[1:])).limit(self.latest)
            matches = narrow.cte("matches").prefix_with("MATERIALIZED")
            total = sa.select(sa.func.count()).select_from(matches).scalar_subquery().label("total")
            narrow = sa.select(*matches.c, *([total] if self._counts else [])).order_by(
                *self.sorted_by(matches)
            )
        else:
            narrow = narrow.order_by(*self.order.by(backwards=self.backwards))
        # An offset may be larger than a plain integer.
        return narrow.limit(LIMIT).offset(sa.bindparam(_OFFSET, type_=sa.BigInteger))

    def sorted_by(self, narrow: sa.FromClause) -> list[Any]:
        """ORDER BY for rows of ``narrow``, which has the columns of :attr:`columns`."""
        return self._by([narrow.c[name] for name in self._order_names], backwards=self.backwards)

    def _by(self, columns: Sequence[Any], *, backwards: bool = False) -> list[Any]:
        return [
            column.desc() if key.descending is not backwards else column.asc()
            for column, key in zip(columns, self.order.keys, strict=True)
        ]

    @property
    def _counts(self) -> bool:
        """Whether the rows are counted: they are all at hand. Without a key they are their own columns and nothing else."""
        return self.gathered and self.rows is not None

    @property
    def columns(self) -> list[Any]:
        """What the narrow statement selects: the key and the order's values; without a key the row itself."""
        model: Any = self.view.model
        if self.view.keyless:
            own = [getattr(model, name).label(name) for name in self._plain_names]
        else:
            names = zip(self.view.info.key, self._key_names, strict=True)
            own = [getattr(model, column.name).label(name) for column, name in names]
        order = zip(self.order.keys, self._order_names, strict=True)
        return [*own, *(key.expression.label(name) for key, name in order)]

    @property
    def _key_names(self) -> list[str]:
        return [f"key_{place}" for place in range(len(self.view.info.key))]

    @property
    def _order_names(self) -> list[str]:
        return [f"order_{place}" for place in range(len(self.order.keys))]

    @property
    def _plain_names(self) -> list[str]:
        return [name for name, column in self.view.info.columns.items() if column.kind not in HEAVY]


def named(stmt: sa.Select[Any], label: str) -> sa.Select[Any]:
    """``stmt`` under a name that people read in the EXPLAIN panel."""
    return stmt.execution_options(**{LABEL: label})
