"""Roles of the shop, and two people who have them; nobody knows a password for either."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.database.own_tables import accounts as tables
from webadmin.mixins import uuid7

ROLES = (
    (
        "Bookkeeping",
        "Money: reads everything of the sale, takes lists along, marks orders as paid.",
        True,
        ("orders.view", "orders.export", "order_lines.view", "customers.view", "orders.action:mark-paid"),
    ),
    (
        "Packing",
        "Gets orders out of the house.",
        False,
        (
            "orders.view",
            "orders.change",
            "orders.action:mark-sent",
            "orders.action:postpone",
            "order_lines.view",
        ),
    ),
    ("Read only", "Looks, and changes nothing.", False, ("*.view",)),
    ("Staff", "Looks after people, as far as their own roles go.", True, ("@accounts", "*.view")),
)
"""Name, description, whether a second factor is needed, grants."""
PEOPLE = (
    ("lena", "Lena Ortiz", "lena@fernhill.example", ("Packing", "Read only"), ("products.action:restock",)),
    ("tomasz", "Tomasz Wrona", "tomasz@fernhill.example", ("Bookkeeping",), ()),
)
"""Name, full name, address, roles, rights of their own."""


def add_people(connection: Connection) -> None:
    """Put roles and people into tables that have none."""
    if connection.execute(sa.select(tables.role.c.id).limit(1)).first() is not None:
        return
    roles = {name: uuid7() for name, *_rest in ROLES}
    described = [
        {"id": roles[name], "name": name, "description": text, "needs_second_factor": factor}
        for name, text, factor, _grants in ROLES
    ]
    connection.execute(sa.insert(tables.role), described)
    grants = [
        {"role_id": roles[name], "name": grant} for name, _text, _factor, given in ROLES for grant in given
    ]
    connection.execute(sa.insert(tables.role_grant), grants)
    for name, full_name, email, has, own in PEOPLE:
        id = uuid7()
        connection.execute(
            sa.insert(tables.account).values(
                id=id, name=name, name_key=name, full_name=full_name, email=email
            )
        )
        links = [{"account_id": id, "role_id": roles[role]} for role in has]
        connection.execute(sa.insert(tables.account_role), links)
        if own:
            rows = [{"account_id": id, "name": grant} for grant in own]
            connection.execute(sa.insert(tables.account_grant), rows)
