"""The second factor of one's own account: set up, set up anew, recovery codes, turned off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import segno
from markupsafe import Markup

from webadmin.auth.accounts import events, sessions, throttle, totp
from webadmin.auth.accounts.sessions import Known
from webadmin.auth.accounts.store import Account, get, proven
from webadmin.auth.user import User
from webadmin.errors import BadRequest, LoginRequired, NotFound
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import format_date, localize
from webadmin.text import gettext as _
from webadmin.views.second import known_here, too_soon, wrong_code

RECENT = timedelta(minutes=10)
"""A login that is no older needs no password again, where there is none or where setting up a factor is a part of it."""


@dataclass(frozen=True, slots=True)
class FactorPage:
    action_url: str
    next: str
    """Own path to go on to, or empty."""
    part: str
    """``on``, ``off``, ``setup``, ``codes``, or ``none`` where there can be no second factor."""
    step: bool
    """This is a step of logging in: no page is shown before it is done."""
    roles: tuple[str, ...]
    """Those of the person that ask for a second factor."""
    asks_password: bool
    since: str = ""
    """The day on which it was set up."""
    codes_left: int = 0
    picture: str = ""
    """The QR code, as SVG markup."""
    address: str = ""
    """What the picture says, which an app on this device opens."""
    secret: str = ""
    """The secret in it, in groups of four letters."""
    setup: str = ""
    """The same, encrypted, to come back with the code."""
    codes: tuple[str, ...] = ()
    """New recovery codes."""
    errors: Mapping[str, str] | None = None
    message: str = ""
    """What stands above the form."""


def factor(request: AdminRequest) -> Answer:
    """Show the state of the person's second factor, and change it."""
    known, account_id = known_here(request)
    account = get(request.session, account_id)
    if account is None:
        raise NotFound(_("There is no such account."))
    if known.step not in ("", sessions.ENROL):
        raise LoginRequired(_("There is one more step before you are logged in."), step=known.step)
    own = _Own(request, known, account)
    if request.method == "POST":
        return own.change(request.posted("do"))
    return own.setup() if own.step and own.recent and request.secret.lasting else own.page()


class _Own:
    """What one person does with their second factor."""

    def __init__(self, request: AdminRequest, known: Known, account: Account) -> None:
        self.request, self.known, self.account = request, known, account
        self.step = bool(known.step)
        self.recent = sessions.now() - known.created_at < RECENT
        self.roles = totp.needed_by(request.session, account.id)

    @property
    def id(self) -> UUID:
        return self.account.id

    @property
    def asks_password(self) -> bool:
        return self.account.password_hash is not None and not (self.step and self.recent)

    def page(self, **more: Any) -> Page:
        """The page with ``more`` in it; what was wrong makes it a 422."""
        request = self.request
        found = totp.factor(request.session, self.id)
        given = request.value("next") or request.posted("next")
        page = FactorPage(
            action_url=request.urls.page(sessions.ENROL),
            next=request.urls.own(given) if given else request.urls.home if self.step else "",
            part="none" if not request.secret.lasting else "off" if found is None else "on",
            step=self.step,
            roles=self.roles,
            asks_password=self.asks_password,
            since=format_date(localize(found.since)) if found is not None else "",
            codes_left=found.codes_left if found is not None else 0,
        )
        status = more.pop("status", 422 if more.get("errors") else 200)
        return Page("factor.html", replace(page, **more), status=status, commits=status != 200)

    def setup(self, setup: str = "", **more: Any) -> Page:
        """The page with a new secret, or again with that of ``setup``."""
        request = self.request
        setup = setup or totp.new_setup(request.secret, self.id)
        secret = totp.secret_of(request.secret, self.id, setup) or ""
        # Named after the person and the site, since people have codes of many.
        address = totp.address(secret, self.account.name, request.settings.title)
        code = segno.make(address, error="m")
        picture = code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
        groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return self.page(
            part="setup", picture=Markup(picture), address=address, secret=groups, setup=setup, **more
        )

    def change(self, what: str) -> Answer:
        """Do what a form of the page asks for."""
        if what not in {"start", "confirm", "codes", "off"} or not self.request.secret.lasting:
            raise BadRequest(_("This cannot be done with a second factor."))
        if what == "confirm":
            return self.confirm()
        if what == "off" and self.roles:
            return self.page(errors={"off": self._needed()})
        refused = self._refused()
        if refused is not None:
            return refused
        if what == "start":
            return self.setup()
        if totp.factor(self.request.session, self.id) is None:
            return self.page()
        if what == "codes":
            made = totp.new_codes(self.request.session, self.id)
            self._note("recovery_codes")
            return self.page(part="codes", codes=tuple(made))
        totp.turn_off(self.request.session, self.id)
        sessions.renew(self.request.session, self.request.cookie)
        self._end_others()
        self._note("second_factor_off")
        self.request.flash(_("Your second factor is off. Logins elsewhere have ended."))
        return Redirect(self.request.urls.page("account"))

    def confirm(self) -> Page:
        """Take the new secret, once the app has shown that it has it."""
        request = self.request
        setup = request.posted("setup")
        secret = totp.secret_of(request.secret, self.id, setup)
        if secret is None:
            return self.page(errors={"setup": _("This took too long. Begin again.")})
        codes = totp.confirm(request.session, request.secret, self.id, secret, request.posted("code"))
        if codes is None:
            wrong = _("This is not the code that the app shows now. Is the clock of your phone right?")
            return self.setup(setup, errors={"code": wrong})
        page = self.page(part="codes", codes=tuple(codes))
        sessions.renew(request.session, request.cookie, factor=True)
        self._end_others()
        self._note("second_factor_on")
        return page

    def _needed(self) -> str:
        names = ", ".join(self.roles)
        return _(
            "Your role {names} asks for a second factor. You can set up another one in its place."
        ).format(names=names)

    def _refused(self) -> Page | None:
        """The page that says what is missing to prove that this is still the person; None when nothing is."""
        request, has = self.request, totp.factor(self.request.session, self.id) is not None
        if self.account.password_hash is None and not self.recent:
            return self.page(
                errors={"form": _("Log out, log in again and come back: your login is too long ago.")}
            )
        match = None
        tallies = throttle.of_known(request.secret, "factor", str(self.id))
        with throttle.trying(request.session, tallies) as made:
            right = not made.wait and (
                not self.asks_password or proven(self.account, request.posted("password"))
            )
            if right and has:
                match = totp.look(request.session, request.secret, self.id, request.posted("code"))
            if right and (match is not None or not has):
                made.succeeded()
        if made.wait:
            return self.page(errors={"form": too_soon(made.wait)}, status=429)
        if not right:
            return self.page(errors={"password": _("This is not your password.")})
        if has and (match is None or not totp.use(request.session, request.secret, match)):
            return self.page(errors={"code": wrong_code(request, self.id)})
        return None

    def _end_others(self) -> None:
        own = sessions.token_hash(self.request.cookie.id)
        sessions.revoke(self.request.session, self.id, but=own)

    def _note(self, kind: str) -> None:
        request = self.request
        user = User(self.known.name, grants=(), id=str(self.id))
        events.note(
            request.session, user, kind, "person", self.id, self.account.name, request_id=request.request_id
        )
