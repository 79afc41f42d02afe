"""Addresses below the mount point. The only place that puts them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from webadmin.options.view import View


@dataclass(frozen=True, slots=True)
class Urls:
    """:param root: the mount point as the browser sees it, without the trailing slash; empty at the root."""

    root: str

    @property
    def home(self) -> str:
        return f"{self.root}/"

    @property
    def static(self) -> str:
        return f"{self.root}/static"

    def page(self, name: str) -> str:
        """One of the pages that belong to no model: ``login``, ``logout``, ``account``, …"""
        return f"{self.root}/{name}/"

    def list(self, view: View, query: str = "") -> str:
        return self._with(f"{self.root}/{quote(view.key)}/", query)

    def filtered(self, view: View, pairs: Iterable[tuple[str, str]]) -> str:
        """The list narrowed by query parameters."""
        return self.list(view, urlencode(list(pairs)))

    def below(self, view: View, name: str, query: str = "") -> str:
        """A page of the list itself: ``rows`` (no trailing slash), ``add``, ``explain``, ``export``, ``import``."""
        slash = "" if name == "rows" else "/"
        return self._with(f"{self.root}/{quote(view.key)}/{name}{slash}", query)

    def action(self, view: View, name: str) -> str:
        return f"{self.root}/{quote(view.key)}/actions/{quote(name)}/"

    def lookup(self, view: View, field: str) -> str:
        return f"{self.root}/{quote(view.key)}/lookup/{quote(field)}/"

    def row(self, view: View, id: str, page: str = "") -> str:
        """A row's page: detail, or ``change``, ``delete``, ``restore``, ``purge``, ``history``. ``id`` is encoded."""
        tail = f"{page}/" if page else ""
        return f"{self.root}/{quote(view.key)}/{id}/{tail}"

    @staticmethod
    def _with(path: str, query: str) -> str:
        return f"{path}?{query}" if query else path

    def login(self, next: str = "") -> str:
        """The login page that leads on to ``next``, an own path."""
        return self._with(f"{self.root}/login/", urlencode({"next": next}) if next else "")

    def own(self, path: str) -> str:
        """``path`` when it lies below the mount point of this very admin, else the home page: never another site."""
        inside = path == self.root or path.startswith(f"{self.root}/")
        safe = (
            inside
            and not path.startswith("//")
            and "\\" not in path
            and not any(ord(char) < 32 for char in path)
        )
        return path if safe else self.home


def full_path(scope: Mapping[str, Any]) -> str:
    """The request's path as the browser has it, mount point included, whichever framework mounted the admin."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    return path if path == root or path.startswith(f"{root}/") else root + path
