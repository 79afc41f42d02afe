"""A file of a million orders that comes in, half of them new and half changed, with its history, beside a bare COPY and upsert of the same file.

The orders stand in a table with the handful of indexes that most tables have. The demo's own orders, with an index on nearly
everything, are measured with a tenth of the file: there the indexes take the time, whoever writes.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from benchmarks.report import grid
from webadmin import ModelView, User
from webadmin.changes.progress import Progress
from webadmin.changes.record import record, written_down
from webadmin.database.own_tables.changes import TABLES
from webadmin.database.own_tables.there import There
from webadmin.database.session import Database
from webadmin.demo.columns import OrderStatus, channels, money, statuses
from webadmin.demo.models import Channel, Customer, Order
from webadmin.dialects import Timeouts
from webadmin.mixins import BigIntKeyMixin, UtcDateTime
from webadmin.options.context import Context
from webadmin.options.registry import Registry
from webadmin.transfer.imports.applying import apply
from webadmin.transfer.imports.asked import FileForm, Import, Target
from webadmin.transfer.imports.checking import check
from webadmin.transfer.imports.files import Limits, open_source

ROWS = 1_000_000
BARE, UPSERT, CHECKED, IMPORTED = "bare COPY", "bare COPY and upsert", "preview", "import with history"
_PATIENCE = Timeouts(statement_ms=3_600_000)
_MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10  # units of ru_maxrss
_NAMES = ("number", "customer_id", "status", "total", "currency", "placed_at", "channel", "recipient", "note")
_FILE = """
    COPY (
        SELECT number, customer_id, CASE status WHEN 'paid' THEN 'packed' ELSE 'paid' END::order_status, total + 1, currency,
               placed_at, channel, recipient, note
          FROM {table} WHERE id <= (SELECT id FROM {table} ORDER BY id OFFSET {half} - 1 LIMIT 1)
        UNION ALL
        SELECT 'N-' || id, customer_id, status, total, currency, placed_at, channel, recipient, note
          FROM {table} WHERE id <= (SELECT id FROM {table} ORDER BY id OFFSET {half} - 1 LIMIT 1)
    ) TO STDOUT (FORMAT csv)
"""


class _Base(DeclarativeBase):
    """Apart from the shop's: its tables are not made along with those."""


class Sale(BigIntKeyMixin, _Base):
    """An order, in a table as most are."""

    __tablename__ = "benchmark_sales"

    number: Mapped[str] = mapped_column(sa.String(16), unique=True)
    customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey(Customer.id), index=True)
    status: Mapped[OrderStatus] = mapped_column(statuses())
    total: Mapped[Decimal] = mapped_column(money())
    currency: Mapped[str] = mapped_column(sa.String(3))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    channel: Mapped[Channel] = mapped_column(channels())
    recipient: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(sa.Text())

    customer: Mapped[Customer | None] = relationship(Customer)
    __table_args__ = (sa.CheckConstraint("total >= 0", name="sale_total"),)


class SaleView(ModelView, model=Sale):
    pass


class OrderView(ModelView, model=Order):
    pass


class CustomerView(ModelView, model=Customer):
    pass


@dataclass(frozen=True)
class Step:
    """One way of taking a file in."""

    table: str
    name: str
    rows: int
    seconds: float
    grown_mb: float
    """By how much the process grew at most."""


