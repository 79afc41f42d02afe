"""People whom only the database knows: found inside the request's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from webadmin.auth.cookie import SessionData
from webadmin.auth.user import User
from webadmin.dialects import Dialect


@dataclass(frozen=True, slots=True)
class Found:
    """Who has logged in with a cookie."""

    user: User
    step: str = ""
    """The page below the mount point that has to be gone through first, such as ``login/second``; any other page waits."""
    stale: bool = False
    """It is a while since the session was last marked as seen."""


@runtime_checkable
class StoredIdentity(Protocol):
    """What an :class:`~webadmin.auth.identity.Identity` has besides, when people are kept in the database."""

    def find(
        self, session: Session, dialect: Dialect, cookie: SessionData, connection: HTTPConnection
    ) -> Found | None:
        """The person of a request, read in its transaction; None for nobody."""

    def touch(self, session: Session, cookie: SessionData) -> None:
        """Mark the session as seen now, in a transaction that may write."""

    def again(self, session: Session, dialect: Dialect, user: User) -> User | None:
        """Somebody who was found before, with what they may do by now; None for who is let in no more. Asked for work that goes on
        without their browser."""
