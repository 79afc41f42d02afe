"""What is worked out once for a view and kept with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from webadmin.options.view import View

T = TypeVar("T")

_MOST = 500


def per_view(view: View, key: Hashable, make: Callable[[], T]) -> T:
    """The value made for ``key`` the first time; kept as long as the view, at most some hundred of them."""
    kept = cast(dict[Any, Any], view.extra).setdefault("listing", {})
    found = kept.get(key)
    if found is None:
        if len(kept) >= _MOST:  # keys come from addresses: their number is not ours to decide
            kept.clear()
        found = kept[key] = make()
    return cast(T, found)
