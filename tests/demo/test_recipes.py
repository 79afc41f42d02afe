"""Everything that the demo says there is to try is there, and the documentation says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from tests.pages import Page, parse
from webadmin.database.own_tables.migrate import upgrade
from webadmin.demo.app import build
from webadmin.demo.recipes import RECIPES, SCROLLS, Recipe

ROOT = Path(__file__).parents[2]
ALL = [recipe for found in RECIPES.values() for recipe in found]
_ROW = re.compile(
    r"^\| (?P<recipe>.+?) \| (?P<addresses>`.+?`) \| (?P<how>.+?) \| (?P<tests>`.+?`) \|$", re.MULTILINE
)
_CODE = re.compile(r"`([^`]+)`")


def documented() -> list[re.Match[str]]:
    text = (ROOT / "docs" / "recipes.md").read_text().replace(r"\|", "\0")
    return list(_ROW.finditer(text))


@pytest.fixture
def client(shop: sa.Engine) -> TestClient:
    """The demo, open to this machine."""
    upgrade(shop)
    return TestClient(build(shop))


def shows_something(page: Page) -> bool:
    """Rows, groups, numbers, statements, values with their numbers, a list that comes as one scrolls, or a field for a file."""
    shown = "tbody tr, [data-count], [data-statement], [data-rows], [hx-get*='/rows'], input[type=file]"
    return bool(page.css(shown))


def test_every_page_is_there(client: TestClient) -> None:
    """Each address answers, on either database, and shows rows or what they come to."""
    for recipe in ALL:
        answer = client.get(f"/{recipe.address}")
        assert answer.status_code == 200, recipe
        assert shows_something(parse(answer.text)), recipe


def test_they_are_found_by_clicking(client: TestClient) -> None:
    """The front page leads to the page that lists them, and that to each of them."""
    assert "/recipes" in parse(client.get("/").text).links().values()
    links = parse(client.get("/recipes").text).links()
    for recipe in ALL:
        assert links[recipe.name] == f"/{recipe.address}"


def test_lists_to_scroll_through(client: TestClient) -> None:
    """Each brings rows and a cursor for the next ones; an unknown one is not there."""
    for name in SCROLLS:
        page = parse(client.get(f"/scroll/{name}").text)
        rows = parse(client.get(page.one("[hx-get]").get("hx-get")).text)
        assert len(rows.table()) == 20
        assert rows.one("[data-next]").get("data-next")
    assert client.get("/scroll/nothing").status_code == 404


def test_the_documentation_has_the_same() -> None:
    """Every address of the table is one of the demo's, and the other way round."""
    told = {code.replace("\0", "|") for row in documented() for code in _CODE.findall(row["addresses"])}
    assert told == {f"/{recipe.address}" for recipe in ALL}


def test_the_tests_that_it_names_exist() -> None:
    """Each recipe names the files that try it."""
    for row in documented():
        for name in _CODE.findall(row["tests"]):
            path, _, function = name.partition("::")
            assert (ROOT / path).exists(), name
            assert not function or f"def {function}(" in (ROOT / path).read_text(), name


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.name)
def test_names_are_plain(recipe: Recipe) -> None:
    """A name is a line without a full stop, and its address names no host."""
    assert "\n" not in recipe.name
    assert not recipe.name.endswith(".")
    assert not recipe.address.startswith(("/", "http"))
