"""The tables of the database and what leads from one to another, drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.engine.reflection import ObjectKind

from webadmin.database.own_tables.base import PREFIX
from webadmin.errors import BadRequest, NotFound
from webadmin.rendering.diagram import Column, Drawn, Key, Table, draw
from webadmin.request import AdminRequest, Answer, Page
from webadmin.text import gettext as _
from webadmin.views.database import place_of, table_url
from webadmin.views.database_table import type_text

MOST = 120
"""Tables drawn at once."""
ZOOMS = ("25", "50", "75", "100", "150", "200")
"""Percent."""
STEPS = ("1", "2", "3")
COLUMNS = ("keys", "all")


@dataclass(frozen=True, slots=True)
class Choice:
    text: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DiagramPage:
    database_url: str
    drawn: Drawn
    width: int
    """In pixels at this zoom."""
    height: int
    table: str
    """What it is drawn around; empty for all."""
    tables: tuple[str, ...]
    zooms: tuple[Choice, ...]
    steps: tuple[Choice, ...]
    columns: tuple[Choice, ...]
    kept: tuple[tuple[str, str], ...]
    """What else the form that chooses a table sends."""
    message: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A table, as far as it matters which others it leads to."""

    schema: str | None
    name: str
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    table: str
    steps: str
    zoom: str
    columns: str

    def choices(self, name: str, texts: Mapping[str, str]) -> tuple[Choice, ...]:
        """Links to this drawing with each other value of ``name``."""
        now = {"table": self.table, "steps": self.steps, "zoom": self.zoom, "columns": self.columns}
        return tuple(
            Choice(text, "?" + urlencode(now | {name: value}), now[name] == value)
            for value, text in texts.items()
        )


def diagram(request: AdminRequest) -> Answer:
    """All tables, or those around one; for those who have the right ``@database``. Raises NotFound, BadRequest."""
    asked, tables, message = _asked(request), _tables(request), ""
    if asked.table and asked.table not in tables:
        raise NotFound(_("There is no such table."))
    around = asked.table
    if not around and len(tables) > MOST:
        beside = _beside(tables)
        around = max(tables, key=lambda name: (len(beside[name]), name))
        message = _(
            "There are {count} tables, more than can be drawn at once. These are the ones around {table}; choose another above."
        ).format(count=len(tables), table=around)
    shown = _around(tables, around, int(asked.steps)) if around else tables
    drawn = draw(_with_columns(request, shown), every=asked.columns == "all")
    zoom = int(asked.zoom) / 100
    page = DiagramPage(
        database_url=request.urls.page("database"),
        drawn=drawn,
        width=round(drawn.width * zoom),
        height=round(drawn.height * zoom),
        table=asked.table,
        tables=tuple(sorted(tables)),
        zooms=asked.choices("zoom", {zoom: f"{zoom}%" for zoom in ZOOMS}),
        steps=asked.choices("steps", {steps: steps for steps in STEPS}) if asked.table else (),
        columns=asked.choices("columns", {"keys": _("Keys"), "all": _("All columns")}),
        kept=(("zoom", asked.zoom), ("columns", asked.columns)),
        message=message,
    )
    return Page("diagram.html", page)


def _asked(request: AdminRequest) -> _Asked:
    given = dict(request.query)
    return _Asked(
        given.get("table", ""),
        _one_of("steps", given.get("steps") or "1", STEPS),
        _one_of("zoom", given.get("zoom") or "100", ZOOMS),
        _one_of("columns", given.get("columns") or "keys", COLUMNS),
    )


def _one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise BadRequest(
            _("{name} is one of {allowed}.").format(name=name, allowed=", ".join(allowed)), link="./"
        )
    return value


def _tables(request: AdminRequest) -> dict[str, _Place]:
    """The database's tables by name, with what leads from them; webadmin's own are left out."""
    connection = request.session.connection()
    sizes = [one for one in request.dialect.table_sizes(connection) if not one.kind.endswith("view")]
    inspector: Any = sa.inspect(connection)
    found = {}
    for schema in dict.fromkeys(one.schema for one in sizes):
        names = [one.name for one in sizes if one.schema == schema and not one.name.startswith(PREFIX)]
        keys = inspector.get_multi_foreign_keys(schema=schema, filter_names=names, kind=ObjectKind.ANY)
        for name in names:
            leading = tuple(map(_key, keys.get((schema, name)) or ()))
            found[place_of(schema, name)] = _Place(schema, name, leading)
    return found


def _with_columns(request: AdminRequest, places: Mapping[str, _Place]) -> dict[str, Table]:
    """What is drawn of tables: of those that are not, no column is asked for."""
    connection = request.session.connection()
    inspector: Any = sa.inspect(connection)
    found: dict[str, Table] = {}
    for schema in dict.fromkeys(place.schema for place in places.values()):
        names = [place.name for place in places.values() if place.schema == schema]
        options = {"schema": schema, "filter_names": names, "kind": ObjectKind.ANY}
        columns, primary = (
            inspector.get_multi_columns(**options),
            inspector.get_multi_pk_constraint(**options),
        )
        for full, place in places.items():
            if place.schema != schema:
                continue
            own = set((primary.get((schema, place.name)) or {}).get("constrained_columns") or ())
            foreign = {column for key in place.keys for column in key.columns}
            found[full] = Table(
                full,
                table_url(request, schema, place.name),
                tuple(
                    Column(
                        column["name"],
                        type_text(column["type"], connection.dialect),
                        column["name"] in own,
                        column["name"] in foreign,
                        bool(column.get("nullable")),
                    )
                    for column in columns.get((schema, place.name)) or ()
                ),
                place.keys,
            )
    return {full: found[full] for full in places}


def _key(key: Any) -> Key:
    return Key(
        tuple(key["constrained_columns"]),
        place_of(key["referred_schema"], key["referred_table"]),
        tuple(key["referred_columns"]),
        key.get("options", {}).get("ondelete") or "",
    )


def _beside(tables: Mapping[str, _Place]) -> dict[str, set[str]]:
    beside: dict[str, set[str]] = defaultdict(set)
    for name, table in tables.items():
        for key in table.keys:
            beside[name].add(key.target)
            beside[key.target].add(name)
    return beside


def _around(tables: Mapping[str, _Place], name: str, steps: int) -> dict[str, _Place]:
    """The table and those that are so many steps away at most; the nearest, where they are too many."""
    beside, found = _beside(tables), {name: tables[name]}
    last = [name]
    for _step in range(steps):
        last = sorted({one for at in last for one in beside[at] if one in tables and one not in found})
        found |= {one: tables[one] for one in last[: MOST - len(found)]}
    return found
