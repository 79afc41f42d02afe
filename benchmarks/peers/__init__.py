"""Other admins over the same tables, each in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_HERE = Path(__file__).parent
_DRIVER = "psycopg[binary,pool]>=3.2,<4"
_SERVER = "uvicorn>=0.34,<1"
_ORM = ("sqlalchemy>=2.0.40,<2.2", "greenlet>=3.1")


@dataclass(frozen=True)
class Peer:
    """Another admin."""

    name: str
    app: str
    """The file that serves it."""
    needs: tuple[str, ...]
    """What its environment has, as pip takes it."""
    paths: Mapping[str, str]
    """Its addresses, by the page that they show."""
    form: str = ""
    """The address of an order's form, with ``{id}``; empty for one that does not save without tables of its own."""


def _paths(base: str, **queries: str) -> dict[str, str]:
    return {name.replace("_", " "): base + query for name, query in queries.items()}


PEERS = (
    Peer(
        "sqladmin",
        "sqladmin_app.py",
        ("sqladmin>=0.32,<0.33", "itsdangerous", *_ORM, _DRIVER, _SERVER),
        _paths(
            "/admin/order/list",
            page_1="",
            page_20000="?page=20000",
            last_page="?page=40000",
            by_total="?sortBy=total&sort=desc",
            few_filtered="?status=paid",
            most_filtered="?status=delivered",
            by_channel="?channel=phone",
            common_word="?search=customer",
            rare_word="?search=A-1900042",
        ),
        "/admin/order/edit/{id}",
    ),
    Peer(
        "starlette-admin",
        "starlette_admin_app.py",
        ("starlette-admin>=1.0,<2", *_ORM, _DRIVER, _SERVER),
        _paths(
            "/admin/order/list",
            page_1="",
            page_20000="?page=20000",
            last_page="?page=40000",
            by_total="?sort=total__desc",
            few_filtered="?filter=status__in%3Dpaid",
            most_filtered="?filter=status__in%3Ddelivered",
            by_channel="?filter=channel__in%3Dphone",
            common_word="?q=customer",
            rare_word="?q=A-1900042",
        ),
        "/admin/order/edit?pk={id}",
    ),
    Peer(
        "Django admin",
        "django_app.py",
        ("django>=5.2,<7", _DRIVER, _SERVER),
        _paths(
            "/admin/admin/order/",
            page_1="",
            page_20000="?p=20000",
            last_page="?p=40000",
            by_total="?o=-4",
            few_filtered="?status__exact=paid",
            most_filtered="?status__exact=delivered",
            by_channel="?channel__exact=phone",
            common_word="?q=customer",
            rare_word="?q=A-1900042",
        ),
    ),
)


@contextmanager
def running(peer: Peer, url: str) -> Iterator[int]:
    """The port on which ``peer`` answers over the database at ``url``."""
    command = [str(_environment(peer)), str(_HERE / peer.app), url]
    # In a folder without templates: some take those of the folder that they are started in.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_HERE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError(f"{peer.name} did not start")
            yield int(port)
        finally:
            process.stdin.close()


def _environment(peer: Peer) -> Path:
    """The Python of the peer's environment, made where it is missing or was made for other versions."""
    home = platformdirs.user_cache_path("webadmin") / "benchmarks" / peer.name.replace(" ", "-").lower()
    python, said = home / "bin" / "python", home / "needs.txt"
    needs = "\n".join(peer.needs)
    if not said.is_file() or said.read_text() != needs:
        print(f"installing {peer.name}", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *peer.needs], check=True)
        said.write_text(needs)
    return python
