"""The mount point is found from what servers and frameworks say, each in its own way."""

from __future__ import annotations

from typing import Any

import pytest

from webadmin.rendering.mount import encode, locate

CASES: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "root": ({"path": "/orders/"}, ("", "/orders/")),
    "home": ({"path": "/", "raw_path": b"/"}, ("", "/")),
    "starlette": ({"path": "/admin/orders/", "root_path": "/admin"}, ("/admin", "/orders/")),
    "starlette without a slash": ({"path": "/admin", "root_path": "/admin"}, ("/admin", "")),
    "nested": ({"path": "/a/b/orders/", "root_path": "/a/b", "app_root_path": ""}, ("/a/b", "/orders/")),
    "uvicorn and starlette": (
        {"path": "/shop/admin/orders/", "root_path": "/shop/admin", "app_root_path": "/shop"},
        ("/shop/admin", "/orders/"),
    ),
    "prefix taken off, told in the app": (
        {
            "path": "/admin/orders/",
            "raw_path": b"/admin/orders/",
            "root_path": "/shop/admin",
            "app_root_path": "/shop",
        },
        ("/shop/admin", "/orders/"),
    ),
    "prefix taken off, no framework": (
        {"path": "/orders/", "raw_path": b"/orders/", "root_path": "/shop"},
        ("/shop", "/orders/"),
    ),
    "a word that begins like the prefix": (
        {"path": "/shopping/", "raw_path": b"/shopping/", "root_path": "/shop"},
        ("/shop", "/shopping/"),
    ),
    "litestar": ({"path": "/orders/", "raw_path": b"/admin/orders"}, ("/admin", "/orders/")),
    "litestar, home": ({"path": "/", "raw_path": b"/admin"}, ("/admin", "/")),
    "litestar, doubled slashes": (
        {"path": "/x/orders/", "raw_path": b"/admin//x//orders/"},
        ("/admin", "/x/orders/"),
    ),
    "litestar, encoded": ({"path": "/a/ü/", "raw_path": b"/b%C3%BCro/a%2F%C3%BC/"}, ("/büro", "/a/ü/")),
    "litestar with uvicorn": (
        {"path": "/orders/", "raw_path": b"/shop/admin/orders/", "root_path": "/shop"},
        ("/shop/admin", "/orders/"),
    ),
    "litestar, prefix taken off": (
        {"path": "/orders/", "raw_path": b"/admin/orders/", "root_path": "/shop"},
        ("/shop/admin", "/orders/"),
    ),
    "another host's name": ({"path": "//evil/x/", "raw_path": b"//evil/x/"}, ("", "//evil/x/")),
}


@pytest.mark.parametrize("case", CASES)
def test_locate(case: str) -> None:
    """The mount point and the path below it; asked again with what was found, the answer is the same."""
    scope, expected = CASES[case]
    assert locate(scope) == expected
    root, below = expected
    assert locate({**scope, "root_path": root, "path": root + below}) == expected


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/orders/42/", "/orders/42/"),
        ("/ü/50%?#;/", "/%C3%BC/50%25%3F%23%3B/"),
        ("//evil.example/", "/evil.example/"),
        ("/\\evil.example/", "/evil.example/"),
        ("", ""),
    ],
)
def test_encode(path: str, address: str) -> None:
    """A decoded path becomes an address of this host."""
    assert encode(path) == address
