"""Lists and JSON in files: as exports write them, lists also as people do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from webadmin.forms.codecs import Codec
from webadmin.forms.codecs.structured import ArrayCodec
from webadmin.forms.codecs.text import TextCodec, check_text
from webadmin.text import gettext as _
from webadmin.transfer.formats import written
from webadmin.transfer.imports.reader import Converter
from webadmin.transfer.imports.source import Exact

_SHALLOW = 50
"""Brackets."""


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


_DECODER: Any = json.JSONDecoder(parse_constant=_refuse)
_SCAN = _DECODER.scan_once
"""What json.loads does, without what it does before and after."""
_BETWEEN = re.compile(r"[\n,;]")


def list_reader(codec: Codec) -> Converter:
    """What reads a column of lists: ``["a", "b"]``, or ``a, b``, or one member a line.

    :param codec: the column's.
    """
    assert isinstance(codec, ArrayCodec)
    member = _member(codec.item)

    def one(value: Any) -> list[Any]:
        if isinstance(value, str):
            text = value.strip()
            if text.startswith("["):
                value = _loaded(text)
            else:
                value = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
        return [member(part) for part in (value if isinstance(value, list) else [value])]

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        if type(codec.item) is not TextCodec or codec.item.maxlength is not None:
            return None
        found = _scanned(values, texts, "[")
        if found is None or any(set(map(type, value)) - {str} for value in found if value is not None):
            return None
        return found

    return Converter(one, quick, shared=False)


def _member(item: Codec) -> Callable[[Any], Any]:
    exactly = type(item) is TextCodec and item.maxlength is None

    def member(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, list | dict):
            raise ValueError(_("This is a list of lists; here stands a list of single values."))
        text = value if isinstance(value, str) else value.text if isinstance(value, Exact) else written(value)
        if not exactly:
            return item.parse(text)
        check_text(text)  # line ends stay what they are
        return text

    return member


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Exact)
    except (ValueError, RecursionError):
        raise ValueError(_('This is no list: write a, b or ["a", "b"].')) from None


def json_reader(codec: Codec, *, as_text: bool) -> Converter:
    """What reads a column of JSON.

    :param codec: the column's.
    :param as_text: the file holds texts of JSON, and not JSON itself.
    """

    def one(value: Any) -> Any:
        if as_text and isinstance(value, str):
            return codec.parse(value)
        try:
            text = json.dumps(value, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):
            raise ValueError(_("This is no JSON.")) from None
        return codec.parse(text)

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        return _scanned(values, texts, "{") if as_text else None

    return Converter(one, quick, shared=False)


def _scanned(values: Sequence[Any], texts: Sequence[str], first: str) -> list[Any] | None:
    """The JSON of a column, each text of which begins with ``first``; None where one of them has to be looked at closely."""
    joined = "".join(texts)
    # An escaped character may be none that a database takes; and how deep a text is nested, its brackets tell.
    if "\\u" in joined or "\x00" in joined or not {text[:1] for text in texts} <= {first}:
        return None
    if max(text.count("{") + text.count("[") for text in texts) > _SHALLOW:
        return None
    found: list[Any] = []
    try:
        for value in values:
            if value is None:
                found.append(None)
                continue
            made, end = _SCAN(value, 0)
            if end != len(value):
                return None
            found.append(made)
    except (ValueError, StopIteration, RecursionError):
        return None
    return found
