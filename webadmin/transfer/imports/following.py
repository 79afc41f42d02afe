"""Which rows of other models the rows of a file lead to, and which lead nowhere."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import inspect_model
from webadmin.listing.scope import rewritten, scope
from webadmin.options.context import Context
from webadmin.text import gettext as _
from webadmin.transfer.imports.layout import Given, Layout
from webadmin.transfer.imports.problems import Problems

_AT_ONCE = 5000


class Following:
    """Finds them for the rows of ``layout``, and says what is wrong with those that lead nowhere."""

    def __init__(self, context: Context, layout: Layout, problems: Problems) -> None:
        self.context, self.layout, self.problems = context, layout, problems
        self.view, self.dialect = layout.view, context.dialect
        self.connection = context.session.connection()

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
        self.dialect.make_staged(self.connection, named, named.c.by)
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
        self.dialect.staged_ready(self.connection, named)
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
