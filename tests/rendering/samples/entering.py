"""Pages of logging in and of one's own login."""

from __future__ import annotations

from webadmin.views.first import FirstPage
from webadmin.views.login import LoginPage
from webadmin.views.password import PasswordPage
from webadmin.views.sessions import Moment, SessionRow, SessionsPage
from webadmin.views.unsent import UnsentPage

_HERE = "/admin/login/"


def login_page() -> LoginPage:
    """After too many tries, with everything that can be logged in with."""
    return LoginPage(
        "Fernhill Shop",
        _HERE,
        "/admin/orders/",
        with_password=True,
        with_token=True,
        name="lena",
        wait=8,
        note="Your session has ended.",
        unsent="sealed",
        others=(("Log in with Fernhill", "/admin/login/oidc/fernhill/"),),
    )


def bare_login_page() -> LoginPage:
    return LoginPage("Fernhill Shop", _HERE, "", message="This token is not valid.", with_token=True)


def first_page() -> FirstPage:
    """After a wrong try."""
    return FirstPage(
        "Fernhill Shop", _HERE, "abc", "/admin/", "lena", 12, "Too long.", "Too short.", "Not the same."
    )


def bare_first_page() -> FirstPage:
    return FirstPage("Fernhill Shop", _HERE, "abc", "/admin/", "", 12)


def password_page() -> PasswordPage:
    """The first step of somebody new, after a wrong try."""
    url = "/admin/account/password/"
    return PasswordPage(url, "/admin/logout/", "lena", "/admin/", True, 12, 4, "Wrong.", "Short.", "Another.")


def bare_password_page() -> PasswordPage:
    return PasswordPage("/admin/account/password/", "/admin/logout/", "lena", "", False, 12)


def sessions_page() -> SessionsPage:
    """This browser and another."""
    moment = Moment("2026-03-04T12:00:00+00:00", "4 Mar 2026, 12:00", "2 hours ago")
    rows = [
        SessionRow(str(n), n == 1, "Firefox on Linux", "Mozilla/5.0 <x>", "192.0.2.7", moment, moment)
        for n in (1, 2)
    ]
    return SessionsPage("/admin/account/sessions/", rows, True, True, 0, "Not the password.")


def bare_sessions_page() -> SessionsPage:
    return SessionsPage("/admin/account/sessions/", (), False)


def unsent_page() -> UnsentPage:
    """A form with a file."""
    fields = [("_shown", "token"), ("number", "A-1"), ("note", "two\nlines <b>")]
    return UnsentPage("/admin/orders/add/", fields, [("Number", "A-1"), ("Note", "<b>")], True, "/admin/")


def bare_unsent_page() -> UnsentPage:
    return UnsentPage("/admin/orders/add/", (), (), False, "/admin/")
