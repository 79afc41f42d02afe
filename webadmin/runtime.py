"""What serves the requests of one admin, and what an address is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import anyio
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request

from webadmin.auth.cookie import SessionData
from webadmin.auth.user import User
from webadmin.database.own_tables import accounts
from webadmin.database.own_tables.changes import TABLES
from webadmin.database.own_tables.there import There
from webadmin.database.replica import Reads
from webadmin.database.session import Database
from webadmin.database.stop import Stop
from webadmin.database.watched import Threads
from webadmin.errors import BadRequest
from webadmin.listing.pagemap.store import PageMaps
from webadmin.rendering.assets import Assets
from webadmin.rendering.htmx import is_partial
from webadmin.rendering.urls import Urls
from webadmin.request import AdminRequest, Answer
from webadmin.responder import Caller, Responder
from webadmin.saved.shelf import Shelf
from webadmin.text import gettext as _
from webadmin.transfer.imports.runner import Desk, JobRunner


@dataclass(frozen=True)
class Route:
    """One address: what answers it and which permission it takes.

    ``permission`` is one of ``auth.user.PERMISSIONS`` and ``SITE_PERMISSIONS``, ``"action:{name}"``, ``"public"`` for the
    pages of logging in, ``"entering"`` for those of somebody who has to do one more step, or ``"known"`` for pages that
    anybody who is logged in may see. ``writes_on`` are the methods whose transaction may write.
    ``stops``: may take long, so that its statement is stopped when the client goes away. ``takes_files``: a form may bring a
    file as large as an import's, once its sender is known to have the permission.
    """

    pattern: str
    view: Callable[[AdminRequest], Answer]
    permission: str
    methods: tuple[str, ...] = ("GET",)
    writes_on: tuple[str, ...] = ("POST",)
    writes_with: str = ""
    """A field of a form with which it may write as well."""
    stops: bool = False
    explained: str = ""
    """The statements that it sends can be looked at: by GET, or by POST of what it was sent; empty where they cannot."""
    explains: Route | None = None
    """The page whose statements it shows. Besides its own permission it takes that page's."""
    takes_files: bool = False
    primary: bool = False
    """It shows what has to be true: who may do what, the server itself, what a form is about to change."""

    def writes(self, method: str, form: FormData) -> bool:
        """Whether the transaction of such a request may write."""
        return method in self.writes_on or bool(self.writes_with and form.get(self.writes_with))

    def named(self, method: str, params: Mapping[str, str]) -> str:
        """A request for it in words, without which row it is about."""
        page = self.pattern.replace("{key}", params.get("key", ""))
        return f"{method} /{page}/" if page else f"{method} /"


@dataclass
class Runtime:
    """What serves the requests of one admin."""

    database: Database
    responder: Responder
    assets: Assets
    maps: PageMaps
    shelf: Shelf = field(default_factory=Shelf)
    history: There = field(default_factory=lambda: There(TABLES))
    accounts: There = field(default_factory=lambda: There(accounts.TABLES))
    limiter: anyio.CapacityLimiter | None = None
    desk: Desk = field(default_factory=Desk)
    jobs: JobRunner | None = None
    """Has imports checked and applied."""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def threads(self) -> anyio.CapacityLimiter:
        """As many threads as the pool has connections: a request never waits for a connection in a thread."""
        if self.limiter is None:
            self.limiter = limiter = anyio.CapacityLimiter(self.database.capacity)
            self.database.watched.threads = lambda: _threads(limiter)
        return self.limiter

    def asked(
        self, caller: Caller, session: Session, form: FormData, stop: Stop, reads: Reads
    ) -> AdminRequest:
        """What a view receives of ``caller``'s request. Raises BadRequest for an address that cannot be read."""
        query = caller.request.scope.get("query_string", b"")
        try:
            pairs = parse_qsl(
                query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=500
            )
        except (UnicodeDecodeError, ValueError):
            raise BadRequest(_("The address holds characters that cannot be read."), link="./") from None
        responder = self.responder
        return AdminRequest(
            method=caller.request.method,
            connection=caller.request,
            query=pairs,
            form=form,
            params=caller.params,
            user=caller.user or User("", grants=()),
            session=session,
            dialect=self.database.dialect,
            registry=responder.registry,
            settings=responder.settings,
            urls=caller.urls,
            cookie=caller.cookie,
            identity=responder.identity,
            secret=responder.secret,
            request_id=caller.request_id,
            htmx=is_partial(caller.request.headers),
            shelf=self.shelf,
            maps=self.maps,
            history=self.history,
            long_reading=partial(self.database.long_reading, reads=replace(reads)),
            servers=self.database.servers,
            mark=self.database.mark,
            watched=self.database.watched,
            stopped=stop.is_gone,
            extra=dict(self.extra),
            desk=self.desk,
            jobs=self.jobs,
        )

    def by_itself(self, session: Session, stop: Stop, user: User, key: str, name: str) -> AdminRequest:
        """A request that no browser has made, for what runs without one: it has nothing but who does something in which list.

        :param name: what the log and the history call it.
        """
        scope = {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": "/",
            "query_string": b"",
            "headers": [],
        }
        request = Request({**scope, "root_path": ""})
        caller = Caller(request, {"key": key}, Urls.of(request.scope), SessionData(), name, user)
        return self.asked(caller, session, FormData(), stop, Reads())


def _threads(limiter: anyio.CapacityLimiter) -> Threads:
    now = limiter.statistics()
    return Threads(now.borrowed_tokens, int(now.total_tokens), now.tasks_waiting)
