"""Asks an admin for pages as a person whom the test names, without a login."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from webadmin.auth.accounts.identity import with_roles
from webadmin.auth.cookie import SessionData
from webadmin.auth.identity import Identity
from webadmin.auth.stored import Found
from webadmin.auth.user import User
from webadmin.database.own_tables.there import There
from webadmin.dialects import Dialect
from webadmin.site import Admin
from webadmin.testing.page import Fields, Page, tree

HTTPX_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def acting(admin: Admin, user: User | None) -> ASGIApp:
    """An app that answers as ``admin`` does to ``user``, or to nobody for None, whoever the admin would find.

    The admin itself is left as it is: it knows no other person than before, however it is asked.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        admin.check()
        runtime, twin = admin.runtime, copy.copy(admin)
        runtime.threads()  # one limit for all: the twin must not have one of its own
        identity = _acting(runtime.responder.identity, user, runtime.accounts)
        twin.runtime = replace(runtime, responder=replace(runtime.responder, identity=identity))
        await twin(scope, receive, send)

    return app


def _acting(identity: Identity, user: User | None, tables: There) -> Identity:
    """A copy of ``identity``, of the same kind, that finds ``user``."""

    async def ahead(connection: HTTPConnection) -> Any:
        return None

    def identify(connection: HTTPConnection, session: SessionData, found: Any) -> User | None:
        return user

    def find(
        session: Session, dialect: Dialect, cookie: SessionData, connection: HTTPConnection
    ) -> Found | None:
        if user is None:
            return None
        known = user.roles and tables.ask(dialect, session.connection())
        return Found(with_roles(session, user) if known else user)

    twin = copy.copy(identity)
    told = {"ahead": ahead, "identify": identify}
    for name, function in (told | {"find": find} if hasattr(identity, "find") else told).items():
        setattr(twin, name, function)
    return twin


class Client:
    """A browser without scripts, for one person; it keeps cookies and knows the token that forms need.

    :param admin: the admin; addresses are those that it has where it is mounted at ``/``.
    :param user: who asks; ``roles`` of webadmin's own tables count too. Without one, whoever the admin finds: the client can
        log in, or carry ``headers`` that the host's ``identify`` reads.
    :param headers: sent with every request.
    """

    def __init__(
        self,
        admin: Admin,
        user: User | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        base_url: str = "http://testserver",
    ) -> None:
        self.admin, self.user = admin, user
        app = admin if user is None else acting(admin, user)
        self.http = TestClient(app, base_url=base_url, headers=dict(headers or {}), follow_redirects=False)
        """Starlette's client below, for what this one has no method for."""
        self._token = ""

    @property
    def token(self) -> str:
        """What this session's forms carry as ``csrf_token``."""
        if not self._token:
            self._token = self._page(self.http.get("/account/", follow_redirects=True)).token
        return self._token

    def get(self, path: str, *, status: int | None = None, headers: Mapping[str, str] | None = None) -> Page:
        """The page at an address.

        :param status: what has to be answered; without it anything below 400, and redirects are followed.
        :raises AssertionError: for another status, with what the page says.
        """
        return self._read(self.http.get(path, headers=dict(headers or {})), status)

    def post(
        self,
        path: str,
        fields: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
    ) -> Page:
        """What is answered to a form; the page that it leads to, where that is a redirect.

        :param fields: lists for fields that are sent several times.
        :param files: name to ``(filename, content)``, as Starlette's client takes them.
        :raises AssertionError: for another status than ``status``, or for one of 400 and more where none is given.
        """
        data = {"csrf_token": self.token, **(fields or {})}
        answer = self.http.post(path, data=data, files=dict(files or {}) or None, headers=dict(headers or {}))
        return self._read(answer, status)

    def submit(
        self,
        page: Page,
        changed: Mapping[str, Any] | None = None,
        *,
        form: str = "",
        files: Mapping[str, Any] | None = None,
        status: int | None = None,
    ) -> Page:
        """Send a form of a page as it stands, but for what is changed; the page that follows.

        :param form: its id or the end of its action; without it the first one in the page's main part that posts.
        """
        fields: Fields = page.form(form)
        return self.post(page.action(form), {**fields, **(changed or {})}, files=files, status=status)

    def log_in(self, fields: Mapping[str, str], *, path: str = "/login/") -> Page:
        """Fill in the login page and send it; the page that follows. Raises AssertionError when nobody is let in."""
        page = self.submit(self.get(path), fields)
        self._token = ""
        assert urlsplit(page.url).path != path, f"nobody is let in: {' '.join(page.texts('main'))}"
        return page

    def log_out(self) -> Page:
        """The page after logging out."""
        page = self.post("/logout/")
        self._token = ""
        return page

    def _read(self, answer: Any, status: int | None) -> Page:
        if status is None:
            for _ in range(5):
                if answer.status_code not in HTTPX_REDIRECTS:
                    break
                answer = self.http.get(str(answer.headers["location"]))
        page = self._page(answer)
        right = answer.status_code < 400 if status is None else answer.status_code == status
        asked = f"{answer.request.method} {answer.request.url.raw_path.decode()}"
        assert right, f"{asked} answers {answer.status_code}{_said(page)}"
        return page

    @staticmethod
    def _page(answer: Any) -> Page:
        kind = answer.headers.get("content-type", "")
        text = answer.text if kind.startswith("text/html") else ""
        return Page(tree(text.strip() or "<p></p>"), answer.status_code, str(answer.url), answer.headers)


def _said(page: Page) -> str:
    """What a page says of itself, for a test that fails."""
    errors = [f"{name}: {text}" for name, text in page.errors().items()]
    said = errors or [text for text in page.texts("main h1, main h1 ~ p, main [role=alert]") if text]
    return f": {'; '.join(said)}" if said else ""
