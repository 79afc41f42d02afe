"""``scripts/bench``: how fast the demo's pages are, beside a floor on the same database and server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from benchmarks.client import Ask
from benchmarks.measure import measure
from benchmarks.report import machine, table, write
from webadmin.demo.run import EmbeddedServerError, database


@click.command()
@click.option("--rows", default=20_000, show_default=True, help="Orders in the shop.")
@click.option("--samples", default=300, show_default=True, help="Requests for each page.")
@click.option("--only", help="Only the pages whose name has this in it.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write the numbers to this file too."
)
def main(rows: int, samples: int, only: str | None, json_file: Path | None) -> None:
    """Measure the pages of the demo's admin."""
    try:
        with database(None, rows) as engine, _served(engine) as port:
            about = machine()
            click.echo(", ".join(f"{name} {value}" for name, value in about.items()), err=True)
            pages = {name: ask for name, ask in _pages(engine).items() if not only or only in name}
            results = measure(port, pages, samples)
    except EmbeddedServerError as error:
        raise click.ClickException(str(error)) from None
    click.echo(table(results))
    if json_file is not None:
        write(json_file, results, about)


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


@contextmanager
def _served(engine: Engine) -> Iterator[int]:
    """The port of a process that serves the database of ``engine``."""
    url = engine.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline().rpartition(":")[2])
        finally:
            process.stdin.close()


if __name__ == "__main__":
    main()
