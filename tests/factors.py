"""People with a second factor, their browsers, and the codes of their apps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests import bridge
from tests.pages import Page, parse
from webadmin import Accounts, Admin
from webadmin.auth.accounts import sessions, store, totp
from webadmin.database.own_tables import accounts as tables
from webadmin.database.own_tables.base import metadata
from webadmin.mixins import uuid7
from webadmin.routes import ROUTES

KEY, PASSWORD = "k" * 40, "mauve giraffe on a ladder"


@dataclass
class Browser:
    """A browser of somebody's, with an admin before it."""

    admin: Admin
    client: TestClient

    def get(self, path: str, status: int = 200) -> Page:
        answer = self.client.get(path)
        assert answer.status_code == status, (answer.status_code, answer.headers.get("location"))
        return parse(answer.text)

    def send(self, path: str, status: int, **typed: str) -> Any:
        """Post to an address; the answer, whose status is what was said."""
        data = {**typed, "csrf_token": bridge.token(self.admin, self.client)}
        answer = self.client.post(path, data=data)
        assert answer.status_code == status, (answer.status_code, parse(answer.text).text("main"))
        return answer

    def log_in(self, name: str = "ada", next: str = "/things/") -> Any:
        return self.send("/login/", 303, name=name, password=PASSWORD, next=next)

    @property
    def token(self) -> str:
        signer = self.admin.runtime.responder.signer
        return next(str(one.value) for one in self.client.cookies.jar if one.name == signer.name(""))


@dataclass
class Site:
    engine: Engine
    admin: Admin

    def browser(self, admin: Admin | None = None) -> Browser:
        return Browser(admin or self.admin, bridge.client(admin or self.admin))

    def account(
        self, name: str = "ada", *, role: bool = False, factor: bool = False
    ) -> tuple[UUID, str, list[str]]:
        """Somebody who may do everything; the secret and the recovery codes of their factor."""
        keys = self.admin.keys
        with Session(self.engine) as session, session.begin():
            account_id = store.create(session, name, password=PASSWORD, grants=["*"])
            if role:
                own = uuid7()
                session.execute(
                    sa.insert(tables.role).values(id=own, name="keeper", needs_second_factor=True)
                )
                session.execute(sa.insert(tables.account_role).values(account_id=account_id, role_id=own))
            if not factor:
                return account_id, "", []
            secret = totp.secret_of(keys, account_id, totp.new_setup(keys, account_id)) or ""
            codes = totp.confirm(session, keys, account_id, secret, code(secret, -1))
            assert codes is not None
            return account_id, secret, codes

    def sessions(self) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(tables.session)) or 0


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(sessions.now() + timedelta(seconds=30 * steps))


def wrong(secret: str) -> str:
    """A code that is none of the secret's for a while."""
    right = {code(secret, steps) for steps in range(-5, 6)}
    return next(
        guess for guess in ("000000", "111111", *map(str, range(200000, 200012))) if guess not in right
    )


def secret_on(page: Page) -> str:
    return page.text("#key").replace(" ", "")


def addresses() -> Iterator[tuple[str, str]]:
    for route in ROUTES:
        path = route.pattern.format(key="things", id="1", name="x", field="name")
        for method in route.methods:
            yield method, f"/{path}" if path.endswith("/rows") or not path else f"/{path}/"


def site_over(engine: Engine) -> Site:
    """An admin with accounts over an empty database."""
    metadata.create_all(bridge.filled(engine))
    return Site(engine, bridge.admin_over(engine, identify=Accounts(), secret_key=KEY))
