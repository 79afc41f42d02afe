"""The command line: what is refused in one line, and what runs as a program of its own."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webadmin._version import __version__
from webadmin.cli import main


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def _refused(result: Result, *words: str) -> None:
    """Exit status 2 and one clear line that has these words, nothing on standard output."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2, result.output
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("Error: ")
    assert not result.stdout
    for word in words:
        assert word in lines[0]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["serve"], "URL"),
        (["serve", "URL", "--app", "m:a"], "either"),
        (["serve", "URL", "--port", "x"], "--port"),
        (["serve", "URL", "--port", "65536"], "--port"),
        (["serve", "URL", "--nothing"], "--nothing"),
        (["serve", "URL", "URL"], "argument"),
        (["serve", "URL", "--schema"], "--schema"),
        (["demo", "--rows", "0"], "--rows"),
        (["demo", "--rows", "many"], "--rows"),
        (["demo", "more"], "argument"),
        (["nothing"], "nothing"),
        (["--nothing"], "--nothing"),
        (["users", "list"], "users"),
        (["doctor"], "URL|MODULE:ADMIN"),
        (["doctor", "URL", "URL"], "argument"),
        (["doctor", "nosuch:admin"], "nosuch"),
        (["doctor", ":admin"], "module:admin"),
        (["migrate"], "URL"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_bad_arguments(arguments: list[str], word: str, small: str) -> None:
    """What is wrong with them is one line, without the usage in front."""
    _refused(_run(*(small if argument == "URL" else argument for argument in arguments)), word)


@pytest.mark.parametrize(
    "command", [["serve"], ["demo", "--database-url"], ["migrate"], ["doctor"]], ids=" ".join
)
@pytest.mark.parametrize(
    "url",
    [
        "", "nothing", "://", "http://localhost/", "mysql://me:geheim@localhost/x", "oracle://me:geheim@localhost/x",
        "nosuch://me:geheim@localhost/x", "postgresql+nosuch://me:geheim@localhost/x", "postgresql://me:geheim@localhost:port/x",
    ],
)  # fmt: skip
def test_addresses_that_are_none(command: list[str], url: str) -> None:
    """A wrong URL or an unknown driver: what an address looks like, and no password."""
    result = _run(*command, url)
    _refused(result, "postgresql://user:password@host/name", "sqlite:///file.db")
    assert "geheim" not in result.output


@pytest.mark.parametrize(
    "command", [["serve"], ["demo", "--database-url"], ["migrate"], ["doctor"]], ids=" ".join
)
def test_databases_that_cannot_be_reached(command: list[str]) -> None:
    """Nobody listens there: why, and no password."""
    result = _run(*command, "postgresql://me:geheim@127.0.0.1:1/shop?connect_timeout=2")
    _refused(result, "refused")
    assert "geheim" not in result.output


def test_files_that_are_no_database(tmp_path: Path) -> None:
    """A file that is not there is not made; one of another kind says so."""
    _refused(_run("serve", f"sqlite:///{tmp_path / 'missing.db'}"), "no such file")
    assert not list(tmp_path.iterdir())
    (tmp_path / "text.db").write_text("some text, long enough to be no database at all")
    _refused(_run("serve", f"sqlite:///{tmp_path / 'text.db'}"), "not a database")
    _refused(_run("serve", "sqlite://"), "sqlite:///file.db")
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()
    _refused(_run("serve", f"sqlite:///{tmp_path / 'empty.db'}"), "no table")


def test_a_database_that_is_not_there(pg_url: str) -> None:
    """The server's own reason, in one line."""
    _refused(_run("serve", pg_url.replace("?", "_gone?")), "does not exist")
    _refused(_run("serve", pg_url), "no table")
    _refused(_run("serve", pg_url, "--schema", "gone"), "gone")


def test_nothing_left_to_show(small: str) -> None:
    """Schemas and patterns that leave nothing say what there is."""
    _refused(_run("serve", small, "--schema", "gone"), "gone", "main")
    _refused(_run("serve", small, "--include", "zzz*"), "other", "thing")
    _refused(_run("serve", small, "--exclude", "*"), "other", "thing")


@pytest.mark.parametrize("command", [["demo"], ["serve", "URL"]], ids=" ".join)
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.com", "", "127.0.0.1.example.com"])
def test_no_login_for_others(command: list[str], host: str, small: str) -> None:
    """Without login, nobody but this machine may reach it."""
    arguments = [small if word == "URL" else word for word in command]
    _refused(_run(*arguments, "--no-login", "--host", host), "--no-login", "loopback")


@pytest.mark.parametrize("command", [["demo"], ["serve", "URL"]], ids=" ".join)
def test_a_port_that_is_taken(command: list[str], small: str) -> None:
    """It is said before anything is read or made."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        arguments = [small if word == "URL" else word for word in command]
        _refused(_run(*arguments, "--port", port), port, "--port")
    _refused(_run(*arguments, "--host", "nowhere.invalid"), "nowhere.invalid", "--host")


def test_replicas_that_are_none(small: str) -> None:
    """A replica is one of the same database, and goes with a server that can have one."""
    _refused(_run("serve", small, "--replica", small, "--port", "0"), "replica", "none")
    _refused(_run("serve", small, "--replica", "nonsense", "--port", "0"), "address")
    _refused(_run("serve", "--app", "os:path", "--replica", small), "--replica")
    _refused(_run("demo", "--replica", "--database-url", small), "--replica", "--database-url")


def test_admins_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--app`` names a module and an Admin in it; whatever else it finds is one line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "broken_app.py").write_text("def (")
    (tmp_path / "failing_app.py").write_text("raise RuntimeError('first line\\nsecond line')")
    (tmp_path / "importing_app.py").write_text("import not_there_at_all")
    for name, word in (
        ("no_such_module:admin", "no_such_module"), ("importing_app:admin", "not_there_at_all"), ("os:nothing", "nothing"),
        ("os:path", "Admin"), ("os", "module:admin"), (":admin", "module:admin"), ("os:", "module:admin"),
        ("..os:path", "..os"), ("broken_app:admin", "SyntaxError"), ("failing_app:admin", "first line"),
    ):  # fmt: skip
        _refused(_run("serve", "--app", name), word)


def test_an_admin_with_wrong_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fault of every view, and no traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "wrong_app.py").write_text(
        "from webadmin import Admin\nfrom webadmin.demo.models import Order\n"
        "admin = Admin('sqlite:///x.db')\nadmin.add_model(Order, column_list=['nothing', 'neither'])\n"
    )
    result = _run("serve", "--app", "wrong_app:admin")
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert "nothing" in result.stderr
    assert "neither" in result.stderr


def test_a_demo_in_somebody_elses_database(small: str, pg_url: str, tmp_path: Path) -> None:
    """Tables that the demo did not make are never touched; a folder that is not there is said."""
    path = tmp_path / "orders.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
    connection.close()
    _refused(_run("demo", "--database-url", f"sqlite:///{path}", "--rows", "10"), "orders")
    _refused(
        _run("demo", "--database-url", f"sqlite:///{tmp_path / 'no' / 'x.db'}", "--rows", "10"),
        "unable to open",
    )


def test_help_and_version() -> None:
    """Commands say what they take."""
    assert _run("--version").stdout.strip().endswith(__version__)
    assert _run("--help").exit_code == _run("serve", "-h").exit_code == 0
    for option in (
        "--schema",
        "--include",
        "--exclude",
        "--read-only",
        "--app",
        "--port",
        "--host",
        "--no-login",
    ):
        assert option in _run("serve", "--help").stdout
    for option in ("--rows", "--database-url", "--port", "--host", "--no-login"):
        assert option in _run("demo", "--help").stdout


def test_the_module_is_the_command() -> None:
    """``python -m webadmin`` does the same as ``webadmin``."""
    done = subprocess.run(
        [sys.executable, "-m", "webadmin", "serve", "nothing"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("Error: ")
