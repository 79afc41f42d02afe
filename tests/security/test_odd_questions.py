"""Questions that no form asks: too deep, too long, unfinished, of the wrong type."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.pages import parse
from tests.security.desk import Ticket, TicketView, Visitor, admin_of
from tests.security.vault import fill, visitor_of


@pytest.fixture
def visitor(engine: Engine) -> Visitor:
    fill(engine)
    return visitor_of(engine)


ODD_CONDITIONS = [
        "(" * 500, ")" * 500, "(" * 300 + "name:a" + ")" * 300, ";" * 900, "|" * 900, "name:" + '"' * 900, 'name:"' + "\\" * 900, "a" * 990 + ":", " " * 990,
        "name" + " " * 900 + ":a", ";".join(["name:a"] * 140), "|".join(["(name:a)"] * 40), "name:a;" * 60, "where:x", "where:(name:a)", "name::a", ":a", "name:", "\x00:a",
        "name.eq.eq:a", "name.range:a", "money.gte:1e999", "money.gte:NaN", "money.gte:Infinity", "money:abc", "met_at.gte:9999999-01-01", "met_at.range:x", "id:99999999999999999999",
        "home:x", "home:1/2", "home:", "home.null:maybe", 'name:"a', "name:a)(", "__class__:1", "name.__class__:1", "metadata:1", "registry:1",
    ]  # fmt: skip


def test_odd_conditions(visitor: Visitor) -> None:
    """Conditions that are too deep, too many, unfinished or of the wrong type are a sentence, never a fault."""
    for text in ODD_CONDITIONS:
        answer = visitor.get("/clients/", params={"where": text})
        assert answer.status_code in {200, 400}, text
        if answer.status_code == 400:
            assert parse(answer.text).h1


def test_many_conditions(visitor: Visitor) -> None:
    """As many as an address can hold are answered or refused, on every database."""
    most = ";".join(f"name.contains:{n}" for n in range(40))
    nested = "(" * 6 + "name:a" + ")" * 6
    for query in (
        "&".join(f"where={'|'.join(['name:a'] * 40)}{n}" for n in range(12)), f"where={most}", f"where={nested}",
        "&".join(f"where=name:{n}" for n in range(100)), "&".join(f"where=home:{n}|home.not:{n}" for n in range(100)),
        "&".join(f"name={n}" for n in range(100)), "&".join(f"home.not={n}" for n in range(100)),
    ):  # fmt: skip
        for path in (
            "/clients/",
            "/clients/rows",
            "/clients/count/",
            "/clients/summary/",
            "/clients/facets/home/",
        ):
            answer = visitor.get(f"{path}?{query}")
            assert answer.status_code in {200, 400, 413, 414}, (path, query[:80])


ODD_GROUPS = ["group=money", "group=met_at:second", "group=home:month", "measure=sum.name", "having=count.gte:1e400", "having=count.gte:x", "having=x", "order=x",
     "group=home&having=count.gte:" + "9" * 60, "group=home&having=" + "a" * 900, "group=home&measure=" + ",".join(["count"] * 300), "group=" + "a" * 900]  # fmt: skip


def test_odd_groups(visitor: Visitor) -> None:
    """What is asked of groups is checked before anything is read."""
    for query in ODD_GROUPS:
        assert visitor.get(f"/clients/summary/?{query}").status_code in {200, 400}


ODD_PATHS = ["a", "a.b.c", "a'b", 'a"b', "a]b", "[0]", "0", "-1", "$", "$.a", "*", "a.*", "..", "a..b", ".", "{a}", "{}", "a,b", "\u00e4", "\U0001f600", "a" * 900,
    ".".join("a" * 200), "%s", ":x", "\\", "'; DROP TABLE tickets--", "null", "eq", "a.eq", "a.gte", "a.contains", "a.null", "a.in", "__class__"]  # fmt: skip


def test_odd_paths_into_json(desk: Engine) -> None:
    """A path into a value is a value itself: whatever is typed there is looked for, or refused. Every path gets every operator and
    every value, and every operator every value."""

    class Deep(TicketView, model=Ticket):
        key = "tickets"
        column_filters = [Ticket.meta, Ticket.title]

    with desk.begin() as connection:
        connection.execute(sa.update(Ticket).values(meta={"a": {"b": [1, None, "x"]}, "eq": 1.5, "0": True}))
    visitor = Visitor(admin_of(desk, Deep))
    values = ("x", "1e999", '"', "[")
    for at, path in enumerate(ODD_PATHS):
        for turn, operator in enumerate(("", ".gte", ".contains", ".null")):
            value = values[(at + turn) % len(values)]
            answer = visitor.get("/tickets/", params={f"meta.{path}{operator}": value})
            assert answer.status_code in {200, 400}, (path, operator, value)
        assert visitor.get("/tickets/", params={"where": f"meta.{path}:x"}).status_code in {200, 400}, path
        for more in ({"sort": f"meta.{path}"}, {"columns": f"meta.{path}"}, {"latest_per": f"meta.{path}"}):
            assert visitor.get("/tickets/", params=more).status_code == 400, (path, more)
    assert visitor.page("/tickets/").count() == 2
