"""The one bridge from async to sync: body, limits, CSRF, person, thread, transaction, page."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from webadmin.admission import expect
from webadmin.auth import csrf
from webadmin.auth.user import User
from webadmin.body import read_form
from webadmin.database.stop import Stop
from webadmin.database.watched import PAGE
from webadmin.errors import MethodNotAllowed, NotFound, TooLarge, WebadminError
from webadmin.options.unloaded import in_development, strict
from webadmin.rendering.urls import Urls
from webadmin.request import Answer, Redirect
from webadmin.responder import Caller
from webadmin.runtime import Route, Runtime
from webadmin.stopping import until_gone
from webadmin.text import gettext as _
from webadmin.text import use_locale
from webadmin.transaction import Transaction

logger = logging.getLogger("webadmin")


async def respond(
    runtime: Runtime,
    route: Route | None,
    params: Mapping[str, str],
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    """Answer one request; ``route`` is None where no address matches."""
    request = Request(scope, receive)
    call = _Call(runtime, route, params, request)
    form = FormData()
    try:
        identity, files = runtime.responder.identity, route is not None and route.takes_files
        found = await identity.ahead(request) if files else None
        if request.method == "POST" and route is not None:
            if files:
                await anyio.to_thread.run_sync(call.expect_files, found, limiter=runtime.threads())
            form = await read_form(request, runtime.responder.settings.limits, files=files)
        if not files:
            found = await identity.ahead(request)
    except ClientDisconnect:
        return
    except WebadminError as error:
        response = await anyio.to_thread.run_sync(call.refuse, error, limiter=runtime.threads())
    except Exception:
        response = call.apologize()
    else:
        work, threads = partial(call.answer, form, found), runtime.threads()
        if route is not None and route.stops:
            response = await until_gone(work, call.stop, receive, threads)
        else:
            response = await anyio.to_thread.run_sync(work, limiter=threads)
        await form.close()
    await response(scope, receive, send)


class _Call:
    """One request on its way through; ``answer`` runs in a worker thread."""

    def __init__(
        self, runtime: Runtime, route: Route | None, params: Mapping[str, str], request: Request
    ) -> None:
        self.runtime = runtime
        self.responder = runtime.responder
        self.route = route
        self.request = request
        urls = Urls.of(request.scope)
        signer = self.responder.signer
        secure = request.scope.get("scheme") == "https"
        name = signer.name(urls.root, request.headers.get("host", ""), secure=secure)
        cookie = signer.read(request.cookies.get(name), urls.root)
        self.caller = Caller(request, params, urls, cookie, secrets.token_hex(6))
        self.caller.explained = route.explained if route is not None else ""
        self.told: User | None = None
        self.stop = Stop()

    def _check_limits(self) -> None:
        if len(self.request.scope.get("query_string", b"")) > self.responder.settings.limits.query:
            raise TooLarge(_("The address is longer than any list needs. Use fewer filters."), link="./")

    def expect_files(self, found: Any) -> None:
        """Raise what the request would be refused for, before its body is read: whoever may not send files fills no disk."""
        route = self._checked_route()
        asking = replace(route, view=lambda request: Redirect(""), writes_on=())
        with self._locale():
            csrf.check_origin(self.request)
            self._identify(route, found)
            self._transact(asking, FormData())

    def refuse(self, error: WebadminError) -> Response:
        with self._locale():
            return self.responder.error(self.caller, error)

    def _locale(self) -> AbstractContextManager[None]:
        settings = self.responder.settings
        return use_locale(settings.language, self.caller.cookie.preferences.get("zone") or settings.time_zone)

    def answer(self, form: FormData, found: Any) -> Response:
        fails = self.responder.settings.strict_loading
        if fails is None:
            fails = in_development() or bool(getattr(self.request.scope.get("app"), "debug", False))
        strict.set(fails)  # of this thread's copy of the context
        PAGE.set(self.route.named(self.request.method, self.caller.params) if self.route else "")
        with self._locale():
            try:
                return self._answer(form, found)
            except Exception:
                return self.apologize()

    def _answer(self, form: FormData, found: Any) -> Response:
        caller = self.caller
        try:
            route = self._checked_route()
            self._check_csrf(form)
            caller.form = form
            self._identify(route, found)
            self._check_limits()
            return self.responder.respond(caller, self._transact(route, form))
        except WebadminError as error:
            return self.responder.error(caller, error)

    def _identify(self, route: Route, found: Any) -> None:
        caller, identity = self.caller, self.responder.identity
        self.told = caller.user = identity.identify(self.request, caller.cookie, found)
        expect(identity, caller.user, route.permission, caller.cookie)

    def _transact(self, route: Route, form: FormData) -> Answer:
        return Transaction(self.runtime, self.caller, self.told, self.stop).run(route, form)

    def apologize(self) -> Response:
        """The page for an exception that nobody expected; to be called while it is handled."""
        caller, request = self.caller, self.request
        logger.exception("request %s failed: %s %s", caller.request_id, request.method, request.scope["path"])
        # What failed may have been the host's word on what this person may see: navigation would ask it again.
        caller.user = None
        return self.refuse(
            WebadminError(
                _(
                    "This is a fault of the program, not of yours. The server's log says more; the number below finds it there."
                )
            )
        )

    def _checked_route(self) -> Route:
        if self.route is None:
            raise NotFound(_("There is no page at this address."))
        method = "GET" if self.request.method == "HEAD" else self.request.method
        if method not in self.route.methods:
            allowed = ", ".join(self.route.methods)
            message = _("This address answers only to {methods}.").format(methods=allowed)
            raise MethodNotAllowed(message, allowed=self.route.methods)
        return self.route

    def _check_csrf(self, form: FormData) -> None:
        if self.request.method == "POST":
            sent = form.get(csrf.FIELD) or self.request.headers.get(csrf.HEADER)
            csrf.check(self.responder.secret, self.caller.cookie.id, sent, self.request)
