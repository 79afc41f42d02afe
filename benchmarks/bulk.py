"""A change of 100,000 rows with its record, and taking it back, beside a bare UPDATE of the same rows."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from benchmarks.report import grid
from webadmin import ModelView, User
from webadmin.changes.record import change_id, describe, record, written_down
from webadmin.changes.statements import update_rows
from webadmin.changes.undo.plan import plan_undo, undo
from webadmin.database.own_tables.changes import TABLES
from webadmin.database.own_tables.there import There
from webadmin.database.session import Database
from webadmin.demo.models import Order
from webadmin.dialects import Timeouts
from webadmin.options.context import Context
from webadmin.options.registry import Registry

ROWS = 100_000
_PATIENCE = Timeouts(statement_ms=300_000)
_MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10  # units of ru_maxrss


class OrderView(ModelView, model=Order):
    pass


@dataclass(frozen=True)
class Step:
    """One transaction."""

    name: str
    rows: int
    seconds: float
    statements: int
    peak_mb: float
    """The most memory that the process has had so far."""


def measure(engine: Engine) -> list[Step]:
    """Measure on the orders of ``engine``, of which there have to be ``ROWS``."""
    orders: Any = Order.__table__
    values = {"channel": "phone", "total": orders.c.total + 1}
    first = orders.c.id.in_(sa.select(orders.c.id).order_by(orders.c.id).limit(ROWS))
    told: list[Any] = []

    def bare(context: Context) -> int:
        connection = context.session.connection()
        count: int = connection.execute(sa.update(orders).where(first).values(values)).rowcount
        context.session.rollback()
        return count

    def recorded(context: Context) -> int:
        view = context.registry.for_model(Order)
        assert view is not None
        record(context, There(TABLES))
        describe(context, "change", view, label="orders")
        told.append(change_id(context))
        return update_rows(context, orders, values, first)

    def taken_back(context: Context) -> int:
        record(context, There(TABLES))
        return undo(context, plan_undo(context, UUID(told[0])))

    work = {"bare UPDATE": bare, "bulk edit with its record": recorded, "its undo": taken_back}
    return [_step(engine, name, one) for name, one in work.items()]


def _step(engine: Engine, name: str, work: Callable[[Context], int]) -> Step:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE orders"))
    registry = Registry()
    registry.add(OrderView)
    database = Database(engine)
    with _counted(engine) as sent, database.transaction(read_only=False, timeouts=_PATIENCE) as session:
        context = Context(session, database.dialect, User("Ada"), registry)
        begun = time.perf_counter()
        rows = work(context)
        written_down(context)
        session.commit()
        seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE
    return Step(name, rows, seconds, len(sent), peak)


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        sent.append(arguments[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def table(steps: Sequence[Step]) -> str:
    """The results as a Markdown table."""
    heads = ("", "rows", "seconds", "× bare", "statements", "peak MB")
    lines = [
        (
            step.name,
            f"{step.rows:,}",
            f"{step.seconds:.1f}",
            f"{step.seconds / steps[0].seconds:.1f}",
            str(step.statements),
            f"{step.peak_mb:.0f}",
        )
        for step in steps
    ]
    return grid([heads, *lines])


def plain(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The results for JSON."""
    return [asdict(step) for step in steps]
