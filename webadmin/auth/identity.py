"""Where the person of a request comes from: the machine's own user, a token, a function of the host's."""

from __future__ import annotations

import hmac
import inspect
import ipaddress
import re
import secrets
import socket
import threading
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from starlette.requests import HTTPConnection

from webadmin.auth.cookie import SessionData
from webadmin.auth.user import INDEXES, User
from webadmin.errors import Forbidden
from webadmin.text import gettext as _

_FORWARDING = (
    "forwarded", "via", "x-forwarded", "x-original", "x-real-ip", "x-client-ip", "x-cluster-client-ip",
    "x-envoy-", "true-client-ip", "cf-", "fly-", "x-amzn-", "x-appengine-", "x-azure-", "x-vercel-",
)  # fmt: skip
"""How the headers begin that proxies add."""
AT_HAND = ("*", INDEXES)
"""What somebody has who is at the machine itself, or at its terminal."""

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[\w.-]+)(?::[0-9]{1,5})?", re.ASCII | re.IGNORECASE)


@runtime_checkable
class Identity(Protocol):
    """Tells who makes a request."""

    @property
    def has_login(self) -> bool:
        """There is a login page, and logging out means something."""

    def identify(self, connection: HTTPConnection, session: SessionData, found: Any) -> User | None:
        """The person, or None for nobody. ``found`` is what ``ahead`` gave. May raise Forbidden."""

    async def ahead(self, connection: HTTPConnection) -> Any:
        """What has to be awaited before the request goes to a worker thread."""


def address_of(connection: HTTPConnection) -> str:
    """The network address that a request comes from, as the server tells it; empty where it tells none."""
    client = connection.client
    return client.host if client is not None else ""


class LocalUser:
    """Everybody at this very machine may do everything; nobody else may do anything.

    It is the default: an admin that nobody has configured yet can be tried at once and cannot be reached from
    outside. A request that a proxy forwarded comes from outside, and so does one for a foreign host name (a page
    elsewhere that has its own name point to this machine). A proxy says by headers that it is one, or speaks HTTP 1.0
    as the common ones do where nobody has configured them; one that does neither cannot be told from a browser here.
    """

    has_login = False

    def identify(self, connection: HTTPConnection, session: SessionData, found: Any) -> User | None:
        if self._is_local(connection):
            return User(_("Local user"), AT_HAND, "local")
        raise Forbidden(
            _(
                "This admin has no login yet, so it answers only to the machine it runs on. To open it to others, pass Admin(identify=…), a function that takes the request and returns a webadmin.User or None."
            )
        )

    async def ahead(self, connection: HTTPConnection) -> Any:
        return None

    @staticmethod
    def _is_local(connection: HTTPConnection) -> bool:
        if any(name.startswith(_FORWARDING) for name in connection.headers):
            return False
        if connection.scope.get("http_version") == "1.0":
            return False
        host = address_of(connection)
        if host == "testclient":
            return True
        return _is_loopback(host) and _is_own_name(connection.headers.get("host", ""))


class HostIdentity:
    """The host's own function: ``identify(request) -> User | None``, plain or a coroutine.

    A plain string is the name of a person who may do everything; an empty one is nobody.
    """

    has_login = False

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function
        call = getattr(function, "__call__", None)  # noqa: B004
        self._is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)

    async def ahead(self, connection: HTTPConnection) -> Any:
        return await self._function(connection) if self._is_async else None

    def identify(self, connection: HTTPConnection, session: SessionData, found: Any) -> User | None:
        person = found if self._is_async else self._function(connection)
        if person is None or isinstance(person, User):
            return person
        if isinstance(person, str):
            return User(person) if person else None
        raise TypeError(f"identify must return a webadmin.User, a name or None, not {type(person).__name__}")


class TokenLogin:
    """A person logs in with a token that is printed on the terminal and works once.

    :param announce: called with the next token after one was used.
    """

    has_login = True

    def __init__(self, announce: Callable[[str], None] | None = None, *, name: str = "admin") -> None:
        self.announce = announce
        self._name = name
        self._lock = threading.Lock()
        self.token = secrets.token_urlsafe(24)

    async def ahead(self, connection: HTTPConnection) -> Any:
        return None

    def identify(self, connection: HTTPConnection, session: SessionData, found: Any) -> User | None:
        # Another admin with the same key may have logged people in with accounts: they have not had this token.
        return User(session.user, AT_HAND) if session.user == self._name else None

    def redeem(self, token: str) -> str | None:
        """The person's name when the token is the current one, which is then used up; else None."""
        with self._lock:
            if not hmac.compare_digest(token.encode(), self.token.encode()):
                return None
            self.token = secrets.token_urlsafe(24)
        if self.announce is not None:
            self.announce(self.token)
        return self._name


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _is_own_name(header: str) -> bool:
    """A name that no foreign page can have: a loopback address, ``localhost``, the machine's own, or a name that is
    reserved for tests (RFC 6761), under which test clients call. No browser leaves it out."""
    if not header:
        return True
    found = _HOST.fullmatch(header)
    if found is None:
        return False
    name, machine = found[1].strip("[]").lower(), socket.gethostname().lower()
    reserved = name.endswith((".localhost", ".test")) or name in {"test", "testserver"}
    return reserved or _is_loopback(name) or name in {machine, machine.partition(".")[0]}
