"""The command line as programs that run: logging in, stopping, the demo."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine

from tests.pages import parse
from tests.plugins.databases import run_folder
from tests.programs import Program, browsing, running, working_in

SECONDS = 3.0
"""In which a program has to stop."""


def test_a_token_works_once(small: str) -> None:
    """The address that is printed logs one browser in; the next one gets an address of its own."""
    with running("serve", small, "--port", "0") as program, browsing() as first, browsing() as second:
        address = program.address()
        base = address.partition("login/")[0]
        assert parse(second.get(f"{base}thing/").text).css("input[name=token]")
        assert first.head(address).status_code == 200  # looking does not use it up
        assert first.get(address).status_code == 200
        assert first.get(f"{base}thing/").status_code == 200
        assert parse(first.get(f"{base}thing/").text).column("name") == ["one"]
        following = program.address()
        refused = second.get(address)
        assert refused.status_code == 422
        assert refused.url.path == "/login/"
        page = parse(second.get(f"{base}login/?next=/thing/").text)
        token = following.partition("token=")[2]
        arrived = second.post(f"{base}login/", data={**page.form(), "token": token})
        assert arrived.url.path == "/thing/"
        out = parse(first.get(f"{base}thing/").text)
        left = first.post(
            f"{base}logout/", data={"csrf_token": out.css("input[name=csrf_token]")[0].get("value")}
        )
        assert left.url.path == "/login/"
        assert first.get(f"{base}thing/").url.path == "/login/"
        assert program.stop() < SECONDS
        assert not [line for line in program.errors if "Traceback" in line]


def test_no_login_and_read_only(small: str) -> None:
    """Everybody at this machine is let in; nothing can be changed, and only the chosen tables are there."""
    with running("serve", small, "--port", "0", "--no-login", "--read-only", "--include", "thing") as program:
        base = program.address()
        assert httpx.get(f"{base}thing/").status_code == 200
        assert httpx.get(f"{base}thing/add/").status_code == 403
        assert httpx.get(f"{base}other/").status_code == 404
        assert httpx.get(base, headers={"host": "elsewhere.example.com"}).status_code == 403
        assert httpx.get(base, headers={"x-forwarded-for": "10.0.0.1"}).status_code == 403


def test_an_admin_of_ones_own(tmp_path: Path, small: str) -> None:
    """``--app`` serves it from the folder that the program is started in, at its own login or with a token."""
    (tmp_path / "my_app.py").write_text(
        f"from webadmin import Admin\nfrom webadmin.database.reflection import reflect\nimport sqlalchemy as sa\n"
        f"engine = sa.create_engine({small!r})\n"
        "class Holder:\n    admin = Admin(engine, title='Mine', identify=lambda request: 'Ada')\n"
        "plain = Admin(engine)\n"
        "for one in (Holder.admin, plain): one.add_models(reflect(engine).models)\n"
    )
    with running("serve", "--app", "my_app:Holder.admin", "--port", "0", folder=tmp_path) as program:
        assert parse(httpx.get(program.address()).text).h1 == "Mine"
    with running("serve", "--app", "my_app:plain", "--port", "0", folder=tmp_path) as program:
        assert "token=" in program.address()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_at_once(small: str, how: signal.Signals) -> None:
    """Also while browsers keep connections open, and with a clean exit."""
    with running("serve", small, "--port", "0", "--no-login") as program:
        address = httpx.URL(program.address())
        assert address.port is not None
        with socket.create_connection((address.host, address.port)) as half, httpx.Client() as client:
            half.sendall(b"POST /thing/add/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\na=")
            client.get(address)
            assert program.stop(how) < SECONDS
        assert program.process.returncode == (0 if how is signal.SIGINT else 143)
        assert not [line for line in program.errors if "Traceback" in line]


def test_it_stops_in_the_middle_of_a_statement(pg_url: str) -> None:
    """A slow statement does not keep the program."""
    engine = create_engine(pg_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW slow AS SELECT 1 AS a, pg_sleep(9)::text AS b")
    engine.dispose()
    with running("serve", pg_url, "--port", "0", "--no-login") as program:
        address = f"{program.address()}slow/"
        with pytest.raises(httpx.TimeoutException):
            httpx.get(address, timeout=1)
        assert program.stop() < SECONDS
        assert not [line for line in program.errors if "Traceback" in line]


def test_a_demo_in_a_file(tmp_path: Path) -> None:
    """It makes the file, and finds it again at the next start, with what was changed."""
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    for start in ("first", "second"):
        with running("demo", "--database-url", url, "--rows", "50", "--port", "0", "--no-login") as program:
            base = program.address()
            assert base.endswith("/admin/")
            assert parse(httpx.get(f"{base}orders/?deleted=show").text).count() == 50
            assert httpx.get(base.removesuffix("admin/")).status_code == 200
            program.stop()
            assert any("orders" in line for line in program.errors) is (start == "first")


def test_a_demo_in_a_database(pg_url: str) -> None:
    """The number of orders is the one asked for, and the printed address logs in, though people have accounts there too."""
    with (
        running("demo", "--database-url", pg_url, "--rows", "60", "--port", "0") as program,
        browsing() as client,
    ):
        printed = program.address()
        assert client.get(printed).status_code == 200
        base = printed.partition("login/")[0]
        assert parse(client.get(f"{base}orders/?deleted=show").text).count() == 60
        assert parse(httpx.get(f"{base}login/").text).css("#password")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder of the test's own for the embedded server; nothing runs in it at the end."""
    folder = run_folder() / tmp_path_factory.mktemp("home").name
    folder.mkdir()
    folder.chmod(0o755)
    yield folder
    assert not working_in(folder)


def _demo(home: Path, *arguments: str) -> Program:
    words = ("demo", "--port", "0", "--no-login", *arguments)
    return Program(*words, environment={"XDG_DATA_HOME": str(home), "HOME": str(home)})


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_demos_share_the_embedded_server(home: Path) -> None:
    """The first makes the data, the second finds it; the server goes with the last of them."""
    first = _demo(home, "--rows", "50")
    one = first.address()
    second = _demo(home, "--rows", "50")
    two = second.address()
    assert one != two
    assert not second.errors
    assert first.stop() < SECONDS
    assert httpx.get(f"{two}orders/").status_code == 200
    assert working_in(home)
    assert second.stop(signal.SIGINT) < SECONDS
    assert not working_in(home)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_demo_stops_while_it_seeds(home: Path, how: signal.Signals) -> None:
    """The server goes with it, and the next start begins anew."""
    program = _demo(home, "--rows", "900000")
    program.wait_for_error("products")
    assert program.stop(how) < SECONDS
    assert not [line for line in program.errors if "Traceback" in line]
    assert not working_in(home)
