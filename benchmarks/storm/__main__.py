"""``scripts/storm``: whether anything is lost when many save the same rows at once, and when the server is killed."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine, create_engine

from benchmarks.report import grid
from benchmarks.storm.app import CLIENTS, Nursery, prepare
from benchmarks.storm.clients import Tally, storm
from benchmarks.storm.imports import kill_imports
from benchmarks.storm.judge import lost, stored_in, unrecorded
from benchmarks.storm.kill import kill_again_and_again, unheard
from webadmin.demo.server import EmbeddedServer, default_folder

SYSTEMS = ("postgresql", "sqlite")
_DATABASE = "storm"


@click.command()
@click.option("--saves", default=500, show_default=True, help="Saves of each client.")
@click.option("--rows", default=10, show_default=True, help="Rows that all of them save.")
@click.option(
    "--kills", default=200, show_default=True, help="How often the server is killed; 0 for not at all."
)
@click.option(
    "--imports",
    default=100,
    show_default=True,
    help="How often it is killed while files come in; 0 for not at all.",
)
@click.option("--only", type=click.Choice(SYSTEMS), help="Only on this database system.")
@click.option("--no-storm", is_flag=True, help="Only kill the server.")
def main(saves: int, rows: int, kills: int, imports: int, only: str | None, no_storm: bool) -> None:
    """Eight clients save the same rows over and over; then a server is killed at random moments. Exit status 1 when anything
    was lost."""
    faults: list[str] = []
    for system in [only] if only else SYSTEMS:
        with _database(system) as engine:
            if not no_storm:
                faults += _storm(engine, system, saves, rows)
            if kills:
                faults += _kills(engine, system, kills, rows)
            if imports:
                faults += _imports(engine, system, imports)
    for fault in faults:
        click.echo(f"LOST: {fault}", err=True)
    sys.exit(1 if faults else 0)


def _storm(engine: Engine, system: str, saves: int, rows: int) -> list[str]:
    prepare(engine, rows)
    start = stored_in(engine)
    begun = time.perf_counter()
    with Nursery(engine.url.render_as_string(hide_password=False)) as nursery:
        tallies = storm(nursery.serve(), rows=rows, saves=saves)
    seconds = time.perf_counter() - begun
    faults = lost(engine, tallies) + unrecorded(engine, start)
    unfounded = sum(tally.unfounded for tally in tallies)
    click.echo(f"{system}: {CLIENTS} clients, {saves} saves each, {rows} rows")
    click.echo(_figures(tallies, seconds, len(faults)))
    return faults + ([f"{unfounded} questions about what nobody else had changed"] if unfounded else [])


def _figures(tallies: Sequence[Tally], seconds: float, lost_count: int) -> str:
    times = sorted(time for tally in tallies for time in tally.seconds)
    total = sum(tally.saves for tally in tallies)
    clashes = sum(tally.clashes for tally in tallies)
    return grid(
        [
            ("saves", f"{total:,}"),
            ("a second", f"{total / seconds:,.0f}"),
            ("values said to be saved", f"{sum(len(tally.writes) for tally in tallies):,}"),
            ("clashes told to the loser", f"{clashes:,}"),
            ("… kept theirs", f"{sum(tally.given_up for tally in tallies):,}"),
            ("asked without reason", f"{sum(tally.unfounded for tally in tallies):,}"),
            ("sent again, busy", f"{sum(tally.busy for tally in tallies):,}"),
            ("p50 of a save, ms", f"{statistics.median(times) * 1000:,.1f}"),
            ("p99 of a save, ms", f"{times[int(len(times) * 0.99)] * 1000:,.1f}"),
            ("lost", f"{lost_count:,}"),
        ]
    )


def _kills(engine: Engine, system: str, kills: int, rows: int) -> list[str]:
    prepare(engine, rows)
    start = stored_in(engine)
    killed = kill_again_and_again(engine.url.render_as_string(hide_password=False), kills, rows)
    faults = unrecorded(engine, start)
    missing, done = unheard(engine, killed)
    faults += [f"{value!r} was said to be saved" for value in missing]
    click.echo(f"{system}: killed {kills} times")
    click.echo(
        grid(
            [
                ("saves answered", f"{len(killed.saved):,}"),
                ("bulk edits answered", f"{len(killed.bulk):,}"),
                ("requests cut off", f"{len(killed.cut_off):,}"),
                ("of these, done and recorded", f"{len(done):,}"),
                ("half done or not recorded", f"{len(faults):,}"),
            ]
        )
    )
    return faults


def _imports(engine: Engine, system: str, kills: int) -> list[str]:
    told, faults = kill_imports(engine, kills)
    click.echo(f"{system}: killed {kills} times while files come in")
    click.echo(
        grid(
            [
                ("files sent", f"{len(told.begun):,}"),
                ("of these, to be written", f"{len(told.asked):,}"),
                ("said to be in", f"{len(told.done):,}"),
                ("in part or not recorded", f"{len(faults):,}"),
            ]
        )
    )
    return faults


@contextmanager
def _database(system: str) -> Iterator[Engine]:
    if system == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            engine = create_engine(f"sqlite:///{Path(folder) / 'storm.db'}")
            yield engine
            engine.dispose()
        return
    with EmbeddedServer(default_folder()) as server:
        server.drop_database(_DATABASE)
        engine = create_engine(server.create_database(_DATABASE))
        yield engine
        engine.dispose()
        server.drop_database(_DATABASE)


if __name__ == "__main__":
    main()
