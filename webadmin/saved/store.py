"""Where saved views and settings are kept: what both places can do."""

from __future__ import annotations

import hashlib
from typing import Protocol

from webadmin.auth.user import User
from webadmin.database.own_tables.lists import KEY
from webadmin.saved.kept import Kept, ListSettings, SavedView


class Store(Protocol):
    """What one person keeps of one list. Writing takes effect with the request's transaction or cookie."""

    lasting: bool
    """It is kept in the database, for all browsers of the person; else in this browser alone. Only then can views be
    shared."""
    statements: int
    """How many were sent to read it."""

    def read(self) -> Kept:
        """All of it; what belongs to others is not in it unless it is shared."""

    def add(self, name: str, query: str, *, shared: bool) -> SavedView:
        """A new view. Raises Unprocessable when there is no room for it."""

    def change(
        self,
        view: SavedView,
        *,
        name: str | None = None,
        query: str | None = None,
        shared: bool | None = None,
    ) -> None:
        """Change what is given of a view that :meth:`read` has found."""

    def remove(self, view: SavedView) -> None:
        """Forget a view that :meth:`read` has found."""

    def write(self, settings: ListSettings) -> None:
        """Keep these settings instead of those before. Raises Unprocessable when there is no room for them."""


def person_of(user: User) -> str:
    """What stands for a person in the tables; empty for somebody who has neither id nor name."""
    found = f"id:{user.id}" if user.id else f"name:{user.name}" if user.name else ""
    return fitted(found)


def fitted(text: str) -> str:
    """``text``, or a digest of it where it would not fit into its column."""
    if len(text) <= KEY and text.isprintable():
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
