"""The one bridge from async to sync: body, limits, CSRF, person, permission, thread, transaction, view, page."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

import anyio
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from webadmin.auth import csrf
from webadmin.auth.cookie import CookieSigner, SessionData
from webadmin.auth.identity import Identity
from webadmin.auth.user import User
from webadmin.body import read_form
from webadmin.database.failures import as_answer
from webadmin.database.session import Database
from webadmin.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    LoginRequired,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    WebadminError,
)
from webadmin.options.registry import Registry
from webadmin.options.settings import Settings
from webadmin.rendering.assets import Assets
from webadmin.rendering.environment import Renderer
from webadmin.rendering.frame import Frame
from webadmin.rendering.htmx import VARY, is_partial
from webadmin.rendering.urls import Urls, full_path
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _
from webadmin.text import use_locale
from webadmin.views.error import ErrorPage

logger = logging.getLogger("webadmin")

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True)
class Route:
    """One address: what answers it and which permission it takes.

    ``permission`` is one of ``auth.user.PERMISSIONS``, ``"action:{name}"``, ``"public"`` for the pages of logging in, or ``"known"`` for
    pages that anybody who is logged in may see.
    """

    pattern: str
    view: Callable[[AdminRequest], Answer]
    permission: str
    methods: tuple[str, ...] = ("GET",)
    writes_on: tuple[str, ...] = ("POST",)


@dataclass
class Runtime:
    """What serves the requests of one admin."""

    database: Database
    registry: Registry
    settings: Settings
    renderer: Renderer
    assets: Assets
    identity: Identity
    secret: str
    signer: CookieSigner
    limiter: anyio.CapacityLimiter | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def threads(self) -> anyio.CapacityLimiter:
        """As many threads as the pool has connections: a request never waits for a connection in a thread."""
        if self.limiter is None:
            self.limiter = anyio.CapacityLimiter(self.database.capacity)
        return self.limiter


async def respond(runtime: Runtime, route: Route | None, params: Mapping[str, str], scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request; ``route`` is None where no address matches."""
    request = Request(scope, receive)
    call = _Call(runtime, route, params, request)
    try:
        call.check_limits()
        form = FormData()
        if request.method == "POST" and route is not None:
            form = await read_form(request, runtime.settings.limits)
        found = await runtime.identity.ahead(request)
    except ClientDisconnect:
        return
    except WebadminError as error:
        response = await anyio.to_thread.run_sync(call.error_page, error, limiter=runtime.threads())
    else:
        response = await anyio.to_thread.run_sync(call.answer, form, found, limiter=runtime.threads())
        await form.close()
    await response(scope, receive, send)


