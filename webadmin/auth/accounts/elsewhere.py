"""The accounts of people whom another system knows: found by its name for them, made at their first login, given roles by it."""

from __future__ import annotations

import logging
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webadmin.auth.accounts import sessions, store
from webadmin.auth.accounts.oidc import OIDC, Person
from webadmin.auth.accounts.store import Account
from webadmin.database.own_tables import accounts as tables
from webadmin.errors import Forbidden
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin.accounts")
_NAMESAKES = 100
_account = tables.account.c


def account_of(session: Session, oidc: OIDC, person: Person, address: str) -> Account:
    """The account of somebody whom the provider has let in, with the roles that they have now.

    Another system's name for the person is all that it goes by. Neither a name nor an e-mail address leads to an account that
    somebody else has made: whoever could choose theirs over there would choose whose account to take here.

    :param address: of the network, for the account's last login.

    Raises Forbidden for somebody who has none and gets none, and for an account that is disabled.
    """
    own = _account.subject == person.subject
    id = session.scalar(sa.select(_account.id).where(own))
    if id is None:
        if not oidc.create or (oidc.roles and not person.roles):
            raise Forbidden(
                _("You are logged in at {label}, but nobody has given you an account here.").format(
                    label=oidc.label
                ),
                title=_("No account"),
            )
        id = _made(session, person) or session.scalar(sa.select(_account.id).where(own))
    account = store.get(session, id) if id is not None else None
    if account is None or account.disabled_at is not None:
        raise Forbidden(_("Your account here is disabled."), title=_("Not logged in"))
    _set_roles(session, account.id, oidc, person)
    session.execute(
        sa.update(tables.account)
        .where(_account.id == account.id)
        .values(
            full_name=person.full_name[: tables.NAME],
            email=person.email[: tables.EMAIL],
            last_login_at=sessions.now(),
            last_login_address=address[: tables.ADDRESS],
        )
    )
    return account


def link(session: Session, account_id: UUID, subject: str) -> bool:
    """Have an account log in at another place from now on, without a password; its sessions end.

    :param subject: see :func:`~webadmin.auth.accounts.oidc.subject_of`.

    Returns False where another account has it.
    """
    values = {"subject": subject, "password_hash": None, "must_change_password": False}
    try:
        with session.begin_nested():
            session.execute(sa.update(tables.account).where(_account.id == account_id).values(values))
    except IntegrityError:
        return False
    sessions.revoke(session, account_id)
    return True


def _made(session: Session, person: Person) -> UUID | None:
    """A new account; None where somebody has made it at the same moment."""
    name = next((name for name in person.names if store.name_fault(name) is None), _("Person"))
    for number in range(1, _NAMESAKES):
        called = name if number == 1 else f"{name[: tables.NAME - 10]} {number}"
        try:
            with session.begin_nested():
                id = store.create(session, called)
                session.execute(
                    sa.update(tables.account).where(_account.id == id).values(subject=person.subject)
                )
        except store.NameTaken:
            continue
        except IntegrityError:
            return None
        return id
    raise Forbidden(_("There are too many accounts with your name. Ask an administrator for one."))


def _set_roles(session: Session, account_id: UUID, oidc: OIDC, person: Person) -> None:
    role, link = tables.role.c, tables.account_role.c
    governed = oidc.governed
    known = {
        row.name: row.id
        for row in session.execute(sa.select(role.id, role.name).where(role.name.in_(governed)))
    }
    if missing := governed - known.keys():
        logger.warning("roles that groups of the provider give, but that are not there: %s", sorted(missing))
    has = set(
        session.execute(
            sa.select(link.role_id).where(link.account_id == account_id, link.role_id.in_(known.values()))
        ).scalars()
    )
    wanted = {known[name] for name in person.roles if name in known}
    if has - wanted:
        session.execute(
            sa.delete(tables.account_role).where(
                link.account_id == account_id, link.role_id.in_(has - wanted)
            )
        )
    if wanted - has:
        session.execute(
            sa.insert(tables.account_role), [{"account_id": account_id, "role_id": id} for id in wanted - has]
        )
