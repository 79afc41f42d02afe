"""Asks the addresses of an admin one after the other, as one person, whatever they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from starlette.types import ASGIApp

from webadmin.options.view import View
from webadmin.routes import ROUTES
from webadmin.runtime import Route
from webadmin.testing.asgi import Caller
from webadmin.testing.page import Page, parse

ABSENT = "no-such-thing-0f7c"
"""In the place of an id, a field or a name: of no row, and of nothing else."""
REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered."""

    method: str
    path: str
    status: int
    text: str
    location: str = ""
    is_page: bool = True

    @property
    def refused(self) -> bool:
        """The person may not do this, or has to log in first."""
        return self.status in REFUSED or (
            self.status == 303 and urlsplit(self.location).path.startswith("/login")
        )

    @property
    def page(self) -> Page:
        """Its elements; without any, an empty page."""
        return parse(self.text if self.is_page and self.text.strip() else "<p></p>")

    def __str__(self) -> str:
        return f"{self.method} {self.path} → {self.status}"


class Walker:
    """One person who asks for pages; to be used as a context manager.

    :param app: an admin, or :func:`~webadmin.testing.client.acting` for somebody whom it does not have to find.
    :param cookies: of somebody who has logged in.
    :param token: what their forms carry; read from a page where it is needed and not given.
    """

    def __init__(self, app: ASGIApp, cookies: Mapping[str, str] | None = None, token: str = "") -> None:
        self._caller = Caller(app)
        self._caller.cookies.update(cookies or {})
        self._token = token

    @property
    def token(self) -> str:
        """What proves that a form comes from a page of this session."""
        if not self._token:
            found = self.ask("GET", "/account/")
            self._token = (self.ask("GET", found.location) if found.location else found).page.token
        return self._token

    def __enter__(self) -> Walker:
        self._caller.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._caller.__exit__(kind, error, traceback)

    def ask(self, method: str, path: str, fields: Mapping[str, Any] | None = None) -> Answer:
        """The answer of an address; a POST carries the token of the person's session.

        :param fields: lists for fields that are sent several times.
        """
        headers, body = [], b""
        if method == "POST":
            headers = [("content-type", "application/x-www-form-urlencoded")]
            body = urlencode({"csrf_token": self.token, **(fields or {})}, doseq=True).encode()
        found = self._caller.request(method, path, headers, body)
        kind, location = found.headers.get("content-type", ""), found.headers.get("location", "")
        return Answer(method, path, found.status, found.text, location, kind.startswith("text/html"))


def routes_of(view: View | None) -> Iterator[tuple[Route, str, str]]:
    """The routes of a model, or for None those of the whole site: the route, the permission it takes, and for an action
    its name."""
    for route in ROUTES:
        if route.pattern.startswith("{key}") != (view is not None):
            continue
        if view is not None and "{name}" in route.permission:
            for name in view.actions:
                yield route, route.permission.format(name=name), name
        else:
            yield route, route.permission, ""


def address(route: Route, values: Mapping[str, str]) -> str:
    """The address of a route; a part that ``values`` do not have is one that nothing has.

    :param values: parts as they are; an ``id`` as it stands in addresses.
    """
    parts = []
    for part in route.pattern.split("/"):
        name = part[1:-1] if part.startswith("{") else ""
        value = (values.get(name) or ABSENT) if name else part
        parts.append(value if name == "id" else quote(value))
    path = "/".join(["", *parts])
    return path if path.endswith(("/", "/rows")) else f"{path}/"
