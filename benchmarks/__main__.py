"""``scripts/bench``: how fast the demo's pages are, beside a floor on the same database and server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.engine import Engine, create_engine

from benchmarks import bulk, concurrency, export, forms, importing, million, panel, sizes
from benchmarks.chart import bars
from benchmarks.client import Ask
from benchmarks.measure import measure
from benchmarks.peers import PEERS
from benchmarks.report import machine, table, write
from benchmarks.server import served
from webadmin.database.own_tables.migrate import upgrade
from webadmin.demo.run import EmbeddedServerError, database
from webadmin.demo.server import EmbeddedServer, default_folder


@click.command()
@click.option("--rows", default=20_000, show_default=True, help="Orders in the shop.")
@click.option("--samples", default=300, show_default=True, help="Requests for each page.")
@click.option("--only", help="Only the pages whose name has this in it.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write the numbers to this file too."
)
@click.option("--million", "with_million", is_flag=True, help="A million orders, beside other admins.")
@click.option("--peer-samples", default=7, show_default=True, help="With --million: for each page of a peer.")
@click.option("--chart", type=click.Path(path_type=Path), help="With --million: draw the pages to this SVG.")
@click.option("--forms", "with_forms", is_flag=True, help="Opening and saving a form, beside other admins.")
@click.option("--bulk", "with_bulk", is_flag=True, help="A change of 100,000 rows, and taking it back.")
@click.option("--export", "with_export", is_flag=True, help="A million orders as files, beside a bare COPY.")
@click.option(
    "--panel", "with_panel", is_flag=True, help="Pages with the closed query panel, and without it."
)
@click.option(
    "--import", "with_import", is_flag=True, help="A million orders from a file, beside a bare COPY."
)
@click.option("--sizes", "of_sizes", help="Cost against size: numbers of rows, with commas.")
@click.option("--concurrency", "at_once", is_flag=True, help="Many readers and some writers at once.")
@click.option("--seconds", default=60.0, show_default=True, help="With --concurrency: how long.")
@click.option("--readers", default=32, show_default=True, help="With --concurrency.")
@click.option("--writers", default=4, show_default=True, help="With --concurrency.")
def main(
    rows: int,
    samples: int,
    only: str | None,
    json_file: Path | None,
    with_million: bool,
    peer_samples: int,
    chart: Path | None,
    with_forms: bool,
    with_bulk: bool,
    with_export: bool,
    with_import: bool,
    with_panel: bool,
    of_sizes: str | None,
    at_once: bool,
    seconds: float,
    readers: int,
    writers: int,
) -> None:
    """Measure the pages of the demo's admin."""
    about = machine()
    click.echo(", ".join(f"{name} {value}" for name, value in about.items()), err=True)
    try:
        if of_sizes:
            text, plain = _sizes([int(number) for number in of_sizes.split(",")], samples)
        elif at_once:
            text, plain = _at_once(max(rows, concurrency.ROWS), concurrency.Load(seconds, readers, writers))
        elif with_forms:
            text, plain = _forms(rows, samples)
        elif with_bulk:
            text, plain = _bulk()
        elif with_export:
            text, plain = _export()
        elif with_panel:
            text, plain = _panel(rows, samples)
        elif with_import:
            text, plain = _import()
        elif with_million:
            text, plain = _million(samples, peer_samples, chart)
        else:
            text, plain = _shop(rows, samples, only)
    except EmbeddedServerError as error:
        raise click.ClickException(str(error)) from None
    click.echo(text)
    if json_file is not None:
        write(json_file, plain, about)


_COPY = "benchmark_concurrency"

Outcome = tuple[str, list[dict[str, Any]]]
"""A table to read and its numbers."""


def _shop(rows: int, samples: int, only: str | None) -> Outcome:
    with database(None, rows) as engine, served(engine) as port:
        pages = {name: ask for name, ask in _pages(engine).items() if not only or only in name}
        results = measure(port, pages, samples)
    return table(results), [result.plain() for result in results]


