"""The rows that belong to the row of a form, with a form for each: those of one page, and those that were sent.

A form names rows of its own choice only by ids, which are looked for among the rows that belong to the form's row and that
the person may see: an id of any other row is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy.orm import with_parent

from webadmin.auth.keys import NO_KEYS, Keys
from webadmin.database import identity
from webadmin.database.inspection import Kind, RelationInfo
from webadmin.errors import Forbidden, NotFound
from webadmin.forms import snapshot
from webadmin.forms.fields import OwnField
from webadmin.forms.inline_row import InlineRow
from webadmin.forms.row_form import RowForm, purpose
from webadmin.forms.sent import Behind, differs
from webadmin.listing.fits import fits
from webadmin.listing.held import read_held
from webadmin.listing.scope import Deleted, scope
from webadmin.listing.together import Wanted
from webadmin.options.view import InlineOption, View
from webadmin.text import gettext as _

ID, DELETE, PAGE = "_id", "_delete", "_page"
"""Names of a row's hidden fields, behind its prefix; the page stands behind that of the table."""
COUNTED = 10_000
"""Rows are counted up to so many."""
_NEW_AT_ONCE = 200


class InlineTable:
    """The rows of one relation of a form's row.

    :param parent: the form of the row that they belong to.
    :param formdata: what was posted; None for a form that is opened.
    :param key: what snapshots are signed with.
    """

    def __init__(
        self, parent: RowForm, option: InlineOption, child: View, *, formdata: Any = None, key: Keys = NO_KEYS
    ) -> None:
        self.parent, self.option, self.child, self.key = parent, option, child, key
        self.context = parent.context
        self.formdata = formdata
        self.prefix = option.relation.name
        self.count = 0
        self.rows: list[InlineRow] = []
        """Those that were sent; with :meth:`open` also those of the page."""
        self.at = 1
        """The page that is shown, from 1."""
        self._next = 0
        if formdata is not None:
            self._read(formdata)

    # -- rights --------------------------------------------------------------------------------------------

    @property
    def may_add(self) -> bool:
        return self.option.can_add and self.child.allows(self.context.user, "add")

    @property
    def may_change(self) -> bool:
        return self.option.can_change and self.child.allows(self.context.user, "change")

    @property
    def may_delete(self) -> bool:
        return self.option.can_delete and self.child.allows(self.context.user, "delete")

    # -- what was sent -------------------------------------------------------------------------------------

    def _read(self, formdata: Any) -> None:
        page = formdata.get(f"{self.prefix}-{PAGE}")
        if isinstance(page, str) and re.fullmatch("[1-9][0-9]{0,4}", page):
            self.at = int(page)
        pattern = re.compile(rf"{re.escape(self.prefix)}-([0-9]{{1,6}})-{ID}")
        sent = sorted({int(found[1]) for name in formdata if (found := pattern.fullmatch(name))})
        self._next = sent[-1] + 1 if sent else 0
        ids = {number: self._value(number, ID) for number in sent}
        there = self._belonging([id for id in ids.values() if id])
        new = 0
        for number, id in ids.items():
            deleting = bool(self._value(number, DELETE))
            if not id:
                new += 1
                if new <= _NEW_AT_ONCE and (row := self._new(number, formdata)) is not None:
                    self.rows.append(row)
            elif (row := there.get(id)) is not None:
                self.rows.append(self._existing(number, row, formdata, deleting=deleting))
            elif self.parent.row is not None and not deleting and self._was_changed(number, id):
                gone = InlineRow(
                    number, gone=id, typed={name: self._value(number, name) for name in self.option.columns}
                )
                gone.errors.append(_("This row is not there any more, so your change cannot be kept."))
                self.rows.append(gone)

    def _value(self, number: int, name: str) -> str:
        found = self.formdata.get(f"{self.prefix}-{number}-{name}")
        return found if isinstance(found, str) else ""

    def _new(self, number: int, formdata: Any) -> InlineRow | None:
        if not self.may_add:
            raise Forbidden(_("You may not add {rows}.").format(rows=self.child.name_plural.lower()))
        if self._value(number, DELETE):
            return None
        return InlineRow(number, form=self._form(number, None, formdata))

    def _existing(self, number: int, row: Any, formdata: Any, *, deleting: bool) -> InlineRow:
        if deleting and not self.may_delete:
            raise Forbidden(_("You may not delete {rows}.").format(rows=self.child.name_plural.lower()))
        if not self.may_change:
            start = f"{self.prefix}-{number}-"
            if any(name.startswith(start) and name not in (start + ID, start + DELETE) for name in formdata):
                raise Forbidden(_("You may not change {rows}.").format(rows=self.child.name_plural.lower()))
            return InlineRow(number, row, deleting=deleting)
        return InlineRow(number, row, self._form(number, row, formdata), deleting=deleting)

    def _form(
        self, number: int, row: Any, formdata: Any = None, initial: Mapping[str, str] | None = None
    ) -> RowForm:
        return RowForm(
            self.context,
            self.child,
            row,
            formdata=Behind(formdata, f"{self.prefix}-{number}-") if formdata is not None else None,
            key=self.key,
            initial=initial,
            columns=self.option.columns,
            names=self.parent.names,
        )

    def _was_changed(self, number: int, id: str) -> bool:
        """Whether what was sent of a row that is gone differs from what its form showed."""
        sent = Behind(self.formdata, f"{self.prefix}-{number}-")
        tied = purpose(self.context, self.child, id)
        return differs(sent, snapshot.unseal(sent.get(snapshot.FIELD), self.key, tied))

    # -- rows of the database ------------------------------------------------------------------------------

    @property
    def _relation(self) -> RelationInfo:
        return self.option.relation

    def _mine(self, deleted: Deleted = "hide") -> sa.Select[Any]:
        """The rows that belong to the form's row and that the person may see."""
        belongs = with_parent(self.parent.row, self._relation.property.class_attribute)
        return scope(self.context, self.child, sa.select(self.child.model).where(belongs), deleted)

    def _belonging(self, ids: Sequence[str]) -> dict[str, Any]:
        """Those with these ids, held until the transaction ends."""
        keys = [key for id in ids if (key := self._key(id)) is not None]
        if self.parent.row is None or not keys:
            return {}
        info, context = self.child.info, self.context
        columns = [getattr(self.child.model, column.name) for column in info.key]
        same = [sa.and_(*(c == v for c, v in zip(columns, key, strict=True))) for key in keys]
        stmt = self._mine().where(
            columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else sa.or_(*same)
        )
        stmt = stmt.execution_options(populate_existing=True, webadmin_label=_("Rows of a form"))
        rows: Iterable[Any]
        if self.may_change or self.may_delete:
            if context.dialect.supports_row_locks:
                stmt = stmt.with_for_update(of=self.child.model)
            rows = read_held(context.session, self.child.model, stmt)
        else:
            rows = context.session.scalars(stmt).unique()
        return {self.child.id_of(row): row for row in rows}

    def _key(self, id: str) -> tuple[Any, ...] | None:
        try:
            key = identity.values(unquote(id), self.child.info.key_types)
        except NotFound:
            return None
        columns = self.child.info.key
        good = all(
            fits(self.context.dialect, column, value) for column, value in zip(columns, key, strict=True)
        )
        return key if good else None

    def wanted(self) -> Wanted:
        """The rows of the page."""
        size = self.option.page_size
        return Wanted(
            self._mine(),
            self.child.model,
            order=order_of(self.option, self.child),
            limit=size,
            offset=(self.at - 1) * size,
            counted=COUNTED + 1,
        )

    def show(self, rows: Sequence[Any]) -> None:
        """Put the rows of a page among those that were sent, and leave out what was sent and left as it was."""
        sent = {self.child.id_of(one.row): one for one in self.rows if one.row is not None}
        page = [self._shown(sent.get(self.child.id_of(row)), row) for row in rows]
        here = {id(one) for one in page}
        away = [
            one
            for one in self.rows
            if (one.row is not None or one.gone) and one.pending and id(one) not in here
        ]
        self.rows = [*away, *page, *(one for one in self.rows if one.row is None and not one.gone)]

    def _shown(self, sent: InlineRow | None, row: Any) -> InlineRow:
        if sent is not None:
            return sent
        number = self._number()
        return InlineRow(number, row, self._form(number, row) if self.may_change else None)

    def add(self) -> None:
        """One more empty row."""
        number = self._number()
        self.rows.append(InlineRow(number, form=self._form(number, None, initial=dict(self._next_place()))))

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _next_place(self) -> Iterator[tuple[str, str]]:
        """What a new row that is put behind the others has in the column that they are sorted by."""
        place = self.place
        if place is None or place not in self.option.columns:
            return
        typed = [
            value
            for one in self.rows
            if one.form is not None and isinstance(value := one.form.fields[place].data, int)
        ]
        yield place, str(max([self.last_place(), *typed]) + 1)

    def last_place(self) -> int:
        """The greatest number among the rows; 0 where there is none."""
        if self.place is None or self.parent.row is None:
            return 0
        greatest = sa.func.max(getattr(self.child.model, self.place))
        return int(
            self.context.session.scalar(self._mine("show").with_only_columns(greatest).order_by(None)) or 0
        )

    @property
    def place(self) -> str | None:
        """The whole number that says where a row stands among the others; None where there is none."""
        names = [name for name, descending in self.option.order_by if not descending]
        if not self.option.order_by:
            given = self._relation.property.order_by or ()
            by_column: dict[Any, str] = {
                column.column: name for name, column in self.child.info.columns.items()
            }
            names = [by_column[part] for part in given if part in by_column]
        column = self.child.info.columns.get(names[0]) if names else None
        if column is None or column.kind is not Kind.INTEGER or column.name in self.child.unwritable:
            return None
        return column.name

    # -- checking ------------------------------------------------------------------------------------------

    def drop_blank(self) -> None:
        """Forget new rows into which nothing was written."""
        self.rows = [one for one in self.rows if one.row is not None or one.gone or not self._is_blank(one)]

    def _is_blank(self, one: InlineRow) -> bool:
        assert one.form is not None
        return not any(
            field.touched if isinstance(field, OwnField) else bool(field.data)
            for name, field in one.form.fields.items()
            if name != self.place
        )

    @property
    def checked(self) -> list[RowForm]:
        """The forms whose rows are to be written."""
        return [one.form for one in self.rows if one.form is not None and not one.deleting]

    @property
    def changed(self) -> bool:
        return any(one.pending for one in self.rows)


def order_of(option: InlineOption, child: View) -> list[Any]:
    """What the rows of a table are sorted by, the key last."""
    order: list[Any] = []
    for name, descending in option.order_by:
        column = getattr(child.model, name)
        order.append(column.desc() if descending else column)
    if not order and option.relation.property.order_by:
        order = list(option.relation.property.order_by)
    return [*order, *(getattr(child.model, column.name) for column in child.info.key)]
