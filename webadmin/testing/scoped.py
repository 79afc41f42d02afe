"""That somebody sees nothing of a row, and can do nothing to it, whatever they ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from webadmin.auth.user import User
from webadmin.database.own_tables.changes import change_row
from webadmin.forms.inlines import DELETE, ID
from webadmin.options.view import View
from webadmin.site import Admin
from webadmin.testing.client import acting
from webadmin.testing.foreign import ForeignRow
from webadmin.testing.questions import Question, questions
from webadmin.testing.transaction import rolled_back
from webadmin.testing.walk import Answer, Walker

_GONE = frozenset({401, 403, 404})
_MOST_CHANGES = 20
_MOST_TOLD = 40


def assert_scoped(
    admin: Admin, foreign_row: Any, user: User, *, markers: Sequence[str] | None = None
) -> None:
    """Ask for a row as somebody who must not see it, at every address and by every parameter that could lead to it.

    Its own pages have to answer that there is no such row; lists, counts, groups, facets, look-ups, forms, the history and
    the pages of related rows must hold none of its texts; and it must stay as it is, whatever is sent. All is rolled back;
    hooks of your own may run.

    :param foreign_row: an instance of a mapped class that is in the database. Give it texts that stand nowhere else.
    :param user: should have every right that people of this kind can have: what is refused to them anyway proves nothing.
    :param markers: texts that give the row away; by default all of its own that no other row of the table has.
    :raises AssertionError: with one line for each answer that is wrong.
    :raises ValueError: where nothing would be tested: the row is not there, has no text of its own, or the person may not
        see the list at all.
    """
    admin.check()
    with rolled_back(admin) as connection, Walker(acting(admin, user)) as walker:
        row = ForeignRow(connection, admin.registry, foreign_row, markers)
        if (found := walker.ask("GET", f"/{row.view.key}/")).status != 200:
            raise ValueError(
                f"{user.name} may not see the list {row.view.key} at all ({found}): nothing is tested"
            )
        faults = list(dict.fromkeys(_Walk(admin, walker, row).faults()))
    if faults:
        # Who may see a page may see what it sends: the pages themselves are told of first.
        faults = sorted(faults, key=lambda fault: "/explain/" in str(fault))
        more = [f"  … and {len(faults) - _MOST_TOLD} more"] if len(faults) > _MOST_TOLD else []
        head = f"{user.name} must not see {row.view.name.lower()} {row.id}, and yet:"
        raise AssertionError("\n".join([head, *(f"  {fault}" for fault in faults[:_MOST_TOLD]), *more]))


class _Walk:
    def __init__(self, admin: Admin, walker: Walker, row: ForeignRow) -> None:
        self.admin, self.walker, self.row = admin, walker, row

    def faults(self) -> Iterator[str]:
        for question in (*questions(self.admin, self.row), *self._of_the_history()):
            yield from self._ask(question)
        yield from self._through_forms()

    def _ask(self, question: Question) -> Iterator[str]:
        """What is wrong with the answer to a question, whose traces are gone before the next one."""
        with self._alone():
            yield from self._judged(question)

    def _judged(self, question: Question) -> Iterator[str]:
        answer = self.walker.ask(question.method, question.path, question.fields)
        if question.gone and answer.status not in _GONE:
            yield f"{answer}, and should be 404"
        if answer.status >= 500:
            yield f"{answer}, a fault of the program"
        typed = (*question.typed, *(str(value) for value in question.fields.values()))
        if told := self.row.told_by(answer, typed):
            yield f"{answer} {told}"
        if question.empty and (count := _count(answer)):
            yield f"{answer} counts {count} rows where there is none to see"
        yield from self._still_there(answer)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        savepoint = self.row.connection.begin_nested()
        yield
        savepoint.rollback()

    def _still_there(self, answer: Answer) -> Iterator[str]:
        if answer.method == "POST" and self.row.changed():
            yield f"{answer} changes it"

    # -- forms of other rows -------------------------------------------------------------------------------

    def _through_forms(self) -> Iterator[str]:
        """It is named in the forms of rows that the person sees: as what they belong to, and as one that belongs to them."""
        for view in self.admin.registry:
            relations = {
                name: relation
                for name, relation in view.info.relations.items()
                if relation.target is self.row.view.model
            }
            inlines = {option.relation.name for option in view.inlines} & set(relations)
            for id in self._visible(view) if relations else ():
                path = f"/{view.key}/{id}/change/"
                opened = self.walker.ask("GET", path)
                if opened.status != 200:
                    continue
                fields: dict[str, Any] = dict(opened.page.form("form"))
                named = {name for name in relations if name in view.form_columns} - inlines
                for name in named:
                    yield from self._send(path, {**fields, name: self.row.id}, view, id, name)
                for name in inlines:
                    for more in ({f"{name}-0-{DELETE}": "1"}, self._typed(view, name)):
                        sent = {**fields, f"{name}-0-{ID}": self.row.id, **more}
                        yield from self._send(path, sent, view, id, name)

    def _typed(self, view: View, name: str) -> dict[str, str]:
        option = next(option for option in view.inlines if option.relation.name == name)
        return {f"{name}-0-{column}": "mine" for column in option.columns}

    def _send(self, path: str, fields: dict[str, Any], view: View, id: str, name: str) -> Iterator[str]:
        with self._alone():
            before = self._leads_there(view, id, name)
            answer = self.walker.ask("POST", path, fields)
            if told := self.row.told_by(answer):
                yield f"{answer} with {name}={self.row.id} {told}"
            if not before and self._leads_there(view, id, name):
                yield f"{answer} takes it into {name}"
            yield from self._still_there(answer)

    def _leads_there(self, view: View, id: str, name: str) -> bool:
        """Whether a row is related to it."""
        info, foreign = view.info, self.row
        key = zip(info.key, view.key_from(id), strict=True)
        target = [
            column.column == value for column, value in zip(foreign.view.info.key, foreign.key, strict=True)
        ]
        there = getattr(view.model, name).property.class_attribute
        found = sa.select(sa.func.count()).select_from(view.model)
        found = found.where(*(column.column == value for column, value in key))
        relation = info.relations[name]
        condition = there.any(*target) if relation.uselist else there.has(sa.and_(*target))
        return bool(foreign.connection.execute(found.where(condition)).scalar_one())

    def _visible(self, view: View) -> list[str]:
        """The first row that the person sees of a list."""
        return self.walker.ask("GET", f"/{view.key}/").page.ids()[:1]

    # -- the history ---------------------------------------------------------------------------------------

    def _of_the_history(self) -> Iterator[Question]:
        """Changes of its table, looked at and undone."""
        table = self.row.view.info.table
        names = {table.name, table.fullname}
        ids = sa.select(change_row.c.change_id).where(change_row.c.table_name.in_(names)).distinct()
        try:
            with self.row.connection.begin_nested():
                found = self.row.connection.execute(ids.limit(_MOST_CHANGES)).scalars().all()
        except DBAPIError:  # no such tables: nothing is written down
            return
        for id in found:
            yield Question("GET", f"/changes/{id}/")
            yield Question("GET", f"/changes/{id}/undo/")
            yield Question("POST", f"/changes/{id}/undo/", {"confirm": "1"})


def _count(answer: Answer) -> int:
    """How many rows an answer says there are."""
    found = answer.page.css("main [data-count]")
    return int(found[0].get("data-count") or 0) if found else 0
