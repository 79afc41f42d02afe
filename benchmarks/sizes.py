"""Cost against size: the first page and the one in the middle of tables from ten thousand to ten million rows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.client import Ask, Connection
from benchmarks.report import grid
from webadmin import Admin, ModelView

DATABASE = "benchmark_sizes"
_STEP = 1_000_000
_WARM = 300.0  # seconds in which page maps have to be there


@dataclass(frozen=True)
class Size:
    """The times of a table's pages, in milliseconds."""

    rows: int
    first: float
    cold_middle: float
    """The page in the middle, asked for as the first of all."""
    middle: float


def _model(rows: int) -> type[DeclarativeBase]:
    class Base(DeclarativeBase):
        pass

    columns: dict[str, Any] = {
        "__tablename__": f"rows_{rows}",
        "__annotations__": {"id": Mapped[int], "name": Mapped[str], "amount": Mapped[int]},
        "id": mapped_column(sa.BigInteger, primary_key=True),
        "name": mapped_column(sa.Text),
        "amount": mapped_column(sa.Integer, index=True),
    }
    return type(f"Rows{rows}", (Base,), columns)


def admin(engine: Engine, sizes: Sequence[int]) -> Admin:
    """An admin with a list for each of the tables."""
    found = Admin(engine, title="Sizes")
    for rows in sizes:
        model = _model(rows)
        found.add_view(type(f"View{rows}", (ModelView,), {"column_default_sort": "id"}, model=model))
    return found


def fill(engine: Engine, sizes: Sequence[int]) -> None:
    """Make the tables that are not there yet."""
    for rows in sizes:
        table = _model(rows).__table__
        assert isinstance(table, sa.Table)
        with engine.begin() as connection:
            if sa.inspect(connection).has_table(table.name):
                continue
            table.create(connection)
            for start in range(1, rows + 1, _STEP):
                end = min(rows, start + _STEP - 1)
                connection.execute(
                    sa.text(
                        f"INSERT INTO {table.name} (id, name, amount) "
                        f"SELECT n, 'row ' || n, (n::bigint * 7919) % 1000003 FROM generate_series({start}, {end}) n"
                    )
                )
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f"VACUUM ANALYZE {table.name}"))


def measure(port: int, sizes: Sequence[int], samples: int) -> list[Size]:
    """Measure the pages of all tables in turn."""
    with Connection(port) as connection:
        pages = {rows: (f"/sizes/rows_{rows}/", f"/sizes/rows_{rows}/?page={rows // 50}") for rows in sizes}
        connection.get(Ask(f"/sizes/rows_{min(sizes)}/"))
        cold = {rows: connection.timed(Ask(middle)) * 1000 for rows, (_first, middle) in pages.items()}
        until = time.monotonic() + _WARM
        for _first, middle in pages.values():
            while b"data-about" in connection.get(Ask(middle)) and time.monotonic() < until:
                time.sleep(0.5)
        times: dict[int, tuple[list[float], list[float]]] = {rows: ([], []) for rows in sizes}
        for _ in range(samples):
            for rows, paths in pages.items():
                for kept, path in zip(times[rows], paths, strict=True):
                    kept.append(connection.timed(Ask(path)) * 1000)
    return [
        Size(rows, statistics.median(first), cold[rows], statistics.median(middle))
        for rows, (first, middle) in times.items()
    ]


def table(found: Sequence[Size]) -> str:
    """The results as a Markdown table, with what each size costs against the smallest."""
    base = found[0]
    rows = [("rows", "page 1, ms", "× smallest", "middle page, cold, ms", "middle page, ms", "× smallest")]
    rows += [
        (
            f"{one.rows:,}",
            f"{one.first:.2f}",
            f"{one.first / base.first:.2f}",
            f"{one.cold_middle:.0f}",
            f"{one.middle:.2f}",
            f"{one.middle / base.middle:.2f}",
        )
        for one in found
    ]
    return grid(rows)


def plain(found: Sequence[Size]) -> list[dict[str, Any]]:
    """The results for JSON."""
    return [asdict(one) for one in found]
