"""Roles, and what accounts may do by them and by themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin.auth.accounts.grants import ALL
from webadmin.auth.user import ACCOUNTS
from webadmin.database.own_tables import accounts as tables
from webadmin.errors import Unprocessable
from webadmin.mixins import uuid7
from webadmin.text import gettext as _

_account, _role, _role_grant = tables.account.c, tables.role.c, tables.role_grant.c
_link, _own = tables.account_role.c, tables.account_grant.c


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of grants."""

    id: UUID
    name: str
    description: str = ""
    needs_second_factor: bool = False
    grants: frozenset[str] = frozenset()
    people: int = 0
    """How many accounts have it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that has a role."""

    id: UUID
    name: str
    full_name: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class Rights:
    """What an account may do, and from where it has it."""

    own: frozenset[str] = frozenset()
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What each of its roles gives, by name."""

    @property
    def all(self) -> frozenset[str]:
        return self.own.union(*self.roles.values())


class LastAdministrator(Unprocessable):
    """Nobody would be left who may manage people."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nobody would be left who can log in and manage people. Give somebody else that right first; nothing was changed."
            )
        )


def all_roles(session: Session) -> list[Role]:
    """Every role by name, in two statements."""
    counted = sa.select(sa.func.count()).where(_link.role_id == _role.id).correlate(tables.role)
    rows = session.execute(sa.select(tables.role, counted.scalar_subquery().label("people"))).all()
    grants: dict[UUID, set[str]] = defaultdict(set)
    for role_id, name in session.execute(sa.select(_role_grant.role_id, _role_grant.name)):
        grants[role_id].add(name)
    return sorted((_made(row, grants[row.id]) for row in rows), key=lambda role: role.name.casefold())


def find(session: Session, id: UUID, *, lock: bool = False) -> Role | None:
    """The role of an id.

    :param lock: nobody else changes it until the transaction ends.
    """
    stmt = sa.select(tables.role).where(_role.id == id)
    row = session.execute(stmt.with_for_update() if lock else stmt).one_or_none()
    if row is None:
        return None
    grants = session.execute(sa.select(_role_grant.name).where(_role_grant.role_id == id)).scalars()
    return _made(row, grants)


def _made(row: Any, grants: Iterable[str]) -> Role:
    return Role(
        row.id,
        row.name,
        row.description,
        row.needs_second_factor,
        frozenset(grants),
        getattr(row, "people", 0),
    )


def save(session: Session, role: Role) -> None:
    """Write a role, one that is there already or a new one. Its name has to be free."""
    values = {
        "name": role.name,
        "description": role.description,
        "needs_second_factor": role.needs_second_factor,
    }
    changed: Any = session.execute(sa.update(tables.role).where(_role.id == role.id).values(values))
    if not changed.rowcount:
        session.execute(sa.insert(tables.role).values(id=role.id, **values))
    session.execute(sa.delete(tables.role_grant).where(_role_grant.role_id == role.id))
    if role.grants:
        rows = [{"role_id": role.id, "name": name} for name in sorted(role.grants)]
        session.execute(sa.insert(tables.role_grant), rows)


def new(name: str, description: str, needs_second_factor: bool, grants: Collection[str]) -> Role:
    """A role that is not written yet."""
    return Role(uuid7(), name, description, needs_second_factor, frozenset(grants))


def remove(session: Session, id: UUID) -> None:
    """Take a role away, from all who have it too."""
    # Said for each table: a database that does not look at foreign keys would keep them.
    session.execute(sa.delete(tables.role_grant).where(_role_grant.role_id == id))
    session.execute(sa.delete(tables.account_role).where(_link.role_id == id))
    session.execute(sa.delete(tables.role).where(_role.id == id))


def holders(session: Session, id: UUID, *, limit: int = 200) -> list[Holder]:
    """Who has a role, by name."""
    stmt = (
        sa.select(_account.id, _account.name, _account.full_name, _account.disabled_at)
        .join(tables.account_role, _link.account_id == _account.id)
        .where(_link.role_id == id)
        .order_by(_account.name_key)
        .limit(limit)
    )
    return [
        Holder(row.id, row.name, row.full_name, row.disabled_at is not None) for row in session.execute(stmt)
    ]


