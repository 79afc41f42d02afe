"""The embedded PostgreSQL: who starts it, who shares it, what it survives, and who stops it."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from webadmin.demo import binaries, postmaster
from webadmin.demo.server import EmbeddedServer, EmbeddedServerError

PROGRAM = """
import sys
from pathlib import Path
from webadmin.demo.server import EmbeddedServer

server = EmbeddedServer(Path(sys.argv[1]), durable=False)
print(server.start(), flush=True)
sys.stdin.read()
server.stop()
"""
CHECKOUT = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="root alone hands the server to another account")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another account may enter too, unlike pytest's own when root runs it."""
    made = Path(tempfile.mkdtemp(prefix="wa-", dir="/tmp")).resolve()
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(folder / "pg", durable=False) as started:
        yield started


@pytest.fixture
def program(folder: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start another program that uses the same folder; it runs until its input is closed."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder / "pg")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        )
        started.append(child)
        assert child.stdout is not None
        assert child.stdout.readline().startswith("postgresql")
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()


def postmaster_of(folder: Path) -> postmaster.Postmaster | None:
    data = next((folder / "pg").glob("data-*"), None)
    return postmaster.running(data) if data else None


def gone(folder: Path) -> bool:
    """Whether the server has stopped, with some seconds of patience."""
    deadline = time.monotonic() + 15
    while postmaster_of(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    return postmaster_of(folder) is None


def ask(url: str, statement: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            answer = connection.execute(text(statement))
            return answer.scalar() if answer.returns_rows else None
    finally:
        engine.dispose()


def test_keeps_its_data(server: EmbeddedServer) -> None:
    """What was written is there after a stop and a start."""
    ask(server.url(), "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    assert ask(server.start(), "SELECT n FROM kept") == 7


def test_url_of_a_stopped_server(server: EmbeddedServer) -> None:
    """A stopped server has no URL and says so."""
    server.stop()
    with pytest.raises(EmbeddedServerError, match="not running"):
        server.url()


def test_databases(server: EmbeddedServer) -> None:
    """Databases with any name are created, copied and dropped, even with a connection open."""
    first = server.create_database('a "b"/ü')
    ask(first, "CREATE TABLE t AS SELECT 'Ä' AS word")
    copy = server.create_database("copy", template='a "b"/ü')
    assert ask(copy, "SELECT lower(word) FROM t") == "ä"
    with psycopg.connect(copy.replace("+psycopg", "")):
        server.drop_database("copy")
    server.drop_database("copy")
    with pytest.raises(psycopg.errors.DuplicateDatabase):
        server.create_database('a "b"/ü')


def test_last_of_two_programs_stops_it(
    server: EmbeddedServer, folder: Path, program: Callable[[], subprocess.Popen[str]]
) -> None:
    """Two programs meet on one server; it stops with the last one."""
    running = postmaster_of(folder)
    other = program()
    assert running == postmaster_of(folder)
    server.stop()
    assert running == postmaster_of(folder)
    other.communicate()
    assert postmaster_of(folder) is None


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_program(
    folder: Path, program: Callable[[], subprocess.Popen[str]], how: signal.Signals
) -> None:
    """The server stops with its program, however that one ends, but not while another program uses it."""
    survivor, victim = program(), program()
    victim.send_signal(how)
    victim.wait(10)
    time.sleep(0.5)
    assert postmaster_of(folder)
    survivor.send_signal(how)
    survivor.wait(10)
    assert gone(folder)


def test_killed_server(folder: Path) -> None:
    """After ``kill -9`` of the server the next start recovers what was committed."""
    with EmbeddedServer(folder / "pg") as server:
        ask(server.url(), "CREATE TABLE kept AS SELECT 7 AS n")
        before = postmaster_of(folder)
        assert before
        os.kill(before.pid, signal.SIGKILL)
        assert ask(server.start(), "SELECT n FROM kept") == 7
        assert postmaster_of(folder) != before


def test_number_taken_by_a_stranger(server: EmbeddedServer, folder: Path) -> None:
    """A lock file left behind, whose process number another program has by now, does not hold up the start."""
    server.stop()
    (data,) = (folder / "pg").glob("data-*")
    lines = [str(os.getpid()), str(data), "1700000000", "5432", str(folder / "pg"), "", "", "ready"]
    (data / "postmaster.pid").write_text("\n".join(lines))
    assert ask(server.start(), "SELECT 1") == 1


def test_interrupted_creation(folder: Path) -> None:
    """A data folder that was only half made is thrown away and made anew."""
    with EmbeddedServer(folder / "pg", durable=False):
        (data,) = (folder / "pg").glob("data-*")
    data.rename(data.with_name(f"{data.name}.new"))
    shutil.rmtree(data.with_name(f"{data.name}.new") / "global")
    with EmbeddedServer(folder / "pg", durable=False) as server:
        assert ask(server.url(), "SELECT 1") == 1


def test_long_and_odd_folder(folder: Path) -> None:
    """A folder too long for a socket gets a short one for it, which goes with the server."""
    with EmbeddedServer(folder / "it's a, folder" / ("long " * 20), durable=False) as server:
        assert len(server.url()) < 150
        (socket_folder,) = re.findall(r"webadmin-pg-\w+", server.url())
        assert ask(server.url(), "SHOW fsync") == "off"
    assert not (Path("/tmp") / socket_folder).exists()


def test_folder_that_is_a_file(folder: Path) -> None:
    """A folder that cannot be made is one clear line."""
    (folder / "file").touch()
    with pytest.raises(EmbeddedServerError, match="cannot be used"):
        EmbeddedServer(folder / "file").start()


def test_without_any_postgresql(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wheel and without a system's server the message is one line that names the two other ways."""
    monkeypatch.setattr(binaries, "_wheel", lambda: None)
    monkeypatch.setattr(binaries, "_SYSTEM", ())
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(EmbeddedServerError) as raised:
        EmbeddedServer(folder / "pg").start()
    message = str(raised.value)
    assert "\n" not in message
    assert "--database-url postgresql://" in message
    assert "--database-url sqlite:///" in message


def test_programs_of_the_system(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wheel the system's own programs serve."""
    monkeypatch.setattr(binaries, "_wheel", lambda: None)
    try:
        found = binaries.find_binaries(binaries.Runner.here())
    except EmbeddedServerError:
        pytest.skip("this machine has no PostgreSQL of its own")
    with EmbeddedServer(folder / "pg", durable=False) as server:
        assert str(ask(server.url(), "SHOW server_version")).startswith(str(found.version))
        server.create_database("copy", template="template1")


@as_root
def test_root_below_a_closed_folder(folder: Path) -> None:
    """Root's closed folders stay closed: the data stands elsewhere, the same place every time."""
    folder.chmod(0o700)
    server = EmbeddedServer(folder / "pg", durable=False)
    with server:
        assert ask(server.url(), "CREATE TABLE kept AS SELECT 7 AS n") is None
    with EmbeddedServer(folder / "pg", durable=False) as again:
        assert ask(again.url(), "SELECT n FROM kept") == 7
    shutil.rmtree(server.folder)
    assert folder.stat().st_mode & 0o777 == 0o700


@as_root
def test_root_with_the_programs_in_a_closed_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs in a folder that is root's alone are copied to where the server's account can run them."""
    wheel = binaries._wheel()
    if wheel is None:
        pytest.skip("needs the wheel")
    package = wheel.parents[1]
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        if package.with_name(name).exists():
            shutil.copytree(package.with_name(name), closed / name, copy_function=os.link)
    monkeypatch.setattr(binaries, "_wheel", lambda: closed / package.name / wheel.parent.name / "bin")
    copied = binaries.find_binaries(binaries.Runner.here()).folder
    assert copied == binaries.find_binaries(binaries.Runner.here()).folder
    with EmbeddedServer(folder / "pg", durable=False) as server:
        assert ask(server.url(), "SELECT 1") == 1
    home = next(place for place in copied.parents if place.parent == Path("/var/tmp"))
    shutil.rmtree(home)


@as_root
def test_as_a_user(folder: Path) -> None:
    """Somebody who is not root runs the server as themselves."""
    nobody = pwd.getpwnam("nobody")
    runner = binaries.Runner(nobody.pw_uid, nobody.pw_gid, drops=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    pythons = [
        Path(found).resolve() for found in (sys.executable, f"/usr/bin/{version}") if Path(found).exists()
    ]
    python = next((found for found in pythons if runner.reaches(found)), None)
    if python is None or not runner.reaches(Path(sysconfig.get_path("purelib"))):
        pytest.skip("no interpreter that another account may run")
    folder.chmod(0o777)
    done = subprocess.run(
        [python, "-c", PROGRAM, str(folder / "pg")],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        env={"PYTHONPATH": os.pathsep.join([str(CHECKOUT), *sys.path]), "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("postgresql+psycopg://"), done.stderr
    assert (folder / "pg").stat().st_uid == nobody.pw_uid
    assert gone(folder)
