"""Where the admin stands: the mount point as the browser sees it, whatever mounted it and whatever stands before it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

SAFE = "/~,:@!$'()*=+&"
"""Characters that stand for themselves in an address's path. Not ``;``, which ends a cookie's path."""


def locate(scope: Mapping[str, Any]) -> tuple[str, str]:
    """The mount point (decoded, no slash at its end, empty at the root) and the path below it.

    Servers and frameworks do not agree on ``path`` and ``root_path``:

    - by the ASGI specification ``path`` begins with ``root_path`` (Starlette, uvicorn with ``--root-path``);
    - behind a proxy that takes the prefix off, with ``root_path`` set in the app alone, only a framework's own mount
      point still stands in ``path``;
    - some frameworks (Litestar) take the mount point off ``path`` and say nothing: it is what ``raw_path`` has more.
    """
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    if root:
        if (below := _after(root, path)) is not None:
            return root, below
        before: str = scope.get("app_root_path", "").rstrip("/")
        if before and (inner := _after(before, root)) and (below := _after(inner, path)) is not None:
            return root, below
    taken = _taken(scope.get("raw_path") or b"", path)
    if _after(root, taken) is not None:
        return taken, path
    return root + taken, path


def _after(prefix: str, path: str) -> str | None:
    """What follows ``prefix`` in ``path``; None when ``path`` does not lie below it."""
    return path[len(prefix) :] if path == prefix or path.startswith(f"{prefix}/") else None


def _taken(raw: bytes, path: str) -> str:
    """The part of the path as it was sent that stands no longer at the beginning of ``path``."""
    sent = re.sub("/+", "/", unquote(raw.decode("latin-1")))
    left = re.sub("/+", "/", path)
    if sent == left or left == "/":
        return sent.rstrip("/") if left == "/" else ""
    sent, left = sent.rstrip("/"), left.rstrip("/")
    return sent[: -len(left)] if sent.endswith(left) else ""


def encode(path: str) -> str:
    """A decoded path as it stands in an address; never one that a browser reads as the name of another host."""
    return quote("/" + path.lstrip("/\\") if path[:1] in {"/", "\\"} else path, safe=SAFE)
