"""webadmin's own tables in the demo's database, with some shared views of the shop's lists, roles and people."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from webadmin.database.own_tables.base import is_current
from webadmin.database.own_tables.lists import saved_view
from webadmin.demo.people import add_people

_PEOPLE_SINCE = "0004"
"""The version of the tables since which there are people."""

SHARED = (
    ("orders", "Needs attention", "status=failed&sort=placed_at:desc"),
    ("orders", "To send", "status=paid&status=packed&sort=placed_at:asc&columns=number,customer,status,lines,due_on,placed_at"),
    ("orders", "High value this month", "placed_at.range=this-month&total.gte=500&sort=total:desc"),
    ("orders", "Without lines", "lines=none"),
    ("orders", "Latest of each customer", "latest_per=customer"),
    ("products", "Dearest in each category", "top=3&per=category&sort=price:desc"),
    ("products", "Running out", "active=true&stock.lt=10&sort=name:asc"),
    ("customers", "New this week", "created_at.range=last-7-days"),
)  # fmt: skip


def prepare(engine: Engine) -> None:
    """Bring webadmin's own tables up to date; where there were none, share some views with everybody, and make some roles."""
    with engine.connect() as connection:
        if is_current(connection):
            return
    from webadmin.database.own_tables.migrate import upgrade  # takes a while to import

    with engine.begin() as connection:
        before, _after = upgrade(connection)
        if before is None or before < _PEOPLE_SINCE:
            add_people(connection)
        if before is None:
            connection.execute(
                sa.insert(saved_view),
                [
                    {
                        "id": secrets.token_hex(5),
                        "list_key": key,
                        "person": "demo",
                        "person_name": "Fernhill Shop",
                        "name": name,
                        "query": query,
                        "shared": True,
                    }
                    for key, name, query in SHARED
                ],
            )
