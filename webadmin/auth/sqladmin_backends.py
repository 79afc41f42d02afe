"""Logins that were written for sqladmin: its ``AuthenticationBackend``, taken as it is.

Such a backend has coroutines that get Starlette's request, with a session of its own in a cookie of its own, which middlewares of its own
read and write. It is asked on the event loop, before a transaction is begun; a response that it gives in place of yes or no goes out as
the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping, Sequence
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlencode

import anyio.from_thread
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webadmin.auth import csrf
from webadmin.auth.cookie import SessionData
from webadmin.auth.user import User
from webadmin.text import gettext as _

_INNER, _ASKED = "webadmin.inner", "webadmin.backend"
_USER_ID = "sqladmin_user_id"
"""Where sqladmin's own ``get_current_user_id`` looks."""


@runtime_checkable
class AuthenticationBackend(Protocol):
    """What sqladmin asks of a login."""

    middlewares: Any

    async def login(self, request: Any) -> Any: ...

    async def logout(self, request: Any) -> Any: ...

    async def authenticate(self, request: Any) -> Any: ...

    async def get_user_id(self, request: Any) -> Any: ...


class _Asked:
    """What a backend has said in one request."""

    def __init__(self) -> None:
        self.body: list[Message] = []
        """The request's, as it came in."""
        self.answer: Response | None = None
        """The backend's own."""
        self.let_in: bool | None = None
        """Whether it has accepted what was typed on the login page; None where nothing was."""


class BackendIdentity:
    """People come in by an ``AuthenticationBackend`` of sqladmin's, and may do everything."""

    has_login = True

    def __init__(self, backend: AuthenticationBackend) -> None:
        self.backend = backend
        app: ASGIApp = _innermost
        several: Sequence[Middleware] = list(backend.middlewares)
        for middleware in reversed(several):
            app = middleware.cls(app, *middleware.args, **middleware.kwargs)
        self._app = app

    def around(self, app: ASGIApp) -> ASGIApp:
        """``app`` with the backend's middlewares around it."""

        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            await self._app({**scope, _INNER: app, _ASKED: _Asked()}, receive, send)

        return wrapped

    async def ahead(self, connection: HTTPConnection) -> Any:
        if _page(connection) == "login":
            return None
        said = await self.backend.authenticate(connection)
        if isinstance(said, Response):
            connection.scope[_ASKED].answer = said
            return None
        if not said:
            return None
        id = await self.backend.get_user_id(connection)
        setattr(connection.state, _USER_ID, id)
        return User(_("Administrator")) if id is None else User(str(id), id=str(id))

    def identify(self, connection: HTTPConnection, session: SessionData, found: Any) -> User | None:
        # A form's token has been looked at by now, which is why this is not done ahead.
        if connection.scope.get("method") == "POST":
            if _page(connection) == "login":
                anyio.from_thread.run(self._log_in, connection)
            elif _page(connection) == "logout":
                anyio.from_thread.run(self._log_out, connection)
        return found if isinstance(found, User) else None

    async def _log_in(self, connection: HTTPConnection) -> None:
        asked: _Asked = connection.scope[_ASKED]
        said = await self.backend.login(await _as_sqladmin_sends_it(connection.scope, asked.body))
        asked.answer, asked.let_in = (said if isinstance(said, Response) else None), bool(said)

    async def _log_out(self, connection: HTTPConnection) -> None:
        said = await self.backend.logout(connection)
        connection.scope[_ASKED].answer = said if isinstance(said, Response) else None


def let_in(connection: HTTPConnection) -> bool | None:
    """Whether the backend has accepted what was typed on the login page; None where nothing was typed."""
    asked: _Asked = connection.scope[_ASKED]
    return asked.let_in


def _page(connection: HTTPConnection) -> str:
    scope = connection.scope
    return str(scope["path"]).removeprefix(scope.get("root_path", "")).strip("/")


async def _innermost(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the request; where the backend has an answer of its own, send that, with the cookies of the other."""
    asked: _Asked = scope[_ASKED]

    async def noted() -> Message:
        message = await receive()
        asked.body.append(message)
        return message

    async def send_either(message: Message) -> None:
        if asked.answer is None:
            await send(message)
        elif message["type"] == "http.response.start":
            cookies = [(name, value) for name, value in message["headers"] if name == b"set-cookie"]
            await asked.answer(scope, receive, _with(cookies, send))

    is_login = scope["method"] == "POST" and _page(HTTPConnection(scope)) == "login"
    await scope[_INNER](scope, noted if is_login else receive, send_either)


def _with(headers: Iterable[tuple[bytes, bytes]], send: Send) -> Send:
    async def send_with(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *headers]}
        await send(message)

    return send_with


async def _as_sqladmin_sends_it(scope: MutableMapping[str, Any], body: list[Message]) -> Request:
    """The request of our login page as sqladmin's would send it: the name is called ``username`` there."""
    form = await Request(scope, _again(body)).form()
    fields = [
        (name, value) for name, value in form.multi_items() if isinstance(value, str) and name != csrf.FIELD
    ]
    if "username" not in form:
        fields += [("username", value) for name, value in fields if name == "name"]
    sent = urlencode(fields).encode()
    own = {b"content-type": b"application/x-www-form-urlencoded", b"content-length": str(len(sent)).encode()}
    headers = [(name, value) for name, value in scope["headers"] if name not in own]
    message = {"type": "http.request", "body": sent, "more_body": False}
    return Request({**scope, "headers": [*headers, *own.items()]}, _again([message]))


def _again(messages: list[Message]) -> Callable[[], Any]:
    left = iter(messages)

    async def receive() -> Message:
        return next(left, {"type": "http.disconnect"})

    return receive
