"""The files that a page loads: style sheets and scripts as one bundle each, icons, htmx.

A page links an address that carries a hash of the content, so that a browser may keep the file for a year. Nothing
is written to disk and no toolchain is needed: the bundles are made from ``static/`` once per process.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Scope

from webadmin.paths import STATIC

_CSS_IMPORT = re.compile(r'^@import "(?P<file>[\w-]+\.css)";\n', re.MULTILINE)
_JS_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./(?P<file>[\w-]+\.js)";\n', re.MULTILINE)
_JS_EXPORT = re.compile(r"^export (?=(?:async )?function |const |class )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    body: bytes
    gzip: bytes
    """The body compressed; the body itself when that would not make it smaller."""
    content_type: str
    etag: str
    """In quotes, as the header wants it."""
    immutable: bool
    """Asked for by an address with the right hash: may be kept for a year. Else the browser should ask again."""


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    packed: bytes
    content_type: str
    hash: str


class Assets:
    """Knows the addresses of the files and answers for them. All instances share the files of the process."""

    def names(self) -> tuple[str, ...]:
        """The names of all files, as :meth:`url` takes them."""
        return tuple(_files())

    def url(self, name: str, /) -> str:
        """The address of a file below the static address, with the hash of its content:
        ``css/webadmin.css`` is ``css/webadmin.1f0c9a2b7d.css``.

        Raises KeyError for a file that does not exist: a slip in a template.
        """
        stem, dot, suffix = name.rpartition(".")
        return f"{stem}.{_files()[name].hash}{dot}{suffix}"

    def get(self, path: str) -> Asset | None:
        """The file at an address below the static address, with a hash in it or without; None when there is none.

        Only the files that :meth:`names` lists are found, so no path leads outside of the folder.
        """
        files = _files()
        found, immutable = files.get(path), False
        if found is None:
            stem, dot, suffix = path.rpartition(".")
            name, _, given = stem.rpartition(".")
            found = files.get(f"{name}{dot}{suffix}")
            # a page from before an upgrade may ask for an older hash: it gets the present file, and does not keep it
            if found is None or re.fullmatch("[0-9a-f]{10}", given) is None:
                return None
            immutable = found.hash == given
        return Asset(found.body, found.packed, found.content_type, f'"{found.hash}"', immutable)

    def response(self, path: str, scope: Scope) -> Response:
        """The answer to a request for a file: compressed where the browser takes that, 304 when it has the file,
        404 when there is none, 405 for a method that changes things."""
        if scope["method"] not in {"GET", "HEAD"}:
            return PlainTextResponse("Only GET and HEAD", 405, {"Allow": "GET, HEAD"})
        asset = self.get(path)
        if asset is None:
            return PlainTextResponse("There is no such file", 404)
        headers = Headers(scope=scope)
        packed = len(asset.gzip) < len(asset.body) and "gzip" in headers.get("accept-encoding", "")
        # a compressed body is other bytes: it has a tag of its own
        etag = f'{asset.etag[:-1]}-gzip"' if packed else asset.etag
        sent = {
            "ETag": etag,
            "Vary": "Accept-Encoding",
            "Cache-Control": "public, max-age=31536000, immutable" if asset.immutable else "no-cache",
        }
        if etag in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=sent)
        if packed:
            sent["Content-Encoding"] = "gzip"
        return Response(asset.gzip if packed else asset.body, headers=sent, media_type=asset.content_type)


def _bundle_css() -> str:
    """``css/index.css`` with each file in the place of its import."""
    folder = STATIC / "css"
    return _CSS_IMPORT.sub(lambda found: _text(folder / found["file"]), _text(folder / "index.css"))


def _bundle_js() -> str:
    """``js/index.js`` and all that it imports as one module.

    What a file exports stands in the bundle as it is; a file without exports is a block of its own, so that its
    names cannot meet another's.
    """
    folder = STATIC / "js"
    parts: dict[str, str] = {}

    def add(name: str) -> None:
        source = _text(folder / name)
        parts[name] = ""  # taken, also while its own imports are followed
        for found in _JS_IMPORT.finditer(source):
            if found["file"] not in parts:
                add(found["file"])
        body = _JS_IMPORT.sub("", source)
        plain = _JS_EXPORT.sub("", body)
        del parts[name]  # after what it imports
        parts[name] = plain if plain != body else f"{{\n{body}}}\n"

    add("index.js")
    return "".join(parts.values())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


_SOURCES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "css/webadmin.css": ("text/css; charset=utf-8", lambda: _bundle_css().encode()),
    "js/webadmin.js": ("text/javascript; charset=utf-8", lambda: _bundle_js().encode()),
    "vendor/htmx.min.js": (
        "text/javascript; charset=utf-8",
        lambda: (STATIC / "vendor" / "htmx.min.js").read_bytes(),
    ),
    "icons.svg": ("image/svg+xml", lambda: (STATIC / "icons.svg").read_bytes()),
    "favicon.svg": ("image/svg+xml", lambda: (STATIC / "favicon.svg").read_bytes()),
}


@lru_cache(maxsize=1)
def _files() -> dict[str, _File]:
    return {name: _file(content_type, read()) for name, (content_type, read) in _SOURCES.items()}


def _file(content_type: str, body: bytes) -> _File:
    packed = gzip.compress(body, 9, mtime=0)
    return _File(
        body,
        packed if len(packed) < len(body) else body,
        content_type,
        hashlib.sha256(body).hexdigest()[:10],
    )
