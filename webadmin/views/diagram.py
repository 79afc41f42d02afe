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
    drawn = draw(
        _around(tables, around, int(asked.steps)) if around else tables, every=asked.columns == "all"
    )
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


def _tables(request: AdminRequest) -> dict[str, Table]:
    """The database's tables by name; webadmin's own are left out."""
    connection = request.session.connection()
    sizes = [one for one in request.dialect.table_sizes(connection) if not one.kind.endswith("view")]
    inspector: Any = sa.inspect(connection)
    found = {}
    for schema in dict.fromkeys(one.schema for one in sizes):
        names = [one.name for one in sizes if one.schema == schema and not one.name.startswith(PREFIX)]
        options = {"schema": schema, "filter_names": names, "kind": ObjectKind.ANY}
        columns, keys = inspector.get_multi_columns(**options), inspector.get_multi_foreign_keys(**options)
        primary = inspector.get_multi_pk_constraint(**options)
        for name in names:
            leading = tuple(map(_key, keys.get((schema, name)) or ()))
            own = set((primary.get((schema, name)) or {}).get("constrained_columns") or ())
            foreign = {column for key in leading for column in key.columns}
            found[place_of(schema, name)] = Table(
                place_of(schema, name),
                table_url(request, schema, name),
                tuple(
                    Column(
                        column["name"],
                        type_text(column["type"], connection.dialect),
                        column["name"] in own,
                        column["name"] in foreign,
                        bool(column.get("nullable")),
                    )
                    for column in columns.get((schema, name)) or ()
                ),
                leading,
            )
    return found


def _key(key: Any) -> Key:
    return Key(
        tuple(key["constrained_columns"]),
        place_of(key["referred_schema"], key["referred_table"]),
        tuple(key["referred_columns"]),
        key.get("options", {}).get("ondelete") or "",
    )


def _beside(tables: Mapping[str, Table]) -> dict[str, set[str]]:
    beside: dict[str, set[str]] = defaultdict(set)
    for name, table in tables.items():
        for key in table.keys:
            beside[name].add(key.target)
            beside[key.target].add(name)
    return beside


def _around(tables: Mapping[str, Table], name: str, steps: int) -> dict[str, Table]:
    """The table and those that are so many steps away at most; the nearest, where they are too many."""
    beside, found = _beside(tables), {name: tables[name]}
    last = [name]
    for _step in range(steps):
        last = sorted({one for at in last for one in beside[at] if one in tables and one not in found})
        found |= {one: tables[one] for one in last[: MOST - len(found)]}
    return found
