"""Writing the rows that belong to the row of a form, along with it: each by its own form, as if it had been sent alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from webadmin.changes.apply import delete
from webadmin.changes.deletion import plan_deletion
from webadmin.changes.hooks import has_hook
from webadmin.changes.integrity import SaveRefused
from webadmin.changes.save import save, save_together
from webadmin.errors import Conflict, Unprocessable
from webadmin.forms.inline_row import InlineRow
from webadmin.forms.inlines import InlineTable
from webadmin.forms.row_form import RowForm
from webadmin.text import gettext as _


def save_with_children(form: RowForm, tables: Sequence[InlineTable]) -> Any:
    """Write the row of a valid form and what was done to the rows of its tables; returns the row. All of it or nothing.

    Raises what :func:`webadmin.changes.save.save` raises; what is wrong with a row of a table stands in that row's form.
    """
    return save(form, lambda row: _save_tables(row, tables))


def _save_tables(parent: Any, tables: Sequence[InlineTable]) -> None:
    refused = conflict = False
    for table in tables:
        writing = _Writing(parent, table)
        writing.run()
        refused, conflict = refused or writing.refused, conflict or writing.conflict
    if refused:
        raise SaveRefused({}, conflict=conflict)


class _Writing:
    """Writes the rows of one table: first what goes, then what changes, then what is new."""

    def __init__(self, parent: Any, table: InlineTable) -> None:
        self.parent, self.table, self.child = parent, table, table.child
        self.context = table.context
        self.refused = self.conflict = False

    def run(self) -> None:
        self._delete([one for one in self.table.rows if one.deleting and one.row is not None])
        if not self._at_once():
            for one in self._in_order():
                self._write(one)
        self.context.session.expire(self.parent, [self.table.option.relation.name])

    def _write(self, one: InlineRow) -> None:
        assert one.form is not None
        try:
            save(one.form)
        except SaveRefused as error:
            self.refused, self.conflict = True, self.conflict or error.conflict
            one.form.refuse(error.errors)
        except Conflict as error:
            self.refused = self.conflict = True
            one.errors.append(error.message)

    def _at_once(self) -> bool:
        """Write all rows together, where none has to wait for another and none is refused."""
        changed, new = self._changed(), self._new()
        if any(has_hook(self.child, name) for name in ("on_model_change", "after_model_change")):
            return False
        if self._takes_turns and any(self._moves(one) for one in changed):
            return False
        forms = [one.form for one in (*changed, *new) if one.form is not None]
        return not forms or save_together(forms)

    def _in_order(self) -> Iterator[InlineRow]:
        yield from self._moved(self._changed())
        yield from self._new()

    def _changed(self) -> list[InlineRow]:
        return [
            one
            for one in self.table.rows
            if one.row is not None and one.form is not None and not one.deleting and one.form.changes()
        ]

    def _new(self) -> list[InlineRow]:
        """The new rows, which belong to the parent."""
        found = [one for one in self.table.rows if one.row is None and not one.deleting]
        for one in found:
            if one.form is not None:
                self._tie(one.form)
        return [one for one in found if one.form is not None]

    def _tie(self, form: RowForm) -> None:
        relation = self.table.option.relation
        for local, remote in zip(relation.local, relation.remote, strict=True):
            form.given[remote] = getattr(self.parent, local)

    # -- deleting ------------------------------------------------------------------------------------------

    def _delete(self, rows: Sequence[InlineRow]) -> None:
        for one in rows:
            if _changed_by_others(one):
                self.refused = self.conflict = True
                one.errors.append(
                    _("Somebody else has changed this row meanwhile. Save again if it is to go all the same.")
                )
                continue
            plan = plan_deletion(self.context, self.child, [one.row])
            hanging = [*plan.blocked, *plan.deleted, *plan.unlinked, *plan.marked]
            if hanging or plan.unfinished:
                self.refused = True
                labels = ", ".join(f"{item.label}: {item.count_text}" for item in hanging)
                message = _(
                    "Other rows depend on it ({rows}). Delete it on a page of its own, which says what goes with it."
                )
                one.errors.append(message.format(rows=labels))
        rows = [one for one in rows if not one.errors]
        if not rows:
            return
        try:
            delete(self.context, self.child, [one.row for one in rows])
        except (Unprocessable, Conflict) as error:
            self.refused = True
            rows[0].errors.append(error.message)

    # -- order ---------------------------------------------------------------------------------------------

    def _moved(self, changed: Sequence[InlineRow]) -> Iterator[InlineRow]:
        """The changed rows so that none takes a place before the row that has it has left it; where they change places all
        around, one waits aside."""
        place = self.table.place
        if place is None or not self._takes_turns:
            yield from changed
            return
        waiting = list(changed)
        held = {id(one): getattr(one.row, place) for one in waiting}
        while waiting:
            free = [one for one in waiting if not self._is_held(one, place, waiting, held)]
            if free:
                waiting.remove(free[0])
                yield free[0]
                continue
            first = waiting[0]
            aside = self.table.last_place() + 1
            setattr(first.row, place, aside)
            self.context.session.flush()
            held[id(first)] = aside

    @property
    def _takes_turns(self) -> bool:
        """Whether no two rows may have the same place, even for a moment."""
        place = self.table.place
        return place is not None and _is_taken_once(
            self.child.info.table, self.child.info.columns[place].column
        )

    def _moves(self, one: InlineRow) -> bool:
        """Whether a changed row gets another place."""
        place = self.table.place or ""
        field = one.form.fields.get(place) if one.form is not None else None
        return field is not None and field.data != getattr(one.row, place)

    @staticmethod
    def _is_held(one: InlineRow, place: str, waiting: Sequence[InlineRow], held: dict[int, Any]) -> bool:
        assert one.form is not None
        field = one.form.fields.get(place)
        wanted = field.data if field is not None else held[id(one)]
        return any(other is not one and held[id(other)] == wanted for other in waiting)


def _changed_by_others(one: InlineRow) -> bool:
    """Whether somebody else has changed the row since its form was shown."""
    differences = one.form.differences.values() if one.form is not None else ()
    return any(found.asked or found.kept in ("theirs", "both") for found in differences)


def _is_taken_once(table: sa.Table, column: Any) -> bool:
    """Whether a unique rule covers the column, alone or with others."""
    rules: list[Any] = [
        table.primary_key,
        *(rule for rule in table.constraints if isinstance(rule, sa.UniqueConstraint)),
    ]
    rules += [index for index in table.indexes if index.unique]
    return any(column is part for rule in rules for part in rule.columns)
