"""An admin in which people have accounts: somebody who may do everything, and somebody who manages people and little else."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import bridge
from tests.plugins.databases import opened
from webadmin import Accounts, Admin, ModelView, User, action
from webadmin.auth.accounts import events, roles, store
from webadmin.database.own_tables import accounts as tables
from webadmin.database.own_tables.base import metadata
from webadmin.testing import Client

PASSWORD = "correct horse battery staple"


def address(id: UUID, name: str = "") -> str:
    """A page of a person."""
    return f"/account/people/{id}/{name}"


class ThingView(ModelView, model=bridge.Thing):
    @action()
    def shout(self, rows: Any, request: Any) -> None:
        for row in rows:
            row.name = row.name.upper()


class House:
    """The admin, and short words for what tests do with its people."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.admin = self.another()
        self.root = Client(self.admin, User("root"))
        """Whoever has the terminal's token: everything, without an account."""

    def another(self) -> Admin:
        """A second process on the same database."""
        admin = Admin(self.engine, identify=Accounts(), secret_key="s" * 40)
        admin.add_view(ThingView)
        return admin

    def account(self, name: str, grants: Collection[str] = (), roles: Collection[UUID] = ()) -> UUID:
        with Session(self.engine) as session, session.begin():
            return store.create(session, name, password=PASSWORD, grants=grants, roles=roles)

    def role(self, name: str, *grants: str, factor: bool = False) -> UUID:
        made = roles.new(name, "", factor, grants)
        with Session(self.engine) as session, session.begin():
            roles.save(session, made)
        return made.id

    def as_account(self, name: str, id: UUID) -> Client:
        """Somebody with an account, as the admin knows them at this moment."""
        with Session(self.engine) as session:
            rights = roles.rights_of(session, id)
        return Client(self.admin, User(name, grants=rights.all, id=str(id), roles=tuple(rights.roles)))

    def manager(self, *grants: str) -> Client:
        """Somebody who manages people, and may do little else."""
        return Client(self.admin, User("manager", grants=("@accounts", *grants)))

    def rights(self, id: UUID) -> roles.Rights:
        with Session(self.engine) as session:
            return roles.rights_of(session, id)

    def stored(self, id: UUID) -> sa.Row[Any]:
        with self.engine.connect() as connection:
            return connection.execute(sa.select(tables.account).where(tables.account.c.id == id)).one()

    def stored_role(self, id: UUID) -> roles.Role | None:
        with Session(self.engine) as session:
            return roles.find(session, id)

    def events(self) -> list[events.Event]:
        with Session(self.engine) as session:
            return events.read(session, limit=100)[0]


def house_of(engine: Engine) -> House:
    bridge.filled(engine)
    metadata.create_all(engine)
    return House(engine)


@pytest.fixture(scope="session")
def house_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, to be copied: making them takes longer than most tests."""
    path = tmp_path_factory.mktemp("house") / "house.db"
    with opened(f"sqlite:///{path}") as engine:
        house_of(engine)
    return path


@pytest.fixture
def house(house_file: Path, tmp_path: Path) -> Iterator[House]:
    with opened(f"sqlite:///{shutil.copy(house_file, tmp_path / 'house.db')}") as engine:
        yield House(engine)


@pytest.fixture
def both(engine: Engine) -> House:
    """The same, once in each database."""
    return house_of(engine)
