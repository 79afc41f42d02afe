"""The plan of a deletion: what goes with the rows, what loses its link, what stands in the way."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from webadmin.changes.marked import Marking
from webadmin.changes.references import CASCADE, RESTRICT, SOFT, UNLINK, Edge, key_columns
from webadmin.changes.walk import CAP, MOST, Found, Walk
from webadmin.database.keys import among
from webadmin.listing.scope import restricted, scope
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import format_count, humanize, plural
from webadmin.text import gettext as _

NOT_ALLOWED = "not allowed"
"""Rows that would go with the others, and that are not this person's to delete."""
NOT_READABLE = "not readable"
"""Rows that nobody could count: this account may not read their table, and the database would change them."""
_EXAMPLES = 5
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Reached:
    """Rows of one table that the deletion reaches through one foreign key."""

    edge: Edge
    label: str
    rule: str
    count: int
    """At most one more than the cap, which is another for rows that go."""
    depth: int
    """Steps away from the rows that are deleted."""
    mark: str
    """Changes when other rows are reached."""
    examples: tuple[tuple[str, str], ...] = ()
    """``(label, id)`` of the first few, for models that the person may look at."""
    view: View | None = None

    @property
    def count_text(self) -> str:
        if self.rule == NOT_READABLE:
            return "?"
        most = MOST if self.edge.rule in {CASCADE, UNLINK} else CAP
        return format_count(most) + "+" if self.count > most else format_count(self.count)


@dataclass(slots=True)
class DeletionPlan:
    """What deleting ``rows`` does. ``soft`` rows are only marked."""

    view: View
    rows: Sequence[Any]
    soft: bool
    blocked: list[Reached] = field(default_factory=list)
    deleted: list[Reached] = field(default_factory=list)
    unlinked: list[Reached] = field(default_factory=list)
    marked: list[Reached] = field(default_factory=list)
    """Rows that are marked as deleted with the others."""
    unfinished: bool = False
    """There is more than could be looked at: nothing may be deleted, since nobody knows what would go."""

    @property
    def fingerprint(self) -> str:
        """Changes when what would happen changes."""
        lines = [
            f"{item.label}:{item.rule}:{item.count}:{item.mark}"
            for item in (*self.blocked, *self.deleted, *self.unlinked, *self.marked)
        ]
        ids = [self.view.id_of(row) for row in self.rows]
        words = [str(self.soft), str(self.unfinished), *ids, *lines]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:24]

    @property
    def refused(self) -> bool:
        """Whether it cannot be carried out as it stands."""
        return self.unfinished or bool(self.blocked)

    @property
    def total(self) -> int:
        """Rows that go or are marked, the chosen ones among them."""
        return len(self.rows) + sum(item.count for item in (*self.deleted, *self.marked))


@caused_by(label=lambda: _("What the deletion reaches"))
def plan_deletion(
    context: Context, view: View, rows: Sequence[Any], *, purge: bool = False, lock: bool = False
) -> DeletionPlan:
    """The plan for ``rows``, loaded rows of ``view``. A model with soft deletion is only marked unless ``purge``.

    :param lock: the plan is about to be carried out: what goes is held, so that nothing else comes to go with it.
    """
    soft = view.soft_delete is not None and not purge
    plan = DeletionPlan(view, rows, soft)
    reached: list[Found] = []
    if soft:
        marking = Marking(context, lock=lock)
        marking.run(view, rows)
        reached, plan.unfinished = marking.found, marking.unfinished
    elif rows:
        walk = Walk(context, lock=lock)
        walk.run(rows)
        reached, plan.unfinished = walk.found, walk.unfinished
    for found in reached:
        rule = _rule(context, found)
        _list_for(plan, rule).append(_reached(context, found, rule))
    return plan


def _rule(context: Context, found: Found) -> str:
    if not found.edge.readable:
        return NOT_READABLE
    rule = found.edge.rule
    if rule == SOFT:
        return SOFT if may_with(context, found, "delete") else NOT_ALLOWED
    return NOT_ALLOWED if rule == CASCADE and not _may_go(context, found) else rule


def _list_for(plan: DeletionPlan, rule: str) -> list[Reached]:
    if rule in {CASCADE, SOFT}:
        return plan.deleted if rule == CASCADE else plan.marked
    return plan.blocked if rule in {RESTRICT, NOT_ALLOWED, NOT_READABLE} else plan.unlinked


def _may_go(context: Context, found: Found) -> bool:
    """Whether the person could delete these rows for good by themselves too."""
    view = context.registry.for_model(found.edge.model) if found.edge.model is not None else None
    return may_with(context, found, "purge" if view is not None and view.soft_delete else "delete")


def may_with(context: Context, found: Found, permission: str) -> bool:
    """Whether the person could do this with the rows by themselves too: all are within their scope, and they have the
    right. Rows of a model without a view go with the others."""
    view = context.registry.for_model(found.edge.model) if found.edge.model is not None else None
    if view is None:
        return True
    if not context.user.may(permission, view.key):
        return False
    if not restricted(view):
        return True
    columns = key_columns(found.edge.child)
    seen = 0
    for start in range(0, len(found.keys), _AT_ONCE):
        among_these = among(columns, found.keys[start : start + _AT_ONCE])
        own = sa.select(sa.func.count()).select_from(view.model).where(among_these)
        seen += context.session.scalar(scope(context, view, own, "show")) or 0
    return seen == found.count == len(found.keys)


def _reached(context: Context, found: Found, rule: str) -> Reached:
    edge = found.edge
    view = context.view_of(edge.model) if edge.model is not None else None
    capped = found.count > len(found.keys)
    return Reached(
        edge=edge,
        label=f"{view.name_plural if view is not None else _table_label(edge)} ({_link_label(edge, view)})",
        rule=rule,
        count=found.count,
        depth=found.depth,
        mark="" if capped else hashlib.sha256(repr(sorted(map(repr, found.keys))).encode()).hexdigest(),
        examples=_examples(context, found, view),
        view=view,
    )


def _examples(context: Context, found: Found, view: View | None) -> tuple[tuple[str, str], ...]:
    keys, edge_model = key_columns(found.edge.child), found.edge.model
    if view is None or view.keyless or not keys or edge_model is None:
        return ()
    if not all(context.registry.shows_column(column) for column in found.edge.child_columns):
        return ()  # which rows lead here is not for this person to know
    stmt: sa.Select[Any] = sa.select(edge_model).where(among(keys, found.keys[: 20 * _EXAMPLES]))
    rows = context.session.scalars(scope(context, view, stmt, "show").limit(_EXAMPLES)).unique()
    return tuple((view.row_label(row), view.id_of(row)) for row in rows)


def _link_label(edge: Edge, view: View | None) -> str:
    """What links the rows: the relation that stands on these columns, else the columns."""
    names = {column.name for column in edge.child_columns}
    if view is not None:
        columns = view.info.columns
        for relation in view.info.relations.values():
            if relation.many_to_one and {columns[key].column.name for key in relation.local} == names:
                return view.label_of(relation.name).lower()
    return ", ".join(humanize(column.name).lower() for column in edge.child_columns)


def _table_label(edge: Edge) -> str:
    return plural(humanize(edge.model.__name__)) if edge.model is not None else humanize(edge.child.name)
