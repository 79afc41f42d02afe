"""One's own account, on the pages where people look after it themselves."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from webadmin.auth.accounts import store
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.accounts.store import Account
from webadmin.auth.identity import Identity
from webadmin.auth.user import User
from webadmin.errors import NotFound
from webadmin.text import gettext as _


def account_id(identity: Identity, user: User) -> UUID | None:
    """The id of a person's account in webadmin's own tables; None for those whom somebody else knows."""
    if not isinstance(identity, Accounts) or not user.id:
        return None
    try:
        return UUID(user.id)
    except ValueError:
        return None


def own_account(identity: Identity, user: User, session: Session) -> tuple[Accounts, Account]:
    """A person's account, and what it is one of. Raises NotFound for those who have none with a password."""
    id = account_id(identity, user)
    account = store.get(session, id) if id is not None else None
    if account is None or account.password_hash is None or not isinstance(identity, Accounts):
        raise NotFound(_("You do not log in with a password of this admin."))
    return identity, account
