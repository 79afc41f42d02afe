"""Which grants there are, and which hold others."""

from __future__ import annotations

import pytest

from webadmin import User
from webadmin.auth.accounts.grants import Vocabulary, beyond, holds, parts

WORDS = Vocabulary({"orders": ("ship",), "sales.orders": (), "tags": ("a.b",)})


@pytest.mark.parametrize(
    ("grant", "key", "permission"),
    [
        ("orders.view", "orders", "view"),
        ("sales.orders.view", "sales.orders", "view"),
        ("orders.action:ship", "orders", "action:ship"),
        ("tags.action:a.b", "tags", "action:a.b"),
        ("*.view", "*", "view"),
        ("*", "", "*"),
        ("@accounts", "", "@accounts"),
        ("view", "", "view"),
    ],
)
def test_parts(grant: str, key: str, permission: str) -> None:
    """Keys and names of actions may have dots."""
    assert parts(grant) == (key, permission)


def test_what_there_is() -> None:
    """Lists, permissions and actions that are known, and what holds for all of them."""
    known = "* @accounts @database @indexes *.view *.action:ship orders.* orders.share_views orders.action:ship sales.orders.view tags.action:a.b"
    unknown = (
        "*.* view orders orders. .view *. @all orders.fly orders.action: orders.action:a.b gone.view *.fly"
    )
    assert [grant for grant in known.split(" ") if not WORDS.knows(grant)] == []
    assert [grant for grant in unknown.split(" ") if WORDS.knows(grant)] == []
    assert "orders.action:ship" in WORDS.allowed("orders.fly")
    assert "*.delete" in WORDS.allowed("*.fly")
    assert "orders.view" in WORDS.allowed("gone.view")


@pytest.mark.parametrize(
    ("grants", "held", "not_held"),
    [
        ("*", "* @accounts @database *.view orders.* orders.view orders.action:ship", "@indexes"),
        (
            "orders.*",
            "orders.* orders.view orders.action:ship",
            "* *.view tags.view sales.orders.view @accounts",
        ),
        ("*.view", "*.view orders.view", "* orders.* orders.change @accounts *.change"),
        ("orders.view", "orders.view", "* *.view orders.* orders.change sales.orders.view"),
        ("@accounts", "@accounts", "* @database @indexes *.view"),
        ("@indexes", "@indexes", "* @database *.view"),
        ("", "", "* @accounts orders.view"),
    ],
)
def test_what_holds_what(grants: str, held: str, not_held: str) -> None:
    """Whoever has the first may give the second, and can do all that it gives; the third would be a rise."""
    mine = grants.split()
    assert all(holds(mine, grant) for grant in held.split())
    assert beyond(mine, not_held.split()) == tuple(sorted(not_held.split()))
    user = User("x", grants=mine)
    for grant in held.split():
        key, permission = parts(grant)
        if "*" not in (key, permission):
            assert user.may(permission, key)
