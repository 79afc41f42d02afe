"""What a form showed when it was opened, signed and sent along: changed is what the person changed, not what differs
from the row as it is by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from itsdangerous import BadData

from webadmin.auth.keys import Keys

FIELD = "_shown"
"""The name of the hidden field."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One row as a form showed it, by field name: texts, or lists of ids."""

    base: Mapping[str, Any] = field(default_factory=dict)
    """What was there when the form was opened; nothing for a field of which that is not known."""
    seen: Mapping[str, Any] = field(default_factory=dict)
    """What somebody else had made of it when the person was asked whose value to keep."""
    at: str = ""
    """When the form was opened, in ISO 8601."""
    deleted: bool = False
    """The row was soft-deleted already."""


def seal(shown: Snapshot, key: Keys, purpose: str) -> str:
    """A snapshot as a token; ``purpose`` ties it to one form of one row for one person. Empty without a key."""
    content: dict[str, Any] = {"base": dict(shown.base), "at": shown.at}
    if shown.seen:
        content["seen"] = dict(shown.seen)
    if shown.deleted:
        content["deleted"] = True
    return str(key.serializer("form", purpose).dumps(content)) if key else ""


def unseal(token: object, key: Keys, purpose: str) -> Snapshot | None:
    """What :func:`seal` was given; None for a token of another form, key or making."""
    if not key or not isinstance(token, str) or not token:
        return None
    try:
        content = key.serializer("form", purpose).loads(token)
        return Snapshot(
            dict(content["base"]), dict(content.get("seen", {})), str(content["at"]), "deleted" in content
        )
    except (BadData, KeyError, TypeError, ValueError, AttributeError):
        return None
