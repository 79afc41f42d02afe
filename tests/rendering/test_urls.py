"""Addresses below the mount point."""

from __future__ import annotations

from typing import Any

import pytest

from webadmin import ModelView
from webadmin.demo.models import Order
from webadmin.options.registry import Registry
from webadmin.options.view import View
from webadmin.rendering.urls import Urls, full_path

URLS = Urls("/in/a%20place")


def view(key: str = "orders") -> View:
    registry = Registry()
    registry.add(type("OrderView", (ModelView,), {"model": Order, "key": key}))
    return registry.views[key]


def test_pages() -> None:
    """Every page's address stands below the mount point."""
    orders = view()
    assert URLS.home == "/in/a%20place/"
    assert URLS.page("login") == "/in/a%20place/login/"
    assert URLS.list(orders, "q=x") == "/in/a%20place/orders/?q=x"
    assert (
        URLS.filtered(orders, [("status", "a&b"), ("q", "é")])
        == "/in/a%20place/orders/?status=a%26b&q=%C3%A9"
    )
    assert URLS.below(orders, "add") == "/in/a%20place/orders/add/"
    assert URLS.below(orders, "rows", "after=1") == "/in/a%20place/orders/rows?after=1"
    assert URLS.action(orders, "mark-paid") == "/in/a%20place/orders/actions/mark-paid/"
    assert URLS.lookup(orders, "customer") == "/in/a%20place/orders/lookup/customer/"
    assert URLS.row(orders, "a~2Fb") == "/in/a%20place/orders/a~2Fb/"
    assert URLS.row(orders, "5", "change") == "/in/a%20place/orders/5/change/"
    assert (
        URLS.login("/in/a%20place/orders/?q=1")
        == "/in/a%20place/login/?next=%2Fin%2Fa%2520place%2Forders%2F%3Fq%3D1"
    )
    assert Urls("").list(view("größe")) == "/gr%C3%B6%C3%9Fe/"


@pytest.mark.parametrize(
    "path",
    [
        "", "orders/", "//evil.example/", "/\\evil.example/", "https://evil.example/", "javascript:alert(1)", "/other/", "/in/a%20placed/",
        "/in/a%20place/../../x", "/in/a%20place/%2e%2e/x", "/in/a%20place/%2E%2E%2F", "/in/a%20place/\r\nSet-Cookie: x", "/in/a%20place/\x00",
        "/in/a%20place/\\..\\x", "/in/a%20place",
    ],
)  # fmt: skip
def test_foreign(path: str) -> None:
    """Where to go on is never another site, nor another part of this one."""
    assert URLS.own(path) == URLS.home


@pytest.mark.parametrize(
    "path",
    [
        "/in/a%20place/",
        "/in/a%20place/orders/?q=../x",
        "/in/a%20place/orders/a..b/",
        "/in/a%20place/orders/é/",
    ],
)
def test_own(path: str) -> None:
    """An own page is taken as it is."""
    assert URLS.own(path) == path


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "//", "/x//y/"])
def test_own_at_the_root(path: str) -> None:
    """At the root too, what a browser reads as another host is not followed."""
    assert not Urls("").own(path).startswith(("//", "/\\"))


def test_full_path() -> None:
    """The request's own path, as it stands in an address."""
    scope: dict[str, Any] = {
        "path": "/in here/orders/a/",
        "root_path": "/in here",
        "raw_path": b"/in%20here/orders/a/",
    }
    assert full_path(scope) == "/in%20here/orders/a/"
    assert Urls.of(scope).root == "/in%20here"
