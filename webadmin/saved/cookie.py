"""Saved views and settings in the signed cookie, where there are no tables for them."""

from __future__ import annotations

import json
import secrets
from typing import Any

from webadmin.auth.cookie import SessionData
from webadmin.errors import Unprocessable
from webadmin.saved.kept import Kept, ListSettings, SavedView
from webadmin.text import gettext as _

ROOM = 2000
"""Bytes that all lists together may take: browsers drop a cookie over 4096, which holds the session too."""

_PERSON, _LISTS, _VIEWS, _SETTINGS = "p", "l", "v", "s"


class CookieStore:
    """See :class:`~webadmin.saved.store.Store`. Another person at the same browser finds nothing, and writes over it."""

    lasting = False
    statements = 0

    def __init__(self, cookie: SessionData, person: str, key: str) -> None:
        self._cookie, self._person, self._key = cookie, person, key

    def read(self) -> Kept:
        found = self._lists().get(self._key)
        content = found if isinstance(found, dict) else {}
        views = [
            SavedView(str(item[0]), str(item[1]), str(item[2]))
            for item in content.get(_VIEWS, ())
            if isinstance(item, list) and len(item) == 3
        ]
        return Kept.ordered(views, ListSettings.of(content.get(_SETTINGS)))

    def add(self, name: str, query: str, *, shared: bool) -> SavedView:
        kept = self.read()
        made = SavedView(secrets.token_hex(5), name, query)
        self._write([*kept.views, made], kept.settings)
        return made

    def change(
        self,
        view: SavedView,
        *,
        name: str | None = None,
        query: str | None = None,
        shared: bool | None = None,
    ) -> None:
        kept = self.read()
        changed = SavedView(
            view.id, view.name if name is None else name, view.query if query is None else query
        )
        self._write([changed if other.id == view.id else other for other in kept.views], kept.settings)

    def remove(self, view: SavedView) -> None:
        kept = self.read()
        self._write([other for other in kept.views if other.id != view.id], kept.settings)

    def write(self, settings: ListSettings) -> None:
        self._write(list(self.read().views), settings)

    def _lists(self) -> dict[str, Any]:
        kept = self._cookie.kept
        lists = kept.get(_LISTS) if kept.get(_PERSON, "") == self._person else None
        return lists if isinstance(lists, dict) else {}

    def _write(self, views: list[SavedView], settings: ListSettings) -> None:
        content: dict[str, Any] = {}
        if views:
            content[_VIEWS] = [[view.id, view.name, view.query] for view in views]
        if chosen := settings.content():
            content[_SETTINGS] = chosen
        lists = {**self._lists(), self._key: content}
        kept = {_LISTS: {key: value for key, value in lists.items() if value}}
        size = len(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode())
        # Taking away is always possible, also from one that is too large already.
        if size > ROOM and size >= len(json.dumps(self._cookie.kept, ensure_ascii=False).encode()):
            raise Unprocessable(
                _(
                    "Saved views are kept in this browser, which has room for few of them. Delete one, or save one with fewer filters."
                )
            )
        self._cookie.keep({_PERSON: self._person, **kept} if kept[_LISTS] else {})
