"""What an import would do, found out by the database without writing anything of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from webadmin.changes.progress import Progress
from webadmin.listing.scope import scope
from webadmin.options.context import Context
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import Import, Source
from webadmin.transfer.imports.following import Following
from webadmin.transfer.imports.layout import PROBLEMS, REFUSED, ROW, Given, Layout, lay_out
from webadmin.transfer.imports.matching import Matching, is_meant, is_new
from webadmin.transfer.imports.plan import SAMPLES, Preview, Sample
from webadmin.transfer.imports.problems import Problems, good
from webadmin.transfer.imports.rules import check_rules
from webadmin.transfer.imports.staging import Staged, read_problems


def check(context: Context, asked: Import, source: Source, progress: Progress) -> Preview:
    """What ``asked`` would do with the rows of ``source``; nothing is written for good, and the caller rolls back.

    The transaction has to be one that may write, with a statement timeout that suits the size of the file.

    :param progress: counts the rows that were read; the check is given up through it.

    Raises BadRequest where the columns make no sense, Forbidden where the person may not write one of them, ``source.Refused`` where the
    file cannot be read, Stopped when it was given up.
    """
    return prepare(context, lay_out(context, asked), source, progress, lock=False)


def prepare(context: Context, layout: Layout, source: Source, progress: Progress, *, lock: bool) -> Preview:
    """Put the rows of ``source`` into the tables of ``layout`` and find out all that there is to know of them.

    :param lock: hold the rows that are meant until the transaction ends.
    """
    context.session.flush()
    context.dialect.make_room(context.session.connection())
    problems = Problems(context, layout)
    matching = Matching(context, layout, problems, lock=lock)
    progress.phase = "reading"
    Staged(context, layout).fill(source, progress)
    progress.phase = "comparing"
    progress.check()
    Following(context, layout, problems).follow()
    progress.check()
    matching.match()
    _check_mode(layout, problems)
    progress.check()
    check_rules(context, layout, problems)
    progress.check()
    problems.close()
    return _Counting(context, layout, problems).preview()


def _check_mode(layout: Layout, problems: Problems) -> None:
    match = layout.asked.match
    if not match:
        return
    one = next(one for one in layout.given if match[0] in one.own)
    if layout.asked.mode == "update":
        where = sa.and_(is_new(layout), problems.without(one.name))
        problems.add(one.name, "missing", _("There is no such row to be changed."), where, one.value)
    elif layout.asked.mode == "insert":
        problems.add(one.name, "taken", problems.taken, is_meant(layout), one.value)
    key = layout.view.info.key
    always = [column for column in key if column.generated and column.name in match]
    if always and layout.asked.mode != "update":
        # The database numbers these rows itself.
        where = sa.and_(
            is_new(layout), layout.values[always[0].name].is_not(None), problems.without(one.name)
        )
        message = _("There is no such row. New ones get their number by themselves: leave it empty.")
        problems.add(one.name, "missing", message, where, one.value)


class _Counting:
    def __init__(self, context: Context, layout: Layout, problems: Problems) -> None:
        self.context, self.layout, self.problems = context, layout, problems
        self.connection = context.session.connection()

    def preview(self) -> Preview:
        layout, matched = self.layout, self.layout.matched
        in_file = self._count(sa.select(sa.func.count()).select_from(layout.rows))
        refused = self._count(sa.select(sa.func.count()).select_from(REFUSED))
        staged = sa.exists().where(layout.row == REFUSED.c[ROW]).correlate(REFUSED)
        unread = self._count(sa.select(sa.func.count()).select_from(REFUSED).where(sa.not_(staged)))
        sums = sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(sa.case((matched.c.changed, 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(matched.c.digest), 0),
        ).where(good(matched.c[ROW]))
        meant, changed, digest = self.connection.execute(sums.select_from(matched)).one()
        found = Preview(
            total=in_file + unread,
            new=in_file + unread - refused - meant,
            changed=int(changed),
            same=meant - int(changed),
            failed=refused,
            problem_counts=self.problems.counts(),
            read_problems=read_problems(self.context),
        )
        if layout.asked.missing == "delete":
            found.missing = self._count(missing_rows(self.context, layout))
            found.unkeyed = self._unkeyed()
        counts = (found.total, found.new, found.changed, found.same, found.failed, found.missing)
        found.fingerprint = f"{'.'.join(map(str, counts))}.{int(digest) & 0xFFFFFFFFFFFFFFFF:x}"
        found.new_samples = self._new()
        found.changed_samples = self._changed()
        return found

    def _count(self, stmt: sa.Select[Any]) -> int:
        return int(self.connection.scalar(stmt) or 0)

    def _unkeyed(self) -> int:
        """Rows of the file that failed where it says which row is meant, or as a whole."""
        names = {"", *(one.name for one in self.layout.given if set(one.own) & set(self.layout.asked.match))}
        meant = sa.exists().where(self.layout.matched.c[ROW] == PROBLEMS.c[ROW]).correlate(PROBLEMS)
        wrong = sa.select(sa.func.count(PROBLEMS.c[ROW].distinct())).where(PROBLEMS.c.name.in_(names))
        told = PROBLEMS.c.kind.not_in(["hook", "duplicate", "taken", "scope"])
        return self._count(wrong.where(sa.not_(meant), told))

    def _new(self) -> list[Sample]:
        rows = self.layout.rows
        values = [one.value for one in self.layout.given]
        stmt = (
            sa.select(self.layout.row, *values)
            .select_from(rows)
            .where(is_new(self.layout), good(self.layout.row))
        )
        return [
            Sample(
                number,
                None,
                {one.name: (None, value) for one, value in zip(self.layout.given, new, strict=True)},
            )
            for number, *new in self.connection.execute(stmt.order_by(self.layout.row).limit(SAMPLES))
        ]

    def _changed(self) -> list[Sample]:
        layout, matched = self.layout, self.layout.matched
        model: Any = layout.view.model
        key = layout.key_of_matched()
        own = [getattr(model, column.name) for column in layout.view.info.key]
        old = [self._old(one, model) for one in layout.given]
        stmt = (
            sa.select(layout.row, matched.c.mask, *key, *(one.value for one in layout.given), *old)
            .select_from(model)
            .join(matched, sa.and_(*(a == b for a, b in zip(own, key, strict=True))))
            .join(layout.rows, layout.row == matched.c[ROW])
            .where(matched.c.changed, good(matched.c[ROW]))
        )
        found = []
        count = len(layout.given)
        for number, mask, *rest in self.context.session.execute(stmt.order_by(layout.row).limit(SAMPLES)):
            differing = {name for name, sign in zip(layout.written, mask, strict=True) if sign == "1"}
            new, before = rest[len(key) : len(key) + count], rest[len(key) + count :]
            values = {
                one.name: (was, now)
                for one, was, now in zip(layout.given, before, new, strict=True)
                if differing & set(one.own)
            }
            found.append(Sample(number, tuple(rest[: len(key)]), values))
        return found

    def _old(self, one: Given, model: Any) -> Any:
        """What a row has now in the words of the file."""
        if one.relation is None or not one.is_found:
            return getattr(model, next(iter(one.own)))
        target: Any = sa.orm.aliased(one.relation.target)
        same = [
            getattr(target, remote) == getattr(model, local)
            for local, remote in zip(one.relation.local, one.relation.remote, strict=True)
        ]
        return sa.select(getattr(target, one.by[0].name)).where(*same).limit(1).scalar_subquery()


def missing_rows(context: Context, layout: Layout, *columns: Any) -> sa.Select[Any]:
    """A select from the rows of the view that no row of the file means; of their number by default."""
    own = [getattr(layout.view.model, column.name) for column in layout.view.info.key]
    same = (a == b for a, b in zip(own, layout.key_of_matched(), strict=True))
    meant = sa.exists().select_from(layout.matched).where(*same).correlate_except(layout.matched)
    stmt = sa.select(*(columns or [sa.func.count()])).select_from(layout.view.model)
    return scope(context, layout.view, stmt).where(sa.not_(meant))
