"""Fields that a person may not read: asked for at every address, in every way that could tell what stands in them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.pages import parse
from tests.plugins.databases import database_of, file_of
from tests.security.desk import Visitor
from tests.security.ledger import (
    COST,
    MARK,
    Client,
    ClientView,
    admin_of,
    boss_of,
    clerk_of,
    tells,
    with_history,
)
from webadmin import Admin
from webadmin.database.own_tables.changes import change
from webadmin.demo.server import EmbeddedServer
from webadmin.routes import ROUTES

KEYS = {"agents": ["1"], "clients": ["1", "2"], "goods": ["1", "2", "4", "5", "6", "1001"]}
HIDDEN = {
    "agents": ["name", "clients", "goods"],
    "clients": ["remark", "agent", "agent_id", "agent.name"],
    "goods": [
        "cost", "recipe", "meta", "meta.kind", "scan", "margin", "double", "told", "words", "buyer", "buyer_id", "buyer.name",
        "client.remark", "client.agent", "dearer", "abs_cost",
    ],
}  # fmt: skip
READABLE = {"agents": ["id"], "clients": ["title", "goods"], "goods": ["name", "price", "state", "client"]}
LISTS = ("rows", "count/", "summary/", "explain/", "export/", "facets/client/")

ON_ONE = pytest.mark.parametrize("ledger", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The ledger with a history, once on PostgreSQL and once on SQLite."""
    if request.param == "sqlite":
        with file_of(tmp_path_factory.mktemp("ledger") / "ledger.db", with_history) as engine:
            yield engine
    else:
        server: EmbeddedServer = request.getfixturevalue("server")
        with database_of(server, with_history) as engine:
            yield engine


@pytest.fixture(scope="module")
def admin(ledger: Engine) -> Admin:
    """One for all: what it remembers of one person must not be told another."""
    return admin_of(ledger)


@pytest.fixture(scope="module")
def clerk(admin: Admin) -> Visitor:
    return clerk_of(admin)


@pytest.fixture(scope="module")
def boss(admin: Admin) -> Visitor:
    return boss_of(admin)


def addresses(engine: Engine) -> Iterator[str]:
    """Every GET address of the table of routes, with each list, row, change and field that there is."""
    with Session(engine) as session:
        changes = [str(id) for id in session.scalars(sa.select(change.c.id))]
    assert len(changes) == 7
    for route in ROUTES:
        if "GET" not in route.methods or route.permission == "public":
            continue
        keys = KEYS if "{key}" in route.pattern else {"": changes if "changes/" in route.pattern else [""]}
        for key, ids in keys.items():
            fields = [*HIDDEN.get(key, []), *READABLE.get(key, [])] if "{field}" in route.pattern else [""]
            for id, field in itertools.product(ids if "{id}" in route.pattern else [""], fields):
                path = route.pattern.format(key=key, id=id, field=field, name="x")
                yield f"/{path}" if not path or path.endswith("/rows") else f"/{path}/"
    for key, file in itertools.product(
        KEYS, ("csv", "json", "jsonl", "csv&all_columns=1&relations=label&values=formatted")
    ):
        yield f"/{key}/export/?format={file}"
    yield from ("/database/goods/", "/database/agents/", "/database/clients/")
    yield from (
        "/goods/?deleted=show&per_page=200",
        "/goods/summary/?group=client",
        "/goods/summary/?group=made_at:month",
    )
    yield from (
        "/goods/?latest_per=client",
        "/goods/?q=good",
        "/changes/?deleted",
        "/goods/rows?q=good",
        "/goods/?q=1",
    )


def test_no_page_shows_what_is_hidden(ledger: Engine, clerk: Visitor, boss: Visitor) -> None:
    """Whatever can be opened says nothing of a hidden field to a clerk, and much of it to somebody who may read it."""
    seen = 0
    for number, path in enumerate(addresses(ledger)):
        answer = clerk.get(path)
        assert answer.status_code < 500, path
        assert not tells(answer.text), f"{path} tells: {tells(answer.text)}"
        assert MARK.encode() not in answer.content
        seen += number % 5 == 0 and bool(tells(boss.get(path).text))
    assert seen > 8


