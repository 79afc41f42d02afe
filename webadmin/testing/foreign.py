"""A row that somebody must not see: what would give it away, and whether it is still as it was."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, with_parent

from webadmin.database import identity
from webadmin.options.registry import Registry
from webadmin.testing.walk import Answer

_SHORTEST = 5
"""Characters of a marker; shorter texts stand in random tokens too."""


class ForeignRow:
    """The row, read anew in the transaction of the walk.

    :param row: an instance of a mapped class, attached to a session or not.
    :param markers: texts that nobody sees who does not see the row; by default its own texts that no other row has.
    :raises ValueError: when there is no view or no such row, or nothing would give it away.
    """

    def __init__(
        self, connection: Connection, registry: Registry, row: Any, markers: Sequence[str] | None = None
    ) -> None:
        view = registry.for_model(type(row))
        if view is None:
            raise ValueError(f"{type(row).__name__} has no view in this admin")
        self.connection, self.view = connection, view
        state = sa.inspect(row)
        key = state.identity if state.identity is not None else view.info.key_of(row)
        self.key: tuple[Any, ...] = tuple(key)
        self.id = identity.segment(self.key)
        self._before = self._state()
        if not self._before[0]:
            raise ValueError(f"there is no {view.name.lower()} {unquote(self.id)} in the database")
        self.values: dict[str, Any] = dict(self._before[0][0]._mapping)
        self.markers = tuple(markers) if markers is not None else self._own_texts()
        if not self.markers:
            raise ValueError(
                f"{view.name} {unquote(self.id)} has no text of its own by which it could be told: pass markers=[…], or give "
                f"it a text of at least {_SHORTEST} characters that no other row has"
            )

    def related(self) -> list[tuple[type, str]]:
        """Rows that it leads to, or that lead to it, a few of each relation: their class and id."""
        info = self.view.info
        found: list[tuple[type, str]] = []
        with Session(self.connection, join_transaction_mode="create_savepoint") as session:
            row = session.get(info.model, self.key)
            for name, relation in info.relations.items():
                if relation.many_to_one and any(getattr(row, column) is None for column in relation.local):
                    continue
                ones: sa.Select[Any] = (
                    sa.select(relation.target).where(with_parent(row, getattr(info.model, name))).limit(3)
                )
                found += [
                    (relation.target, identity.segment(sa.inspect(one).identity))
                    for one in session.scalars(ones).unique()
                ]
        return found

    # -- giving away -------------------------------------------------------------------------------------

    def told_by(self, answer: Answer, typed: Sequence[str] = ()) -> str:
        """How an answer gives the row away, in words; nothing where it does not.

        :param typed: what the request itself held, and its page may therefore repeat.
        """
        text = html.unescape(answer.text).casefold()
        for marker in self.markers:
            repeated = any(marker.casefold() in one.casefold() for one in typed)
            if not repeated and marker.casefold() in text:
                return f"shows “{marker}”"
        page = answer.page
        own = answer.path.partition("?")[0].startswith(f"/{self.view.key}/")
        return "lists it" if own and {self.id, unquote(self.id)} & set(page.ids()) else ""

    def _own_texts(self) -> tuple[str, ...]:
        """Its texts that no other row of the table has in the same column."""
        found = []
        columns = self.view.info.columns
        for name, value in self.values.items():
            if not isinstance(value, str) or len(value) < _SHORTEST or columns[name].choices:
                continue
            same = sa.select(sa.func.count()).select_from(self.view.model)
            same = same.where(getattr(self.view.model, name) == value)
            if self.connection.execute(same).scalar_one() == 1:
                found.append(value)
        return tuple(dict.fromkeys(found))

    # -- changing ----------------------------------------------------------------------------------------

    def changed(self) -> bool:
        """Whether it is not as it was."""
        return self._state() != self._before

    def _state(self) -> tuple[Any, ...]:
        """Its columns, and how many links of link tables lead to it."""
        model = self.view.model
        columns = [getattr(model, name) for name in self.view.info.columns]
        own = [column.column == value for column, value in zip(self.view.info.key, self.key, strict=True)]
        state: list[Any] = [tuple(self.connection.execute(sa.select(*columns).where(*own)))]
        for relation in self.view.info.relations.values():
            if relation.many_to_many:
                there = getattr(model, relation.name)
                links = sa.select(sa.func.count()).select_from(model).join(there).where(*own)
                state.append(self.connection.execute(links).scalar_one())
        return tuple(state)
