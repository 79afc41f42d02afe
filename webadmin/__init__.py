"""A server-rendered admin for SQLAlchemy models and for any PostgreSQL or SQLite database.

The names below are loaded on first use, so that models can take ``webadmin.mixins`` without the web stack.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from webadmin._version import __version__

if TYPE_CHECKING:
    from webadmin.auth.accounts.identity import Accounts
    from webadmin.auth.accounts.oidc import OIDC
    from webadmin.auth.user import User
    from webadmin.changes.hooks import CommittedChange
    from webadmin.changes.ready_actions import Increment, SetValue, Transition
    from webadmin.changes.selection import Selection
    from webadmin.errors import OptionsError, WebadminError
    from webadmin.options.actions import ActionResult, action
    from webadmin.options.depends import Depends, FieldState
    from webadmin.options.fieldsets import Fieldset
    from webadmin.options.inlines import Inline
    from webadmin.options.model_view import ModelView
    from webadmin.options.own_filters import Filter
    from webadmin.options.uploads import Upload
    from webadmin.site import Admin

__all__ = [
    "OIDC",
    "Accounts",
    "ActionResult",
    "Admin",
    "CommittedChange",
    "Depends",
    "FieldState",
    "Fieldset",
    "Filter",
    "Increment",
    "Inline",
    "ModelView",
    "OptionsError",
    "Selection",
    "SetValue",
    "Transition",
    "Upload",
    "User",
    "WebadminError",
    "__version__",
    "action",
]

_HOMES = {
    "Accounts": "webadmin.auth.accounts.identity",
    "ActionResult": "webadmin.options.actions",
    "Admin": "webadmin.site",
    "CommittedChange": "webadmin.changes.hooks",
    "Depends": "webadmin.options.depends",
    "FieldState": "webadmin.options.depends",
    "Fieldset": "webadmin.options.fieldsets",
    "Filter": "webadmin.options.own_filters",
    "Inline": "webadmin.options.inlines",
    "Increment": "webadmin.changes.ready_actions",
    "OIDC": "webadmin.auth.accounts.oidc",
    "ModelView": "webadmin.options.model_view",
    "OptionsError": "webadmin.errors",
    "Selection": "webadmin.changes.selection",
    "SetValue": "webadmin.changes.ready_actions",
    "Transition": "webadmin.changes.ready_actions",
    "Upload": "webadmin.options.uploads",
    "User": "webadmin.auth.user",
    "WebadminError": "webadmin.errors",
    "action": "webadmin.options.actions",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'webadmin' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value
