"""Every exception that a person may meet, with its HTTP status and a message that is safe to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


class WebadminError(Exception):
    """An answer other than the page asked for.

    ``message`` is one or two plain sentences for the person: what was wrong, what is allowed, how to go on.
    It never holds text from the database. ``link`` is an address below the mount point where they can go on.
    """

    status = 500
    title = "Something went wrong"

    def __init__(
        self,
        message: str,
        *,
        title: str | None = None,
        link: str | None = None,
        link_label: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        if title is not None:
            self.title = title
        self.link = link
        self.link_label = link_label
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class WrongField:
    """One parameter of an address that cannot be used, as a field to put right."""

    name: str
    label: str
    value: str
    message: str


class BadRequest(WebadminError):
    """The address or the query string cannot be understood; ``fields`` are the parts of it that can be put right."""

    status = 400
    title = "That address does not work"

    def __init__(self, message: str, *, fields: Sequence[WrongField] = (), **more: Any) -> None:
        super().__init__(message, **more)
        self.fields = tuple(fields)


class LoginRequired(WebadminError):
    """Nobody is logged in, or not to the end; ``step`` is the page below the mount point that goes on with it."""

    status = 401
    title = "Please log in"

    def __init__(self, message: str, *, step: str = "login", **more: Any) -> None:
        super().__init__(message, **more)
        self.step = step


class Forbidden(WebadminError):
    """The person is known and may not do this."""

    status = 403
    title = "Not allowed"


class NotFound(WebadminError):
    """There is no such page or row, or it lies outside what this person may see."""

    status = 404
    title = "Not found"


class MethodNotAllowed(WebadminError):
    """The address exists, the method does not; ``allowed`` are those that do."""

    status = 405
    title = "Not possible this way"

    def __init__(self, message: str, *, allowed: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.allowed = tuple(allowed)


class Conflict(WebadminError):
    """The rows are no longer in the state that the request was made for."""

    status = 409
    title = "Somebody else was faster"


class TooLarge(WebadminError):
    """The body, or a part of it, is over its limit."""

    status = 413
    title = "Too much at once"


class Unprocessable(WebadminError):
    """The values sent are well formed and cannot be taken."""

    status = 422
    title = "Not saved"


class Unavailable(WebadminError):
    """The database cannot answer now; the same request may work later."""

    status = 503
    title = "The database is busy"


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong option: where it stands, what it says, what to write instead."""

    view: str
    option: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.view}.{self.option} = {self.value}: {self.remedy}"


@dataclass
class OptionsError(Exception):
    """Raised once at start-up with every fault of every view."""

    faults: Sequence[Fault] = field(default_factory=tuple)

    def __str__(self) -> str:
        count = len(self.faults)
        head = f"{count} option{'s' if count != 1 else ''} cannot be used:"
        return "\n".join([head, *(f"  - {fault}" for fault in self.faults)])


class DatabaseUnreachable(Exception):
    """The database at a URL cannot be reached or opened; the message is one line for a terminal."""