def questions(key: str, name: str) -> Iterator[str]:
    """Parameters by which a list could be asked about a field."""
    yield from (
        f"{name}=1",
        f"{name}.null=true",
        f"{name}.gte=1",
        f"{name}.contains=qz",
        f"{name}=any",
        f"{name}.not=1",
    )
    yield from (
        f"sort={name}",
        f"sort={name}:desc",
        f"columns=id,{name}",
        f"latest_per={name}",
        f"top=1&per={name}",
    )
    yield from (f"where={name}:1", f"where=id:1|({name}.gte:1;id:2)")


@ON_ONE
@pytest.mark.parametrize("key", HIDDEN)
def test_a_hidden_field_is_as_one_that_there_is_not(clerk: Visitor, boss: Visitor, key: str) -> None:
    """Filters, sorts, columns and groups by a hidden field get the words that a name gets that nobody knows."""
    answered = 0
    for name in HIDDEN[key]:
        for question in questions(key, name):
            answer = clerk.get(f"/{key}/?{question}")
            nosuch = f"{name.rpartition('.')[0]}.nosuch".lstrip(".")
            unknown = clerk.get(f"/{key}/?{question.replace(name, nosuch)}")
            assert answer.status_code == unknown.status_code == 400, question
            assert said(answer, name) == said(unknown, nosuch), question
            answered += boss.get(f"/{key}/?{question}").status_code == 200
    assert answered > len(HIDDEN[key])


def said(answer: Any, name: str) -> str:
    """What the page of an error says, without the name that was asked for."""
    text = " ".join(parse(answer.text).texts("main"))
    assert not tells(text)
    return re.sub(r"\b[0-9a-f]{12}\b", "", text.replace(name, "…"))


@ON_ONE
@pytest.mark.parametrize("part", LISTS)
def test_the_other_pages_of_a_list_know_no_hidden_field(clerk: Visitor, part: str) -> None:
    """Rows, counts, summaries, statements and files of a list refuse it as the list does."""
    for question in ("cost.gte=1", "sort=cost", "where=recipe.contains:qz", "buyer=1", "client.remark=1"):
        answer = clerk.get(f"/goods/{part}?{question}")
        assert answer.status_code == 400
        assert not tells(answer.text)


@ON_ONE
def test_groups_and_measures(clerk: Visitor, boss: Visitor) -> None:
    """A summary measures nothing hidden, groups by nothing hidden, and compares no group by it."""
    for question in (
        "group=cost", "group=buyer", "group=recipe", "measure=sum.cost", "measure=max.double", "having=sum.cost.gt:1",
        "group=made_at:month&measure=avg.cost", "group=made_at:month&having=max.cost.gte:1",
    ):  # fmt: skip
        answer = clerk.get(f"/goods/summary/?{question}")
        assert answer.status_code == 400, question
        assert not tells(answer.text)
        allowed = boss.get(f"/goods/summary/?{question}").status_code
        assert allowed == (400 if "double" in question or "recipe" in question else 200), question


def test_searches_look_into_nothing_hidden(clerk: Visitor, boss: Visitor) -> None:
    """Neither the search, nor its index of words, nor the names of rows that forms choose from answer for hidden texts."""
    for path in ("/goods/?q=qzxm", "/clients/?q=qzxm", "/agents/?q=qzxm", f"/goods/?q={str(COST)[:4]}"):
        assert clerk.page(path).rows() == []
    assert len(boss.page("/goods/?q=qzxm").rows()) == 4
    assert len(boss.page("/clients/?q=qzxm").rows()) == 1
    assert clerk.get("/goods/lookup/client/?q=qzxm").text.count("<li") <= 1
    assert "data-value" in boss.get("/goods/lookup/client/?q=qzxm").text
    assert "data-value" not in clerk.get("/goods/lookup/client/?q=qzxm").text
    assert "data-value" in clerk.get("/goods/lookup/client/?q=Cli").text
    for path in (
        "/goods/lookup/buyer/",
        "/clients/lookup/agent/",
        "/goods/facets/cost/",
        "/goods/facets/buyer/",
    ):
        assert clerk.get(path).status_code in {400, 404}


