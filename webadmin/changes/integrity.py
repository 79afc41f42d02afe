"""Why the database refused a row, as messages at the fields concerned. Its own words are never shown."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.orm import aliased

from webadmin.changes.constraints import constraint_columns, rule_named
from webadmin.changes.rules import in_words
from webadmin.database.inspection import NUMBERS, Kind
from webadmin.dialects import Failure
from webadmin.errors import Unprocessable
from webadmin.forms.fields import REQUIRED
from webadmin.forms.row_form import RowForm
from webadmin.text import gettext as _

__all__ = ["SaveRefused", "constraint_columns", "key_taken", "refusal"]

logger = logging.getLogger("webadmin")

Errors = dict[str | None, list[str]]


class SaveRefused(Unprocessable):
    """The row was not written. ``errors`` holds sentences by attribute, None for those about the whole form; ``conflict`` says
    that somebody else changed the same fields since the form was opened."""

    def __init__(self, errors: Errors, *, conflict: bool = False, status: int = 422) -> None:
        super().__init__(" ".join(text for messages in errors.values() for text in messages))
        self.errors = errors
        self.conflict = conflict
        self.status = 409 if conflict else status


def refusal(form: RowForm, written: Mapping[str, Any], error: exc.StatementError) -> SaveRefused | None:
    """The refusal to show for a failed statement; None where the values are not the reason.

    :param written: what was being written, by attribute of a column.
    """
    failure = form.context.dialect.failure(error)
    if failure.kind == "other":
        if not isinstance(error, exc.DBAPIError):  # a value that its own column type cannot take
            failure = Failure("invalid_value")
        elif isinstance(error, exc.OperationalError | exc.ProgrammingError | exc.InterfaceError):
            return None
    elif not (failure.integrity or failure.value or failure.kind == "refused"):
        return None
    return SaveRefused(_Reason(form, written, failure).errors())


def key_taken(form: RowForm, written: Mapping[str, Any]) -> SaveRefused:
    """The refusal of a new row whose key another one has."""
    columns = tuple(column.column.name for column in form.view.info.key)
    return SaveRefused(_Reason(form, written, Failure("unique", columns=columns)).errors())


class _Reason:
    def __init__(self, form: RowForm, written: Mapping[str, Any], failure: Failure) -> None:
        self.form, self.written, self.failure = form, written, failure
        self.view, self.context = form.view, form.context
        self.names = constraint_columns(form.view.info, failure)

    def errors(self) -> Errors:
        kind = self.failure.kind
        if kind == "unique":
            return self._at(self.names, self._unique())
        if kind == "foreign_key":
            return self._foreign_key()
        if kind == "not_null":
            return self._not_null()
        if kind == "check":
            return self._at(self.names, self._check())
        if kind == "exclusion":
            return self._at(self.names, _("This overlaps with another row."))
        if self.failure.value:
            return self._value()
        logger.warning("%s: the database refused a row: %s", self.view.key, self.failure)
        return {None: [_("The database refused this change.")]}

    def _at(self, names: Sequence[str], message: str) -> Errors:
        """``message`` at every field concerned; on top, naming them, where the form has none of them."""
        fields = [field for name in names if (field := self._field(name)) is not None]
        if fields:
            return {field: [message] for field in dict.fromkeys(fields)}
        labels = ", ".join(self.view.label_of(name) for name in names)
        return {None: [f"{labels}: {message}" if labels else message]}

    def _field(self, name: str) -> str | None:
        """The field that a column is filled by: its own, or the relation's over it."""
        if name in self.form.fields:
            return name
        relations = self.view.info.relations
        return next((r for r in self.form.fields if r in relations and name in relations[r].local), None)

    # -- unique --------------------------------------------------------------------------------------------

    def _unique(self) -> str:
        label = self._holder()
        fields = list(dict.fromkeys(self._field(name) or name for name in self.names))
        labels = [self.view.label_of(name) for name in fields]
        if len(fields) > 1:
            words = _("{first} and {last}").format(first=", ".join(labels[:-1]), last=labels[-1])
            if label is None:
                return _("{fields} together are already used by another row.").format(fields=words)
            return _("{fields} together are already used by {label}.").format(fields=words, label=label)
        value = self.written.get(self.names[0]) if self.names and fields == list(self.names) else None
        what = f"“{value}”" if value is not None and len(str(value)) <= 60 else _("This value")
        if label is None:
            return _("{what} is already used by another row.").format(what=what)
        return _("{what} is already used by {label}.").format(what=what, label=label)

    def _holder(self) -> str | None:
        """The label of the row that has the values already, when the person may see it."""
        info = self.view.info
        if not self.names:
            return None
        values = {name: self._new_value(name) for name in self.names}
        if None in values.values():
            return None
        row = self.form.row
        stmt: sa.Select[Any] = sa.select(info.model).where(
            *(getattr(info.model, name) == value for name, value in values.items())
        )
        if row is not None:
            stmt = stmt.where(sa.not_(sa.and_(*(c.column == getattr(row, c.name) for c in info.key))))
        if self.view.soft_delete is not None:
            stmt = stmt.order_by(getattr(info.model, self.view.soft_delete).is_not(None))
        try:
            with self.context.session.begin_nested():
                found = self.context.session.scalars(
                    self.view.options.scope(stmt, self.context.user).limit(1)
                ).first()
        except exc.StatementError:
            return None
        if found is None:
            return None
        label = self.view.row_label(found)
        return _("{label}, which is deleted").format(label=label) if self.view.is_deleted(found) else label

    def _new_value(self, name: str) -> Any:
        value = self.written.get(name)
        return getattr(self.form.row, name) if value is None and self.form.row is not None else value

    # -- the others ----------------------------------------------------------------------------------------

    def _foreign_key(self) -> Errors:
        info = self.view.info
        own = [name for name in self.names if info.columns[name].foreign_key]
        if self.names and not own:
            return self._at(self.names, _("Other rows refer to this value, so it cannot change."))
        if not own:
            own = self._dangling()
        if not own:
            return {None: [_("This row refers to a row that does not exist, or other rows refer to it.")]}
        return self._at(own, _("There is no such row any more."))

    def _dangling(self) -> list[str]:
        """The written columns that refer to a row that is not there, where the database does not say which."""
        names = {column.column: name for name, column in self.view.info.columns.items()}
        for constraint in self.view.info.table.foreign_key_constraints:
            own = [names.get(element.parent) for element in constraint.elements]
            if None in own or not set(own) & set(self.written):
                continue
            target = aliased(constraint.referred_table)
            values = [self._new_value(str(name)) for name in own]
            where = [
                target.c[e.column.key] == value for e, value in zip(constraint.elements, values, strict=True)
            ]
            if (
                None not in values
                and self.context.session.scalar(sa.select(sa.literal(1)).select_from(target).where(*where))
                is None
            ):
                return [str(name) for name in own]
        return []

    def _not_null(self) -> Errors:
        if any(self._field(name) for name in self.names):
            return self._at(self.names, _(REQUIRED))
        return self._at(self.names, _("It must have a value, and this form has no field for it."))

    def _check(self) -> str:
        rule = rule_named(self.view.info, self.failure.constraint or "")
        text = str(rule.sqltext) if isinstance(rule, sa.CheckConstraint) else self.failure.constraint or ""
        return in_words(text)

    def _value(self) -> Errors:
        kinds = {
            "out_of_range": NUMBERS | {Kind.DATETIME, Kind.DATE, Kind.INTERVAL, Kind.TIME},
            "too_long": {Kind.TEXT, Kind.LONG_TEXT, Kind.ARRAY},
        }.get(self.failure.kind, set(Kind))
        messages = {
            "out_of_range": _("This value is out of the range of its column."),
            "too_long": _("This text is too long for its column."),
        }
        message = messages.get(self.failure.kind, _("This value does not fit its column."))
        possible = self.names or tuple(n for n in self.written if self.view.info.columns[n].kind in kinds)
        return self._at(possible if len(possible) == 1 else (), message)