def measure(engine: Engine) -> list[Step]:
    """Measure in a copy of the shop, which is written to, of ``ROWS`` orders."""
    _fill(engine)
    with tempfile.TemporaryDirectory(prefix="webadmin-") as folder:
        steps = _of(engine, SaleView, "number", ROWS, Path(folder))
        return [
            *steps,
            *_of(engine, OrderView, "number) WHERE (deleted_at IS NULL", ROWS // 10, Path(folder)),
        ]


def _fill(engine: Engine) -> None:
    table: Any = Sale.__table__
    table.create(engine, checkfirst=True)
    names = ", ".join(_NAMES)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({names}) SELECT {names} FROM orders WHERE deleted_at IS NULL ORDER BY id LIMIT {ROWS // 2}"
        )


def _of(engine: Engine, view: type[ModelView], conflict: str, rows: int, folder: Path) -> list[Step]:
    name = str(view.model.__tablename__)  # type: ignore[attr-defined]
    path = folder / f"{name}.csv"
    _write(engine, name, rows, path)
    ways: dict[str, Callable[[], object]] = {
        BARE: lambda: _bare(engine, path, ""),
        UPSERT: lambda: _bare(engine, path, _upsert(name, conflict)),
        CHECKED: lambda: _ours(engine, view, path, write=False),
        IMPORTED: lambda: _ours(engine, view, path, write=True),
    }
    return [_step(engine, name, way, rows, work) for way, work in ways.items()]


def _step(engine: Engine, table: str, name: str, rows: int, work: Callable[[], object]) -> Step:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in (f"VACUUM ANALYZE {table}", "VACUUM ANALYZE webadmin_change_row", "CHECKPOINT"):
            connection.execute(sa.text(statement))
    before, begun = _peak(), time.perf_counter()
    work()
    return Step(table, name, rows, time.perf_counter() - begun, _peak() - before)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE


def _write(engine: Engine, table: str, rows: int, path: Path) -> None:
    with engine.connect() as connection, path.open("wb") as file:
        raw: Any = connection.connection.driver_connection
        file.write((",".join(_NAMES) + "\n").encode())
        with raw.cursor() as cursor, cursor.copy(_FILE.format(table=table, half=rows // 2)) as copy:
            for piece in copy:
                file.write(piece)


def _upsert(table: str, conflict: str) -> str:
    names = ", ".join(_NAMES)
    new = ", ".join(f"{name} = excluded.{name}" for name in _NAMES[1:])
    more, values = (", tags, metadata", ", '{}', '{}'") if table == "orders" else ("", "")
    return f"INSERT INTO {table} ({names}{more}) SELECT {names}{values} FROM bare ON CONFLICT ({conflict}) DO UPDATE SET {new}"


def _bare(engine: Engine, path: Path, then: str) -> None:
    """The floor: COPY into a table of the transaction, and one statement; taken back again."""
    with engine.connect() as connection:
        columns = ", ".join(_NAMES)
        connection.exec_driver_sql(
            f"CREATE TEMPORARY TABLE bare ON COMMIT DROP AS SELECT {columns} FROM orders LIMIT 0"
        )
        raw: Any = connection.connection.driver_connection
        command = "COPY bare FROM STDIN (FORMAT csv, HEADER)"
        with path.open("rb") as file, raw.cursor() as cursor, cursor.copy(command) as copy:
            while piece := file.read(64 * 1024):
                copy.write(piece)
        if then:
            connection.exec_driver_sql(then)
        connection.rollback()


def _ours(engine: Engine, view: type[ModelView], path: Path, *, write: bool) -> None:
    with _context(engine) as context, path.open("rb") as file:
        source = open_source(file, FileForm("csv"), Limits())
        targets = tuple(Target(place, name) for place, name in enumerate(source.headings))
        asked = Import(_view_of(context, view), FileForm("csv"), targets, ("number",))
        if not write:
            check(context, asked, source, Progress())
            return
        apply(context, asked, source, Progress(), fingerprint=None, skip_failed=False)
        written_down(context)
        context.session.rollback()


def _view_of(context: Context, view: type[ModelView]) -> Any:
    return context.registry.for_model(view.model)


@contextmanager
def _context(engine: Engine) -> Iterator[Context]:
    registry = Registry()
    for view in (SaleView, OrderView, CustomerView):
        registry.add(view)
    database = Database(engine)
    with database.transaction(read_only=False, timeouts=_PATIENCE) as session:
        context = Context(session, database.dialect, User("Ada"), registry)
        record(context, There(TABLES))
        yield context


def table(steps: Sequence[Step]) -> str:
    """The results as a Markdown table."""
    heads = ("", "rows", "seconds", "rows/s", "× bare", "grew by MB")
    lines = []
    for step in steps:
        bare = next(other for other in steps if other.table == step.table and other.name == UPSERT)
        lines.append(
            (
                f"{step.table}: {step.name}",
                f"{step.rows:,}",
                f"{step.seconds:.1f}",
                f"{step.rows / step.seconds:,.0f}",
                f"{step.seconds / bare.seconds:.1f}",
                f"{step.grown_mb:.0f}",
            )
        )
    return grid([heads, *lines])


def plain(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The results for JSON."""
    return [asdict(step) for step in steps]
