"""One row's part of a form that was sent with several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from webadmin.forms.codecs.text import lines_of
from webadmin.forms.snapshot import Snapshot


class Behind:
    """The fields of a form whose names begin with a prefix, by their names without it."""

    def __init__(self, formdata: Any, prefix: str) -> None:
        self._formdata, self._prefix = formdata, prefix

    def __contains__(self, name: str) -> bool:
        return self._prefix + name in self._formdata

    def __iter__(self) -> Iterator[str]:
        return (name.removeprefix(self._prefix) for name in self._formdata if name.startswith(self._prefix))

    def __len__(self) -> int:
        return sum(1 for _name in self)

    def get(self, name: str, default: Any = None) -> Any:
        return self._formdata.get(self._prefix + name, default)

    def getlist(self, name: str) -> list[Any]:
        return list(self._formdata.getlist(self._prefix + name))


def differs(sent: Behind, shown: Snapshot | None) -> bool:
    """Whether a row's fields were sent otherwise than its form showed them, asked without the row; so they were where it is
    not known what was shown."""
    if shown is None:
        return True
    return any(
        _differs([text for text in sent.getlist(name) if isinstance(text, str)], base)
        for name, base in shown.base.items()
    )


def _differs(texts: list[str], base: Any) -> bool:
    if isinstance(base, list):
        return set(base) != {word for text in texts for word in text.split()}
    if base == "true" or not texts:  # a box, which is not sent where it is empty
        return bool(base) != bool(texts)
    return lines_of(texts[-1]) != lines_of(str(base))
