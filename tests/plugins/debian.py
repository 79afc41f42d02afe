"""What only the system's packages have: programs and extensions that no wheel brings. Installed where that can be done, and
else the test that needs them is skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugins.apt import install
from tests.plugins.databases import only_one, run_folder
from webadmin.demo.server import EmbeddedServer

_SERVERS = Path("/usr/lib/postgresql")
_NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")


def need(program: str, *packages: str) -> None:
    """See that ``program``, a name or a path, is there, by installing Debian's ``packages``; skips the test where it cannot be."""
    with only_one("debian"):
        if not _there(program):
            _install(*packages)
        if not _there(program):
            pytest.skip(f"{program} is not here, and Debian's {', '.join(packages)} cannot be installed")


def _there(program: str) -> bool:
    return Path(program).exists() if program.startswith("/") else shutil.which(program) is not None


def _install(*packages: str) -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    # Without a server of the system's own being made and started.
    if not _NO_CLUSTER.exists():
        _NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        _NO_CLUSTER.write_text("create_main_cluster = false\n", encoding="utf-8")
    install(*packages)


def programs() -> Path:
    """The folder of the newest PostgreSQL that the system has."""
    found = sorted(_SERVERS.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else _SERVERS / "none" / "bin"


@pytest.fixture(scope="session")
def debian_server() -> Iterator[EmbeddedServer]:
    """A server of the system's own PostgreSQL, which has all the extensions that come with it."""
    if not (programs() / "postgres").exists():
        need(str(_SERVERS), "postgresql-common", "postgresql", "postgresql-contrib")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = run_folder() / f"debian-{worker}"
    with EmbeddedServer(folder, durable=False, programs=programs()) as started:
        yield started
