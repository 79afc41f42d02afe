"""The person of a request and their rights."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

PERMISSIONS = (
    "view",
    "add",
    "change",
    "delete",
    "restore",
    "purge",
    "export",
    "import",
    "explain",
    "share_views",
)
"""What can be done with the rows of a model; an action of one's own is ``action:NAME``."""

ACCOUNTS, DATABASE, INDEXES = "@accounts", "@database", "@indexes"
SITE_PERMISSIONS = (ACCOUNTS, DATABASE, INDEXES)
"""What belongs to no model: managing people and roles, the page about the database, having proposed indexes made where
``Admin(make_indexes=True)`` allows it. The last has to be given by its name: ``*`` does not hold it."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who is logged in.

    :param name: shown in the page and written into records; of an account the name that is typed, which nobody else has.
    :param grants: ``"orders.change"``, ``"orders.*"``, ``"*.view"``, ``"@accounts"`` or ``"*"``.
    :param id: stable key of the account, where there are accounts.
    :param roles: names of roles that are kept in webadmin's own tables; what they may do is added to ``grants``.
    """

    name: str
    grants: Collection[str] = ("*",)
    id: str = ""
    roles: Collection[str] = ()
    full_name: str = field(default="", compare=False)
    """What pages call the person, where it is not ``name``. Rights are not to go by it: at a login elsewhere people may choose theirs."""
    request: Any = field(default=None, compare=False, repr=False)
    """The request that the person is making; for row scopes that need more than the person."""
    told: Collection[str] | None = field(default=None, compare=False, repr=False)
    """``grants`` as they were before those of ``roles`` were added; None where none were."""

    def __post_init__(self) -> None:
        for name in ("grants", "roles"):
            given = getattr(self, name)
            if isinstance(given, str):
                # A text is a collection too, of its letters: "orders.*" would hold "*", the right to everything.
                object.__setattr__(self, name, (given,))

    def may(self, permission: str, key: str) -> bool:
        """Whether this person may do ``permission`` with the model of that key, or one of ``SITE_PERMISSIONS`` with the
        whole site, which belongs to no key."""
        if permission in SITE_PERMISSIONS:
            return permission in self.grants or ("*" in self.grants and permission != INDEXES)
        return any(
            grant in self.grants for grant in ("*", f"{key}.{permission}", f"{key}.*", f"*.{permission}")
        )
