"""Grants as they are written: which there are, and which of them hold others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from webadmin.auth.user import INDEXES, PERMISSIONS, SITE_PERMISSIONS

ALL = "*"
"""Everything that there is, the whole site's permissions too but ``@indexes``; in front of ``.view``, every list."""
_ACTION = "action:"


def parts(grant: str) -> tuple[str, str]:
    """The list's key and the permission of ``orders.view`` or ``orders.action:ship``; a grant of the whole site has no key."""
    if grant == ALL or grant in SITE_PERMISSIONS:
        return "", grant
    key, found, name = grant.partition(f".{_ACTION}")
    if found:
        return key, _ACTION + name
    key, _dot, permission = grant.rpartition(".")  # keys may have dots themselves: "sales.orders"
    return key, permission


def holds(grants: Collection[str], grant: str) -> bool:
    """Whether somebody with ``grants`` can do all that ``grant`` gives, whatever lists and actions there will be."""
    if grant in grants or (ALL in grants and grant != INDEXES):
        return True
    key, permission = parts(grant)
    if not key:
        return False
    return f"{key}.{ALL}" in grants or (permission != ALL and f"{ALL}.{permission}" in grants)


def beyond(grants: Collection[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of ``wanted`` that somebody with ``grants`` does not have, sorted."""
    return tuple(sorted({one for one in wanted if not holds(grants, one)}))


@dataclass(frozen=True)
class Vocabulary:
    """What can be granted.

    :param actions: the names of the actions of each list, by its key.
    """

    actions: Mapping[str, Collection[str]]

    def knows(self, grant: str) -> bool:
        """Whether there is such a list, and such a permission or action."""
        key, permission = parts(grant)
        if not key:
            return grant == ALL or grant in SITE_PERMISSIONS
        if key == ALL:
            return permission in PERMISSIONS or permission in self._all_actions()
        return key in self.actions and permission in {ALL, *PERMISSIONS, *self._actions_of(key)}

    def allowed(self, grant: str) -> tuple[str, ...]:
        """What could stand in place of ``grant``, which is not known: permissions of its list, or what begins a grant."""
        key, _permission = parts(grant)
        if key in self.actions or key == ALL:
            actions = self._all_actions() if key == ALL else self._actions_of(key)
            every = () if key == ALL else (ALL,)
            return tuple(f"{key}.{one}" for one in (*every, *PERMISSIONS, *sorted(actions)))
        return (ALL, *SITE_PERMISSIONS, f"{ALL}.view", *(f"{one}.view" for one in self.actions))

    def _actions_of(self, key: str) -> set[str]:
        return {_ACTION + name for name in self.actions[key]}

    def _all_actions(self) -> set[str]:
        return {name for key in self.actions for name in self._actions_of(key)}
