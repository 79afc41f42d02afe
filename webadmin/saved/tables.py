"""Saved views and settings in webadmin's own tables."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin.database.own_tables.lists import list_setting, saved_view
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.saved.kept import Kept, ListSettings, SavedView
from webadmin.saved.store import fitted
from webadmin.text import gettext as _

TABLES = (saved_view.name, list_setting.name)

_views, _settings = saved_view.c, list_setting.c


def _reading() -> sa.CompoundSelect[Any]:
    """Views and settings in one statement: the settings as a row without an id."""
    key, person = sa.bindparam("key", type_=sa.String), sa.bindparam("person", type_=sa.String)
    views = sa.select(
        _views.id,
        _views.name,
        _views.query,
        _views.person,
        _views.person_name,
        _views.shared,
        _views.created_at,
    ).where(_views.list_key == key, sa.or_(_views.person == person, _views.shared))
    settings = sa.select(
        sa.literal("", sa.String),
        sa.literal("", sa.String),
        _settings.content,
        _settings.person,
        sa.literal("", sa.String),
        sa.false(),
        _settings.changed_at,
    ).where(_settings.list_key == key, _settings.person == person)
    return sa.union_all(views, settings)


_READING = _reading()


class TableStore:
    """See :class:`~webadmin.saved.store.Store`."""

    lasting = True

    def __init__(
        self,
        context: Context,
        person: str,
        key: str,
        changed: Callable[[], None],
        remembered: Callable[[Callable[[], Kept]], Kept] | None = None,
    ) -> None:
        """:param changed: called before anything is written.
        :param remembered: called with what reads, may give what it has read before."""
        self._context, self._person, self._key = context, person, fitted(key)
        self._changed, self._remembered = changed, remembered
        self.statements = 0

    @property
    def _session(self) -> Session:
        return self._context.session

    @caused_by(label=lambda: _("Saved views and settings"))
    def read(self) -> Kept:
        return self._read() if self._remembered is None else self._remembered(self._read)

    def _read(self) -> Kept:
        self.statements += 1
        views, settings = [], ListSettings()
        found = self._session.execute(_READING, {"key": self._key, "person": self._person}).all()
        for id, name, query, person, person_name, shared, _at in sorted(
            found, key=lambda row: row.created_at
        ):
            if id:
                views.append(SavedView(id, name, query, person == self._person, shared, person_name))
            else:
                settings = ListSettings.of(_json(query))
        return Kept.ordered(views, settings)

    def add(self, name: str, query: str, *, shared: bool) -> SavedView:
        self._changed()
        owner = self._context.user.name[:100] if self._context.user.name.isprintable() else ""
        made = SavedView(secrets.token_hex(5), name, query, shared=shared, owner=owner)
        self._session.execute(
            sa.insert(saved_view).values(
                id=made.id,
                list_key=self._key,
                person=self._person,
                person_name=owner,
                name=name,
                query=query,
                shared=shared,
            )
        )
        return made

    def change(
        self,
        view: SavedView,
        *,
        name: str | None = None,
        query: str | None = None,
        shared: bool | None = None,
    ) -> None:
        self._changed()
        given = {"name": name, "query": query, "shared": shared}
        changes = {column: value for column, value in given.items() if value is not None}
        self._session.execute(sa.update(saved_view).where(self._is(view)).values(changes))

    def remove(self, view: SavedView) -> None:
        self._changed()
        self._session.execute(sa.delete(saved_view).where(self._is(view)))

    def write(self, settings: ListSettings) -> None:
        self._changed()
        content = json.dumps(settings.content(), ensure_ascii=False)
        mine = sa.and_(_settings.list_key == self._key, _settings.person == self._person)
        update = sa.update(list_setting).where(mine).values(content=content)
        if self._session.execute(update).rowcount:  # type: ignore[attr-defined]
            return
        insert = sa.insert(list_setting).values(list_key=self._key, person=self._person, content=content)
        try:
            with self._session.begin_nested():
                self._session.execute(insert)
        except sa.exc.IntegrityError:  # another request of the same person was faster
            self._session.execute(update)

    def _is(self, view: SavedView) -> sa.ColumnElement[bool]:
        """What was read as visible to this person is asked for as visible again: it may not be theirs any more."""
        mine = _views.person == self._person if view.own else _views.shared
        return sa.and_(_views.id == view.id, _views.list_key == self._key, mine)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
