"""What a map is of: a list as one person sees it, told apart from all others."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Container
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql import visitors

from webadmin.listing.memo import per_view
from webadmin.listing.ordering import Order, order_for
from webadmin.listing.pagemap.course import Course, course_of
from webadmin.listing.params import ListParams
from webadmin.listing.parsing import Sort
from webadmin.listing.scope import restricted
from webadmin.listing.statement import matching
from webadmin.options.context import Context
from webadmin.options.view import View

_SAME_EVERY_TIME = frozenset(
    {
        "coalesce", "concat", "concat_ws", "count", "json_each", "json_extract", "jsonb_extract_path_text", "left",
        "length", "lower", "lpad", "ltrim", "nullif", "numnode", "plainto_tsquery", "rpad", "rtrim", "substr", "substring",
        "to_tsquery", "to_tsvector", "trim", "unaccent", "upper", "websearch_to_tsquery",
    }
)  # fmt: skip
"""Functions that give the same for the same values, whenever and whoever asks."""


class SubjectKey(NamedTuple):
    """What tells lists apart: equal for the same rows in the same order."""

    view_key: str
    sort: Sort
    rows: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A list that may have a map."""

    view: View
    params: ListParams
    order: Order
    course: Course | None
    """None where only a list of ids will do."""
    key: SubjectKey
    tables: frozenset[sa.TableClause]
    """Of which it is read."""

    @property
    def alone(self) -> bool:
        """Only a row itself decides whether it is in the list, no other table."""
        return self.tables == {self.view.info.table}


def subject_of(context: Context, view: View, params: ListParams) -> Subject | None:
    """The list that ``params`` asks for, or None where nothing may be kept of it: rows without a key, conditions that
    may mean something else the next time, statements that the host rewrites on their way."""
    if view.keyless or context.session.dispatch.do_orm_execute:
        return None
    order = order_for(view, params.order)
    course = per_view(view, ("course", params.order), lambda: (course_of(order, context.dialect),))[0]
    if params.q or params.per:
        course = None  # each leap would look for all rows again
    plain = not params.narrowed and not restricted(view) and not order.joins
    if plain:
        own: sa.TableClause = view.info.table
        return Subject(
            view, params, order, course, SubjectKey(view.key, params.order, params.deleted), frozenset({own})
        )
    stmt = order.joined(context, matching(context, view, params, [sa.literal(1)]))
    # Rows of a group are numbered in an order that leaves nothing open: the key is its last part.
    if not _repeatable(stmt, {*_SAME_EVERY_TIME, "row_number"} if params.per else _SAME_EVERY_TIME):
        return None
    key = SubjectKey(view.key, params.order, _fingerprint(context, stmt))
    tables = frozenset(element for element in visitors.iterate(stmt) if isinstance(element, sa.TableClause))
    return Subject(view, params, order, course, key, tables)


def _fingerprint(context: Context, stmt: sa.Select[Any]) -> str:
    compiled = stmt.compile(dialect=context.session.connection().dialect)
    values = sorted((name, repr(value)) for name, value in compiled.params.items())
    return hashlib.blake2b(f"{compiled}\0{values}".encode(), digest_size=16).hexdigest()


def _repeatable(stmt: sa.Select[Any], functions: Container[str]) -> bool:
    """Whether the conditions mean the same whenever and whoever asks, as far as can be seen.

    :param functions: names of those that do.
    """
    if any(isinstance(option, LoaderCriteriaOption) for option in stmt._with_options):
        return False
    for element in visitors.iterate(stmt):
        # Text may be anything, also where it stands for a column, such as current_user.
        if isinstance(element, sa.TextClause) or (
            isinstance(element, sa.ColumnClause) and (element.is_literal or element.table is None)
        ):
            return False
        name = str(getattr(element, "name", "")).lower()
        if isinstance(element, sa.sql.functions.FunctionElement) and name not in functions:
            return False
    return True


def moved(context: Context, session: Session) -> Context:
    """``context`` on another session, for the host's functions too."""
    user, request = context.user, context.user.request
    if dataclasses.is_dataclass(request) and not isinstance(request, type) and hasattr(request, "session"):
        user = dataclasses.replace(user, request=dataclasses.replace(request, session=session))
    return dataclasses.replace(context, session=session, user=user, hook_request=None)
