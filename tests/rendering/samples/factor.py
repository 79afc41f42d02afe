"""Pages of the second factor, and of logging in and out at another place."""

from __future__ import annotations

from markupsafe import Markup

from webadmin.views.factor import FactorPage
from webadmin.views.oidc import LeftPage
from webadmin.views.second import SecondPage

_HERE = "/admin/account/second/"


def second_page() -> SecondPage:
    """After a wrong code."""
    return SecondPage("Lena <b>", "/admin/login/second/", "/admin/orders/", "This code is not right.")


def bare_second_page() -> SecondPage:
    return SecondPage("lena", "/admin/login/second/", "/admin/", "")


def factor_page() -> FactorPage:
    """A step of the login, after a wrong code."""
    return FactorPage(
        _HERE,
        "/admin/orders/",
        "setup",
        True,
        ("keeper <b>", "clerk"),
        True,
        picture=Markup('<svg viewBox="0 0 1 1"><path d="M0 0h1"/></svg>'),
        address="otpauth://totp/Shop:lena?secret=ABCDEFGH",
        secret="ABCD EFGH",
        setup="sealed",
        errors={"code": "Wrong.", "form": "Wait."},
    )


def bare_factor_page() -> FactorPage:
    return FactorPage(_HERE, "", "off", False, (), True)


def left_page() -> LeftPage:
    return LeftPage("Fernhill <b>", "https://login.example.com/session/end", "/admin/login/")
