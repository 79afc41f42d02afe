"""Sorts that no index serves: marked at their heads, and their cost said before they are run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, create_engine
from starlette.testclient import TestClient

from tests.listing.sorting.goods import Good, Goods, fill
from tests.pages import Page, parse, words
from tests.plugins.databases import BOTH, fresh_name, opened
from tests.views.conftest import Admin
from webadmin import Admin as Site
from webadmin.auth.user import User
from webadmin.demo.server import EmbeddedServer

ROWS = 3000
MOST = 1000


class Few(Goods, model=Good):
    """A view that asks early."""

    slow_sort_rows = MOST


class Patient(Goods, model=Good):
    """A view that never asks."""

    slow_sort_rows = 0


@pytest.fixture(scope="module", params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param == "sqlite":
        file: Path = tmp_path_factory.mktemp("goods") / "goods.db"
        made = create_engine(f"sqlite:///{file}")
        fill(made, ROWS)
        yield made
        made.dispose()
        return
    server: EmbeddedServer = request.getfixturevalue("server")
    name = fresh_name()
    with opened(server.create_database(name, template="template1")) as made:
        fill(made, ROWS)
        yield made
    server.drop_database(name)


def _admin(engine: Engine, view: type[Any] = Few, **options: Any) -> Admin:
    site = Site(engine, **options)
    site.add_view(view)
    return Admin(TestClient(site, base_url="http://localhost"), engine)


@pytest.fixture
def goods(engine: Engine) -> Admin:
    return _admin(engine)


def _get(admin: Admin, address: str, status: int = 200, **headers: str) -> Page:
    found = admin.client.get(address, headers=headers)
    assert found.status_code == status
    return parse(found.text)


def _asks(page: Page) -> bool:
    return bool(page.css("#sort-cost")) and not page.css("#results")


@pytest.mark.parametrize(
    "sort", ["cost", "length_note:desc", "maker", "maker.name", "state,cost,id", "cost,price"]
)
def test_it_asks_before_it_sorts(goods: Admin, sort: str) -> None:
    """The page says how many rows would be sorted by what; no rows are read for it, and agreeing shows them."""
    if sort.startswith("state") and goods.engine.dialect.name == "sqlite":
        pytest.skip("an index on a state ends in the row's number there")
    _get(goods, "/goods/")
    with goods.statements() as sent:
        page = _get(goods, f"/goods/?sort={sort}")
    assert _asks(page)
    assert len(sent) <= 3
    assert not [statement for statement in sent if "page" in statement and "LIMIT" in statement]
    assert 2800 <= int(page.one("#sort-cost").get("data-rows")) <= ROWS
    following = _get(goods, page.one("#sort-anyway").get("href"))
    assert len(following.ids()) == 25


def test_what_it_says(goods: Admin) -> None:
    """The number of rows, the columns by their labels in order, and where to go from there."""
    page = _get(goods, "/goods/?sort=cost:desc,maker&price.gte=0&per_page=10")
    heading = page.text("#sort-cost h2")
    assert "“Cost”, then “Maker”" in heading
    assert "rows by" in heading
    assert page.one("#sort-cost").get("data-tone") == "warn"
    back = page.one("#sort-not").get("href")
    assert "sort" not in back
    assert "price.gte=0" in back
    assert len(_get(goods, back).ids()) == 10


def test_agreeing_lasts(goods: Admin) -> None:
    """It stays in the addresses of pages, of filters and of the other direction, not of other sorts."""
    page = _get(goods, "/goods/?sort=cost&sort.slow=yes&per_page=10")
    links = [link.get("href") for link in page.css("nav[aria-label=Pages] a")]
    assert links
    assert all("sort.slow=yes" in link for link in links)
    assert _get(goods, links[-1]).ids()
    assert dict(page.form("filters"))["sort.slow"] == "yes"
    turned = page.one("#sort-by [data-sort-by=cost]").get("href")
    assert "cost:desc" in turned
    assert "sort.slow=yes" in turned
    assert "sort.slow" not in page.one("#sort-made_at").get("href")
    assert "sort.slow" not in page.one("#sort-by [data-sort-by=length_note]").get("href")


def test_nobody_is_asked_without_need(goods: Admin) -> None:
    """Not for what an index serves, nor the view's own order, nor few rows, nor where nobody wants to be asked."""
    for query in (
        "",
        "sort=lower_name",
        "sort=margin:desc",
        "sort=price,made_at:desc",
        "sort=made_at,cost",
        "q=thing",
    ):
        assert not _asks(_get(goods, f"/goods/?{query}")), query
    assert not _asks(_get(goods, "/goods/?sort=cost&price.lt=200"))
    assert _asks(_get(goods, "/goods/?sort=cost&price.lt=4000"))
    assert not _asks(_get(goods, "/goods/?sort=cost&deleted=only"))
    assert not _asks(_get(_admin(goods.engine, Patient), "/goods/?sort=cost"))
    assert not _asks(_get(_admin(goods.engine, Goods), "/goods/?sort=cost"))


