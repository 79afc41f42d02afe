"""The frame around every page."""

from __future__ import annotations

from typing import Any

from webadmin.rendering.shell import Link, LinkGroup, Message, Shell


def shell(**changes: Any) -> Shell:
    """The frame as a person of the demo's shop sees it."""
    given: dict[str, Any] = {
        "title": "Fernhill Shop",
        "home_url": "/admin/",
        "navigation": (
            LinkGroup(
                "Sales",
                (
                    Link("Orders", "/admin/orders/", True, "/admin/orders/add/"),
                    Link("Order lines", "/admin/order_lines/", False, "/admin/order_lines/add/"),
                ),
            ),
            LinkGroup(
                "Catalogue",
                (
                    Link("Products", "/admin/products/", False, "/admin/products/add/"),
                    Link("Categories", "/admin/categories/"),
                    Link("Tags", "/admin/tags/"),
                ),
            ),
            LinkGroup(
                "People", (Link("Customers", "/admin/customers/"), Link("Staff notes", "/admin/staff_notes/"))
            ),
        ),
        "messages": (
            Message("Order A-1048791 was deleted.", "ok", "/admin/orders/9/restore/", "Restore", True),
            Message("Saved.", "ok", "/admin/orders/8/", "Open"),
        ),
        "csrf_token": "c5rf-t0ken",
        "user_name": "Lena Ortiz",
        "logout_url": "/admin/logout/",
        "account_url": "/admin/account/",
        "static_url": "/admin/static",
        "changes_url": "/admin/changes/",
        "people": Link("People and roles", "/admin/account/people/"),
    }
    return Shell(**(given | changes))


def bare_shell(**changes: Any) -> Shell:
    """The frame of somebody who is not logged in."""
    given: dict[str, Any] = {
        "navigation": (),
        "messages": (),
        "user_name": "",
        "logout_url": None,
        "account_url": None,
        "changes_url": None,
        "people": None,
    }
    return shell(**(given | changes))