def held_with(session: Session, id: UUID) -> tuple[frozenset[str], frozenset[str]]:
    """All that anybody may do who has this role, and the names of their other roles."""
    having = sa.select(_link.account_id).where(_link.role_id == id)
    other = tables.account_role.alias()
    stmt = (
        sa.select(_role.id, _role.name, _role_grant.name)
        .join(other, other.c.role_id == _role.id)
        .outerjoin(tables.role_grant, _role_grant.role_id == _role.id)
        .where(other.c.account_id.in_(having))
        .distinct()
    )
    by_roles = session.execute(stmt).all()
    own = session.execute(sa.select(_own.name).where(_own.account_id.in_(having)).distinct()).scalars()
    grants = {*own, *(grant for _id, _name, grant in by_roles if grant is not None)}
    return frozenset(grants), frozenset(name for role, name, _grant in by_roles if role != id)


def rights_of(session: Session, account_id: UUID) -> Rights:
    """What an account may do, in two statements."""
    own = session.execute(sa.select(_own.name).where(_own.account_id == account_id)).scalars()
    stmt = (
        sa.select(_role.name, _role_grant.name)
        .select_from(tables.account_role.join(tables.role, _role.id == _link.role_id))
        .outerjoin(tables.role_grant, _role_grant.role_id == _role.id)
        .where(_link.account_id == account_id)
    )
    return Rights(frozenset(own), _by_role(session.execute(stmt).all()))


def rights_by_names(session: Session, names: Collection[str]) -> Mapping[str, frozenset[str]]:
    """What each of the roles of these names gives; those that are none are left out."""
    stmt = (
        sa.select(_role.name, _role_grant.name)
        .outerjoin(tables.role_grant, _role_grant.role_id == _role.id)
        .where(_role.name.in_(list(names)))
    )
    return _by_role(session.execute(stmt).all())


def _by_role(rows: Iterable[Any]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for role, grant in rows:
        found[role].update({grant} if grant else ())
    return {role: frozenset(grants) for role, grants in sorted(found.items())}


def give(session: Session, account_id: UUID, roles: Collection[UUID], grants: Collection[str]) -> None:
    """Let an account have these roles and these grants of its own, and no others."""
    session.execute(sa.delete(tables.account_role).where(_link.account_id == account_id))
    session.execute(sa.delete(tables.account_grant).where(_own.account_id == account_id))
    if roles:
        session.execute(
            sa.insert(tables.account_role),
            [{"account_id": account_id, "role_id": role} for role in sorted(roles)],
        )
    if grants:
        session.execute(
            sa.insert(tables.account_grant),
            [{"account_id": account_id, "name": name} for name in sorted(grants)],
        )


def administrators(session: Session, *, lock: bool = False) -> frozenset[UUID]:
    """Accounts that can log in and may manage people.

    :param lock: nobody else can take one of them away until the transaction ends.
    """
    enough = (ALL, ACCOUNTS)
    by_role = (
        sa.select(_link.account_id)
        .join(tables.role_grant, _role_grant.role_id == _link.role_id)
        .where(_role_grant.name.in_(enough))
    )
    own = sa.select(_own.account_id).where(_own.name.in_(enough))
    stmt = (
        sa.select(_account.id)
        .where(
            _account.id.in_(sa.union_all(by_role, own)),
            _account.disabled_at.is_(None),
            sa.or_(_account.password_hash.is_not(None), _account.subject.is_not(None)),
        )
        .order_by(_account.id)
    )
    return frozenset(session.execute(stmt.with_for_update() if lock else stmt).scalars())


@contextmanager
def keeping_one(session: Session) -> Iterator[None]:
    """Raise :class:`LastAdministrator` where what is done inside leaves nobody who may manage people.

    Those that there are stay locked until the transaction ends, so that two people cannot take each other's right at once.
    """
    before = administrators(session, lock=True)
    yield
    if before and not administrators(session):
        raise LastAdministrator
