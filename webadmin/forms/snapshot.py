"""What a form showed when it was opened, signed and sent along: changed is what the person changed, not what differs
from the row as it is by now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

FIELD = "_shown"
"""The name of the hidden field."""


def seal(shown: Mapping[str, Any], key: str, purpose: str) -> str:
    """Texts (or lists of ids) by field name as a token; ``purpose`` ties it to one form of one row."""
    return str(_serializer(key, purpose).dumps(dict(shown))) if key else ""


def unseal(token: object, key: str, purpose: str) -> Mapping[str, Any] | None:
    """What :func:`seal` was given; None for a token of another form, key or making."""
    if not key or not isinstance(token, str) or not token:
        return None
    try:
        shown = _serializer(key, purpose).loads(token)
    except BadData:
        return None
    return shown if isinstance(shown, dict) else None


def _serializer(key: str, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=f"webadmin.form.{purpose}")
