"""Templates: where they are found, what they can call, how a page or one block of it is rendered."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from webadmin.paths import TEMPLATES
from webadmin.rendering.inline import Inline
from webadmin.rendering.shell import Shell
from webadmin.text import format_number, gettext, ngettext


class _Classes(dict[str, str]):
    """The class of a cell by its kind; one that is not named here is shown as text."""

    def __missing__(self, kind: str) -> str:
        return "wa-max"


_GLOBALS: dict[str, Any] = {
    "zip": zip,
    "number": format_number,
    "cell_classes": _Classes(
        dict.fromkeys(("number", "money", "time", "interval"), "wa-num")
        | dict.fromkeys(("boolean", "status", "binary"), "wa-fit")
        | dict.fromkeys(("date", "datetime"), "wa-when")
    ),
    "tone_icons": {
        "ok": "check",
        "info": "dot",
        "warn": "alert",
        "bad": "alert",
        "": "circle",
        "none": "circle",
    },
    "boolean_icons": {"true": "check", "false": "x", "": "circle"},
    "sort_icons": {"asc": "asc", "desc": "desc", "": "updown"},
}


class AssetUrls(Protocol):
    """Knows the path of a static file below the static address: ``css/webadmin.1a2b3c.css``."""

    def url(self, path: str, /) -> str: ...


class Renderer:
    """Renders templates, a host's before ours.

    :param assets: where static files are found.
    :param templates_dir: the host's folder of overrides. ``list.html`` in it replaces ours for every model,
        ``orders/list.html`` for the model of that key; both can extend ``webadmin/list.html``.
    :param auto_reload: look for changed templates at each request; for work on templates.
    """

    def __init__(
        self, assets: AssetUrls, templates_dir: str | Path | None = None, *, auto_reload: bool = False
    ) -> None:
        ours = FileSystemLoader(TEMPLATES)
        self._host = FileSystemLoader(templates_dir) if templates_dir is not None else None
        self._overrides = frozenset(self._host.list_templates()) if self._host is not None else frozenset()
        self._asset_url = assets.url
        self.environment = Environment(
            loader=ChoiceLoader(
                [*([self._host] if self._host else []), ours, PrefixLoader({"webadmin": ours})]
            ),
            extensions=["jinja2.ext.i18n", Inline],
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=auto_reload,
            cache_size=-1,
        )
        self.environment.globals.update(_GLOBALS)
        self.environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]

    def page(self, template: str, page: Any, shell: Shell, *, key: str = "") -> str:
        """The whole of ``template`` for its context ``page``; ``key`` is the model's, for its own override."""
        return self._template(template, key).render(self._context(page, shell))

    def block(self, template: str, block: str, page: Any, shell: Shell, *, key: str = "") -> str:
        """One block of ``template``, as it stands in the page. Raises KeyError for a block that it does not have.

        A block sees the context alone: what a template sets outside of it does not exist here.
        """
        found = self._template(template, key)
        return "".join(found.blocks[block](found.new_context(self._context(page, shell))))

    def _template(self, name: str, key: str) -> Template:
        own = f"{key}/{name}"
        if key and (own in self._overrides or (self.environment.auto_reload and self._exists(own))):
            return self.environment.get_template(own)
        return self.environment.get_template(name)

    def _exists(self, name: str) -> bool:
        return self._host is not None and name in self._host.list_templates()

    def _context(self, page: Any, shell: Shell) -> dict[str, Any]:
        static, asset_url = shell.static_url, self._asset_url
        return {
            "page": page,
            "shell": shell,
            "icon": _icons(f"{static}/{asset_url('icons.svg')}"),
            "asset": lambda path: f"{static}/{asset_url(path)}",
        }


@lru_cache(maxsize=64)
def _icons(sprite: str) -> Callable[..., Markup]:
    """``icon(name, size="")`` for the sprite at this address; ``size`` is words of ``sm`` (14 px), ``dir`` (mirrored
    from right to left) and ``chev`` (turns when its details open)."""
    classes = {"sm": "wa-i--sm", "dir": "wa-i--dir", "chev": "wa-chev"}

    @lru_cache(maxsize=512)
    def icon(name: str, size: str = "") -> Markup:
        chosen = " ".join(["wa-i", *(classes[word] for word in size.split())])
        return Markup(
            f'<svg class="{chosen}" aria-hidden="true"><use href="{escape(sprite)}#i-{escape(name)}"/></svg>'
        )

    return icon
