"""A server-rendered admin for SQLAlchemy models and for any PostgreSQL or SQLite database.

The names below are loaded on first use, so that models can take ``webadmin.mixins`` without the web stack.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from webadmin._version import __version__

if TYPE_CHECKING:
    from webadmin.auth.user import User
    from webadmin.errors import OptionsError, WebadminError
    from webadmin.options.actions import action
    from webadmin.options.fieldsets import Fieldset
    from webadmin.options.inlines import Inline
    from webadmin.options.model_view import ModelView
    from webadmin.options.own_filters import Filter
    from webadmin.site import Admin

__all__ = [
    "Admin",
    "Fieldset",
    "Filter",
    "Inline",
    "ModelView",
    "OptionsError",
    "User",
    "WebadminError",
    "__version__",
    "action",
]

_HOMES = {
    "Admin": "webadmin.site",
    "Fieldset": "webadmin.options.fieldsets",
    "Filter": "webadmin.options.own_filters",
    "Inline": "webadmin.options.inlines",
    "ModelView": "webadmin.options.model_view",
    "OptionsError": "webadmin.errors",
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
