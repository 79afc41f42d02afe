"""Compares the plan of a deletion with what the deletion really does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.forms.posting import context, registry, view_of
from webadmin.changes.apply import delete
from webadmin.changes.deletion import DeletionPlan, plan_deletion
from webadmin.options.context import Context


@contextmanager
def filled(engine: Engine, base: Any, *rows: Any) -> Iterator[Context]:
    """A context over the tables of ``base`` with ``rows`` in them; nothing of what is done in it is kept."""
    base.metadata.create_all(engine)
    with Session(engine) as session:
        for row in rows:  # one by one: there may be foreign keys that the mapper knows nothing of
            session.add(row)
            session.flush()
        session.commit()
    models = [mapper.class_ for mapper in base.registry.mappers]
    with context(engine, registry(*models)) as ctx:
        yield ctx


def planned(ctx: Context, rows: Sequence[Any], *, purge: bool = False) -> DeletionPlan:
    """The plan for ``rows``."""
    return plan_deletion(ctx, view_of(ctx, type(rows[0])), rows, purge=purge)


def get(ctx: Context, model: type[Any], *ids: Any) -> list[Any]:
    """Rows of ``model`` by key."""
    return [ctx.session.get_one(model, id) for id in ids]


def lines(plan: DeletionPlan) -> dict[str, dict[str, int]]:
    """What a plan says: rule to table to rows."""
    said: dict[str, dict[str, int]] = {}
    for item in (*plan.deleted, *plan.unlinked, *plan.blocked):
        tables = said.setdefault(item.rule, {})
        tables[item.edge.child.name] = tables.get(item.edge.child.name, 0) + item.count
    return said


def carried_out(ctx: Context, rows: Sequence[Any]) -> dict[str, dict[str, int]]:
    """Delete ``rows``, hold the plan against what happened, and give what it said."""
    plan = planned(ctx, rows)
    assert not plan.blocked, lines(plan)
    said = lines(plan)
    view = view_of(ctx, type(rows[0]))
    tables = _tables(ctx, plan)
    before, chosen = _state(ctx.session, tables), len(rows)
    delete(ctx, view, rows)
    ctx.session.flush()
    after = _state(ctx.session, tables)
    gone = {name: before[name] - after[name] for name in before if "." not in name}
    going = Counter(said.get("cascade", {})) + Counter(said.get("unlink", {}))
    own = {table.name for table in view.info.mapper.tables if isinstance(table, sa.Table)}
    for name, count in gone.items():
        if name in own:
            assert count == chosen + going[name], f"{name}: {count} went"
        else:
            assert count == going[name], f"{name}: {count} went"
    for item in plan.unlinked:
        if item.rule == "set null":
            column = f"{item.edge.child.name}.{item.edge.child_columns[-1].name}"
            lost = before[column] - after[column] - gone.get(item.edge.child.name, 0)
            assert lost >= item.count or after[column] == 0, f"{column}: {lost} lost their link"
    return said


def _tables(ctx: Context, plan: DeletionPlan) -> list[sa.Table]:
    joined = {
        view.info.table
        for view in ctx.registry
        if view.info.mapper.inherits is not None and not view.info.mapper.single
    }
    metadata = plan.view.info.table.metadata
    own = set(plan.view.info.mapper.tables)
    return [table for table in metadata.sorted_tables if table not in joined or table in own]


def _state(session: Session, tables: Sequence[sa.Table]) -> dict[str, int]:
    """Rows of each table, and of each foreign key column those that point somewhere."""
    state: dict[str, int] = {}
    for table in tables:
        state[table.name] = session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for column in table.columns:
            if column.foreign_keys or column.name.endswith("_id"):
                counted = sa.select(sa.func.count(column)).select_from(table)
                state[f"{table.name}.{column.name}"] = session.scalar(counted) or 0
    return state