def test_a_scope_counts(engine: Engine) -> None:
    """For somebody who may see few rows the sort is quick."""

    class Own(Few, model=Good):
        def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
            return stmt.where(Good.maker_id == 3)

    assert not _asks(_get(_admin(engine, Own), "/goods/?sort=cost"))


def test_heads_are_marked(goods: Admin) -> None:
    """Those that no index serves, in words too, once the list has many rows; others and those of few rows are not."""
    page = _get(goods, "/goods/")
    marked = {head.get("data-head") for head in page.css("th[data-head]") if head.cssselect(".wa-sort__slow")}
    assert marked == ({"maker"} if goods.engine.dialect.name == "sqlite" else {"maker", "state"})
    assert "no index" in page.one("#sort-maker").text_content()
    few = _get(goods, "/goods/?price.lt=200")
    assert not few.css(".wa-sort__slow")
    assert not _get(_admin(goods.engine, Goods), "/goods/").css(".wa-sort__slow")


def test_heads_of_expressions(goods: Admin) -> None:
    """The column that an expression is made of sorts by it; what has no head stands in a menu, by a name for people."""
    page = _get(goods, "/goods/?sort=lower_name:desc")
    assert page.one("th[data-head=name]").get("aria-sort") == "descending"
    assert "sort=lower_name:asc" in page.one("#sort-name").get("href")
    assert "sort=coalesce_nick_none:asc" in page.one("#sort-nick").get("href")
    menu = {link.get("data-sort-by"): words(link) for link in page.css("#sort-by a")}
    assert menu["length_note"].startswith("Length of note")
    assert menu["margin"] == "Margin"
    assert menu["id"] == "ID"
    assert menu["maker.lower_name"].startswith("Maker name, ignoring case")
    chosen = _get(goods, "/goods/?sort=margin")
    assert chosen.one("#sort-by [aria-current]").get("data-sort-by") == "margin"


def test_no_statement_more(goods: Admin) -> None:
    """Marking heads costs none, nor does a sort that an index serves; four are the most with one that none does."""
    _get(goods, "/goods/")
    with goods.statements() as plain:
        _get(goods, "/goods/")
    with goods.statements() as served:
        _get(goods, "/goods/?sort=lower_name")
    assert len(served) <= len(plain) <= 4
    with goods.statements() as narrowed:
        page = _get(goods, "/goods/?sort=cost&price.lt=200")
    assert len(narrowed) <= 4
    assert page.exact


def test_the_index_is_named_to_whom_may_see_plans(engine: Engine) -> None:
    """With its statement to copy; others are told what it costs alone, and nothing where no index can help."""
    page = _get(_admin(engine), "/goods/?sort=cost")
    assert page.text("#sort-cost-ddl").endswith("ON goods (cost, id) WHERE deleted_at IS NULL;")
    reader = _admin(engine, identify=lambda request: User("somebody", ["goods.view"]))
    assert _asks(_get(reader, "/goods/?sort=cost"))
    assert not _get(reader, "/goods/?sort=cost").css("#sort-cost-ddl")
    related = _get(_admin(engine), "/goods/?sort=maker")
    assert not related.css("#sort-cost-ddl")
    assert "no index of this table" in related.text("#sort-cost")


def test_swapped_in(goods: Admin) -> None:
    """A head that is clicked gets the question in place of the list."""
    page = _get(goods, "/goods/?sort=cost", **{"HX-Request": "true"})
    assert page.css("#sort-cost")
    assert not page.css("html main")


def test_other_values_are_refused(goods: Admin) -> None:
    """Agreeing is ``yes``; alone, without a sort, it says nothing."""
    assert "sort.slow=yes" in _get(goods, "/goods/?sort=cost&sort.slow=1", 400).text("main")
    assert _get(goods, "/goods/?sort.slow=yes").ids()
