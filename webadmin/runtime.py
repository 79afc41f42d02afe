"""What serves the requests of one admin, and what an address is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio

from webadmin.database.own_tables import accounts
from webadmin.database.own_tables.changes import TABLES
from webadmin.database.own_tables.there import There
from webadmin.database.session import Database
from webadmin.listing.pagemap.store import PageMaps
from webadmin.rendering.assets import Assets
from webadmin.request import AdminRequest, Answer
from webadmin.responder import Responder
from webadmin.saved.shelf import Shelf


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
    stops: bool = False
    takes_files: bool = False


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
    extra: Mapping[str, Any] = field(default_factory=dict)

    def threads(self) -> anyio.CapacityLimiter:
        """As many threads as the pool has connections: a request never waits for a connection in a thread."""
        if self.limiter is None:
            self.limiter = anyio.CapacityLimiter(self.database.capacity)
        return self.limiter