class _Call:
    """One request on its way through; everything but the constructor runs in a worker thread."""

    def __init__(self, runtime: Runtime, route: Route | None, params: Mapping[str, str], request: Request) -> None:
        self.runtime = runtime
        self.route = route
        self.params = params
        self.request = request
        self.started = time.perf_counter()
        self.request_id = secrets.token_hex(6)
        self.urls = Urls(request.scope.get("root_path", "").rstrip("/"))
        self.cookie: SessionData = runtime.signer.read(request.cookies.get(runtime.signer.name(self.urls.root)))
        self.user: User | None = None
        self.database_ms = 0.0

    def check_limits(self) -> None:
        if len(self.request.scope.get("query_string", b"")) > self.runtime.settings.limits.query:
            raise TooLarge(_("The address is longer than any list needs. Use fewer filters."), link="./")

    def answer(self, form: FormData, found: Any) -> Response:
        settings = self.runtime.settings
        zone = self.cookie.preferences.get("zone") or settings.time_zone
        with use_locale(settings.language, zone):
            try:
                route = self._checked_route()
                if self.request.method == "POST":
                    sent = form.get(csrf.FIELD) or self.request.headers.get(csrf.HEADER)
                    csrf.check(self._csrf_token(), sent if isinstance(sent, str) else None, self.request.headers)
                self.user = self.runtime.identity.identify(self.request, self.cookie, found)
                if self.user is None and route.permission != "public":
                    raise LoginRequired(_("You are not logged in, or your session has ended."))
                answer = self._in_transaction(route, form)
                return self._respond(answer)
            except LoginRequired as error:
                return self._to_login(error)
            except WebadminError as error:
                return self.error_page(error)
            except Exception:
                logger.exception("request %s failed: %s %s", self.request_id, self.request.method, self.request.url.path)
                return self.error_page(WebadminError(_("This is a fault of the program, not of yours. The server's log says more; the number below finds it there.")))

    def _checked_route(self) -> Route:
        if self.route is None:
            raise NotFound(_("There is no page at this address."))
        method = "GET" if self.request.method == "HEAD" else self.request.method
        if method not in self.route.methods:
            allowed = ", ".join(self.route.methods)
            raise MethodNotAllowed(_("This address answers only to {methods}.").format(methods=allowed))
        return self.route

    def _csrf_token(self) -> str:
        return csrf.token(self.runtime.secret, self.cookie.id)

    # -- the transaction -----------------------------------------------------------------------------------

    def _in_transaction(self, route: Route, form: FormData) -> Answer:
        reading = self.request.method not in route.writes_on
        database = self.runtime.database
        for attempt in (1, 2):
            begun = time.perf_counter()
            try:
                with database.transaction(read_only=reading, timeouts=self.runtime.settings.timeouts) as session:
                    request = self._admin_request(session, form)
                    self._permit(route, request)
                    answer = route.view(request)
                    if isinstance(answer, Redirect) or answer.status < 400:
                        session.commit()
                    return answer
            except StaleDataError:
                raise Conflict(_("Somebody else changed or deleted this row since the page was opened. Nothing was saved: open it again.")) from None
            except (SQLAlchemyError, OverflowError) as error:
                if isinstance(error, SQLAlchemyError) and not isinstance(error, StatementError) and not _is_pool_timeout(error):
                    raise
                answered = as_answer(database.dialect, error, reading=reading)
                lost = database.dialect.failure(error).kind == "connection_lost"
                if lost and reading and attempt == 1:
                    continue  # reading again is safe, and the pool has a fresh connection by now
                logger.warning("request %s: %s", self.request_id, _short(error))
                raise answered from error
            finally:
                self.database_ms += (time.perf_counter() - begun) * 1000
        raise AssertionError("unreachable")

    def _admin_request(self, session: Any, form: FormData) -> AdminRequest:
        query = self.request.scope.get("query_string", b"")
        try:
            pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=500)
        except (UnicodeDecodeError, ValueError):
            raise BadRequest(_("The address holds characters that cannot be read."), link="./") from None
        runtime = self.runtime
        request = AdminRequest(
            method=self.request.method,
            connection=self.request,
            query=pairs,
            form=form,
            params=self.params,
            user=self.user or User("", grants=()),
            session=session,
            dialect=runtime.database.dialect,
            registry=runtime.registry,
            settings=runtime.settings,
            urls=self.urls,
            cookie=self.cookie,
            identity=runtime.identity,
            secret=runtime.secret,
            request_id=self.request_id,
            htmx=is_partial(self.request.headers),
            extra=dict(runtime.extra),
        )
        request.user = replace(request.user, request=request)
        return request

    def _permit(self, route: Route, request: AdminRequest) -> None:
        if route.permission in {"public", "known"}:
            return
        view = request.view
        if not view.allows(request.user, "view") or not view.options.is_accessible(request.connection):
            raise Forbidden(_("You may not see these rows."), link=self.urls.home, link_label=_("Home"))
        if not view.allows(request.user, route.permission.format(**self.params)):
            raise Forbidden(_("You may not do this with {rows}.").format(rows=view.name_plural.lower()), link=self.urls.list(view))

    # -- the answer ----------------------------------------------------------------------------------------

    def _respond(self, answer: Answer) -> Response:
        if isinstance(answer, Redirect):
            return self._finish(Response(status_code=answer.status, headers={"Location": answer.url}))
        begun = time.perf_counter()
        shell = Frame(self.runtime.registry, self.runtime.settings, self.urls, self.runtime.identity).shell(
            self.user, self.cookie, self._csrf_token(), self.request_id, self.request, whole=answer.block is None
        )
        renderer = self.runtime.renderer
        key = self.params.get("key", "")
        if answer.block is None:
            html = renderer.page(answer.template, answer.content, shell, key=key)
        else:
            html = renderer.block(answer.template, answer.block, answer.content, shell, key=key)
        render_ms = (time.perf_counter() - begun) * 1000
        headers = {
            "Cache-Control": "no-store",
            "Vary": VARY + ", Cookie",
            "Server-Timing": f"db;dur={self.database_ms:.1f}, render;dur={render_ms:.1f}",
            **answer.headers,
        }
        return self._finish(Response(html, answer.status, headers, "text/html"))

    def _finish(self, response: Response) -> Response:
        response.headers.update(SECURITY_HEADERS)
        response.headers["X-Request-ID"] = self.request_id
        response.headers.setdefault("Cache-Control", "no-store")
        if self.cookie.dirty:
            secure = self.request.url.scheme == "https"
            response.headers.append("Set-Cookie", self.runtime.signer.header(self.cookie, self.urls.root, secure=secure))
        return response

    def _to_login(self, error: LoginRequired) -> Response:
        if not self.runtime.identity.has_login:
            return self.error_page(error)
        from_here = full_path(self.request.scope) + (f"?{self.request.url.query}" if self.request.url.query else "")
        target = self.urls.login(from_here if self.request.method in {"GET", "HEAD"} else self.urls.home)
        if self.request.headers.get("hx-request") == "true":
            return self._finish(Response(status_code=200, headers={"HX-Redirect": target}))
        return self._finish(Response(status_code=303, headers={"Location": target}))

    def error_page(self, error: WebadminError) -> Response:
        link = error.link
        view = self.runtime.registry.views.get(self.params.get("key", ""))
        if link is not None and view is not None and link.startswith(("?", "./")):
            link = self.urls.list(view) + link.removeprefix("./")
        content = ErrorPage(
            status=error.status,
            title=_(error.title),
            message=error.message,
            link=link or self.urls.home,
            link_label=error.link_label or (_("Go on without it") if error.link else _("Home")),
            retry_after=error.retry_after,
            request_id=self.request_id,
        )
        response = self._respond(Page("error.html", content, status=error.status))
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
        return response


def _is_pool_timeout(error: SQLAlchemyError) -> bool:
    return type(error).__name__ == "TimeoutError"


def _short(error: BaseException) -> str:
    original = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(original).__name__}: {str(original).splitlines()[0] if str(original) else ''}"
