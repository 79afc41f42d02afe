"""Follows what stands on the pages of an admin, as a person and htmx would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.pages import Page, parse

_ADDRESSES = {
    "a": ("href",),
    "link": ("href",),
    "script": ("src",),
    "img": ("src",),
    "use": ("href",),
    "form": ("action",),
    "button": ("formaction",),
    "input": ("formaction",),
}
_MOST = 80


@dataclass
class Crawl:
    """What was found: ``faults`` has a line for each address that is wrong."""

    faults: list[str] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    posts: set[str] = field(default_factory=set)
    """Actions of forms that post; they are not sent."""


def crawl(get: Callable[[str], Any], home: str, *, depth: int = 2) -> Crawl:
    """Get every address on the pages from ``home`` on, ``depth`` levels deep.

    :param get: ``get(path)`` gives an answer with ``status_code``, ``headers`` and ``text``, redirects not followed.
    :param home: the admin's first page, with its slash; every address must lie below it.
    """
    found = Crawl()
    level = [home]
    for _ in range(depth + 1):
        following: list[str] = []
        for address in level:
            if address in found.pages or address in found.files or len(found.pages) > _MOST:
                continue
            answer = get(address)
            _check(answer, address, home, found)
            if "text/html" not in answer.headers.get("content-type", ""):
                found.files.add(address)
                continue
            page = found.pages[address] = parse(answer.text) if answer.text.strip() else Page(None)
            for kind, value in _addresses(page):
                target = urljoin(address, value).partition("#")[0]
                if not urlsplit(target).path.startswith(home):
                    found.faults.append(f"{address}: {kind} leads to {value}")
                elif kind == "post":
                    found.posts.add(target)
                else:
                    following.append(target)
        level = list(dict.fromkeys(following))
    return found


def _check(answer: Any, address: str, home: str, found: Crawl) -> None:
    if answer.status_code != 200:
        found.faults.append(f"{address}: {answer.status_code} {answer.headers.get('location', '')}")
    for header in answer.headers.get_list("set-cookie"):
        for morsel in SimpleCookie(header).values():
            if morsel["path"] != (home.rstrip("/") or "/"):
                found.faults.append(f"{address}: cookie for {morsel['path']}")
    if "content-security-policy" not in answer.headers:
        found.faults.append(f"{address}: no security headers")


def _addresses(page: Page) -> Iterator[tuple[str, str]]:
    if page.root is None:
        return
    for element in page.root.iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.lower()
        for attribute in (*_ADDRESSES.get(tag, ()), "hx-get", "data-icons", "data-next"):
            value = element.get(attribute)
            if value is None or value.startswith("#"):
                continue
            posts = tag == "form" and (element.get("method") or "get").lower() == "post"
            yield "post" if posts or attribute == "formaction" else f"{tag} {attribute}", value
        if (posted := element.get("hx-post")) is not None:
            yield "post", posted
