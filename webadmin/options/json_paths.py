"""Paths that lead into a JSON column: ``meta.source``, ``customer.preferences.theme``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webadmin.database.inspection import Kind, ModelInfo, RelationInfo, inspect_model
from webadmin.dialects.json_paths import json_text
from webadmin.options.attributes import Attribute


def json_attribute(info: ModelInfo, value: Any) -> Attribute | None:
    """The value inside a JSON column that ``value`` names, read as text; None where it names something else.

    Relations on the way must be to-one. ``Order.meta["source"]`` names the same as ``"meta.source"``.
    """
    if not isinstance(value, str):
        value = _written(info, value)
        if value is None:
            return None
    parts = value.split(".")
    path: list[RelationInfo] = []
    here = info
    for place, part in enumerate(parts[:-1]):
        column = here.columns.get(part)
        if column is not None and column.kind is Kind.JSON and all(parts):
            expression = json_text(getattr(here.model, part), parts[place + 1 :])
            return Attribute(value, info.model, tuple(path), expression=expression)
        relation = here.relations.get(part)
        if relation is None or relation.uselist:
            return None
        path.append(relation)
        here = inspect_model(relation.target)
    return None


def _written(info: ModelInfo, value: Any) -> str | None:
    """``meta.source`` for ``Order.meta["source"]``, also ``["a", "b"]`` and ``.as_string()``."""
    keys: list[str] = []
    while getattr(value, "operator", None) is not None and getattr(value, "right", None) is not None:
        step: Any = getattr(value.right, "value", None)
        steps: Sequence[Any] = step if isinstance(step, list | tuple) else [step]
        if not all(isinstance(one, str | int) for one in steps):
            return None
        keys[:0] = [str(one) for one in steps]
        value = value.left
    plain = value._deannotate() if hasattr(value, "_deannotate") else value
    name = next((name for name, own in info.columns.items() if own.column is plain), None)
    return None if name is None or not keys or any("." in key for key in keys) else ".".join([name, *keys])
