"""The wheel: installed in an empty environment, far from the checkout, it serves a page with all its files."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest
from lxml import html

ROOT = Path(__file__).resolve().parents[1]
APP = """
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from webadmin import Admin


class Base(DeclarativeBase):
    pass


class Boat(Base):
    __tablename__ = "boats"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


engine = create_engine("sqlite:///boats.db")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.merge(Boat(id=1, name="Nautilus"))
    session.commit()

app = Admin(engine, title="Harbour")
app.add_model(Boat)
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program as in a fresh shell; returns what it prints, and fails with it."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}
    }
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an empty environment into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("wheel")
    python = folder / "env" / "bin" / "python"
    install: list[str | Path]
    if importlib.util.find_spec("pip"):
        run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
        venv.create(folder / "env")
        install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-compile"]
    else:  # an environment made by uv
        uv = shutil.which("uv") or "uv"
        run(uv, "build", "--wheel", "--out-dir", folder, ROOT, cwd=folder)
        run(uv, "venv", "--python", sys.executable, folder / "env", cwd=folder)
        install = [uv, "pip", "install", "--python", python]
    (wheel,) = folder.glob("*.whl")
    run(*install, "--quiet", wheel, cwd=folder)
    return python


@pytest.fixture(scope="module")
def address(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where an admin over an SQLite file is served from that environment."""
    folder = tmp_path_factory.mktemp("harbour")
    (folder / "harbour.py").write_text(APP, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [installed, "-m", "uvicorn", "harbour:app", "--port", str(port), "--log-level", "warning"]
    server = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    found = f"http://127.0.0.1:{port}/"
    deadline = time.monotonic() + 30
    while True:
        try:
            urlopen(found).close()
            break
        except URLError:
            assert server.poll() is None, server.communicate()[0]
            assert time.monotonic() < deadline, "the app takes too long to start"
            time.sleep(0.1)
    yield found
    server.terminate()
    server.communicate()


def test_page_with_its_files(address: str) -> None:
    """A list opens, and every style sheet, script, image and icon that it names is there."""
    with urlopen(urljoin(address, "boats/")) as answer:
        assert answer.status == 200
        page, here = html.parse(answer).getroot(), answer.url
    assert len(page.findall(".//h1")) == 1
    styles = page.xpath("//link[@rel='stylesheet']/@href")
    scripts = page.xpath("//script/@src")
    icons = page.xpath("//*[local-name()='use']/@href | //img/@src | //link[@rel='icon']/@href")
    assert styles
    assert scripts
    assert icons
    for reference in dict.fromkeys(styles + scripts + icons):
        with urlopen(urljoin(here, reference)) as answer:
            content = answer.read()
        assert content
        if reference in styles:
            assert answer.headers["Content-Type"].startswith("text/css")
            for further in re.findall(rb"""(?:@import\s+|url\()["']?([^"')]+)""", content):
                urlopen(urljoin(answer.url, further.decode())).close()
        if reference in scripts:
            assert "javascript" in answer.headers["Content-Type"]


def test_nothing_but_the_product(installed: Path) -> None:
    """The wheel brings one package with its templates and files, and no tests or build hook."""
    code = "import importlib.metadata as m; print(*m.files('webadmin'), sep='\\n')"
    names = run(installed, "-I", "-c", code, cwd=installed.parent).splitlines()
    assert {name.split("/")[0] for name in names if ".." not in name and "dist-info" not in name} == {
        "webadmin"
    }
    assert "webadmin/templates/base.html" in names
    assert any(name.startswith("webadmin/static/vendor/") for name in names)
    assert not any("node_modules" in name or name.endswith("_build.py") for name in names)
