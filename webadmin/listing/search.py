"""What is typed into the search box, as a condition, and marked where it was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup, escape

from webadmin.database import identity
from webadmin.database.inspection import Kind, ModelInfo
from webadmin.errors import NotFound
from webadmin.listing.fits import fits
from webadmin.listing.scope import through
from webadmin.options.attributes import Attribute
from webadmin.options.context import Context
from webadmin.options.view import ShownColumn, View

_MAX_WORDS = 16
_MARKED = 2000
"""Characters of a text in which the words are marked, and which the list then shows."""
_START, _STOP = "\x02", "\x03"
_FOUND = re.compile(f"{_START}([^{_START}{_STOP}]*){_STOP}")
_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})


def searchable(view: View) -> bool:
    """Whether there is anything to search in."""
    return view.search_vector is not None or bool(view.searchable) or _key_kind(view) is not None


def search_condition(context: Context, view: View, text: str) -> sa.ColumnElement[bool]:
    """The rows in which ``text`` is found: every word of it; or whose key it is."""
    found: list[sa.ColumnElement[bool]] = []
    if view.search_vector is not None:
        column = getattr(view.model, view.search_vector.name)
        found.append(context.dialect.search_match(column, text, prefix=True))
    elif view.searchable:
        found.append(contains_words(context, view.searchable, text))
    key = key_condition(context, view, text)
    if key is not None:
        found.append(key)
    return sa.or_(*found) if found else sa.false()


def contains_words(context: Context, attributes: Sequence[Attribute], text: str) -> sa.ColumnElement[bool]:
    """Every word of ``text`` stands in one of the columns, whatever its case."""
    return sa.and_(
        *(
            sa.or_(*(_contains(context, attribute, word) for attribute in attributes))
            for word in text.split()[:_MAX_WORDS]
        )
    )


def _contains(context: Context, attribute: Attribute, word: str) -> sa.ColumnElement[bool]:
    if attribute.expression is not None and not attribute.path:
        return context.dialect.contains(attribute.expression, word)
    return through(
        context,
        attribute.model,
        attribute.path,
        lambda entity: context.dialect.contains(getattr(entity, attribute.last), word),
    )


def key_condition(context: Context, view: View, text: str) -> sa.ColumnElement[bool] | None:
    """The row whose key is the number or UUID ``text``; None when no row can have such a key."""
    return key_condition_of(context, view.info, text) if _key_kind(view) is not None else None


def key_condition_of(context: Context, info: ModelInfo, text: str) -> sa.ColumnElement[bool] | None:
    """The row of any model whose key is ``text``, written as in an address; None when no row can have such a key."""
    if any(column.kind is Kind.OTHER for column in info.key):
        return None
    try:
        values = identity.values(text, info.key_types)
    except NotFound:
        return None
    if not all(fits(context.dialect, column, value) for column, value in zip(info.key, values, strict=True)):
        return None
    model: Any = info.model
    return sa.and_(
        *(getattr(model, column.name) == value for column, value in zip(info.key, values, strict=True))
    )


def _key_kind(view: View) -> Kind | None:
    key = view.info.key
    if view.keyless or len(key) != 1 or key[0].kind not in {Kind.INTEGER, Kind.UUID}:
        return None
    return key[0].kind


class Highlights:
    """Where the words were found, in the displayed texts."""

    def __init__(self, context: Context, view: View, columns: Sequence[ShownColumn], text: str) -> None:
        names = [shown.name for shown in columns if _markable(shown)] if text else []
        self.active = bool(names)
        self.expressions: dict[str, Any] = {}
        """To be selected beside the rows, by the column's name."""
        vector = view.search_vector
        if vector is not None and not view.keyless:
            column = getattr(view.model, vector.name)
            for name in names:
                marked = context.dialect.search_highlight(getattr(view.model, name), column, text)
                if marked is not None:
                    self.expressions[name] = marked
        self._names = [name for name in names if name not in self.expressions]
        words = sorted({re.escape(word) for word in re.findall(r"\w+", text)}, key=len, reverse=True)
        self._pattern = re.compile("|".join(words[:_MAX_WORDS]), re.IGNORECASE) if words else None

    def of(self, row: Any, marked: dict[str, Any]) -> dict[str, Markup]:
        """The texts of ``row`` that have something to mark, by column, escaped, with ``<mark>``.

        :param marked: what :attr:`expressions` gave for the row.
        """
        texts = {name: text for name in self.expressions if isinstance(text := marked.get(name), str)}
        if self._pattern is not None:
            for name in self._names:
                text = getattr(row, name, None)
                if isinstance(text, str):
                    texts[name] = self._marked(text)
        return {name: _markup(text) for name, text in texts.items() if _START in text}

    def _marked(self, text: str) -> str:
        assert self._pattern is not None
        marked = self._pattern.sub(lambda found: f"{_START}{found.group()}{_STOP}", text[:_MARKED])
        return marked if len(text) <= _MARKED else marked + "…"


def _markable(shown: ShownColumn) -> bool:
    attribute = shown.attribute
    column = attribute.column
    return column is not None and not attribute.path and column.kind in _TEXTS and shown.formatter is None


def _markup(text: str) -> Markup:
    # A text may hold these characters by itself: what is no pair is left out, so that every <mark> is closed.
    marked = _FOUND.sub(r"<mark>\1</mark>", str(escape(text)))
    return Markup(marked.replace(_START, "").replace(_STOP, ""))
