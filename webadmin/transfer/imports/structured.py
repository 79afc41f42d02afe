"""Lists and JSON in files: as exports write them, lists also as people do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from webadmin.forms.codecs import Codec
from webadmin.forms.codecs.structured import ArrayCodec
from webadmin.forms.codecs.text import TextCodec, check_text
from webadmin.text import gettext as _
from webadmin.transfer.formats import written
from webadmin.transfer.imports.reader import Converter
from webadmin.transfer.imports.source import Exact

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
        return [[] for _text in values] if set(values) == {"[]"} else None

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
        return [{} for _text in values] if as_text and set(values) == {"{}"} else None

    return Converter(one, quick, shared=False)
