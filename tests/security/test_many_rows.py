"""What is done with many rows at once reaches no row, no column and no value beyond what the person may see and change."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.pages import parse
from tests.security.desk import FOREIGN, Ticket, Visitor, admin_of, stored

EDIT = "/tickets/actions/edit/"
EVERYWHERE: list[dict[str, Any]] = [
    {"id": ["1", "2", "4", "5"]},
    {"all": "1", "query": ""},
    {"all": "1", "query": "deleted=show"},
    {"all": "1", "query": "q=o&sort=title:asc&page=9&per_page=10"},
    {"all": "1", "query": "id=2"},
]


def edit(visitor: Visitor, which: dict[str, Any], **picked: str) -> Any:
    """The change of a bulk edit, whatever its page would have shown: with the fingerprint that it answers with."""
    looked = visitor.submit(EDIT, {**which, **picked, "step": "preview"})
    assert FOREIGN.lower() not in looked.text.lower()
    if looked.status_code != 200:
        return looked
    seen = [field.get("value") for field in parse(looked.text).css("input[name=plan]")]
    return visitor.submit(EDIT, {**which, **picked, "confirm": "1", "plan": seen[0] if seen else ""})


@pytest.mark.parametrize("which", EVERYWHERE)
def test_foreign_rows_stay(red: Visitor, desk: Engine, which: dict[str, Any]) -> None:
    """However the rows are named: a bulk edit changes the person's own alone, and shows no others."""
    answer = edit(red, which, **{"op-body": "set", "with-body": "mine"})
    assert answer.status_code in {303, 400}
    assert FOREIGN.lower() not in answer.text.lower()
    assert all(stored(desk, Ticket, key).body != "mine" for key in (2, 5))
    red.submit("/tickets/actions/shout/", {**which, "confirm": "1"})
    assert stored(desk, Ticket, 2).title == f"{FOREIGN} two"


@pytest.mark.parametrize(
    "picked",
    [
        {"op-owner": "set", "with-owner": "2"},
        {"op-reviewer_id": "set", "with-reviewer_id": "2"},
    ],
)
def test_foreign_rows_are_not_led_to(red: Visitor, desk: Engine, picked: dict[str, str]) -> None:
    """Neither by a relation nor by its plain column."""
    before = stored(desk, Ticket, 4).owner_id, stored(desk, Ticket, 4).reviewer_id
    assert edit(red, {"id": "4"}, **picked).status_code == 422
    assert (stored(desk, Ticket, 4).owner_id, stored(desk, Ticket, 4).reviewer_id) == before


@pytest.mark.parametrize("name", ["secret", "code", "team", "deleted_at", "id", "labels"])
def test_columns_out_of_reach_stay(red: Visitor, desk: Engine, name: str) -> None:
    """What the form does not edit is refused, and what nobody shows cannot be asked about through the list's query."""
    before = getattr(stored(desk, Ticket, 1), name) if name != "labels" else None
    for operation in ("set", "clear", "append", "replace"):
        picked = {f"op-{name}": operation, f"with-{name}": "3", f"and-{name}": "4"}
        assert edit(red, {"id": "1"}, **picked).status_code == 400
    assert name == "labels" or getattr(stored(desk, Ticket, 1), name) == before
    asked = {"all": "1", "query": "secret.contains=s", "op-body": "set", "with-body": "x"}
    assert edit(red, asked).status_code == 400


def test_a_change_is_followed_by_whoever_began_it(desk: Engine) -> None:
    """Its name is no key: from another session nothing is seen of it."""
    first, second = Visitor(admin_of(desk)), Visitor(admin_of(desk))
    first.submit(EDIT, {"id": "1", "run": "abc", "step": "preview", "op-body": "clear", "with-body": ""})
    first.submit("/tickets/actions/shout/", {"id": "1", "run": "abc", "confirm": "1"})
    told = [
        parse(one.get("/tickets/actions/progress/?run=abc").text).one("[data-state]")
        for one in (first, second)
    ]
    assert [element.get("data-state") for element in told] == ["done", ""]
