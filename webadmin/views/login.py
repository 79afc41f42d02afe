"""Logging in and out: with a name and a password, or with the token that the terminal shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webadmin import logs
from webadmin.auth.accounts import oidc, sessions, store, throttle
from webadmin.auth.accounts.identity import Accounts
from webadmin.auth.accounts.store import Account
from webadmin.auth.identity import Identity, TokenLogin, address_of
from webadmin.auth.sqladmin_backends import BackendIdentity, let_in
from webadmin.rendering.urls import Urls
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import gettext as _
from webadmin.views import first, unsent


@dataclass(frozen=True, slots=True)
class LoginPage:
    title: str
    action_url: str
    next: str
    """Own path to go on to."""
    message: str = ""
    """What went wrong with the last try, or empty."""
    with_password: bool = False
    """There are accounts to log in to."""
    with_token: bool = False
    """The terminal shows a token."""
    name: str = ""
    """As it was typed."""
    wait: int = 0
    """Seconds until the next try may be made."""
    note: str = ""
    """Why nobody can log in, or why it has to be done again."""
    unsent: str = ""
    """A form that waits for the login."""
    others: Sequence[tuple[str, str]] = ()
    """Other ways to log in: label and address."""


def login(request: AdminRequest) -> Answer:
    """Log in with a name and a password, or with the token of the address or of the form."""
    identity = request.identity
    if isinstance(identity, Accounts):
        return _with_accounts(request, identity)
    if isinstance(identity, TokenLogin):
        return _with_token(request, identity)
    if isinstance(identity, BackendIdentity):
        return _with_backend(request)
    return Redirect(request.urls.home)


def logout(request: AdminRequest) -> Answer:
    """Forget who is logged in, here and in the database."""
    identity, elsewhere = request.identity, False
    if isinstance(identity, Accounts):
        known = sessions.known(request.session, request.cookie, identity.lifetime)
        elsewhere = identity.oidc is not None and known is not None and known.kind == sessions.OIDC
        sessions.end(request.session, request.cookie)
        logs.security("logout", request=request.request_id, person=request.user.name, id=request.user.id)
    request.cookie.log_out()
    if elsewhere:
        return Redirect(request.urls.page(oidc.LEAVE))
    return Redirect(request.urls.page("login") if request.identity.has_login else request.urls.home)


def ended(identity: Accounts, title: str, urls: Urls, sealed: str) -> LoginPage:
    """The page for somebody whose session ended while they filled in a form, which is ``sealed``."""
    note = _(
        "Your session has ended. Nothing that you typed is lost: log in with your password, and you can send it again."
    )
    return LoginPage(
        title,
        urls.page("login"),
        urls.home,
        with_password=True,
        note=note,
        unsent=sealed,
        others=_others(identity, urls, urls.home),
    )


def _with_backend(request: AdminRequest) -> Answer:
    accepted = let_in(request.connection)
    if accepted:
        # A token of forms that somebody has planted before the login is worth nothing after it.
        request.cookie.renew()
        return Redirect(_target(request))
    refused = _("Name and password do not match an account that can log in.") if accepted is False else ""
    return _page(request, refused, with_password=True)


# -- the terminal's token ------------------------------------------------------------------------------------


def _with_token(request: AdminRequest, identity: TokenLogin) -> Answer:
    token = _token(request)
    message = ""
    if token:
        name = identity.redeem(token)
        if name is not None:
            request.cookie.log_in(name)
            return Redirect(_target(request))
        message = _wrong_token()
    elif request.method == "POST":
        message = _("Enter the token.")
    elif request.user.name:
        return Redirect(_target(request))
    return _page(request, message, with_token=True)


def _token(request: AdminRequest) -> str:
    # HEAD is what looks at an address without a person behind it; it must not use up the token.
    if request.method == "POST":
        return request.posted("token").strip()
    return request.value("token").strip() if request.method == "GET" else ""


def _wrong_token() -> str:
    return _("This token is not valid, or it was used before. The terminal shows a new one after each use.")


def _may_write(request: AdminRequest) -> None:
    """Begin again in a transaction that may write. The one GET that does: an address that works once is there to be opened."""
    request.session.rollback()
    connection = request.session.connection()
    request.dialect.finish(connection)
    request.dialect.begin(connection, read_only=False, timeouts=request.settings.timeouts)


# -- accounts ------------------------------------------------------------------------------------------------


def _with_accounts(request: AdminRequest, identity: Accounts) -> Answer:
    if not identity.there.ask(request.dialect, request.session.connection()):
        note = _(
            "Nobody can log in yet: webadmin's own tables are missing. Run “webadmin migrate URL” with the address of the "
            "database, then reload this page."
        )
        return _page(request, note=note, status=503)
    token = _token(request)
    if token and identity.terminal is not None:
        return _by_terminal(request, identity, identity.terminal, token)
    if token and first.is_token(request, token):
        return first.first(request, identity, token, _target(request))
    if request.method == "POST" and not token:
        return _by_password(request, identity)
    if request.user.name:
        return Redirect(_target(request))
    if store.any_account(request.session):
        message = _("This address is no longer good for anything: there is an account.") if token else ""
        return _page(request, message, with_password=True, with_token=identity.terminal is not None)
    if identity.terminal is not None:
        return _page(request, with_token=True)
    first.announce(request, identity)
    message = _("This token is not valid.") if token else ""
    note = _("There is no account yet. The server's log has the address at which the first one is made.")
    return _page(request, message, note=note)


def _by_terminal(request: AdminRequest, identity: Accounts, terminal: TokenLogin, token: str) -> Answer:
    name = terminal.redeem(token)
    if name is None:
        has = store.any_account(request.session)
        return _page(request, _wrong_token(), with_password=has, with_token=True)
    if request.method != "POST":
        _may_write(request)
    sessions.open_session(
        request.session, request.cookie, request.connection, identity.lifetime, kind="terminal", name=name
    )
    _logged(request, "login", name, how="terminal")
    return Redirect(_target(request))


def _by_password(request: AdminRequest, identity: Accounts) -> Answer:
    name, password = request.posted("name"), request.posted("password")
    if not name.strip() or not password:
        return _refused(request, identity, _("Enter your name and your password."))
    account = store.by_name(request.session, name)
    device = request.cookie.devices.get(str(account.id), "") if account is not None else ""
    tallies = throttle.of_login(
        request.secret, "login", store.name_key(name), address_of(request.connection), device
    )
    with throttle.trying(request.session, tallies) as attempt:
        if not attempt.wait and store.proven(account, password):
            attempt.succeeded()
    if attempt.wait:
        _logged(request, "login refused", _called(account), why="too many tries")
        return _refused(request, identity, wait=attempt.wait)
    address = address_of(request.connection)
    if (
        account is None
        or not attempt.went_well
        or not store.note_login(request.session, account, password, address)
    ):
        _logged(request, "login failed", _called(account), why=_why(account))
        return _refused(request, identity, _("Name and password do not match an account that can log in."))
    form = unsent.kept_for(request, str(account.id))
    enter(request, identity, account)
    _logged(request, "login", account.name, how="password")
    if form is None:
        return Redirect(_target(request))
    sessions.keep_unsent(request.session, request.cookie, form)
    return Redirect(request.urls.page(unsent.PAGE))


def enter(request: AdminRequest, identity: Accounts, account: Account) -> None:
    """Log somebody in who has proven who they are with a password; see ``pending_of`` for what may be left to do."""
    pending = store.pending_of(account)
    sessions.open_session(
        request.session,
        request.cookie,
        request.connection,
        identity.lifetime,
        kind="password",
        account_id=account.id,
        pending=pending,
    )
    # Else whoever has the password alone would guess codes from a new browser each time.
    if pending != sessions.SECOND_FACTOR:
        request.cookie.know(str(account.id))


def _why(account: Account | None) -> str:
    if account is None:
        return "no such account"
    if account.disabled_at is not None:
        return "disabled"
    return "first password has run out" if store.has_run_out(account) else "password"


def _called(account: Account | None) -> str:
    # What was typed in place of a name may be a password.
    return account.name if account is not None else ""


def _logged(request: AdminRequest, event: str, name: str, **facts: str) -> None:
    logs.security(
        event, request=request.request_id, name=name, address=address_of(request.connection), **facts
    )


def _refused(request: AdminRequest, identity: Accounts, message: str = "", *, wait: int = 0) -> Page:
    return _page(request, message, wait=wait, with_password=True, with_token=identity.terminal is not None)


def _target(request: AdminRequest) -> str:
    return request.urls.own(request.value("next") or request.posted("next"))


def _page(
    request: AdminRequest,
    message: str = "",
    *,
    note: str = "",
    wait: int = 0,
    status: int | None = None,
    with_password: bool = False,
    with_token: bool = False,
) -> Page:
    page = LoginPage(
        title=request.settings.title,
        action_url=request.urls.page("login"),
        next=_target(request),
        message=message,
        with_password=with_password,
        with_token=with_token,
        name=request.posted("name"),
        wait=wait,
        note=note,
        unsent=unsent.carried(request),
        others=_others(request.identity, request.urls, _target(request)),
    )
    headers = {"Retry-After": str(wait)} if wait else {}
    refused = 429 if wait else 422 if message else 200
    # A failure that was counted stays counted.
    return Page("login.html", page, status=status or refused, headers=headers, commits=bool(message))


def _others(identity: Identity, urls: Urls, next: str) -> Sequence[tuple[str, str]]:
    place = identity.oidc if isinstance(identity, Accounts) else None
    return ((place.label, urls.login(next, oidc.START)),) if place is not None else ()
