"""From what a view answered to bytes: rendering after the transaction, headers, cookie."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from webadmin import logs
from webadmin.auth import csrf
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.cookie import CookieSigner, SessionData
from webadmin.auth.identity import Identity, address_of
from webadmin.auth.keys import Keys
from webadmin.auth.user import User
from webadmin.errors import BadRequest, Forbidden, LoginRequired, MethodNotAllowed, WebadminError
from webadmin.options.registry import Registry
from webadmin.options.settings import Settings
from webadmin.rendering.environment import Renderer
from webadmin.rendering.frame import Frame
from webadmin.rendering.htmx import VARY, is_partial
from webadmin.rendering.shell import Shell
from webadmin.rendering.urls import Urls, full_path
from webadmin.request import Answer, Download, Page, Redirect
from webadmin.streaming import Streaming
from webadmin.text import gettext as _
from webadmin.views import login, unsent
from webadmin.views.error import ErrorPage

_EXPLAINED = frozenset({200, 409, 422})
"""Statuses of pages that are there, also where they are shown once more with what is wrong."""


@dataclass(frozen=True, slots=True)
class Responder:
    """Turns the answers of one admin into responses."""

    registry: Registry
    settings: Settings
    renderer: Renderer
    identity: Identity
    secret: Keys
    signer: CookieSigner

    def respond(self, caller: Caller, answer: Answer) -> Response:
        """The response to ``caller``: a page rendered now, or a redirect."""
        if isinstance(answer, Redirect):
            return self._finish(caller, _redirect(answer.url, answer.status))
        if isinstance(answer, Download):
            return self._download(caller, answer)
        begun = time.perf_counter()
        frame = Frame(self.registry, self.settings, caller.urls, self.identity)
        token = csrf.token(self.secret, caller.cookie.id)
        whole = answer.block is None and not answer.fragment
        shell = frame.shell(caller.user, caller.cookie, token, caller.request_id, caller.request, whole=whole)
        if answer.density:
            shell = replace(shell, density=answer.density)
        shell = self._with_panel(shell, caller, answer) if whole else shell
        key = caller.params.get("key", "")
        key = (
            key if key in self.registry.views else ""
        )  # as it stands in the address, it could name any folder of the host's
        if answer.block is None:
            html = self.renderer.page(answer.template, answer.content, shell, key=key)
        else:
            html = self.renderer.block(answer.template, answer.block, answer.content, shell, key=key)
        render_ms = (time.perf_counter() - begun) * 1000
        headers = {
            "Vary": f"{VARY}, Cookie",
            **answer.headers,
        }
        if caller.user is not None:
            # For those inside alone: to others it might tell whether a name is known.
            where = ';desc="replica"' if caller.on_replica else ""
            headers["Server-Timing"] = (
                f"database;dur={caller.database_ms:.1f}{where}, render;dur={render_ms:.1f}"
            )
        return self._finish(caller, Response(html, answer.status, headers, "text/html"))

    def _with_panel(self, shell: Shell, caller: Caller, answer: Page) -> Shell:
        """The frame with the way to the page's statements, for those who may look at them."""
        view = self.registry.views.get(caller.params.get("key", ""))
        if not caller.explained or view is None or caller.user is None or answer.status not in _EXPLAINED:
            return shell
        posts = caller.explained == "POST"
        if not view.allows(caller.user, "explain") or (posts and not getattr(answer.content, "hidden", ())):
            return shell  # what is not a form cannot be sent once more
        request = caller.request
        query = f"?{request.url.query}" if request.url.query else ""
        url = caller.urls.explained(view, full_path(request.scope)) + query
        return replace(shell, explain_url=url, explain_posts=posts)

    def _download(self, caller: Caller, answer: Download) -> Response:
        def apologize() -> Response:
            error = sys.exc_info()[1]
            if not isinstance(error, WebadminError):
                raise
            return self.error(caller, error)

        streaming = Streaming(answer.chunks, answer.media_type, stop=answer.stop, apologize=apologize)
        response = self._finish(caller, streaming)
        response.headers["Content-Disposition"] = (
            f"attachment; filename*=UTF-8''{quote(answer.filename, safe='')}"
        )
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    def error(self, caller: Caller, error: WebadminError) -> Response:
        """The page of an error; for somebody who is not logged in, the way to the login."""
        if isinstance(error, LoginRequired) and self.identity.has_login and not _is_guest(caller):
            return self._to_login(caller, error.step)
        if isinstance(error, Forbidden):
            _log_refusal(caller, error)
        link = self._link(caller, error.link)
        fields = error.fields if isinstance(error, BadRequest) and error.link and "?" in link else ()
        action, _mark, query = link.partition("?")
        content = ErrorPage(
            status=error.status,
            title=_(error.title),
            message=error.message,
            link=link,
            link_label=error.link_label or (_("Go on without it") if error.link else _("Home")),
            retry_after=error.retry_after,
            request_id=caller.request_id,
            fields=fields,
            action=action,
            hidden=tuple(parse_qsl(query)) if fields else (),
        )
        block = "results" if is_partial(caller.request.headers) else None
        response = self.respond(caller, Page("error.html", content, status=error.status, block=block))
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(error.allowed)
        return response

    def _link(self, caller: Caller, link: str | None) -> str:
        if link is None:
            return caller.urls.home
        if not link.startswith(("?", "./")):
            return link
        view = self.registry.views.get(caller.params.get("key", ""))
        if view is None or caller.user is None:  # a stranger does not learn which lists there are
            return caller.urls.home
        return caller.urls.list(view) + link.removeprefix("./")

    def _to_login(self, caller: Caller, step: str) -> Response:
        request = caller.request
        from_here = full_path(request.scope) + (f"?{request.url.query}" if request.url.query else "")
        target = caller.urls.login(from_here if request.method in {"GET", "HEAD"} else caller.urls.home, step)
        if request.headers.get("hx-request") == "true":
            # A part was asked for; the person goes on with the page that it belongs to.
            target = caller.urls.login(caller.urls.own(_shown(request) or ""), step)
            return self._finish(caller, Response(headers={"HX-Redirect": target}))
        if request.method == "POST" and step == "login" and isinstance(self.identity, Accounts):
            sent = caller.form.multi_items()
            sealed = unsent.seal(self.secret, caller.cookie, caller.urls, from_here, sent)
            if sealed:
                page = login.ended(self.identity, self.settings.title, caller.urls, sealed)
                return self.respond(caller, Page("login.html", page, status=401))
        return self._finish(caller, _redirect(target, 303))

    def _finish(self, caller: Caller, response: Response) -> Response:
        response.headers["X-Request-ID"] = caller.request_id
        if caller.cookie.dirty:
            secure = caller.request.scope.get("scheme") == "https"
            host = caller.request.headers.get("host", "")
            cookie = self.signer.header(caller.cookie, caller.urls.root, secure=secure, host=host)
            response.headers.append("Set-Cookie", cookie)
        return response


