"""Where the words of a search were found, marked in what a list shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy.exc import CompileError

from webadmin.database.inspection import Kind
from webadmin.dialects.search import START, STOP, wanted_words
from webadmin.listing.loading import label_of
from webadmin.listing.search import Asked, asked, vector
from webadmin.options.attributes import Attribute
from webadmin.options.context import Context
from webadmin.options.labels import RowLabel
from webadmin.options.view import ShownColumn, View

_MAX_WORDS = 16
_MARKED = 2000
"""Characters of a text in which the words are marked, and which the list then shows."""
_AROUND = 60
"""Characters that a piece has before and after what was found."""
_MOST_PIECES = 4
_FOUND = re.compile(f"{START}([^{START}{STOP}]*){STOP}")
_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})


class Highlights:
    """Where the words were found: in the displayed texts, else in a piece of another one."""

    def __init__(self, context: Context, view: View, columns: Sequence[ShownColumn], text: str) -> None:
        self.expressions: dict[str, Any] = {}
        """To be selected beside the rows, by name."""
        self.active = bool(text)
        self._marked_here: dict[str, Attribute] = {}
        self._pieces: dict[str, str] = {}
        self._labels: dict[str, tuple[Attribute, RowLabel]] = {}
        self._pattern: re.Pattern[str] | None = None
        if text:
            self._prepare(context, view, columns, text)

    def _prepare(self, context: Context, view: View, columns: Sequence[ShownColumn], text: str) -> None:
        meant = asked(context, view, text)
        indexed = meant.query is not None
        self._pattern = _pattern(wanted_words(text) if indexed else text.split())
        shown = [column for column in columns if _markable(column)]
        by_database = indexed and meant.index is None and not view.keyless
        for column in shown:
            attribute = column.attribute
            if by_database and not attribute.path:
                self.expressions[column.name] = self._by_database(
                    context, view, meant, column.name, piece=False
                )
            else:
                self._marked_here[column.name] = attribute
        if not indexed:
            self._mark_labels(context, view, columns)
        if view.keyless or meant.common:
            return
        names = {column.name for column in shown}
        for name in hidden_texts(view, meant)[:_MOST_PIECES]:
            if name not in names:
                label = f"piece_{name}"
                self._pieces[label] = view.label_of(name)
                self.expressions[label] = (
                    self._by_database(context, view, meant, name, piece=True)
                    if by_database
                    else getattr(view.model, name)
                )

    def _mark_labels(self, context: Context, view: View, columns: Sequence[ShownColumn]) -> None:
        """The names of related rows, where the search looks through them too."""
        related = {attribute.path[0].name for attribute in view.searchable if attribute.path}
        for column in columns:
            relation = column.attribute.relation
            own = relation is not None and relation.name in related and not column.attribute.path
            if own and relation is not None and column.formatter is None:
                self._labels[column.name] = column.attribute, label_of(context, relation.target)

    def _by_database(self, context: Context, view: View, meant: Asked, name: str, *, piece: bool) -> Any:
        assert meant.query is not None
        return context.dialect.search_marked(
            getattr(view.model, name), vector(view), meant.query, piece=piece
        )

    def of(self, row: Any, beside: Mapping[str, Any]) -> dict[str, Markup]:
        """The texts of ``row`` that have something to mark, by column, escaped, with ``<mark>``.

        :param beside: what :attr:`expressions` gave for the row.
        """
        texts = {
            name: text
            for name in self.expressions
            if name not in self._pieces and isinstance(text := beside.get(name), str)
        }
        for name, attribute in self._marked_here.items():
            text = attribute.value(row)
            if isinstance(text, str):
                texts[name] = self._marked(text)
        for name, (attribute, label) in self._labels.items():
            related = attribute.value(row)
            if related is not None:
                texts[name] = self._marked(label(related))
        return {name: _markup(text) for name, text in texts.items() if START in text}

    def piece(self, beside: Mapping[str, Any]) -> tuple[str, Markup] | None:
        """For a row in which nothing that is shown was marked: the label of another text, and a piece of it, marked."""
        for name, label in self._pieces.items():
            text = beside.get(name)
            if isinstance(text, str):
                marked = text if START in text else self._cut(text)
                if START in marked:
                    return label, _markup(marked)
        return None

    def _marked(self, text: str) -> str:
        if self._pattern is None:
            return text
        marked = self._pattern.sub(lambda found: f"{START}{found.group()}{STOP}", text[:_MARKED])
        return marked if len(text) <= _MARKED else marked + "…"

    def _cut(self, text: str) -> str:
        """``text`` around the first place where something was found, marked."""
        found = self._pattern.search(text) if self._pattern is not None else None
        if found is None:
            return text
        start = max(0, found.start() - _AROUND)
        # Not in the middle of a word.
        start = text.rfind(" ", 0, start) + 1 if start else 0
        stop = text.find(" ", min(found.end() + _AROUND, len(text)))
        stop = len(text) if stop < 0 else stop
        return ("… " if start else "") + self._marked(text[start:stop]) + (" …" if stop < len(text) else "")


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Finds any of ``words``, the longest one first."""
    escaped = sorted({re.escape(word) for word in words}, key=len, reverse=True)
    return re.compile("|".join(escaped[:_MAX_WORDS]), re.IGNORECASE) if escaped else None


def hidden_texts(view: View, meant: Asked) -> list[str]:
    """Names of the row's own texts that are searched, and that this view shows somewhere."""
    if meant.index is not None:
        searched = {name.casefold() for name in meant.index.columns}
    elif meant.query is not None:
        searched = _source_columns(view)
    else:
        searched = {attribute.name.casefold() for attribute in view.searchable if not attribute.path}
        searched |= _source_columns(view) if view.search_vector is not None else set()
    found: list[str] = []
    for name, column in view.all_columns.items():
        info = column.attribute.column
        own = info is not None and not column.attribute.path and info.kind in _TEXTS
        # A formatter may show a text in part, of which a piece would show the rest.
        own = own and column.formatter is None
        if own and info is not None and {info.column.name.casefold(), name.casefold()} & searched:
            found.append(name)
    return found


def shows_sources(view: View, meant: Asked) -> bool:
    """Whether every text that the search column is computed from is shown somewhere as it is; not where nobody can tell
    what it is made of."""
    sources = _source_columns(view)
    columns = {info.column.name.casefold(): name for name, info in view.info.columns.items()}
    made_of = {columns[name] for name in sources if name in columns}
    return bool(made_of) and made_of <= set(hidden_texts(view, meant))


def _source_columns(view: View) -> set[str]:
    """The names that stand in the expression that the search column is computed from."""
    if view.search_vector is None or view.search_vector.column is None:
        return set()
    computed = view.search_vector.column.column.computed
    if computed is None:
        return set()
    try:
        sql = str(computed.sqltext.compile())
    except CompileError:
        return set()
    return {name.casefold() for name in re.findall(r"\w+", re.sub(r"'(?:[^']|'')*'", " ", sql))}


def _markable(shown: ShownColumn) -> bool:
    column = shown.attribute.column
    return column is not None and column.kind in _TEXTS and shown.formatter is None


def _markup(text: str) -> Markup:
    # A text may hold these characters by itself: what is no pair is left out, so that every <mark> is closed.
    marked = _FOUND.sub(r"<mark>\1</mark>", str(escape(text)))
    return Markup(marked.replace(START, "").replace(STOP, ""))
