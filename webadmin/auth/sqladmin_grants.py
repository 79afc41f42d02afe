"""Rights that were written for sqladmin: its ``AuthorizationBackend``, taken as it is.

``has_permission(request, identity, action)`` is asked for every list and everything that can be done in it, once for each request, and
what it allows becomes the person's grants: from there on every page asks as it always does. What sqladmin has no word for follows from
what it has (``_ASKED``), never from a yes to something else.
"""

from __future__ import annotations

import copy
import dis
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

import anyio.from_thread
from starlette.requests import HTTPConnection

from webadmin.auth.cookie import SessionData
from webadmin.auth.identity import Identity
from webadmin.auth.stored import StoredIdentity
from webadmin.auth.user import SITE_PERMISSIONS, User

_ASKED = {
    "view": ("list", "details"),
    "add": ("create",),
    "change": ("edit",),
    "delete": ("delete",),
    "restore": ("delete",),
    "purge": ("delete",),
    "export": ("export",),
    "import": ("import",),
    "explain": ("list", "details", "explain"),
    "share_views": ("list", "details", "share_views"),
}
"""All that sqladmin has to allow for each permission. Its list and its pages of rows are one permission here; what it deletes is
gone for good. For the last two it has no words: a backend of grants gives them to whoever has ``"*"`` there."""


@runtime_checkable
class AuthorizationBackend(Protocol):
    """What sqladmin asks about rights."""

    async def load(self, request: Any) -> None: ...

    def has_permission(self, request: Any, identity: str, action: str, obj: Any = None) -> bool: ...


Lists = Iterable[tuple[str, str, Iterable[str]]]
"""Of each list its key, what sqladmin calls it, and the names of its actions."""


def authorized(identity: Identity, backend: AuthorizationBackend, lists: Callable[[], Lists]) -> Identity:
    """``identity``, whose people may do what ``backend`` allows them, and what their roles give.

    Raises TypeError where people have their rights from webadmin's own tables, and for a backend that decides row by row: rows are
    what ``ModelView.scope`` is asked about, on every page.
    """
    if isinstance(identity, StoredIdentity):
        raise TypeError(
            "authorization_backend: people with accounts have their rights from webadmin's own tables; leave it out, or "
            "tell who somebody is with identify or authentication_backend"
        )
    if _looks_at_rows(backend):
        raise TypeError(
            f"authorization_backend: {type(backend).__name__}.has_permission looks at obj, a single row, which it is not given "
            "here; write ModelView.scope(self, stmt, user) for what depends on rows"
        )
    twin, inner = copy.copy(identity), identity.identify

    def identify(connection: HTTPConnection, session: SessionData, found: Any) -> User | None:
        user = inner(connection, session, found)
        if user is None:
            return None
        anyio.from_thread.run(backend.load, connection)
        site = frozenset(user.grants).intersection(SITE_PERMISSIONS)
        return replace(user, grants=site.union(_allowed(backend, connection, lists())))

    twin.identify = identify  # type: ignore[method-assign]
    return twin


def _allowed(backend: AuthorizationBackend, connection: HTTPConnection, lists: Lists) -> Iterator[str]:
    words = dict.fromkeys(word for asked in _ASKED.values() for word in asked)
    for key, identity, names in lists:
        yes = {word for word in words if backend.has_permission(connection, identity, word)}
        yield from (f"{key}.{permission}" for permission, asked in _ASKED.items() if yes.issuperset(asked))
        actions = [f"action:{name}" for name in names]
        yield from (f"{key}.{one}" for one in actions if backend.has_permission(connection, identity, one))


def _looks_at_rows(backend: AuthorizationBackend) -> bool:
    """Whether the backend's function does anything with the row that sqladmin gives it at times."""
    function = inspect.unwrap(type(backend).has_permission)
    if not inspect.isfunction(function):
        return True  # nobody can see what it does
    row = list(inspect.signature(function).parameters)[4:]
    loaded = {
        name
        for instruction in dis.get_instructions(function)
        if instruction.opname.startswith("LOAD")
        for name in (instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,))
    }
    return not loaded.isdisjoint(row)