def _redirect(url: str, status: int) -> Response:
    # A header holds ASCII alone; what is encoded already stays as it is.
    return Response(status_code=status, headers={"Location": quote(url, safe="/:%#?=@[]!$&'()*+,;~")})


@dataclass(slots=True)
class Caller:
    """Who asks, for the response."""

    request: Request
    params: Mapping[str, str]
    urls: Urls
    cookie: SessionData
    request_id: str
    user: User | None = None
    form: FormData = field(default_factory=FormData)
    """What was sent, once it is known to come from a page of ours."""
    database_ms: float = 0.0
    on_replica: bool = False
    """It was read from the replica."""
    explained: str = ""
    """How the statements of the page can be looked at, by GET or by POST; empty where they cannot."""


def _log_refusal(caller: Caller, error: Forbidden) -> None:
    request = caller.request
    logs.security(
        "refused",
        request=caller.request_id,
        why=error.title,
        person=caller.user.name if caller.user is not None else "",
        address=address_of(request),
        method=request.method,
        path=request.scope["path"],
    )


def _is_guest(caller: Caller) -> bool:
    """A fragment for a page of the host's own: that page stays, whoever reads it."""
    shown = _shown(caller.request)
    return shown is not None and not shown.startswith(caller.urls.home)


def _shown(request: Request) -> str | None:
    """Path and query of the page that htmx asks for a part of; None where it does not say."""
    address = request.headers.get("hx-current-url")
    if address is None:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
