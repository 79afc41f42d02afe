"""Addresses below the mount point. The only place that puts them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote, urlencode

from webadmin.options.view import View
from webadmin.rendering.mount import encode, locate

_quoted = lru_cache(maxsize=4096)(quote)


@dataclass(frozen=True, slots=True)
class Urls:
    """:param root: the mount point as it stands in addresses, without the trailing slash; empty at the root."""

    root: str

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> Urls:
        """The addresses of the admin that answers a request."""
        return cls(encode(locate(scope)[0]))

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
        return self._with(f"{self.root}/{_quoted(view.key)}/", query)

    def filtered(self, view: View, pairs: Iterable[tuple[str, str]]) -> str:
        """The list narrowed by query parameters."""
        return self.list(view, urlencode(list(pairs)))

    def below(self, view: View, name: str, query: str = "") -> str:
        """A page of the list itself: ``rows`` (no trailing slash), ``add``, ``explain``, ``export``, ``import``."""
        slash = "" if name == "rows" else "/"
        return self._with(f"{self.root}/{_quoted(view.key)}/{name}{slash}", query)

    def action(self, view: View, name: str) -> str:
        return f"{self.root}/{_quoted(view.key)}/actions/{quote(name)}/"

    def lookup(self, view: View, field: str) -> str:
        return f"{self.root}/{_quoted(view.key)}/lookup/{quote(field)}/"

    def facets(self, view: View, name: str, query: str = "") -> str:
        return self._with(f"{self.root}/{_quoted(view.key)}/facets/{quote(name)}/", query)

    def row(self, view: View, id: str, page: str = "") -> str:
        """A row's page: detail, or ``change``, ``delete``, ``restore``, ``purge``, ``history``. ``id`` is encoded."""
        tail = f"{page}/" if page else ""
        return f"{self.root}/{_quoted(view.key)}/{id}/{tail}"

    def cell(self, view: View, id: str, field: str) -> str:
        """The form of one cell of a row; ``id`` is encoded."""
        return f"{self.row(view, id, 'cell')}{quote(field)}/"

    def explained(self, view: View, path: str) -> str:
        """The page with the statements of the page at ``path``, which stands below the list of ``view`` or is it."""
        own = self.list(view)
        return f"{own}explain/{path.removeprefix(own)}"

    def unexplained(self, view: View, path: str) -> str:
        """The other way round: the page that ``path`` tells the statements of."""
        own = self.list(view)
        return own + path.removeprefix(f"{own}explain/")

    def change(self, id: object, page: str = "") -> str:
        """A change of the history, or its ``undo``."""
        tail = f"{page}/" if page else ""
        return f"{self.root}/changes/{id}/{tail}"

    def file(self, view: View, id: str, name: str) -> str:
        """The file of one of a row's columns. ``id`` is encoded."""
        return f"{self.row(view, id)}file/{quote(name)}/"

    @staticmethod
    def _with(path: str, query: str) -> str:
        return f"{path}?{query}" if query else path

    def login(self, next: str = "", step: str = "login") -> str:
        """The login page, or a later ``step`` of it, that leads on to ``next``, an own path."""
        return self._with(self.page(step), urlencode({"next": next}) if next else "")

    def own(self, path: str) -> str:
        """``path`` when it lies below the mount point of this very admin, else the home page: never another site."""
        inside = path.startswith(f"{self.root}/")
        plain = "\\" not in path and all(char.isprintable() for char in path)
        upwards = ".." in unquote(path.partition("?")[0]).split("/")
        return path if inside and plain and not upwards and not path.startswith("//") else self.home


def full_path(scope: Mapping[str, Any]) -> str:
    """The request's path as it stands in an address, mount point included, whichever framework mounted the admin."""
    return encode("".join(locate(scope)))