def _million(samples: int, peer_samples: int, chart: Path | None) -> Outcome:
    with database(None, million.ROWS) as engine, served(engine) as port:
        pages = million.measure(engine, port, samples, peer_samples)
    if chart is not None:
        names = [million.OURS, *(peer.name for peer in PEERS)]
        drawn = [(page.name, {who: page.p50[who] for who in names if who in page.p50}) for page in pages]
        compared = [row for row in drawn if len(row[1]) > 1]
        chart.write_text(
            bars("A list of a million orders, median (logarithmic scale)", compared, names), encoding="utf-8"
        )
    return million.table(pages), million.plain(pages)


def _bulk() -> Outcome:
    with _copied(bulk.ROWS * 6 // 5) as copy:
        bulk.fill(copy)
        found = bulk.measure(copy)
    return bulk.table(found), bulk.plain(found)


def _export() -> Outcome:
    with database(None, million.ROWS) as engine, served(engine) as port:
        found = export.measure(port)
    return export.table(found), export.plain(found)


def _panel(rows: int, samples: int) -> Outcome:
    with database(None, rows) as engine, served(engine) as port:
        found = panel.measure(engine, port, samples)
    return panel.table(found), panel.plain(found)


def _import() -> Outcome:
    with _copied(million.ROWS) as copy:
        found = importing.measure(copy)
    return importing.table(found), importing.plain(found)


def _forms(rows: int, samples: int) -> Outcome:
    with _copied(rows) as copy, served(copy) as port:
        found = forms.measure(copy, port, samples)
    return forms.table(found), forms.plain(found)


def _at_once(rows: int, load: concurrency.Load) -> Outcome:
    with _copied(rows) as copy, served(copy) as port:
        outcome = concurrency.measure(copy, port, load)
    return concurrency.table(outcome), concurrency.plain(outcome)


@contextmanager
def _copied(rows: int) -> Iterator[Engine]:
    """A copy of the shop, which is written to, with webadmin's own tables."""
    with database(None, rows) as engine, EmbeddedServer(default_folder()) as server:
        name = str(engine.url.database)
        engine.dispose()
        server.drop_database(_COPY)
        copy = create_engine(server.create_database(_COPY, template=name))
        try:
            upgrade(copy)
            with copy.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("VACUUM ANALYZE"))
            yield copy
        finally:
            copy.dispose()
            server.drop_database(_COPY)


def _sizes(wanted: list[int], samples: int) -> Outcome:
    with EmbeddedServer(default_folder()) as server:
        known = create_engine(server.url())
        with known.connect() as connection:
            there = connection.scalar(
                sa.text("SELECT true FROM pg_database WHERE datname = :name"), {"name": sizes.DATABASE}
            )
        known.dispose()
        url = server.url(sizes.DATABASE) if there else server.create_database(sizes.DATABASE)
        engine = create_engine(url)
        sizes.fill(engine, wanted)
        with served(engine, *map(str, wanted)) as port:
            found = sizes.measure(port, wanted, samples)
        engine.dispose()
    return sizes.table(found), sizes.plain(found)


def _pages(engine: Engine) -> dict[str, Ask]:
    orders = "/shop/admin/orders/"
    with engine.connect() as connection:
        count, newest = connection.execute(
            sa.text("SELECT count(*), max(id) FROM orders WHERE deleted_at IS NULL")
        ).one()
    return {
        "list, page 1": Ask(orders),
        "list, page in the middle": Ask(f"{orders}?page={count // 50}"),
        "list, sorted": Ask(f"{orders}?sort=total:desc"),
        "list, filtered": Ask(f"{orders}?status=paid&total.gte=100"),
        "list, searched": Ask(f"{orders}?q=delivery"),
        "list, swapped by htmx": Ask(orders, htmx=True),
        "rows": Ask(f"{orders}rows"),
        "detail": Ask(f"{orders}{newest}/"),
        "form": Ask(f"{orders}{newest}/change/"),
    }


if __name__ == "__main__":
    main()
