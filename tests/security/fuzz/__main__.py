"""``scripts/fuzz``: requests at random as three people, on PostgreSQL or SQLite; fails when an answer is wrong."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from tests.security.fuzz.ground import ROLES, Ground, on_file, on_server
from tests.security.fuzz.run import Figures, fuzz
from webadmin.demo.server import EmbeddedServer
from webadmin.routes import ROUTES


@click.command()
@click.option("--requests", "count", default=2000, show_default=True, help="As each person.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same requests.")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option(
    "--role", "roles", type=click.Choice(ROLES), multiple=True, default=ROLES, help="By default all."
)
def main(count: int, seed: int, database: str, roles: tuple[str, ...]) -> None:
    """Ask an admin at random, and judge every answer: no fault, nothing of foreign rows, nothing of the database."""
    failed = False
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="webadmin-fuzz-", dir="/tmp")))
        folder.chmod(0o755)  # as root, the server runs under another account
        ground: Ground
        if database == "sqlite":
            ground = stack.enter_context(on_file(folder))
        else:
            server = stack.enter_context(EmbeddedServer(folder / "server", durable=False))
            ground = stack.enter_context(on_server(server, "ground"))
        for role in roles:
            figures = fuzz(ground, role, count, first_seed=seed)
            tell(figures)
            failed = failed or bool(figures.faults)
    sys.exit(failed)


def tell(figures: Figures) -> None:
    """Print what came of it."""
    methods = sum(len(route.methods) for route in ROUTES)
    reached = [name for name in figures.routes if name.startswith(("GET", "POST")) and "–" not in name]
    statuses = ", ".join(f"{status}: {number}" for status, number in sorted(figures.statuses.items()))
    print(f"{figures.role}: {figures.asked} requests in {figures.seconds:.0f} s; {statuses}")
    print(f"  answered below 400 at {len(reached)} of {methods} addresses and methods")
    for what, first in figures.faults.items():
        print(f"  FAULT {what}\n    {first.replace(chr(10), chr(10) + '    ')}")


if __name__ == "__main__":
    main()
