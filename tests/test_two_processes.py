"""Two processes on one database share logins, waits and what has ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy import Engine

from tests.bridge import filled
from tests.pages import Page, parse
from tests.people import PASSWORD
from tests.plugins.databases import fresh_name, opened
from tests.programs import Program, running
from webadmin.auth.accounts import throttle
from webadmin.cli import main
from webadmin.database.own_tables import accounts as tables
from webadmin.database.own_tables.migrate import upgrade
from webadmin.demo.server import EmbeddedServer

_APP = """
import os
from webadmin import Accounts, Admin
admin = Admin(os.environ["SHOP"], identify=Accounts())
"""
_HOST = {"Host": "shop.test"}


@pytest.fixture(scope="module")
def engine(server: EmbeddedServer) -> Iterator[Engine]:
    name = fresh_name()
    with opened(server.create_database(name, template="template1")) as made:
        upgrade(filled(made))
        yield made
    server.drop_database(name)


@pytest.fixture(scope="module")
def programs(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Program]]:
    """Two servers of one admin, which nothing connects but the database and the key."""
    folder = tmp_path_factory.mktemp("pair")
    (folder / "shop.py").write_text(_APP)
    url = engine.url.render_as_string(hide_password=False)
    environment = {"SHOP": url, "WEBADMIN_SECRET_KEY": "one key for both which is long enough"}
    arguments = ("serve", "--app", "shop:admin", "--port", "0")
    with (
        running(*arguments, environment=environment, folder=folder) as first,
        running(*arguments, environment=environment, folder=folder) as second,
    ):
        yield [first, second]


@pytest.fixture(scope="module")
def places(programs: list[Program]) -> list[str]:
    """Their addresses, as a proxy in front of them has them."""
    return [program.address().rstrip("/") for program in programs]


def page(client: httpx.Client, url: str) -> Page:
    answer = client.get(url)
    assert answer.status_code == 200, answer.headers
    return parse(answer.text)


def send(client: httpx.Client, place: str, path: str, form: str, typed: dict[str, str]) -> httpx.Response:
    found = page(client, place + path)
    return client.post(place + found.action(form), data=found.form(form) | typed)


def users(engine: Engine, *arguments: str, typed: str = "") -> None:
    command, *rest = arguments
    url = engine.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(main, ["users", command, url, *rest], input=typed)
    assert result.exit_code == 0, result.output


def test_first_administrator(programs: list[Program], places: list[str]) -> None:
    """Both tell the same address in their logs, and an account made at one is one at the other."""
    told = []
    for program, place in zip(programs, places, strict=True):
        with httpx.Client(headers=_HOST) as client:
            page(client, f"{place}/login/")
        program.wait_for_error("no account yet")
        line = next(line for line in program.errors if "no account yet" in line)
        told.append(line.rpartition(" ")[2])
    assert told[0] == told[1]
    with httpx.Client(headers=_HOST) as client:
        typed = {"name": "boss", "password": PASSWORD, "repeat": PASSWORD}
        assert send(client, places[0], told[0], "form", typed).status_code == 303
        assert client.get(f"{places[1]}/account/sessions/").status_code == 200
        assert client.get(places[1] + told[1]).status_code == 303


def test_logins_and_their_end(engine: Engine, places: list[str]) -> None:
    """Who logs in at one is known at the other; what ends at one, or by the command line, has ended at both."""
    users(engine, "create", "Ada", "--grant", "*", "--password-stdin", typed=f"{PASSWORD}\n")
    with httpx.Client(headers=_HOST) as client, httpx.Client(headers=_HOST) as other:
        for one in (client, other):
            typed = {"name": "ada", "password": PASSWORD}
            assert send(one, places[0], "/login/", "login", typed).status_code == 303
        assert len(page(client, f"{places[1]}/account/sessions/").css("tr[data-session]")) == 2
        ended = send(
            other, places[1], "/account/sessions/", "sessions", {"others": "1", "password": PASSWORD}
        )
        assert ended.status_code == 303
        for place in places:
            assert client.get(f"{place}/").status_code == 303
            assert other.get(f"{place}/").status_code == 200
        users(engine, "disable", "Ada")
        for place in places:
            assert other.get(f"{place}/").status_code == 303


def test_a_storm_of_guesses(engine: Engine, places: list[str]) -> None:
    """Of fifty guesses at once at both, as many are looked at as are counted, and the rest have to wait, at both."""

    def guess(number: int) -> int:
        typed = {"name": "boss", "password": f"guess {number}"}
        with httpx.Client(headers=_HOST, timeout=60) as client:
            return send(client, places[number % 2], "/login/", "login", typed).status_code

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess, range(50)))
    with engine.connect() as connection:
        counted: list[Any] = list(connection.scalars(sa.select(tables.login_attempt.c.failures)))
    looked_at = answers.count(422)
    assert set(answers) == {422, 429}
    assert set(counted) == {looked_at}
    assert throttle.PAIR.free <= looked_at < 15


def test_nothing_secret_is_printed(programs: list[Program]) -> None:
    """The terminal shows no password and no session."""
    told = "\n".join(line for program in programs for line in program.errors)
    assert PASSWORD not in told
    assert not re.search(r"guess \d", told)
