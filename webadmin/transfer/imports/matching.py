"""Which rows that are there the rows of a file mean: rows of other models that they lead to, and those that they change."""

from __future__ import annotations

import zlib
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import Kind, inspect_model
from webadmin.errors import Conflict
from webadmin.listing.scope import inside, rewritten, scope
from webadmin.options.context import Context
from webadmin.text import gettext as _
from webadmin.transfer.imports.layout import ROW, Given, Layout, is_live
from webadmin.transfer.imports.problems import Problems

_AT_ONCE = 5000
_ATTEMPTS = 3
"""So often it is looked again at rows that others have changed before they were locked."""


class Matching:
    """Finds them for the rows of ``layout``, and says what is wrong with those that lead nowhere.

    :param lock: hold the rows that are meant until the transaction ends.
    """

    def __init__(self, context: Context, layout: Layout, problems: Problems, *, lock: bool) -> None:
        self.context, self.layout, self.problems, self.lock = context, layout, problems, lock
        self.view, self.dialect = layout.view, context.dialect
        self.connection = context.session.connection()

    # -- rows of other models ----------------------------------------------------------------------------------

    def follow(self) -> None:
        """Find the rows that relations and foreign keys lead to."""
        for one in self.layout.given:
            if one.is_found:
                self._find(one)
            elif one.relation is not None:
                self._look(one)
        self._follow_columns()

    def _find(self, one: Given) -> None:
        """Keys of rows that are named by another column."""
        assert one.relation is not None
        target: Any = one.relation.target
        by = getattr(target, one.by[0].name)
        view = self.context.registry.for_model(target)
        live: Any = sa.literal(1)
        if (
            view is not None and view.soft_delete is not None
        ):  # a deleted row counts where no live one has that name
            live = sa.case((getattr(target, view.soft_delete).is_(None), 1), else_=0)
        remote = [getattr(target, name) for name in one.relation.remote]
        count = sa.func.count().over(partition_by=[by, live]).label("many")
        best = sa.func.max(live).over(partition_by=by).label("best")
        wanted = sa.select(one.value).distinct().where(one.value.is_not(None)).select_from(self.layout.rows)
        found = sa.select(
            by.label("by"), *(c.label(f"k{n}") for n, c in enumerate(remote)), live.label("live"), count, best
        )
        found = self._seen(target, found.where(by.in_(wanted)))
        named = sa.table(
            "webadmin_import_named",
            sa.column("by", one.value.type),
            *(sa.column(f"k{n}", column.type) for n, column in enumerate(one.own.values())),
            sa.column("many", sa.Integer()),
        )
        self.dialect.make_staged(self.connection, named)
        inner = found.subquery("found")
        keys = [inner.c[f"k{n}"] for n, _key in enumerate(remote)]
        self._collect(
            named, sa.select(inner.c.by, *keys, inner.c.many).where(inner.c.live == inner.c.best), target
        )
        values = {
            local.name: sa.select(named.c[f"k{n}"])
            .where(named.c.by == one.value, named.c.many == 1)
            .scalar_subquery()
            for n, local in enumerate(one.own.values())
        }
        self.dialect.staged_ready(self.connection, named, [named.c.by])
        self.connection.execute(sa.update(self.layout.rows).values(values).where(one.value.is_not(None)))
        lost = sa.and_(one.value.is_not(None), next(iter(one.own.values())).is_(None))
        several = sa.exists().where(named.c.by == one.value, named.c.many > 1).correlate(self.layout.rows)
        self.problems.add(one.name, "missing", self._missing(one), sa.and_(lost, sa.not_(several)), one.value)
        message = _("Several rows are called so; name the one that is meant by its key.")
        self.problems.add(one.name, "ambiguous", message, sa.and_(lost, several), one.value)
        self.dialect.drop_staged(self.connection, [named])

    def _look(self, one: Given) -> None:
        """Whether the rows are there for this person that are named by their keys."""
        assert one.relation is not None
        target: Any = one.relation.target
        allowed = self._seen(target, sa.select(getattr(target, one.by[0].name)))
        self._check_there(one, target, one.value, allowed)

    def _check_there(self, one: Given, target: Any, value: Any, allowed: sa.Select[Any]) -> None:
        if rewritten(
            self.context
        ):  # only what the session executes itself is right: the keys come by way of Python
            kept = sa.table("webadmin_import_there", sa.column("value", value.type))
            self.dialect.make_staged(self.connection, kept)
            wanted = sa.select(value).distinct().where(value.is_not(None)).select_from(self.layout.rows)
            self._collect(kept, allowed.where(next(iter(allowed.selected_columns)).in_(wanted)), target)
            self.problems.add(
                one.name, "missing", self._missing(one), value.not_in(sa.select(kept.c.value)), one.value
            )
            self.dialect.drop_staged(self.connection, [kept])
            return
        there = allowed.correlate(None).subquery("there")
        lost = sa.and_(value.is_not(None), sa.not_(sa.exists().where(next(iter(there.c)) == value)))
        self.problems.add(one.name, "missing", self._missing(one), lost, one.value)

    def _follow_columns(self) -> None:
        """Foreign keys that are given as plain columns lead to rows as relations do."""
        names = {column.column: name for name, column in self.view.info.columns.items()}
        models = {view.info.table: view.model for view in self.context.registry}
        for rule in self.view.info.table.foreign_key_constraints:
            own = [names.get(element.parent, "") for element in rule.elements]
            given = [one for one in self.layout.given if one.column is not None and one.name in own]
            if not given or any(name not in self.layout.values for name in own):
                continue
            target = models.get(rule.referred_table)
            columns: list[Any] = [element.column for element in rule.elements]
            allowed = sa.select(*columns)
            if target is not None:
                attributes = inspect_model(target).mapper
                allowed = self._seen(
                    target,
                    sa.select(*(attributes.get_property_by_column(c).class_attribute for c in columns)),
                )
            if len(own) == 1:
                self._check_there(given[0], target, given[0].value, allowed)
                continue
            there = allowed.correlate(None).subquery("there")
            values = [self.layout.values[name] for name in own]
            same = (a == b for a, b in zip(there.c, values, strict=True))
            lost = sa.and_(*(value.is_not(None) for value in values), sa.not_(sa.exists().where(*same)))
            self.problems.add(given[0].name, "missing", self._missing(given[0]), lost, given[0].value)

    def _missing(self, one: Given) -> str:
        """That no row is named so, of what list, and by what it is looked for."""
        view = self.context.view_of(one.relation.target) if one.relation is not None else None
        if view is None:
            return _("No row has this key.")
        named = view.label_of(one.by[0].name).lower() if one.target.by else _("key")
        return _("None of the {rows} has this {column}.").format(rows=view.name_plural.lower(), column=named)

    def _seen(self, target: Any, stmt: sa.Select[Any]) -> sa.Select[Any]:
        """``stmt`` of rows of ``target``, of those that the person may see; deleted ones too."""
        view = self.context.registry.for_model(target)
        if view is None:
            return stmt
        if not self.context.may_look(view):
            return stmt.where(sa.false())
        return scope(self.context, view, stmt, "show")

    def _collect(self, into: sa.TableClause, stmt: sa.Select[Any], target: Any) -> None:
        if not rewritten(self.context):
            self.connection.execute(sa.insert(into).from_select([c.name for c in into.columns], stmt))
            return
        result = self.context.session.execute(stmt, execution_options={"yield_per": _AT_ONCE})
        for part in result.partitions():
            self.dialect.fill_staged(self.connection, into, list(zip(*part, strict=True)))

    # -- the rows that are meant -------------------------------------------------------------------------------

    def match(self) -> None:
        """Fill the table of matched rows. Raises Conflict where others change these rows faster than they can be locked."""
        layout, asked = self.layout, self.layout.asked
        if not asked.match:
            self.dialect.make_staged(self.connection, layout.matched)
            self.dialect.staged_ready(self.connection, layout.matched, [layout.matched.c[ROW]])
            return
        self._check_twice()
        hidden = self._hides_deleted()
        self._match(hidden)
        if self.lock and self.dialect.supports_row_locks and not rewritten(self.context):
            for _attempt in range(_ATTEMPTS):
                if self._lock_changed():
                    break
                self._match(hidden)
            else:
                raise Conflict(_("Others are changing these rows just now. Nothing was imported; try again."))
        if not hidden:
            self._check_deleted()

    def _match(self, hidden: bool) -> None:
        layout = self.layout
        self.dialect.make_staged(self.connection, layout.matched)
        model: Any = self.view.model
        same = sa.and_(*(getattr(model, name) == layout.values[name] for name in layout.asked.match))
        key = [getattr(model, column.name) for column in self.view.info.key]
        mask: Any = sa.literal("", sa.Text)
        for name in layout.written:
            differs = self.differs(name, getattr(model, name), layout.values[name])
            mask = mask + sa.case((differs, "1"), else_="0")
        seen = [mine] if (mine := self._mine(model)) is not None else []
        if hidden:
            seen.append(getattr(model, self.view.soft_delete or "").is_(None))
        old = [getattr(model, name).label(f"old_{n}") for n, name in enumerate(layout.written)]
        keys = [c.label(f"key_{n}") for n, c in enumerate(key)]
        inner = sa.select(layout.row, *keys, mask.label("mask"), *old)
        inner = inner.select_from(model).join(layout.rows, same).where(*seen)
        if self.lock and self.dialect.supports_row_locks and rewritten(self.context):
            inner = inner.order_by(*key).with_for_update(of=model)
        self._keep(inner)
        self.dialect.staged_ready(self.connection, layout.matched, [layout.matched.c[ROW]])

    def _lock_changed(self) -> bool:
        """Hold the rows that are about to change; the others are not written. Whether they are still as they were when they were matched."""
        matched, model = self.layout.matched, self.view.model
        own = [getattr(model, column.name) for column in self.view.info.key]
        same = sa.and_(*(a == b for a, b in zip(own, self.layout.key_of_matched(), strict=True)))
        values = [matched.c[ROW], *(getattr(model, name) for name in self.layout.written)]
        now = (
            sa.select(self.dialect.digest(self.connection, values).label("digest"))
            .select_from(model)
            .join(matched, same)
            .where(matched.c.changed)
            .order_by(*own)
            .with_for_update(of=model)
            .subquery("now")
        )
        found = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(now.c.digest), 0)).select_from(now)
        known = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(matched.c.digest), 0))
        known = known.select_from(matched).where(matched.c.changed)
        return tuple(self.connection.execute(found).one()) == tuple(self.connection.execute(known).one())

    def _keep(self, inner: sa.Select[Any]) -> None:
        matched, keys = self.layout.matched, len(self.view.info.key)
        columns = [column.name for column in matched.columns if column.name != "before"]
        if rewritten(self.context):
            result = self.context.session.execute(inner, execution_options={"yield_per": _AT_ONCE})
            for part in result.partitions():
                rows = [
                    (*row[: keys + 2], "1" in row.mask, zlib.crc32(repr(tuple(row)).encode()), None)
                    for row in part
                ]
                self.dialect.fill_staged(self.connection, matched, list(zip(*rows, strict=True)))
            return
        found = inner.subquery("found")
        changed = found.c.mask.contains("1")
        digest = self.dialect.digest(
            self.connection, [c for c in found.c if c.name not in columns or c.name == ROW]
        )
        stmt = sa.select(
            *(found.c[name] for name in columns[: keys + 2]), changed, sa.case((changed, digest), else_=0)
        )
        self.connection.execute(sa.insert(matched).from_select(columns, stmt))

    def _check_deleted(self) -> None:
        """A row that is marked as deleted stays as it is: it would be changed and nobody saw it."""
        soft, matched = self.view.soft_delete, self.layout.matched
        if soft is None:
            return
        table = self.view.info.columns[soft].column.table
        gone = (
            sa.exists()
            .select_from(matched.join(table, self.layout.is_matched()))
            .where(
                matched.c[ROW] == self.layout.row,
                matched.c.changed,
                self.view.info.columns[soft].column.is_not(None),
            )
        )
        match = self.layout.asked.match
        one = next(one for one in self.layout.given if match[0] in one.own)
        message = _("This row is deleted. Restore it before it is changed.")
        self.problems.add(one.name, "scope", message, gone.correlate(self.layout.rows), one.value)

    def differs(self, name: str, stored: Any, given: Any) -> sa.ColumnElement[bool]:
        """Whether the file has another value of a column than the row has."""
        # Not every type can be compared, and some values can be written in more than one way.
        plain = {Kind.JSON: self.dialect.comparable_json, Kind.OTHER: self.dialect.record_value}
        if (compared := plain.get(self.view.info.columns[name].kind)) is not None:
            stored, given = compared(stored), compared(given)
        found: sa.ColumnElement[bool] = stored.is_distinct_from(given)
        return found

    def _mine(self, model: Any) -> sa.ColumnElement[bool] | None:
        return inside(self.context, self.view.model, model, hide_deleted=False, view=self.view)

    def _hides_deleted(self) -> bool:
        """Whether the key that rows are matched by is that of live rows alone: deleted ones may have the same."""
        if self.view.soft_delete is None or self.layout.asked.match == tuple(
            c.name for c in self.view.info.key
        ):
            return False
        columns = {self.view.info.columns[name].column for name in self.layout.asked.match}
        for index in self.view.info.table.indexes:
            condition = self.dialect.index_condition(index)
            if index.unique and set(index.expressions) == columns and condition is not None:
                return is_live(self.view, condition)
        return False

    def _check_twice(self) -> None:
        """No two rows of the file may mean the same row."""
        own = [self.layout.values[name] for name in self.layout.asked.match]
        name = self.layout.named(self.layout.asked.match[0])
        self.problems.add_repeated(name, own)


def is_new(layout: Layout) -> sa.ColumnElement[bool]:
    """No row is there that a row of the file means."""
    return sa.not_(sa.exists().where(layout.matched.c[ROW] == layout.row).correlate(layout.rows))


def is_meant(layout: Layout) -> sa.ColumnElement[bool]:
    """There is a row that a row of the file means."""
    return sa.exists().where(layout.matched.c[ROW] == layout.row).correlate(layout.rows)
