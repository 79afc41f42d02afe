"""One's own account: how pages look and which zone times are in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from babel.core import get_global

from webadmin.auth.accounts import store, totp
from webadmin.auth.accounts.own import account_id
from webadmin.auth.accounts.sessions import ENROL
from webadmin.errors import BadRequest
from webadmin.forms.controls import Choice
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import format_ago, format_date, humanize, localize
from webadmin.text import gettext as _
from webadmin.views import password, sessions

_REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@dataclass(frozen=True, slots=True)
class AccountLink:
    """A page on which people look after their own login."""

    label: str
    url: str
    help: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    user_name: str
    action_url: str
    themes: tuple[Choice, ...]
    densities: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    shortcuts: bool
    """Whether single-key shortcuts are on."""
    next: str
    """Own path to go back to."""
    links: Sequence[AccountLink] = ()
    rights_url: str = ""
    """What the person may do, and why."""


_THEMES = (("system", "Like the system"), ("light", "Light"), ("dark", "Dark"))
_DENSITIES = (("comfortable", "Comfortable"), ("compact", "Compact"))
_ALLOWED = {
    "theme": {"system", "light", "dark"},
    "density": {"comfortable", "compact"},
    "shortcuts": {"on", "off"},
}


def account(request: AdminRequest) -> Answer:
    """Show and keep how pages look for this person, in the signed cookie."""
    if request.method == "POST":
        _keep(request)
        if request.posted("zone"):  # the page's own form; switches elsewhere are seen to act at once
            request.flash(_("Your settings were saved."))
        return Redirect(
            request.urls.own(request.posted("next"))
            if request.posted("next")
            else request.urls.page("account")
        )
    kept = request.cookie.preferences
    zone = kept.get("zone", request.settings.time_zone)
    return Page(
        "account.html",
        AccountPage(
            user_name=request.user.full_name or request.user.name,
            action_url=request.urls.page("account"),
            themes=_choices(_THEMES, kept.get("theme", "system")),
            densities=_choices(_DENSITIES, kept.get("density", "comfortable")),
            zones=tuple(Choice(name, name.replace("_", " "), selected=name == zone) for name in zone_names()),
            shortcuts=kept.get("shortcuts", "on") == "on",
            next=request.urls.own(request.value("next")) if request.value("next") else "",
            links=tuple(_links(request)),
            rights_url=request.urls.page("account/rights"),
        ),
    )


def _links(request: AdminRequest) -> Iterator[AccountLink]:
    id = account_id(request.identity, request.user)
    account = store.get(request.session, id) if id is not None else None
    if account is None:
        return
    if account.password_changed_at is not None:
        ago = format_ago(account.password_changed_at)
        yield AccountLink(
            _("Password"), request.urls.page(password.STEP), _("Changed {when}.").format(when=ago)
        )
    found = totp.factor(request.session, account.id)
    state = _("On since {day}.").format(day=format_date(localize(found.since))) if found else _("Off.")
    yield AccountLink(_("Second factor"), request.urls.page(ENROL), state)
    yield AccountLink(
        _("Sessions"), request.urls.page(sessions.PAGE), _("Where you are logged in, to be ended there.")
    )


def _keep(request: AdminRequest) -> None:
    for name, allowed in _ALLOWED.items():
        value = request.posted(name)
        if value and value not in allowed:
            raise BadRequest(
                _("{name} is one of {allowed}.").format(
                    name=humanize(name), allowed=", ".join(sorted(allowed))
                )
            )
        if value:
            request.cookie.prefer(name, value)
    zone = request.posted("zone")
    if zone:
        if zone not in zone_names():
            raise BadRequest(_("There is no time zone of that name."))
        request.cookie.prefer("zone", zone)


def _choices(known: tuple[tuple[str, str], ...], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, _(label), selected=value == chosen) for value, label in known)


def zone_names() -> tuple[str, ...]:
    """The names of zones that a person can choose from, sorted, UTC first."""
    return ("UTC", *sorted(name for name in get_global("zone_territories") if name.startswith(_REGIONS)))
