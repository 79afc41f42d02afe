"""A change of 100,000 rows with its record, and taking it back, beside a bare UPDATE of the same rows.

Two tables: orders, with an index on nearly everything and one of the changed columns in it, and reviews, with the handful that most
tables have. Each step starts from the same state: the table has had room for a second version of each row since before, VACUUM has made it free, and
a checkpoint has just been.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from benchmarks.report import grid
from webadmin import ModelView, User
from webadmin.changes.record import change_id, describe, record, written_down
from webadmin.changes.statements import update_rows
from webadmin.changes.undo.doing import undo
from webadmin.changes.undo.plan import plan_undo
from webadmin.database.own_tables.changes import TABLES
from webadmin.database.own_tables.there import There
from webadmin.database.session import Database
from webadmin.demo.models import Order, Review
from webadmin.dialects import Timeouts
from webadmin.options.context import Context
from webadmin.options.registry import Registry

ROWS = 100_000
ROUNDS = 3
"""Each step is measured so often; the median is told."""
BARE, RECORDED, UNDONE = "bare UPDATE", "with its record", "its undo"
_PATIENCE = Timeouts(statement_ms=300_000)
_MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10  # units of ru_maxrss
_MORE = """
    INSERT INTO reviews (product_id, customer_id, rating, text, approved, created_at)
    SELECT product_id, customer_id, rating, text, approved, created_at
      FROM reviews CROSS JOIN generate_series(1, :times)
"""


class OrderView(ModelView, model=Order):
    pass


class ReviewView(ModelView, model=Review):
    pass


@dataclass(frozen=True)
class Step:
    """What is done in one transaction."""

    table: str
    name: str
    rows: int
    seconds: float
    cpu: float | None
    """Of the server's process, in seconds; None where it does not tell."""
    statements: int
    peak_mb: float
    """The most memory that the process has had so far."""


def measure(engine: Engine) -> list[Step]:
    """Measure on the orders and reviews of ``engine``, of which there have to be ``ROWS``."""
    orders: Any = Order.__table__
    reviews: Any = Review.__table__
    values = {"channel": "phone", "total": orders.c.total + 1}
    return [*_of(engine, Order, values), *_of(engine, Review, {"text": reviews.c.rating.cast(sa.Text)})]


def fill(engine: Engine) -> None:
    """See to it that there are enough reviews: the shop has fewer of them than orders."""
    with engine.begin() as connection:
        count = connection.scalar(sa.text("SELECT count(*) FROM reviews")) or 0
        connection.execute(sa.text(_MORE), {"times": -(-(ROWS - count) // count)})


def _of(engine: Engine, model: type, values: Mapping[str, Any]) -> list[Step]:
    table: Any = model.__table__  # type: ignore[attr-defined]
    first = table.c.id.in_(sa.select(table.c.id).order_by(table.c.id).limit(ROWS))
    told: list[Any] = []

    def bare(context: Context) -> int:
        connection = context.session.connection()
        count: int = connection.execute(sa.update(table).where(first).values(values)).rowcount
        context.session.rollback()
        return count

    def recorded(context: Context) -> int:
        view = context.registry.for_model(model)
        assert view is not None
        record(context, There(TABLES))
        describe(context, "change", view, label=table.name)
        told.append(change_id(context))
        return update_rows(context, table, values, first)

    def taken_back(context: Context) -> int:
        record(context, There(TABLES))
        return undo(context, plan_undo(context, UUID(told[-1])))

    work = {BARE: bare, RECORDED: recorded, UNDONE: taken_back}
    _step(engine, table, BARE, bare)  # makes the room
    rounds = [
        {name: _step(engine, table, name, one) for name, one in work.items()} for _round in range(ROUNDS)
    ]
    return [_median([steps[name] for steps in rounds]) for name in work]


def _median(steps: Sequence[Step]) -> Step:
    return sorted(steps, key=lambda step: step.seconds)[len(steps) // 2]


def _step(engine: Engine, table: sa.Table, name: str, work: Callable[[Context], int]) -> Step:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in (f"VACUUM ANALYZE {table.name}", "VACUUM ANALYZE webadmin_change_row", "CHECKPOINT"):
            connection.execute(sa.text(statement))
    registry = Registry()
    registry.add(OrderView)
    registry.add(ReviewView)
    database = Database(engine)
    with _counted(engine) as sent, database.transaction(read_only=False, timeouts=_PATIENCE) as session:
        context = Context(session, database.dialect, User("Ada"), registry)
        process = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        sent.clear()
        begun, busy = time.perf_counter(), _cpu(process)
        rows = work(context)
        written_down(context)
        session.commit()
        seconds, after = time.perf_counter() - begun, _cpu(process)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE
    cpu = None if busy is None or after is None else after - busy
    return Step(table.name, name, rows, seconds, cpu, len(sent), peak)


def _cpu(process: int) -> float | None:
    """Seconds of processor time that a process of this machine has had; None where the system does not tell (proc(5))."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    user, system = told.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


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
    heads = ("", "rows", "seconds", "× bare", "CPU s", "× bare", "statements", "peak MB")
    lines = []
    for step in steps:
        bare = next(other for other in steps if other.table == step.table and other.name == BARE)
        lines.append(
            (
                f"{step.table}: {step.name}",
                f"{step.rows:,}",
                f"{step.seconds:.1f}",
                f"{step.seconds / bare.seconds:.1f}",
                f"{step.cpu:.1f}" if step.cpu is not None else "",
                f"{step.cpu / bare.cpu:.1f}" if step.cpu and bare.cpu else "",
                str(step.statements),
                f"{step.peak_mb:.0f}",
            )
        )
    return grid([heads, *lines])


def plain(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The results for JSON."""
    return [asdict(step) for step in steps]
