"""Reads a page as a person does: tables, forms, messages at fields. No test looks for text inside HTML."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from webadmin.testing import page
from webadmin.testing.page import tree, words

__all__ = ["Page", "parse", "query", "words"]


class Page(page.Page):
    """A page, with the older word for the rows of a list."""

    table = page.Page.rows


def parse(text: str | bytes) -> Page:
    """A whole page, or a fragment of one (rows alone too). Raises ValueError for an answer without any element."""
    return Page(tree(text))


def query(url: str) -> list[tuple[str, str]]:
    """The parameters of an address, in order."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)
