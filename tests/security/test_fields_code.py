"""Code of the host's that reads what a person may not read: scopes, labels, formatters."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from tests.security.ledger import (
    COST,
    MARK,
    ClientView,
    Good,
    GoodView,
    admin_of,
    boss_of,
    clerk_of,
    fill,
    saved,
    tells,
)
from webadmin import User


def test_statements_about_hidden_fields_are_not_shown(engine: Engine) -> None:
    """A scope that asks about a hidden field works, and the panel shows neither its statement nor its plan."""

    class Scoped(GoodView, model=Good):
        key = "goods"

        def scope(self, stmt: sa.Select[Any], user: User) -> sa.Select[Any]:
            return stmt.where(Good.recipe.contains(MARK), Good.cost > COST)

    fill(engine)
    admin = admin_of(engine, Scoped)
    clerk, boss = clerk_of(admin), boss_of(admin)
    assert clerk.page("/goods/").rows()
    text = clerk.get("/goods/explain/").text
    assert not tells(text)
    assert "not for you to see" in text
    assert tells(boss.get("/goods/explain/").text)


def test_functions_that_read_more_than_they_show(engine: Engine) -> None:
    """A formatter or label that reads a hidden field where it should not gets nothing, and no page fails of it."""

    class Careless(GoodView, model=Good):
        key = "goods"
        row_label = staticmethod(lambda row: " ".join([row.name, str(vars(row).get("recipe", ""))]))
        column_formatters = {Good.name: lambda row, name: str(sorted(vars(row).items(), key=str))}
        list_load = ["client", "buyer"]

    fill(engine)
    clerk = clerk_of(admin_of(engine, Careless, ClientView))
    for answer in (
        clerk.get("/goods/"),
        clerk.get("/goods/1/"),
        clerk.get("/goods/1/change/"),
        saved(clerk, "/goods/1/cell/name/", {"name": "Other"}, headers={"hx-request": "true"}),
        saved(clerk, "/goods/1/change/", {"name": "Good"}),
        clerk.get("/goods/"),
    ):
        assert answer.status_code in {200, 303}
        assert not tells(answer.text), tells(answer.text)
