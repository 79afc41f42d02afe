"""The database itself: its tables, the pool, who else is connected, what it is set to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from webadmin.dialects.capabilities import capabilities
from webadmin.dialects.overview import Connected, Server, TableSize
from webadmin.explain.finding import size
from webadmin.options.view import View
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import format_ago, format_count, format_number, localize
from webadmin.text import gettext as _
from webadmin.views.database_pool import PoolState, SlowLine, pool_state, slow_lines
from webadmin.views.database_servers import ServersState, servers_state

FIXED_NAMES = frozenset({"diagram", "doctor", "indexes"})
"""Addresses below this page that are no tables."""
_DEAD = 0.2
"""The share of old versions of rows from which a table is worth a look."""
_MANY = 1000
"""Old versions of rows below which nobody minds."""
_STATEMENT = 120


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as people read it, and as programs do."""

    text: str
    machine: str


@dataclass(frozen=True, slots=True)
class TableLine:
    name: str
    """With its schema where that is not the usual one."""
    url: str
    kind: str
    rows_text: str
    size_text: str
    index_text: str
    share: float
    """Of the largest table, from 0 to 100."""
    dead_text: str
    bloated: bool
    analyzed: Moment | None
    vacuumed: Moment | None
    list_url: str | None
    """Its list in the admin."""


@dataclass(frozen=True, slots=True)
class ConnectedLine:
    id: str
    application: str
    state: str
    since: Moment | None
    waits_for: str
    blocked_by: str
    statement: str
    own: bool


@dataclass(frozen=True, slots=True)
class Ability:
    """Something that the database can do, or what is missing without it."""

    name: str
    title: str
    there: bool
    without: str


@dataclass(frozen=True, slots=True)
class DatabasePage:
    title: str
    version: str
    size_text: str
    since: Moment | None
    tables: tuple[TableLine, ...]
    abilities: tuple[Ability, ...]
    pool: PoolState
    slow: tuple[SlowLine, ...]
    connected: tuple[ConnectedLine, ...] | None
    settings: tuple[tuple[str, str], ...]
    extensions: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, str], ...]
    counters: tuple[tuple[str, str], ...]
    servers: ServersState = field(default_factory=ServersState)


def database(request: AdminRequest) -> Answer:
    """Everything that the database tells of itself; for those who have the right ``@database``."""
    connection, dialect = request.session.connection(), request.dialect
    server, tables = dialect.server(connection), dialect.table_sizes(connection)
    found = dialect.connected(connection)
    page = DatabasePage(
        title=server.name or _("Database"),
        version=server.version or dialect.version(connection),
        size_text=size(server.bytes / 1024) if server.bytes is not None else "",
        since=moment(server.since),
        tables=tuple(_lines(request, tables)),
        abilities=_abilities(request),
        pool=pool_state(request),
        slow=slow_lines(request),
        connected=None if found is None else tuple(map(_connected, found)),
        settings=tuple(server.settings),
        extensions=tuple(server.extensions),
        types=tuple(server.types),
        counters=_counters(server),
        servers=servers_state(request),
    )
    return Page("database.html", page)


def moment(value: dt.datetime | None) -> Moment | None:
    """``value`` for the page."""
    if value is None:
        return None
    local = localize(value)
    return Moment(format_ago(local, dt.datetime.now(dt.UTC)), local.isoformat())


def place_of(schema: str | None, name: str) -> str:
    """A table's name as it stands in addresses."""
    return f"{schema}.{name}" if schema else name


def table_url(request: AdminRequest, schema: str | None, name: str) -> str:
    """The page of a table's structure."""
    place = place_of(schema, name)
    mark = "~" if place in FIXED_NAMES or place.startswith("~") else ""
    return f"{request.urls.page('database')}{quote(mark + place, safe='')}/"


def named_in(request: AdminRequest) -> str:
    """The table that an address made by :func:`table_url` names."""
    return request.params["name"].removeprefix("~")


def view_of(request: AdminRequest, schema: str | None, name: str) -> View | None:
    """The list of a table's rows, where there is one that the person may see."""
    for view in request.registry.views.values():
        if (view.info.table.schema, view.info.table.name) == (schema, name) and request.context.may_look(
            view
        ):
            return view
    return None


def _lines(request: AdminRequest, tables: Sequence[TableSize]) -> list[TableLine]:
    largest = max((table.bytes or 0 for table in tables), default=0) or 1
    lines = []
    for table in tables:
        view = view_of(request, table.schema, table.name)
        dead = table.dead_rows or 0
        lines.append(
            TableLine(
                name=place_of(table.schema, table.name),
                url=table_url(request, table.schema, table.name),
                kind=table.kind,
                rows_text="" if table.rows is None else format_count(table.rows, exact=False),
                size_text="" if table.bytes is None else size(table.bytes / 1024),
                index_text="" if table.index_bytes is None else size(table.index_bytes / 1024),
                share=round(100 * (table.bytes or 0) / largest, 1),
                dead_text=format_number(dead) if dead else "",
                bloated=dead > _MANY and dead > _DEAD * max(table.rows or 0, 1),
                analyzed=moment(table.analyzed_at),
                vacuumed=moment(table.vacuumed_at),
                list_url=request.urls.list(view) if view is not None else None,
            )
        )
    return lines


def _connected(found: Connected) -> ConnectedLine:
    text = " ".join(found.statement.split())
    return ConnectedLine(
        id=found.id,
        application=found.application,
        state=found.state,
        since=moment(found.since),
        waits_for=found.waits_for,
        blocked_by=", ".join(found.blocked_by),
        statement=text if len(text) <= _STATEMENT else text[: _STATEMENT - 1] + "…",
        own=found.own,
    )


def _abilities(request: AdminRequest) -> tuple[Ability, ...]:
    dialect = request.dialect
    return tuple(Ability(one.name, one.title, dialect.has(one), one.without) for one in capabilities())


def _counters(server: Server) -> tuple[tuple[str, str], ...]:
    return tuple((counter.name, f"{counter.share:.0%}") for counter in server.counters)