def test_what_everybody_asked_is_not_answered_from_memory(clerk: Visitor, boss: Visitor) -> None:
    """What was found out for one person, totals and the meaning of searches, is not told another who reads less."""
    for _time in range(2):
        assert boss.page("/goods/?q=qzxmark").one("[data-count]").get("data-count") == "4"
        assert clerk.page("/goods/?q=qzxmark").rows() == []


@ON_ONE
def test_the_order_of_rows_tells_nothing(clerk: Visitor, boss: Visitor) -> None:
    """A list that is sorted by a hidden field by default comes by its key instead, also from row to row."""
    shown = clerk.page("/goods/").ids()
    assert shown == sorted(shown, key=int) != boss.page("/goods/").ids()
    assert clerk.page("/clients/").ids() == boss.page("/clients/").ids()


def test_the_history_says_nothing_of_it(clerk: Visitor, boss: Visitor) -> None:
    """Changes of hidden fields, the names that rows had, and searches for these names."""
    found = boss.get("/changes/?q=Qzxmark").text
    assert f"for {COST + 11}" in boss.get("/changes/").text
    assert "No changes" in found or "/changes/" in found
    assert not tells(clerk.get("/changes/").text)
    wanted = f"/changes/?q={str(COST + 11)[:4]}"
    assert len(parse(boss.get(wanted).text).css("main [data-change], main article, main li")) != 0
    assert f"{COST + 11}" not in clerk.get(wanted).text


@ON_ONE
def test_drafts_and_dialogs(clerk: Visitor) -> None:
    """A form that is prefilled, made anew or shown with its faults has no hidden field either."""
    for path, typed in {
        "/goods/add/?cost=5&recipe=x&buyer=1&_dialog=1": None,
        "/goods/add/?cost=5&recipe=x&buyer=1": None,
        "/goods/1/fields/": {"name": "x"},
        "/goods/add/": {"name": ""},
        "/goods/1/change/": {"name": ""},
        "/clients/1/change/": {"title": ""},
        "/goods/actions/edit/": {"id": ["1", "2"], "op-name": "append", "with-name": "!"},
        "/goods/actions/rename/": {"id": ["1", "2"]},
        "/goods/actions/delete/": {"id": ["1", "2"]},
        "/goods/explain/": {"analyze": "1"},
        "/goods/explain/1/": {"analyze": "1"},
        "/goods/explain/1/change/": None,
        "/goods/explain/1/history/": None,
        "/goods/explain/summary/": None,
        "/goods/explain/export/?format=csv&all_columns=1": None,
        "/goods/explain/lookup/client/?q=a": None,
        "/goods/explain/actions/rename/": {"id": ["1", "2"], "confirm": "1"},
        "/goods/explain/actions/delete/": {"id": ["1", "2"], "confirm": "1"},
    }.items():
        answer = clerk.get(path) if typed is None else clerk.submit(path, typed)
        assert answer.status_code in {200, 422}, f"{path}: {answer.status_code}"
        assert not tells(answer.text), path
        page = parse(answer.text or "<p></p>")
        for name in ("cost", "recipe", "buyer", "with-cost", "remark", "agent"):
            assert page.css(f"[name='{name}']") == [], path


def test_rows_whose_list_is_closed_are_not_called_by_it(ledger: Engine) -> None:
    """Whoever may not look at a list sees its rows by the label of their model, and then too without what is hidden."""

    class Nameless(ClientView, model=Client):
        key = "clients"
        unread = ClientView.unread | {"title"}

    for view, shown in ((ClientView, "Client"), (Nameless, "Client 1")):
        clerk = Visitor(admin_of(ledger, view), name="clerk", grants="goods.*")
        for path in ("/goods/", "/goods/1/", "/goods/1/change/", "/goods/export/?format=csv&relations=label"):
            answer = clerk.get(path)
            assert answer.status_code == 200
            assert shown in answer.text
            assert not tells(answer.text)


@ON_ONE
def test_a_plan_of_deletion_names_no_row_that_a_hidden_field_leads_to(clerk: Visitor, boss: Visitor) -> None:
    """It says how many there are, since they would change, and not which."""
    assert "Good 1" in boss.page("/agents/2/delete/").text("main")
    assert "Good 1" not in clerk.page("/agents/2/delete/").text("main")
