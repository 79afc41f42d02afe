"""A change of columns in many rows: what it would do, and doing just that."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from webadmin.changes.bulk_form import BulkForm
from webadmin.changes.column_change import ColumnChange
from webadmin.changes.integrity import SaveRefused, refusal
from webadmin.changes.one_by_one import Refused
from webadmin.changes.selection import Selection
from webadmin.database.keys import Key
from webadmin.errors import Conflict
from webadmin.listing.scope import many
from webadmin.options.causes import caused_by
from webadmin.text import format_count
from webadmin.text import gettext as _

SAMPLES = 10
_AT_ONCE = 1000


@dataclass(slots=True)
class Effect:
    """What a change does to one column."""

    change: ColumnChange
    changing: int = 0
    wrong: int = 0
    """Rows in which the column cannot take the value."""
    why: str = ""


@dataclass(slots=True)
class Sample:
    """A row that would change, with old and new values in the order of the effects."""

    key: Key
    values: tuple[tuple[Any, Any], ...]
    row: Any = None


@dataclass(slots=True)
class BulkPlan:
    """What ``changes`` would do to the rows of a selection. Reading it takes one statement and no more memory for many rows
    than for few."""

    total: int
    effects: list[Effect]
    samples: list[Sample] = field(default_factory=list)
    changing: int = 0
    mark: int = 0

    @property
    def fingerprint(self) -> str:
        """Changes when a row comes or goes, or one of its values that are to change does."""
        words = repr(
            [(e.change.name, e.change.operation, e.change.value, e.change.other) for e in self.effects]
        )
        return f"{self.total}.{self.mark:x}.{zlib.crc32(words.encode()):x}"

    @property
    def wrong(self) -> list[Effect]:
        return [effect for effect in self.effects if effect.wrong]


@caused_by(label=lambda: _("What would change"))
def plan_bulk(selection: Selection, form: BulkForm, *, lock: bool = False) -> BulkPlan:
    """Read what ``form`` would do to the rows of ``selection``; writes nothing.

    :param lock: hold the rows until the transaction ends.
    """
    info, context = selection.view.info, selection.context
    changes = form.changes
    names = list(dict.fromkeys(name for change in changes for name in change.names))
    keys = [column.column for column in info.key]
    stmt = sa.select(*keys, *(info.columns[name].column for name in names)).where(selection.where)
    if lock:
        stmt = selection.locked(stmt)
    plan = BulkPlan(0, [Effect(change) for change in changes])
    works = [
        (effect, _place(effect.change, len(keys), names), form.check(effect.change))
        for effect in plan.effects
    ]
    result = context.session.execute(stmt, execution_options={"yield_per": _AT_ONCE})
    for part in result.partitions():
        selection.progress.check()
        for row in part:
            _look_at(plan, works, tuple(row), len(keys))
    _load_samples(selection, plan)
    return plan


def apply_bulk(selection: Selection, form: BulkForm, plan: BulkPlan) -> int:
    """Do what ``plan``, which was read with a lock, says; returns in how many rows.

    Raises SaveRefused with messages for the form when the database refuses a value, Conflict when other rows have joined
    since the plan: the caller rolls back then.
    """
    context = selection.context
    written = {
        name: change.value
        for change in form.changes
        for name in change.names
        if change.operation == "set" and change.relation is None
    }
    try:
        with context.session.begin_nested():
            count = selection.write(form.changes)
    except (exc.StatementError, Refused) as error:
        cause = error.error if isinstance(error, Refused) else error
        refused = refusal(form, written, cause)  # type: ignore[arg-type]
        if refused is None:
            raise
        if isinstance(error, Refused):
            refused = SaveRefused(
                {name: [f"{error.label}: {text}" for text in texts] for name, texts in refused.errors.items()}
            )
        raise refused from error
    if count > plan.changing:
        raise Conflict(
            _(
                "Other rows have come to match while this was done, so nothing was changed: {now} instead of {then}."
            ).format(now=format_count(count), then=format_count(plan.changing))
        )
    return count


_Work = tuple[Effect, Callable[[Sequence[Any]], Any], Callable[[Any], str] | None]


def _look_at(plan: BulkPlan, works: Sequence[_Work], row: tuple[Any, ...], keys: int) -> None:
    plan.total += 1
    # A sum: rows come in any order.
    plan.mark = (plan.mark + zlib.crc32(repr(row).encode("utf-8", "backslashreplace"))) & 0xFFFFFFFFFFFFFFFF
    changes = False
    for effect, take, wrong in works:
        old = take(row)
        new = effect.change.new(old)
        if effect.change.same(old, new):
            continue
        changes = True
        effect.changing += 1
        if wrong is not None and (why := wrong(new)):
            effect.wrong += 1
            effect.why = effect.why or why
    if changes:
        plan.changing += 1
        if len(plan.samples) < SAMPLES:
            values = tuple((take(row), effect.change.new(take(row))) for effect, take, _wrong in works)
            plan.samples.append(Sample(row[:keys], values))


def _place(change: ColumnChange, start: int, names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    """Takes a change's old value out of a row."""
    places = [start + names.index(name) for name in change.names]
    if change.relation is None:
        return lambda row: row[places[0]]
    return lambda row: tuple(row[place] for place in places)


def _load_samples(selection: Selection, plan: BulkPlan) -> None:
    view = selection.view
    rows = many(selection.context, view, [sample.key for sample in plan.samples], deleted=selection.deleted)
    by_key = {tuple(view.info.key_of(row)): row for row in rows}
    for sample in plan.samples:
        sample.row = by_key.get(tuple(sample.key))
