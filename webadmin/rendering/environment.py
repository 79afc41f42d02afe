"""Templates: where they are found, what they can call, how a page or one block of it is rendered."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any, Protocol

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
)
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from webadmin.paths import TEMPLATES
from webadmin.rendering.inline import Inline
from webadmin.rendering.output import FastEnvironment
from webadmin.rendering.shell import Shell
from webadmin.text import current_language, format_number, gettext, ngettext

_KEPT_PARTS = 128
"""Of some 40 kB each."""


class _Classes(dict[str, str]):
    """The class of a cell by its kind; one that is not named here is shown as text."""

    def __missing__(self, kind: str) -> str:
        return "wa-max"


def _translated(message: str, /, **values: Any) -> Markup:
    """``_("Remove %(name)s", name=label)``: values are escaped. Jinja's own does the same for thrice the time."""
    text = Markup(gettext(message))
    return text % values if "%" in text else text


def _translated_many(one: str, many: str, num: int, /, **values: Any) -> Markup:
    """``ngettext("%(num)d row", "%(num)d rows", count)``."""
    text = Markup(ngettext(one, many, num))
    return text % {"num": num, **values} if "%" in text else text


_GLOBALS: dict[str, Any] = {
    "_": _translated,
    "gettext": _translated,
    "ngettext": _translated_many,
    "zip": zip,
    "number": format_number,
    "cell_classes": _Classes(
        dict.fromkeys(("number", "money", "boolean", "status", "binary"), "wa-fit")
        | dict.fromkeys(("time", "interval"), "wa-fit wa-tnum")
        | dict.fromkeys(("date", "datetime"), "wa-when")
    ),
    "sort_icons": {"asc": "asc", "desc": "desc", "": "updown"},
}


class _Compiled(BytecodeCache):
    """What templates are compiled to, by name and file, for as long as their text is the same, with what it takes in.

    One for the whole process, since all environments here are made alike: a second admin does not compile them again,
    which takes a tenth of a second for each page.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType | None]] = {}

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        taken_in = environment.preprocess(source, name, filename)
        return super().get_bucket(environment, name, filename, taken_in)

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = (bucket.checksum, bucket.code)


_COMPILED = _Compiled()


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
        self.environment = FastEnvironment(
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
            bytecode_cache=_COMPILED,
        )
        self.environment.globals.update(_GLOBALS)
        self.environment.newstyle_gettext = True  # type: ignore[attr-defined]
        self._part = lru_cache(maxsize=_KEPT_PARTS)(self._render_part)

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
        icons = _icons(f"{static}/{asset_url('icons.svg')}")
        context = icons | {"page": page, "shell": shell, "asset": lambda path: f"{static}/{asset_url(path)}"}

        def kept(name: str, **parts: Any) -> Markup:
            """A part of the page, made of ``parts`` alone, which it finds as ``page``: the same ones give the same text, and
            are rendered once. A host's own template of that name has the whole context."""
            if name in self._overrides or self.environment.auto_reload:
                return Markup(self.environment.get_template(name).render(context))
            arguments = (name, static, current_language(), tuple(parts.items()))
            try:
                return self._part(*arguments)
            except TypeError:  # something in it cannot be told apart from others, such as a list
                return self._render_part(*arguments)

        context["kept"] = kept
        return context

    def _render_part(
        self, name: str, static: str, language: str, parts: tuple[tuple[str, Any], ...]
    ) -> Markup:
        icons = _icons(f"{static}/{self._asset_url('icons.svg')}")
        page = SimpleNamespace(**dict(parts))
        return Markup(self.environment.get_template(name).render(icons | {"page": page}))


@lru_cache(maxsize=64)
def _icons(sprite: str) -> dict[str, Any]:
    """What templates take pictures from, for the sprite at this address.

    ``icon(name, size="")``, where ``size`` is words of ``sm`` (14 px), ``dir`` (mirrored from right to left) and
    ``chev`` (turns when its details open); ``tones`` and ``booleans`` have the pictures of states and truth values.
    """
    classes = {"sm": "wa-i--sm", "dir": "wa-i--dir", "chev": "wa-chev"}

    @lru_cache(maxsize=512)
    def icon(name: str, size: str = "") -> Markup:
        chosen = " ".join(["wa-i", *(classes[word] for word in size.split())])
        return Markup(
            f'<svg class="{chosen}" aria-hidden="true"><use href="{escape(sprite)}#i-{escape(name)}"/></svg>'
        )

    tones = {"ok": "check", "info": "dot", "warn": "alert", "bad": "alert", "": "circle"}
    booleans = {"true": "check", "false": "x", "": "circle"}
    return {
        "icon": icon,
        "tones": defaultdict(lambda: icon("circle"), {tone: icon(name) for tone, name in tones.items()}),
        "booleans": defaultdict(
            lambda: icon("circle"), {truth: icon(name) for truth, name in booleans.items()}
        ),
    }
