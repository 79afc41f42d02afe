"""What the database does with other rows when rows are deleted, written down before it does so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import registry

from webadmin.changes.catalog import catalog_of
from webadmin.changes.record.columns import Recorded, recorded
from webadmin.changes.record.journal import Journal
from webadmin.changes.references import CASCADE, RESTRICT, UNLINK, Edge, database_edges
from webadmin.database.keys import Key, among
from webadmin.database.own_tables.changes import DELETE, UPDATE, change_row

_GOES = frozenset({CASCADE, UNLINK})


def reaches(edge: Edge) -> bool:
    """Whether the database, or the mapper, does something to rows at the far end of ``edge`` when their parents go."""
    return (
        edge.rule != RESTRICT and bool(edge.rule) and edge.through is None and bool(recorded(edge.child).key)
    )


def write_reached(
    journal: Journal,
    step: int,
    edges: Iterable[Edge],
    models: registry,
    known: Mapping[sa.Table, Collection[Key]],
) -> dict[Recorded, tuple[str, ...]]:
    """Write down the rows that lose their parents, which ``step`` has as deleted, along ``edges`` and on from there.

    :param known: rows whose new values are written down otherwise.

    Returns the columns that will be set in other rows, by table: what becomes of them is written down after the deletion.
    """
    catalog = catalog_of(journal.context)
    updated: dict[Recorded, tuple[str, ...]] = {}
    left = list(edges)
    while left:
        edge = left.pop()
        if not reaches(edge):
            continue
        child, goes = recorded(edge.child), edge.rule in _GOES
        # Of a column that the models leave out nothing can be written down.
        told = [column.name for column in edge.child_columns if column.name in child.kept]
        names = tuple(name for name in told if name not in child.key_names)
        if not goes and not names:
            continue
        where = _pointing(journal, step, edge, child)
        others = list(known.get(edge.child, ()))
        if others and not goes:
            where = sa.and_(where, sa.not_(among(child.key, others)))
        count = journal.write_before(
            step,
            DELETE if goes else UPDATE,
            child,
            where,
            names=None if goes else names,
            redacted=sorted(child.redacted) if goes else (),
        )
        if count and goes:
            left += database_edges(edge.child, models, catalog)
        elif count:
            updated[child] = tuple(dict.fromkeys((*updated.get(child, ()), *names)))
    return updated


def _pointing(journal: Journal, step: int, edge: Edge, child: Recorded) -> sa.ColumnElement[bool]:
    """The rows of ``edge`` whose parents are written down as deleted, and that are not written down themselves."""
    dialect, parent = journal.dialect, edge.parent_columns[0].table
    gone = change_row.alias("gone")
    told = dialect.recorded_key(gone.c.before, parent, edge.parent_columns)
    parents = (
        sa.select(*(told[column.name] for column in edge.parent_columns))
        .select_from(gone)
        .where(*_of_step(gone, journal, step, parent), gone.c.kind == DELETE)
    )
    twin = change_row.alias("twin")
    written = sa.exists().where(
        *_of_step(twin, journal, step, edge.child), twin.c.row_key == dialect.record_key(child.key)
    )
    own: Any = edge.child_columns[0] if len(edge.child_columns) == 1 else sa.tuple_(*edge.child_columns)
    return sa.and_(own.in_(parents), sa.not_(written))


def _of_step(rows: Any, journal: Journal, step: int, table: Any) -> tuple[Any, ...]:
    return (
        rows.c.change_id == journal.id,
        rows.c.step == step,
        rows.c.table_name == table.fullname,
    )
