"""The demo's roles and people."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Engine

from webadmin import Admin
from webadmin.auth.accounts.grants import Vocabulary
from webadmin.database.own_tables import accounts as tables
from webadmin.demo.people import PEOPLE, ROLES
from webadmin.demo.saved_views import prepare
from webadmin.demo.views import register


def test_roles_name_what_there_is(shop_sqlite: Engine) -> None:
    """Every right is one of the shop's; nobody can log in, and what is deleted stays away when the demo starts again."""
    admin = Admin(shop_sqlite)
    register(admin)
    words = Vocabulary({view.key: tuple(view.actions) for view in admin.registry})
    given = [grant for *_rest, grants in (*ROLES, *PEOPLE) for grant in grants]
    assert [grant for grant in given if not words.knows(grant)] == []
    prepare(shop_sqlite)
    with shop_sqlite.begin() as connection:
        assert connection.execute(sa.select(tables.account.c.password_hash).distinct()).scalars().all() == [
            None
        ]
        connection.execute(sa.delete(tables.role).where(tables.role.c.name == "Packing"))
    prepare(shop_sqlite)
    with shop_sqlite.connect() as connection:
        names = set(connection.execute(sa.select(tables.role.c.name)).scalars())
    assert names == {name for name, *_rest in ROLES} - {"Packing"}
